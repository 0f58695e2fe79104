//! What the file of an article is called.

use crate::text;
use std::collections::HashSet;
use std::path::Path;
use url::Url;

/// Bytes of a name without its extension: file systems stop at 255, and some tools put more behind it.
const STEM_BYTES_MAX: usize = 120;

/// A name for an article: its host and the last part of its address, else the path of the file it came from, below the
/// folder that was named, else its headline, else `article`. Letters, digits, `-`, `_` and `.` only, so that nobody's address leads out of the folder.
pub(super) fn file_stem(url: Option<&Url>, path: Option<&Path>, headline: Option<&str>) -> String {
    let from_url = url.map(|url| {
        let host = url.host_str().unwrap_or_default();
        let segments = || url.path_segments().into_iter().flatten().rev();
        let slug = segments().find(|segment| !segment.is_empty()).unwrap_or_default();
        let slug = text::percent_decoded(slug);
        let slug = [".html", ".htm", ".php", ".aspx"].iter().find_map(|end| slug.strip_suffix(end)).unwrap_or(&slug);
        format!("{host} {slug} {}", url.query().unwrap_or_default())
    });
    let from_path = || {
        path.map(|path| {
            let name = path.to_string_lossy();
            let name = name.strip_suffix(".gz").unwrap_or(&name);
            Path::new(name).with_extension("").to_string_lossy().into_owned()
        })
    };
    let wanted = from_url.or_else(from_path).or_else(|| headline.map(str::to_owned)).unwrap_or_default();
    let slug = text::slug(&wanted, STEM_BYTES_MAX);
    if slug.is_empty() { "article".to_owned() } else { slug }
}

/// The name with its extension, and a number if the name is taken. Letters that differ in case only are the same: so they
/// are to some file systems.
pub(super) fn free_name(stem: &str, extension: &str, taken: &mut HashSet<String>) -> String {
    let mut name = format!("{stem}.{extension}");
    let mut n = 1_u64;
    while !taken.insert(name.to_lowercase()) {
        n += 1;
        name = format!("{stem}-{n}.{extension}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, stem: &str) {
        assert_eq!(file_stem(Some(&Url::parse(url).expect("a URL")), None, None), stem);
    }

    #[test]
    fn an_address_gives_host_and_slug() {
        check("https://news.example/world/peace-unclear/", "news.example-peace-unclear");
        check("https://news.example/2026/a.html?id=7&x=../y", "news.example-a-id-7-x-y");
        check("https://news.example/", "news.example");
        check("https://zeitung.example/%C3%BCber-uns", "zeitung.example-über-uns");
    }

    #[test]
    fn no_address_leads_out_of_the_folder() {
        check("https://news.example/..%2F..%2Fetc%2Fpasswd", "news.example-etc-passwd");
        check("https://news.example/%00%0a", "news.example");
        assert_eq!(file_stem(None, Some(Path::new("../.hidden")), Some("a/b")), "hidden");
        assert_eq!(file_stem(None, Some(Path::new("ferry/page.html.gz")), Some("a/b")), "ferry-page");
        assert_eq!(file_stem(None, None, Some("../../a: b")), "a-b");
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let stem = file_stem(None, None, Some(&"ж".repeat(500)));
        assert!(stem.len() <= STEM_BYTES_MAX && !stem.is_empty());
    }

    #[test]
    fn names_that_are_taken_get_a_number() {
        let mut taken = HashSet::new();
        let names = ["a", "A", "a"].map(|stem| free_name(stem, "txt", &mut taken));
        assert_eq!(names, ["a.txt", "A-2.txt", "a-3.txt"]);
    }
}

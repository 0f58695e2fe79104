//! A folder to the pages in it, in sorted order.

use super::{InputError, Options};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Names of files that are taken for pages inside a folder end in one of these, or in one of these and `.gz`.
pub const PAGE_EXTENSIONS: [&str; 9] = ["html", "htm", "xhtml", "shtml", "txt", "text", "jsonl", "ndjson", "warc"];

/// Hands over every page in a folder and the folders in it, in the order of their names, byte by byte. Hidden files are
/// left out, and links to folders are not followed, so that there is no way round in a circle.
pub(super) fn folder(
    folder: &Path,
    options: &Options,
    hand_over: &mut dyn FnMut(Result<PathBuf, InputError>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut n_found = 0_u64;
    // Entries still to visit, the next one last.
    let mut waiting = vec![(folder.to_owned(), 0, true)];
    while let Some((path, depth, is_folder)) = waiting.pop() {
        if !is_folder {
            n_found += 1;
            hand_over(Ok(path))?;
            continue;
        }
        if depth > options.folder_depth_max {
            n_found += 1;
            hand_over(Err(InputError::TooDeep { path, depth_max: options.folder_depth_max }))?;
            continue;
        }
        match entries(&path) {
            Ok(entries) => {
                waiting.extend(entries.into_iter().rev().map(|(path, is_folder)| (path, depth + 1, is_folder)))
            }
            Err(source) => {
                n_found += 1;
                hand_over(Err(InputError::Unreadable { name: path.display().to_string(), source }))?;
            }
        }
    }
    if n_found == 0 {
        hand_over(Err(InputError::NoPages { path: folder.to_owned() }))?;
    }
    ControlFlow::Continue(())
}

/// The folders and pages directly in a folder, sorted.
fn entries(folder: &Path) -> std::io::Result<Vec<(PathBuf, bool)>> {
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let is_folder = entry.file_type()?.is_dir();
        let path = entry.path();
        if is_folder || (is_named_like_a_page(&path) && path.is_file()) {
            entries.push((path, is_folder));
        }
    }
    entries.sort_unstable();
    Ok(entries)
}

fn is_named_like_a_page(path: &Path) -> bool {
    let Some(name) = path.file_name() else { return false };
    let name = name.to_string_lossy().to_ascii_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    PAGE_EXTENSIONS.iter().any(|extension| name.strip_suffix(extension).is_some_and(|stem| stem.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_pages_from_the_rest() {
        for page in ["a.html", "b.HTM", "c.html.gz", "d.warc.gz", "e.JSONL", "f.txt"] {
            assert!(is_named_like_a_page(Path::new(page)), "{page}");
        }
        for other in ["style.css", "html", "a.html.headers.json", "a.gz", "photo.jpg"] {
            assert!(!is_named_like_a_page(Path::new(other)), "{other}");
        }
    }
}

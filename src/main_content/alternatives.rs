//! Captions that no element calls so: paragraphs under a picture that say what is written for those who cannot see it, and
//! who took it.

use super::blocks::Blocks;
use crate::article::PartKind;
use crate::dom::{Attr, Dom, NodeId, Tag};
use crate::text::collapse;

/// Tells the captions of a page.
pub(super) fn tell(dom: &Dom, blocks: &mut Blocks) {
    for picture in dom.nodes().filter(|it| dom.is(*it, Tag::IMG)) {
        if let Some(row_idx) = caption_of(dom, blocks, picture) {
            blocks.rows[row_idx].kind = PartKind::Caption;
        }
    }
}

/// The block that is the caption of a picture by what the picture's description says.
pub(super) fn caption_of(dom: &Dom, blocks: &Blocks, picture: NodeId) -> Option<usize> {
    let description = dom.attr(picture, Attr::ALT).filter(|it| it.len() >= DESCRIPTION_BYTES_MIN)?;
    let description = collapse(description);
    let first = blocks.rows.partition_point(|row| row.nodes.0 < picture);
    let near = blocks.rows.iter().enumerate().skip(first).take(ROWS_BETWEEN);
    let says_it = |text: &str| text.strip_prefix(description.as_str()).is_some_and(|it| it.len() <= CREDIT_BYTES_MAX);
    let mut captions = near.filter(|(_, row)| {
        matches!(row.kind, PartKind::Paragraph | PartKind::Caption)
            && row.link_density() < 0.5
            && says_it(blocks.text(row))
    });
    captions.next().map(|(row_idx, _)| row_idx)
}

/// Blocks after a picture of which one may be its caption.
const ROWS_BETWEEN: usize = 3;
/// Bytes of a picture's description: shorter ones are names.
const DESCRIPTION_BYTES_MIN: usize = 25;
/// Bytes that may follow it in the caption.
const CREDIT_BYTES_MAX: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Options;
    use crate::main_content::blocks;

    #[track_caller]
    fn check(html: &str, expected: &[PartKind]) {
        let dom = Dom::parse(html, &Options::default());
        let mut blocks = blocks::split(&dom);
        tell(&dom, &mut blocks);
        assert_eq!(blocks.rows.iter().map(|it| it.kind).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_a_pictures_description_says_is_its_caption() {
        use PartKind::{Caption, Heading, Paragraph};
        let img = "<img src=x alt='The bridge over the Lind on Monday.'>";
        check(&format!("{img}<p>The bridge over the Lind on Monday. Photo: Ann Lee"), &[Caption]);
        check(&format!("{img}<h2>The bridge over the Lind on Monday.</h2><p>The bridge"), &[Heading, Paragraph]);
        check(&format!("<p>The bridge over the Lind on Monday.</p>{img}"), &[Paragraph]);
    }
}

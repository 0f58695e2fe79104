//! Quotations set apart: those that the story holds anyway, and lines that only say whose they are.

use super::super::blocks::Block;
use super::super::marks::Mark;
use super::{Judge, Reason, prose};
use crate::article::PartKind;
use crate::dom::Tag;
use crate::text::fold;
use memchr::memmem;

impl Judge<'_> {
    /// Drops quotations set apart that the story also holds where they were said, with the name under them.
    pub(super) fn pull_quotes(&mut self) {
        let rows = &self.blocks.rows;
        let is_set_apart = |row: &Block| {
            row.kind == PartKind::Quote
                || is_all_quoted(self.blocks.text(row))
                || self.dom.ancestors(row.element).take(QUOTE_DEPTH).any(|it| self.marks[it.index()].any(Mark::QUOTE))
        };
        let quotes: Vec<usize> = (0..rows.len())
            .filter(|it| self.is_kept(*it) && rows[*it].n_chars <= QUOTE_CHARS_MAX && is_set_apart(&rows[*it]))
            .collect();
        if quotes.is_empty() {
            return;
        }
        let body: Vec<String> = (0..rows.len())
            .filter(|it| self.is_kept(*it) && quotes.binary_search(it).is_err() && prose(&rows[*it]) > 0.0)
            .map(|it| fold(self.blocks.text(&rows[it])))
            .collect();
        // A page with many is a list of quotations, in which none is looked for.
        let n_body_bytes: usize = body.iter().map(String::len).sum();
        let mut last = None;
        for quote in quotes.into_iter().take(COMPARED_BYTES_MAX / n_body_bytes.max(1)) {
            let text = fold(self.blocks.text(&rows[quote]));
            let is_repeated = text.len() >= QUOTE_BYTES_MIN && is_said(&text, &body);
            let is_name =
                last.is_some_and(|it| it + 1 == quote) && rows[quote].n_sentences == 0 && rows[quote].n_words <= 8;
            if is_repeated || is_name {
                self.drop(quote, Reason::Repeated);
                last = Some(quote);
            }
        }
    }

    /// Whether a block of a quotation only says whose it is.
    pub(super) fn is_attribution(&self, row: &Block, text: &str) -> bool {
        let between = self.dom.ancestors(row.nodes.0).take_while(|it| *it != row.element);
        let is_cited = between.take(INLINE_DEPTH_MAX).any(|it| self.dom.is(it, Tag::CITE))
            || self.dom.is(row.element, Tag::CITE)
            || self.dom.is(row.element, Tag::FOOTER);
        let is_signed = text.starts_with(['—', '–']) && text.contains("(@");
        row.n_words <= ATTRIBUTION_WORDS_MAX && (is_cited || is_signed)
    }
}

/// Elements above a block that may call it a quotation.
const QUOTE_DEPTH: usize = 3;
/// Characters of a pull quote.
const QUOTE_CHARS_MAX: u32 = 300;
/// Bytes of the story in which pull quotes are looked for, all together. A story of 10 kB may have 1,600.
const COMPARED_BYTES_MAX: usize = 16_000_000;
/// Bytes of a pull quote: fewer may stand anywhere by chance.
const QUOTE_BYTES_MIN: usize = 15;
/// Inline elements around a block that may call it a source.
const INLINE_DEPTH_MAX: usize = 32;
/// Words of a name with its office.
const ATTRIBUTION_WORDS_MAX: u32 = 14;

/// Whether the words of a folded quotation stand in a folded paragraph in their order: pull quotes are often cut.
fn is_said(quote: &str, paragraphs: &[String]) -> bool {
    let may_be_cut = quote.split(' ').count() >= CUT_QUOTE_WORDS_MIN;
    let whole = memmem::Finder::new(quote);
    // Most paragraphs do not have this one, which is soon told.
    let longest = memmem::Finder::new(quote.split(' ').max_by_key(|it| it.len()).unwrap_or_default());
    paragraphs.iter().any(|paragraph| {
        let mut words = paragraph.split(' ');
        longest.find(paragraph.as_bytes()).is_some()
            && (whole.find(paragraph.as_bytes()).is_some()
                || (may_be_cut && quote.split(' ').all(|word| words.any(|it| it == word))))
    })
}

/// Words of a cut quotation: fewer may stand in any long paragraph by chance.
const CUT_QUOTE_WORDS_MIN: usize = 5;

/// Whether a text is one quotation from end to end.
fn is_all_quoted(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(['“', '„', '«', '"', '”', '»', '「']) && text.ends_with(['”', '“', '»', '"', '«', '」'])
}

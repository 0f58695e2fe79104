//! Elements that say they are something else than the story: out with all they hold, unless they hold so much that the name
//! must mislead.

use super::super::blocks::{self, Block};
use super::super::marks::Mark;
use super::{HEADLINE_CHARS_MAX, Judge, Reason, STORY_CHARS_MIN, prose};
use crate::article::PartKind;
use crate::dom::{Attr, NodeId, Tag};

/// A kind of element that is out with all it holds.
struct Region {
    mark: Mark,
    reason: Reason,
    /// Share of the page's prose from which on the name must be misleading.
    share_max: f32,
    /// The most careless trust that believes it.
    trust: Trust,
}

/// How far the names on a page are believed, the more certain first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    /// Only the elements made for it: `<nav>`, `<footer>`.
    None,
    /// Names that hardly ever mislead.
    Few,
    /// Names that seldom do.
    Most,
    /// Names that themes give to anything.
    All,
}

const fn region(mark: Mark, reason: Reason, share_max: f32, trust: Trust) -> Region {
    Region { mark, reason, share_max, trust }
}

/// What regions are out. Of several marks the first in this table decides.
const REGIONS: &[Region] = &[
    region(Mark::IS_NAV, Reason::Navigation, 0.3, Trust::None),
    region(Mark::NAV, Reason::Navigation, 0.2, Trust::Most),
    region(Mark::HIDDEN, Reason::Hidden, 0.3, Trust::Most),
    region(Mark::COMMENT, Reason::Comments, 0.7, Trust::Few),
    region(Mark::NEWSLETTER, Reason::Newsletter, 0.3, Trust::Few),
    region(Mark::CONSENT, Reason::Consent, 0.4, Trust::Few),
    region(Mark::SHARE, Reason::Share, 0.2, Trust::Few),
    region(Mark::RELATED, Reason::Related, 0.3, Trust::Few),
    region(Mark::POPULAR, Reason::Related, 0.3, Trust::Most),
    region(Mark::POPUP, Reason::Form, 0.3, Trust::Few),
    region(Mark::IS_FORM, Reason::Form, 0.3, Trust::Few),
    region(Mark::POLL, Reason::Form, 0.2, Trust::Most),
    region(Mark::AD, Reason::Promo, 0.2, Trust::Few),
    region(Mark::PROMO, Reason::Promo, 0.2, Trust::Most),
    region(Mark::PAYWALL, Reason::Promo, 0.2, Trust::Most),
    region(Mark::BIO, Reason::AuthorBox, 0.3, Trust::Few),
    region(Mark::TAGS, Reason::Tags, 0.1, Trust::Most),
    region(Mark::IS_FOOTER, Reason::Outside, 0.3, Trust::None),
    region(Mark::FOOTER, Reason::Outside, 0.3, Trust::Few),
    region(Mark::IS_ASIDE, Reason::Aside, 0.3, Trust::Few),
    region(Mark::SIDEBAR, Reason::Aside, 0.3, Trust::Most),
    region(Mark::BOX, Reason::Aside, 0.25, Trust::All),
    region(Mark::TEASER, Reason::Related, 0.2, Trust::All),
    region(Mark::EMBED, Reason::Aside, 0.2, Trust::All),
    region(Mark::META, Reason::Meta, 0.05, Trust::All),
];

impl Judge<'_> {
    /// Drops what calls itself something else than the story. Where hardly any prose would be left, the names mislead on
    /// this page, and only the more certain ones are believed.
    pub(super) fn regions(&mut self) {
        let hidden = self.verdicts.clone();
        let total: f32 = self.kept_prose();
        for trust in [Trust::All, Trust::Most, Trust::Few, Trust::None] {
            self.verdicts.clone_from(&hidden);
            self.drop_regions(trust, total);
            let left = self.kept_prose();
            if left >= STORY_CHARS_MIN && left >= total * STORY_SHARE_MIN {
                return;
            }
            if total < STORY_CHARS_MIN {
                break;
            }
        }
    }

    fn drop_regions(&mut self, trust: Trust, total: f32) {
        let rows = &self.blocks.rows;
        let mut sums = Vec::with_capacity(rows.len() + 1);
        let mut sum = 0.0;
        sums.push(0.0);
        for (row_idx, row) in rows.iter().enumerate() {
            sum += if self.is_kept(row_idx) { prose(row) } else { 0.0 };
            sums.push(sum);
        }
        let mut found: Vec<(NodeId, std::ops::Range<usize>, usize)> = Vec::new();
        let mut shares = [0.0; REGIONS.len()];
        for node in self.dom.nodes() {
            let mark = self.marks[node.index()];
            if mark == Mark::default() {
                continue;
            }
            let within = self.rows_in(node);
            if within.is_empty() || found.last().is_some_and(|(_, outer, _)| within.end <= outer.end) {
                continue;
            }
            let share = if total > 0.0 { (sums[within.end] - sums[within.start]) / total } else { 0.0 };
            let of_mark = |it: &Region| it.trust <= trust && mark.any(it.mark) && share < it.share_max;
            let Some(region_idx) = REGIONS.iter().position(of_mark) else { continue };
            if !self.is_spared(node, mark, REGIONS[region_idx].reason, &within) {
                shares[region_idx] += share;
                found.push((node, within, region_idx));
            }
        }
        for (node, within, region_idx) in found {
            let Region { reason, trust, .. } = REGIONS[region_idx];
            // A story cut into cards: each is small, together they are the page.
            if trust >= Trust::Most && shares[region_idx] > CARDS_SHARE_MAX {
                continue;
            }
            for row_idx in within {
                if blocks::is_mostly_in(self.dom, self.blocks, &self.blocks.rows[row_idx], node) {
                    self.drop(row_idx, reason);
                }
            }
        }
    }

    /// Elements whose marks mislead: the lead called teaser, a headline with a category's class.
    fn is_spared(&self, node: NodeId, mark: Mark, reason: Reason, within: &std::ops::Range<usize>) -> bool {
        let rows = &self.blocks.rows[within.clone()];
        if mark.any(Mark::IS_BODY) {
            return true;
        }
        let is_short = rows.len() <= 2;
        match reason {
            // A paragraph or two called so, near the headline and not a link, is the lead.
            Reason::Related | Reason::Aside | Reason::Promo if mark.any(Mark::LEAD | Mark::TEASER | Mark::BODY) => {
                is_short
                    && rows.iter().all(|row| row.link_density() < 0.3 && prose(row) > 0.0)
                    && self.is_near_headline(node)
            }
            Reason::Aside if mark.any(Mark::EMBED) && !mark.any(Mark::BOX | Mark::SIDEBAR | Mark::IS_ASIDE) => {
                self.dom.is(node, Tag::BLOCKQUOTE)
            }
            Reason::Meta => rows.iter().any(|row| prose(row) > 0.0) && !mark.any(Mark::CAPTION),
            Reason::Consent => self.is_chapter(node, &rows[0]),
            _ => false,
        }
    }

    /// Whether an element's id is the words of the heading that it begins with: a chapter, whatever it is about.
    fn is_chapter(&self, node: NodeId, first: &Block) -> bool {
        let letters = |text: &str| {
            text.chars().filter(|it| it.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
        };
        let id = self.dom.attr(node, Attr::ID).unwrap_or_default();
        first.kind == PartKind::Heading
            && first.n_chars <= HEADLINE_CHARS_MAX
            && !id.is_empty()
            && letters(id) == letters(self.blocks.text(first))
    }
}

/// Share of a page's prose in all elements of one doubtful name, above which the name says nothing on this page.
const CARDS_SHARE_MAX: f32 = 0.4;
/// Share of a page's prose that must be left when its regions are out.
const STORY_SHARE_MIN: f32 = 0.15;

//! What is decided of a block, and why: the words in which rules and model speak, and which `--dropped` prints.

use super::features::Declared;

/// Whether a block is part of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Keep,
    /// It is not.
    Drop(Reason),
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $name:ident $text:literal),+ $(,)?) => {
        /// Why a block is not part of the story.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Reason {
            $($(#[$doc])* $name),+
        }

        impl Reason {
            /// The reason's name in output.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text),+
                }
            }
        }
    };
}

reasons! {
    /// Nobody sees it.
    Hidden "hidden",
    /// The headline, once more.
    Headline "duplicate-headline",
    /// It stands above already.
    Repeated "repeated",
    /// Links to other stories.
    Related "related-posts",
    /// A form, a login, a box over the page.
    Form "form",
    /// Readers' comments and the form for them.
    Comments "comments",
    /// Buttons to share, follow, print.
    Share "share",
    /// A letter to subscribe to.
    Newsletter "newsletter",
    /// A question about cookies.
    Consent "consent",
    /// Advertisement or a call to buy.
    Promo "promo",
    /// Ways about the site.
    Navigation "navigation",
    /// About the author.
    AuthorBox "author-box",
    /// Tags and topics.
    Tags "tags",
    /// Who, when, how long to read.
    Meta "meta-label",
    /// A box beside the story.
    Aside "aside",
    /// Mostly links.
    Links "links",
    /// A heading with nothing under it.
    EmptyHeading "empty-heading",
    /// The model takes it for something else, and the rules know no name for it.
    Unlikely "unlikely",
    /// Before, beside or after the story.
    Outside "outside",
    /// It stands on other pages of the site, beside other stories.
    Recurring "recurring",
    /// On other pages of the site, no story stands in such a place.
    Elsewhere "never-story",
}

impl Verdict {
    /// Whether this stands and the model is not asked: what asks about cookies is of no story, and on news pages the rules are
    /// right about what names itself a box or a widget, about ways around the site, forms and what is hidden.
    pub fn is_settled(self, declared: Declared) -> bool {
        match self {
            Self::Keep => false,
            Self::Drop(Reason::Consent) => true,
            Self::Drop(reason) => {
                declared == Declared::News
                    && (reason.is_named() || matches!(reason, Reason::Hidden | Reason::Form | Reason::Navigation))
            }
        }
    }
}

impl Reason {
    /// Whether the page itself named what it is.
    pub fn is_named(self) -> bool {
        match self {
            Self::Aside
            | Self::AuthorBox
            | Self::Comments
            | Self::Consent
            | Self::Newsletter
            | Self::Promo
            | Self::Share
            | Self::Tags => true,
            Self::Hidden
            | Self::Headline
            | Self::Repeated
            | Self::Related
            | Self::Form
            | Self::Navigation
            | Self::Meta
            | Self::Links
            | Self::EmptyHeading
            | Self::Unlikely
            | Self::Outside
            | Self::Recurring
            | Self::Elsewhere => false,
        }
    }
}

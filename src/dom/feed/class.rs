//! What tags mean to the bounds: which elements stay open, which are copied, and what each costs.

use crate::dom::Tag;

/// Names of elements that a page may bring itself. Elements with more are flattened: html5ever keeps such names in a
/// table of the whole program, which slows down with their number.
const OWN_NAMES_MAX: usize = 1_000;

/// What an element is to tree construction, as far as bounds are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Opens an element that stays open.
    Plain,
    /// The same, and goes into the list of formatting elements.
    Formatting,
    /// Holds nothing.
    Void,
    /// Holds text only.
    Raw,
    /// `<html>`, `<head>`, `<body>` and the like, of which there is one, and those that switch the tokenizer for good.
    Frame,
}

/// Whether the name is one of the page's own past [`OWN_NAMES_MAX`].
pub(super) fn is_one_too_many(tag: Tag) -> bool {
    tag.0 as usize >= Tag::ATOMS.len() + OWN_NAMES_MAX
}

pub(super) fn class(tag: Tag) -> Class {
    match tag {
        Tag::A | Tag::B | Tag::BIG | Tag::CODE | Tag::EM | Tag::FONT | Tag::I | Tag::NOBR | Tag::S | Tag::SMALL => {
            Class::Formatting
        }
        Tag::STRIKE | Tag::STRONG | Tag::TT | Tag::U => Class::Formatting,
        Tag::AREA | Tag::BASE | Tag::BASEFONT | Tag::BGSOUND | Tag::BR | Tag::COL | Tag::EMBED | Tag::FRAME => {
            Class::Void
        }
        Tag::HR | Tag::IMAGE | Tag::IMG | Tag::INPUT | Tag::KEYGEN | Tag::LINK | Tag::META | Tag::PARAM => Class::Void,
        Tag::SOURCE | Tag::TRACK | Tag::WBR => Class::Void,
        Tag::IFRAME | Tag::NOEMBED | Tag::NOFRAMES | Tag::NOSCRIPT | Tag::SCRIPT | Tag::STYLE | Tag::TEXTAREA => {
            Class::Raw
        }
        Tag::TITLE | Tag::XMP => Class::Raw,
        Tag::BODY | Tag::FRAMESET | Tag::HEAD | Tag::HTML | Tag::PLAINTEXT => Class::Frame,
        _ => Class::Plain,
    }
}

/// About how many walks up the open elements a start tag costs. `formats` says whether formatting elements may be open,
/// `has_form` whether there was a form, which fields look for.
pub(super) fn walks(tag: Tag, class: Class, formats: bool, has_form: bool) -> u64 {
    let own = match tag {
        Tag::HR | Tag::LI | Tag::DD | Tag::DT | Tag::OPTION | Tag::OPTGROUP => 3,
        Tag::INPUT | Tag::SELECT | Tag::BUTTON | Tag::FORM | Tag::A | Tag::NOBR | Tag::XMP => 2,
        _ => match class {
            Class::Plain | Class::Frame => 1,
            Class::Formatting | Class::Void => u64::from(formats),
            Class::Raw => 0,
        },
    };
    let is_of_forms = matches!(
        tag,
        Tag::BUTTON
            | Tag::FIELDSET
            | Tag::IMAGE
            | Tag::IMG
            | Tag::INPUT
            | Tag::OBJECT
            | Tag::OUTPUT
            | Tag::SELECT
            | Tag::TEXTAREA
    );
    own + u64::from(is_of_forms && has_form)
}

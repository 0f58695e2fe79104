//! `<meta>`: names and properties to claims.

use super::{Claims, Field, Source};
use crate::dom::{Attr, Dom, NodeId};

/// Adds what a `<meta>` claims.
pub(super) fn read(dom: &Dom, node: NodeId, claims: &mut Claims) {
    let Some(content) = dom.attr(node, Attr::CONTENT) else { return };
    let Some(name) = dom.attr(node, Attr::PROPERTY).or_else(|| dom.attr(node, Attr::NAME)) else { return };
    match name {
        "og:title" => claims.add(Field::Headline, Source::OpenGraph, content),
        "og:description" => claims.add(Field::Description, Source::OpenGraph, content),
        "description" => claims.add(Field::Description, Source::Meta, content),
        _ => {}
    }
}

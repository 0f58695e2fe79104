//! What a person's rules pick on a page: elements that are the body, and elements that are out.
//!
//! Rules are CSS selectors. What they leave out is not there for any later stage, so that nothing else has to know of them.
//! Facts about the story are read from the whole page, whatever the rules say.

use crate::dom::select::{Selectable, Selector};
use crate::dom::{Dom, NodeId};

/// What the rules say of each node. Without rules, nothing.
#[derive(Debug, Default)]
pub struct Picks {
    is_selecting: bool,
    /// By node; empty where there are no rules.
    nodes: Vec<Pick>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Pick {
    /// A selector means this very element.
    is_selected: bool,
    /// It is a selected element or stands in one.
    is_inside: bool,
    /// A rule leaves this very element out.
    is_dropped: bool,
}

impl Picks {
    /// What `select` and `drop` mean on a page. `select` with nothing in it selects everything.
    pub fn new(dom: &Dom, select: &[Selector], drop: &[Selector]) -> Self {
        if select.is_empty() && drop.is_empty() {
            return Self::default();
        }
        let page = Selectable::new(dom);
        let meant =
            |selectors: &[Selector]| -> Vec<NodeId> { selectors.iter().flat_map(|it| page.select(it)).collect() };
        let mut nodes = vec![Pick::default(); dom.len()];
        for node in meant(drop) {
            nodes[node.index()].is_dropped = true;
        }
        for node in meant(select) {
            nodes[node.index()].is_selected = true;
        }
        let mut end = 0;
        for node in dom.nodes() {
            let pick = &mut nodes[node.index()];
            if pick.is_selected {
                end = dom.end(node).index().max(end);
            }
            pick.is_inside = node.index() < end;
        }
        Self { is_selecting: !select.is_empty(), nodes }
    }

    /// Whether rules say what the body is, so that nothing has to be guessed.
    pub fn is_selecting(&self) -> bool {
        self.is_selecting
    }

    /// Whether a rule selects this very element: it is a block by itself, whatever its name.
    pub fn selects(&self, node: NodeId) -> bool {
        self.nodes.get(node.index()).is_some_and(|it| it.is_selected)
    }

    /// Whether a rule leaves an element out, with all that it holds.
    pub fn drops(&self, node: NodeId) -> bool {
        self.nodes.get(node.index()).is_some_and(|it| it.is_dropped)
    }

    /// Whether a node may be of the body: all may, unless a rule selects other ones.
    pub fn allows(&self, node: NodeId) -> bool {
        !self.is_selecting || self.nodes[node.index()].is_inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::Options;
    use crate::main_content::{Anchors, find};

    #[track_caller]
    fn check(html: &str, select: &str, drop: &str, expected: &[&str]) {
        let selectors = |css: &str| -> Vec<Selector> {
            css.split(';').filter(|it| !it.is_empty()).map(|it| Selector::parse(it).expect("a selector")).collect()
        };
        let dom = Dom::parse(html, &Options::default());
        let picks = Picks::new(&dom, &selectors(select), &selectors(drop));
        let story = find(&dom, &Anchors::default(), picks, None, false, None);
        assert_eq!(story.parts.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn all_that_is_selected_is_the_body_and_nothing_else_is() {
        check(
            "<nav><a href=/>Home</a></nav><p>One.<div id=x>Two<p>Three</div>",
            "nav;#x",
            "",
            &["Home", "Two", "Three"],
        );
        check("<div id=x>One<div id=x>Two</div>Three</div>", "#x", "", &["One", "Two", "Three"]);
        check("<p>One.", "#x", "", &[]);
    }

    #[test]
    fn what_is_selected_in_a_line_is_a_block_of_its_own() {
        check("<p>a <b>one</b><b>two</b> z", "b", "", &["one", "two"]);
        check("<table><tr><td>1<td class=x>2<tr><td>3<td class=x>4</table>", ".x", "", &["2", "4"]);
        check("<p>a<button>Ask</button>", "button", "", &["Ask"]);
    }

    #[test]
    fn what_is_dropped_is_gone_wherever_it_stands() {
        check("<div><p>One <i>two</i> three</p><p class=x>Four</p></div>", "div", "i; .x", &["One three"]);
        check("<table id=x><tr><td>1<td>2<tr><td>3<td><i>4</i>5</table>", "#x", "i", &["1 | 2\n3 | 5"]);
    }

    #[test]
    fn captions_alone_are_text() {
        check("<figure><figcaption>A boat</figcaption></figure>", "figure", "", &["A boat"]);
    }
}

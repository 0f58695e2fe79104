//! Between our tokenizer and html5ever's tree construction: hands over the tokens, and sees to it that no page costs
//! more than its size warrants.
//!
//! # What is handed over
//!
//! Tree construction needs little of what a page says, and copying the rest through it is most of what parsing costs.
//! So it is given names, and stand-ins for the rest:
//!
//! - a text is a letter or a space, as it is text or only spaces; with its line end in front behind a `<pre>`, which
//!   drops that. Where construction splits texts at their spaces (before the body, in column groups and framesets) it is
//!   given the whole;
//! - attributes stay with us, except the few that construction reads. An element that it may copy (`<b>`, `<a>` …)
//!   carries the number of its list of attributes;
//! - comments are empty.
//!
//! [`super::arena`] puts the real things back in.
//!
//! # Bounds
//!
//! The standard's rules walk the open elements and the list of formatting elements again and again, so that a page of
//! 100 KB can take minutes. Browsers bound the depth; we bound, as [`Options`] says, the depth, the formatting elements,
//! the nodes, and the steps of all those walks together, which is what makes the time of any page grow with its size and
//! no faster. An element over a bound is *flattened*: it stands in the tree, empty, with its attributes, and what it holds
//! comes after it. Construction is told of a `<source>` instead, a tag it makes an empty element of without any walk. The
//! end tag of a flattened element is dropped. Once the steps are spent, what follows is flattened inside an element that
//! ends all walks.

mod class;

use self::class::{Class, class, is_one_too_many, walks};
use super::arena::{self, Arena, Current, Made, Start, Tree};
use super::elements::Handle;
use super::tokenizer::{Mode, Span, Token, Tokenizer};
use super::{Attr, Attribute, Dom, Options, Tag};
use html5ever::interface::Tracer;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Doctype, TagKind, Token as TreeToken, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use html5ever::{LocalName, QualName, local_name, ns};
use std::cell::{RefCell, RefMut};
use std::collections::HashMap;

/// Bytes of a page that are read, a quarter of a gigabyte. Positions are numbers of 31 bits, and what is written anew
/// may be three times the page, since U+0000 becomes U+FFFD.
const PAGE_BYTES_MAX: usize = 1 << 28;

/// Steps that any page may cost, however short: a page of 1,000 bytes may be 300 tags.
const STEPS_MIN: u64 = 1 << 20;

/// Depth up to which a wrong guess costs less than finding out.
const DEPTH_OF_NO_CONCERN: u32 = 32;

pub(super) fn parse(html: &str, options: &Options) -> Dom {
    let page = &html[..html.floor_char_boundary(PAGE_BYTES_MAX)];
    let mut feed = Feed::new(page, options);
    feed.builder.sink.tree.borrow_mut().cuts.bytes = (html.len() - page.len()) as u64;
    while feed.step() {}
    let Feed { builder, tokenizer, .. } = feed;
    builder.sink.into_dom(page, &tokenizer.into_rewritten())
}

struct Feed<'a> {
    tokenizer: Tokenizer<'a>,
    builder: TreeBuilder<Handle, Arena>,
    options: &'a Options,
    /// Names that have no constant, as html5ever has them.
    atoms: Vec<Option<LocalName>>,
    /// For each name of an attribute, the last tag that had it.
    last_with: Vec<u32>,
    n_tags: u32,
    /// How deep the open elements reach, by what was seen last; end tags, which may close one or many or none, make it
    /// a guess.
    depth: u32,
    /// The same, when it was last known.
    depth_known: u32,
    /// At least as many as are in the list of formatting elements.
    formatting: u32,
    steps: u64,
    steps_max: u64,
    /// End tags to drop, by name.
    flattened: Vec<u32>,
    n_flattened: u32,
    /// Whether texts may be split, so that stand-ins will not do: in framesets and in column groups of templates for
    /// ever, in other column groups until the next tag.
    splits_for_ever: bool,
    splits_now: bool,
    /// Whether SVG or MathML was seen, and templates, and a form.
    has_foreign: bool,
    has_templates: bool,
    has_form: bool,
    /// Whether the element under way holds only text.
    is_in_raw: bool,
    /// Whether the start tag before this token was one that drops a line end.
    drops_line_end: bool,
    /// The last start tag that was left out.
    left_out: Tag,
    /// Whether walks are barred; see [`Feed::bar`].
    is_barred: bool,
    /// Lists of attributes of formatting elements, by what is in them.
    lists: HashMap<String, u32>,
}

impl<'a> Feed<'a> {
    fn new(page: &'a str, options: &'a Options) -> Self {
        Self {
            tokenizer: Tokenizer::new(page),
            builder: TreeBuilder::new(Arena::new(page, options), TreeBuilderOpts::default()),
            options,
            atoms: Vec::new(),
            last_with: Vec::new(),
            n_tags: 0,
            depth: 0,
            depth_known: 0,
            formatting: 0,
            steps: 0,
            steps_max: STEPS_MIN + page.len() as u64 * u64::from(options.steps_per_byte_max),
            flattened: Vec::new(),
            n_flattened: 0,
            splits_for_ever: false,
            splits_now: false,
            has_foreign: false,
            has_templates: false,
            has_form: false,
            is_in_raw: false,
            drops_line_end: false,
            left_out: Tag::SCRIPT,
            is_barred: false,
            lists: HashMap::new(),
        }
    }

    /// Deals with one token; false after the last.
    fn step(&mut self) -> bool {
        let (builder, flattened) = (&self.builder, &self.flattened);
        let is_flattened = |tag: Tag| flattened.get(tag.0 as usize).is_some_and(|n| *n > 0);
        let token = self.tokenizer.next(|| {
            builder.adjusted_current_node_present_but_not_in_html_namespace()
                || is_flattened(Tag::SVG)
                || is_flattened(Tag::MATH)
        });
        let drops_line_end = std::mem::take(&mut self.drops_line_end);
        match token {
            Token::StartTag => self.start_tag(),
            Token::EndTag => self.end_tag(),
            Token::Text(span) => self.text(span, drops_line_end),
            Token::RawText(span) => self.raw_text(span, drops_line_end),
            Token::Null => {
                self.hand_over(Current::Given, TreeToken::NullCharacterToken);
            }
            Token::Comment(_) if self.is_full() => self.tree().cuts.nodes += 1,
            Token::Comment(span) => {
                self.hand_over(Current::Comment(span), TreeToken::CommentToken(StrTendril::new()));
            }
            Token::Doctype(doctype) => {
                let tendril = |text: Option<String>| text.map(StrTendril::from);
                let doctype = Doctype {
                    name: tendril(doctype.name),
                    public_id: tendril(doctype.public_id),
                    system_id: tendril(doctype.system_id),
                    force_quirks: doctype.force_quirks,
                };
                // As U+0000, it lets texts wait on that wait.
                self.hand_over(Current::Given, TreeToken::DoctypeToken(doctype));
            }
            Token::End => {
                self.hand_over(Current::Other, TreeToken::EOFToken);
                return false;
            }
        }
        true
    }

    fn tree(&self) -> RefMut<'_, Tree> {
        self.builder.sink.tree.borrow_mut()
    }

    /// Gives tree construction a token, and the rows what it stands for; does what construction asks of the tokenizer.
    /// What a start tag made comes back.
    fn hand_over(&mut self, current: Current, token: TreeToken) -> Option<Made> {
        const LINE: u64 = 1;
        let n_made = {
            let mut tree = self.builder.sink.tree.borrow_mut();
            tree.current = current;
            tree.current_at = self.tokenizer.token_at() as u32;
            tree.n_made
        };
        match self.builder.process_token(token, LINE) {
            TokenSinkResult::Continue => {}
            TokenSinkResult::RawData(kind) => {
                self.is_in_raw = true;
                self.tokenizer.switch(match kind {
                    RawKind::Rcdata => Mode::Rcdata,
                    RawKind::Rawtext => Mode::Rawtext,
                    RawKind::ScriptData | RawKind::ScriptDataEscaped(_) => Mode::Script,
                });
            }
            TokenSinkResult::Plaintext => self.tokenizer.switch(Mode::Plaintext),
            // html5ever's own tokenizer stops here and starts anew, passing over a byte order mark where it starts.
            TokenSinkResult::Script(_) | TokenSinkResult::EncodingIndicator(_) => self.tokenizer.skip_byte_order_mark(),
        }
        let mut tree = self.builder.sink.tree.borrow_mut();
        // Elements that are copied, or found to be missing, cost walks of their own.
        self.steps += u64::from(self.depth) * u64::from(tree.n_made - n_made);
        tree.settle()
    }

    fn start_tag(&mut self) {
        let (tag, local) = self.tag_name();
        if self.is_full() {
            return self.leave_out_start(tag);
        }
        let attributes = self.take_attributes();
        let class = class(tag);
        let is_flattened = self.is_flattened(tag, class);
        self.steps += u64::from(self.depth) * walks(tag, class, self.formatting > 0, self.has_form);
        let seen = if is_flattened { Vec::new() } else { self.seen_attributes(tag, class, attributes) };
        let (local, known_as) = if is_flattened { (local_name!("source"), Tag::SOURCE) } else { (local, tag) };
        let is_closed = is_flattened || self.tokenizer.tag().self_closing;
        let made = self.hand_over(
            Current::Start(Start { tag, local: local.clone(), known_as, attributes, made: None }),
            tag_token(TagKind::StartTag, local.clone(), is_closed, seen),
        );
        if is_flattened {
            if class != Class::Void {
                self.flatten(tag);
            }
            return;
        }
        self.note_mode(tag);
        self.drops_line_end = matches!(tag, Tag::LISTING | Tag::PRE | Tag::TEXTAREA);
        let Some(made) =
            made.filter(|made| class != Class::Void && class != Class::Raw && !(made.is_foreign && is_closed))
        else {
            return;
        };
        self.formatting += u32::from(class == Class::Formatting);
        let depth = self.tree().depth(made.id);
        (self.depth, self.depth_known) = (depth, depth);
        if self.depth > self.options.depth_max && class != Class::Frame {
            // The guess was too low. Close it, and it is as good as flattened.
            self.hand_over(Current::Other, tag_token(TagKind::EndTag, local, false, Vec::new()));
            self.flatten(tag);
            self.tree().cuts.depth += 1;
            self.depth -= 1;
        } else if self.n_flattened > 0 && self.depth <= self.options.depth_max / 2 {
            // Well out of the deep, where end tags that are still to be dropped say nothing any more.
            self.flattened.clear();
            self.n_flattened = 0;
        }
    }

    fn end_tag(&mut self) {
        let (tag, local) = self.tag_name();
        let ends_raw = std::mem::take(&mut self.is_in_raw);
        if !ends_raw {
            if is_one_too_many(tag) {
                return;
            }
            if self.is_full() {
                return self.leave_out(tag);
            }
            if self.n_flattened > 0
                && let Some(n) = self.flattened.get_mut(tag.0 as usize).filter(|n| **n > 0)
            {
                *n -= 1;
                self.n_flattened -= 1;
                return;
            }
            if self.is_spent() {
                self.bar();
                self.tree().cuts.steps += 1;
                return;
            }
            self.steps += u64::from(self.depth);
        }
        self.hand_over(Current::Other, tag_token(TagKind::EndTag, local, false, Vec::new()));
        if !ends_raw {
            self.note_mode(tag);
            self.depth = self.depth.saturating_sub(1);
            if self.depth_known > DEPTH_OF_NO_CONCERN && self.depth < self.depth_known / 2 {
                self.take_stock();
            }
        }
    }

    fn text(&mut self, span: Span, drops_line_end: bool) {
        if self.is_spent() && !self.is_full() {
            self.bar();
        } else if self.formatting > 0 {
            self.steps += u64::from(self.depth);
        }
        let text = self.tokenizer.text(span);
        if self.splits_for_ever || self.splits_now || !self.tree().has_body {
            let text = StrTendril::from_slice(text);
            self.hand_over(Current::WholeText(span), TreeToken::CharacterTokens(text));
            return;
        }
        let has_line_end = drops_line_end && text.starts_with('\n');
        let is_blank = text.bytes().all(|byte| byte.is_ascii_whitespace());
        let stand_in = match (has_line_end, is_blank) {
            (false, false) => "x",
            (false, true) => " ",
            (true, false) => "\nx",
            (true, true) if text.len() == 1 => "\n",
            (true, true) => "\n ",
        };
        let stand_in = StrTendril::from_slice(stand_in);
        self.hand_over(Current::Text { span, has_line_end }, TreeToken::CharacterTokens(stand_in));
    }

    fn raw_text(&mut self, mut span: Span, drops_line_end: bool) {
        if !self.is_in_raw {
            // Of an element that was left out. Scripts, styles and markup for other browsers are no text.
            return match self.left_out {
                Tag::TITLE | Tag::TEXTAREA | Tag::XMP => self.text(span, false),
                _ => {}
            };
        }
        if drops_line_end && self.tokenizer.text(span).starts_with('\n') {
            span.start += 1;
        }
        if !span.is_empty() {
            let stand_in = StrTendril::from_slice("x");
            self.hand_over(Current::Text { span, has_line_end: false }, TreeToken::CharacterTokens(stand_in));
        }
    }

    fn tag_name(&mut self) -> (Tag, LocalName) {
        let name = self.tokenizer.text(self.tokenizer.tag().name);
        let tag = self.builder.sink.tree.borrow_mut().tag_names.tag(name);
        let local = match Tag::ATOMS.get(tag.0 as usize) {
            Some(local) => local.clone(),
            // It is flattened, and its end tag closes nothing.
            None if is_one_too_many(tag) => local_name!(""),
            None => {
                let at = tag.0 as usize - Tag::ATOMS.len();
                if self.atoms.len() <= at {
                    self.atoms.resize(at + 1, None);
                }
                self.atoms[at].get_or_insert_with(|| LocalName::from(name)).clone()
            }
        };
        (tag, local)
    }

    /// Puts the attributes of the tag under way into rows, each name once; their range.
    fn take_attributes(&mut self) -> (u32, u32) {
        self.n_tags += 1;
        let mut tree = self.builder.sink.tree.borrow_mut();
        let tree = &mut *tree;
        let start = tree.attributes.len();
        let written = &self.tokenizer.tag().attributes;
        for (n_read, (name, value)) in written.iter().enumerate() {
            if tree.attributes.len() - start >= self.options.attributes_max as usize {
                tree.cuts.attributes += (written.len() - n_read) as u32;
                break;
            }
            let name = tree.attr_names.attribute(self.tokenizer.text(*name));
            let at = name.0 as usize;
            if self.last_with.len() <= at {
                self.last_with.resize(at + 1, 0);
            }
            if std::mem::replace(&mut self.last_with[at], self.n_tags) != self.n_tags {
                tree.attributes.push(Attribute { name, start: value.start, stop: value.end });
            }
        }
        (start as u32, tree.attributes.len() as u32)
    }

    /// The attributes that tree construction gets to see.
    fn seen_attributes(&mut self, tag: Tag, class: Class, (start, stop): (u32, u32)) -> Vec<html5ever::Attribute> {
        if start == stop {
            return Vec::new();
        }
        let mut tree = self.builder.sink.tree.borrow_mut();
        let tree = &mut *tree;
        let rows = &tree.attributes[start as usize..stop as usize];
        let value = |row: &Attribute| self.tokenizer.text(Span { start: row.start, end: row.stop });
        let whole = |named: &[&str]| -> Vec<html5ever::Attribute> {
            let rows = rows.iter().map(|row| (tree.attr_names.name(row.name.0), row));
            rows.filter(|(name, _)| named.contains(name))
                .map(|(name, row)| html5ever::Attribute {
                    name: QualName::new(None, ns!(), LocalName::from(name)),
                    value: StrTendril::from_slice(value(row)),
                })
                .collect()
        };
        match tag {
            // A link is never open inside a link, so no two are ever compared.
            Tag::A => {
                tree.shared.push((start, stop));
                vec![arena::reference_to(tree.shared.len() as u32 - 1)]
            }
            _ if class == Class::Formatting => {
                // Of four elements that are alike, the standard forgets one: alike is, who has the same list.
                let mut sorted: Vec<&Attribute> = rows.iter().collect();
                sorted.sort_by_key(|row| row.name);
                let mut key = String::new();
                for row in sorted {
                    key.push_str(tree.attr_names.name(row.name.0));
                    key.push('\0');
                    key.push_str(value(row));
                    key.push('\0');
                }
                let list = *self.lists.entry(key).or_insert(tree.shared.len() as u32);
                let mut seen = vec![arena::reference_to(list)];
                if tag == Tag::FONT && self.has_foreign {
                    seen.extend(whole(&["color", "face", "size"]));
                }
                if list == tree.shared.len() as u32 {
                    tree.shared.push((start, stop));
                }
                seen
            }
            Tag::INPUT => {
                let is_hidden = |row: &&Attribute| row.name == Attr::TYPE && value(row).eq_ignore_ascii_case("hidden");
                if rows.iter().any(|row| is_hidden(&row)) { whole(&["type"]) } else { Vec::new() }
            }
            // Whether it states the encoding matters where a byte order mark follows only; see `hand_over`.
            Tag::META | Tag::LINK | Tag::BASE | Tag::BASEFONT | Tag::BGSOUND if self.tokenizer.at_byte_order_mark() => {
                whole(&["charset", "http-equiv", "content"])
            }
            _ if self.has_foreign && tree.tag_names.name(tag.0) == "annotation-xml" => whole(&["encoding"]),
            _ => Vec::new(),
        }
    }

    /// Whether an element has to be flattened, and the count of why.
    fn is_flattened(&mut self, tag: Tag, class: Class) -> bool {
        if self.is_spent() && class != Class::Raw {
            self.bar();
            self.tree().cuts.steps += 1;
            return true;
        }
        if class != Class::Plain && class != Class::Formatting {
            return false;
        }
        if is_one_too_many(tag) {
            self.tree().cuts.names += 1;
            return true;
        }
        if self.depth >= self.options.depth_max {
            self.tree().cuts.depth += 1;
            return true;
        }
        if class == Class::Formatting && self.formatting >= self.options.formatting_max {
            self.take_stock();
            if self.formatting >= self.options.formatting_max {
                self.tree().cuts.formatting += 1;
                return true;
            }
        }
        false
    }

    /// Notes that the end tag is to be dropped.
    fn flatten(&mut self, tag: Tag) {
        if self.flattened.len() <= tag.0 as usize {
            self.flattened.resize(tag.0 as usize + 1, 0);
        }
        self.flattened[tag.0 as usize] += 1;
        self.n_flattened += 1;
    }

    /// Counts the open elements and the formatting elements, which tree construction shows in this order: document, open
    /// elements, formatting elements, head, form.
    fn take_stock(&mut self) {
        let trace = Trace::default();
        self.builder.trace_handles(&trace);
        let handles = trace.0.into_inner();
        let last = |handles: &[Handle], tag: Tag| handles.last().is_some_and(|it| it.is_html(tag));
        let mut handles = &handles[..];
        for pointer in [Tag::FORM, Tag::HEAD] {
            handles = &handles[..handles.len() - usize::from(last(handles, pointer))];
        }
        let mut listed: Vec<u32> = Vec::new();
        for handle in handles.iter().rev() {
            // An open element that is in the list as well shows where the list begins.
            let is_listed = handle.html_tag().is_some_and(|tag| class(tag) == Class::Formatting);
            if !is_listed || listed.contains(&handle.id) {
                break;
            }
            listed.push(handle.id);
        }
        self.formatting = listed.len() as u32;
        self.depth = (handles.len() - listed.len()) as u32 - 1;
        self.depth_known = self.depth;
        self.steps += handles.len() as u64;
    }

    /// Notes whether texts that follow may be split.
    fn note_mode(&mut self, tag: Tag) {
        self.has_foreign |= tag == Tag::SVG || tag == Tag::MATH;
        self.has_templates |= tag == Tag::TEMPLATE;
        self.has_form |= tag == Tag::FORM;
        let is_column = tag == Tag::COL || tag == Tag::COLGROUP;
        self.splits_for_ever |= tag == Tag::FRAMESET || is_column && self.has_templates;
        self.splits_now = is_column || tag == Tag::HTML || tag == Tag::TEMPLATE;
    }

    /// Whether the walks have cost all they may.
    fn is_spent(&self) -> bool {
        self.steps > self.steps_max
    }

    /// Puts what follows into an element that ends the walks of tree construction, if that is not done yet. It takes the
    /// element for an `<object>`, which nothing inside can see past; to us it is a `<div>` that begins with what follows.
    fn bar(&mut self) {
        if !std::mem::replace(&mut self.is_barred, true) {
            let local = local_name!("object");
            let start =
                Start { tag: Tag::DIV, local: local.clone(), known_as: Tag::OBJECT, attributes: (0, 0), made: None };
            self.hand_over(Current::Start(start), tag_token(TagKind::StartTag, local, false, Vec::new()));
        }
    }

    fn is_full(&self) -> bool {
        self.tree().n_rows() >= self.options.nodes_max
    }

    /// Leaves a start tag out that would be a node too many.
    fn leave_out_start(&mut self, tag: Tag) {
        self.left_out = tag;
        if class(tag) == Class::Raw {
            self.tokenizer.switch(match tag {
                Tag::SCRIPT => Mode::Script,
                Tag::TITLE | Tag::TEXTAREA => Mode::Rcdata,
                _ => Mode::Rawtext,
            });
        }
        self.leave_out(tag);
    }

    /// Leaves a tag out. Words that it kept apart stay apart.
    fn leave_out(&mut self, tag: Tag) {
        self.tree().cuts.nodes += 1;
        if class(tag) != Class::Formatting && tag != Tag::SPAN {
            let line_end = StrTendril::from_slice("\n");
            self.hand_over(Current::Given, TreeToken::CharacterTokens(line_end));
        }
    }
}

fn tag_token(kind: TagKind, name: LocalName, self_closing: bool, attrs: Vec<html5ever::Attribute>) -> TreeToken {
    TreeToken::TagToken(html5ever::tokenizer::Tag { kind, name, self_closing, attrs, had_duplicate_attributes: false })
}

/// Takes down what tree construction holds.
#[derive(Default)]
struct Trace(RefCell<Vec<Handle>>);

impl Tracer for Trace {
    type Handle = Handle;

    fn trace_handle(&self, node: &Handle) {
        self.0.borrow_mut().push(*node);
    }
}

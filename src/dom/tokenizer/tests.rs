use super::*;

/// The tokens of a page, one line each; raw text is switched to after the start tags that ask for it.
fn listed(page: &str) -> Vec<String> {
    let mut tokenizer = Tokenizer::new(page);
    let mut lines = Vec::new();
    let mut is_foreign = false;
    loop {
        let token = tokenizer.next(|| is_foreign);
        let text = |span: &Span| tokenizer.text(*span).to_owned();
        let name = text(&tokenizer.tag().name);
        lines.push(match &token {
            Token::Text(span) => format!("text {:?}", text(span)),
            Token::RawText(span) => format!("raw {:?}", text(span)),
            Token::Null => "null".to_owned(),
            Token::StartTag => {
                let mut line = format!("<{name}");
                for (name, value) in &tokenizer.tag().attributes {
                    line.push_str(&format!(" {}={:?}", text(name), text(value)));
                }
                line.push_str(if tokenizer.tag().self_closing { "/>" } else { ">" });
                line
            }
            Token::EndTag => format!("</{name}>"),
            Token::Comment(span) => format!("comment {:?}", text(span)),
            Token::Doctype(it) => {
                format!("doctype {:?} {:?} {:?} {}", it.name, it.public_id, it.system_id, it.force_quirks)
            }
            Token::End => return lines,
        });
        if token == Token::StartTag {
            is_foreign = name == "svg";
            tokenizer.switch(match name.as_str() {
                "title" | "textarea" => Mode::Rcdata,
                "style" | "xmp" => Mode::Rawtext,
                "script" => Mode::Script,
                "plaintext" => Mode::Plaintext,
                _ => Mode::Data,
            });
        }
    }
}

#[track_caller]
fn check(page: &str, expected: &[&str]) {
    assert_eq!(listed(page), expected, "{page:?}");
}

#[test]
fn tags_and_texts_alternate() {
    check("a<b>c</b>d", &["text \"a\"", "<b>", "text \"c\"", "</b>", "text \"d\""]);
    check("<P Class=A>", &["<p Class=\"A\">"].map(|it| it.replace("Class", "class")).each_ref().map(String::as_str));
    check("<br/><br / ><x/y>", &["<br/>", "<br>", "<x y=\"\">"]);
}

#[test]
fn a_less_than_sign_that_begins_nothing_is_text() {
    check("1 < 2 <3 <", &["text \"1 < 2 <3 <\""]);
    check("<", &["text \"<\""]);
    check("a</", &["text \"a</\""]);
    check("</", &["text \"</\""]);
}

#[test]
fn attributes_are_read_in_every_spelling() {
    check("<a b c = d e='f\"' g=\"h'\"i=j/k>", &["<a b=\"\" c=\"d\" e=\"f\\\"\" g=\"h'\" i=\"j/k\">"]);
    check("<a =b c=>", &["<a =b=\"\" c=\"\">"]);
    check("<a b=c=d\"'<>", &["<a b=\"c=d\\\"'<\">"]);
    check("<a\nb\t=\r\n'c'\x0cd>", &["<a b=\"c\" d=\"\">"]);
    check("<a \"b>", &["<a \"b=\"\">"]);
    check("<a/b=c/>", &["<a b=\"c/\">"]);
}

#[test]
fn a_tag_that_the_page_ends_in_is_dropped() {
    check("a<b", &["text \"a\""]);
    check("a<b c", &["text \"a\""]);
    check("a<b c=", &["text \"a\""]);
    check("a<b c='d>e", &["text \"a\""]);
    check("a</b c", &["text \"a\""]);
}

#[test]
fn end_tags_have_no_attributes_and_empty_ones_are_nothing() {
    check("</a b=c></>x</3>", &["</a>", "text \"x\"", "comment \"3\""]);
}

#[test]
fn comments_end_where_browsers_end_them() {
    check("<!--a-->b", &["comment \"a\"", "text \"b\""]);
    check("<!--><!---><!----><!-->", &["comment \"\"", "comment \"\"", "comment \"\"", "comment \"\""]);
    check("<!--a--!>b", &["comment \"a\"", "text \"b\""]);
    check("<!--a--->", &["comment \"a-\""]);
    check("<!--a-->-->", &["comment \"a\"", "text \"-->\""]);
    check("<!---!>-->", &["comment \"-!>\""]);
    check("<!--a>b->c--d-->", &["comment \"a>b->c--d\""]);
    check("<!--a<!--b-->", &["comment \"a<!--b\""]);
}

#[test]
fn a_comment_that_the_page_ends_in_is_kept_without_its_dashes() {
    check("<!--a", &["comment \"a\""]);
    check("<!--a-", &["comment \"a\""]);
    check("<!--a--", &["comment \"a\""]);
    check("<!--a---", &["comment \"a-\""]);
    check("<!--a--!", &["comment \"a\""]);
    check("<!--", &["comment \"\""]);
    check("<!-", &["comment \"-\""]);
}

#[test]
fn what_is_no_declaration_is_a_comment() {
    check("<!foo><?php a?><!>", &["comment \"foo\"", "comment \"?php a?\"", "comment \"\""]);
    check("<![CDATA[a]]>", &["comment \"[CDATA[a]]\""]);
    check("<!doctyp", &["comment \"doctyp\""]);
}

#[test]
fn cdata_is_text_in_foreign_content_only() {
    check("<svg><![CDATA[a<b>&amp;]]]>c", &["<svg>", "text \"a<b>&amp;]\"", "text \"c\""]);
    check("<svg><![CDATA[]]><![CDATA[a]]", &["<svg>", "text \"a]]\""]);
}

#[test]
fn raw_text_ends_at_its_own_end_tag() {
    check("<title>a&amp;<b></titles></TITLE >c", &["<title>", "raw \"a&<b></titles>\"", "</title>", "text \"c\""]);
    check("<style>a&amp;</style x>", &["<style>", "raw \"a&amp;\"", "</style>"]);
    check("<style></style>", &["<style>", "</style>"]);
    check("<style>a</style", &["<style>", "raw \"a</style\""]);
    check("<plaintext>a</plaintext>", &["<plaintext>", "text \"a</plaintext>\""]);
}

#[test]
fn scripts_may_hide_in_comments() {
    let inner = "<!-- <script>a</script> -->b";
    check(&format!("<script>{inner}</script>c"), &["<script>", &format!("raw {inner:?}"), "</script>", "text \"c\""]);
    check("<script><!-- a</script>-->", &["<script>", "raw \"<!-- a\"", "</script>", "text \"-->\""]);
    check("<script><!--><script></script>", &["<script>", "raw \"<!--><script>\"", "</script>"]);
    check("<script><!--<scripty></script>", &["<script>", "raw \"<!--<scripty>\"", "</script>"]);
    check("<script><!--<script></script x", &["<script>", "raw \"<!--<script></script x\""]);
    check("<script>if (a</b) {}</scripts></script>", &["<script>", "raw \"if (a</b) {}</scripts>\"", "</script>"]);
}

#[test]
fn line_ends_and_nulls_are_normalised() {
    check("a\r\nb\rc\n", &["text \"a\\nb\\nc\\n\""]);
    check(
        "a\0\0b<c\0d e\0=f\0>",
        &["text \"a\"", "null", "null", "text \"b\"", "<c\u{fffd}d e\u{fffd}=\"f\u{fffd}\">"],
    );
    check("<title>\0</title><!--\0\r-->", &["<title>", "raw \"\u{fffd}\"", "</title>", "comment \"\u{fffd}\\n\""]);
}

#[test]
fn references_are_resolved_and_other_ampersands_stay() {
    check("&lt;&#233;&eacute & &x;", &["text \"<éé & &x;\""]);
    check("<a b='?c=1&copy=2&amp;d'>", &["<a b=\"?c=1&copy=2&d\">"]);
    check("a & b", &["text \"a & b\""]);
}

#[test]
fn the_document_type_is_read_with_its_identifiers() {
    check("<!DOCTYPE html>", &["doctype Some(\"html\") None None false"]);
    check(
        "<!doctypeHTML SYSTEM 'about:legacy-compat' >",
        &["doctype Some(\"html\") None Some(\"about:legacy-compat\") false"],
    );
    check("<!doctype html public \"a\"'b'>", &["doctype Some(\"html\") Some(\"a\") Some(\"b\") false"]);
    check("<!doctype html public \"a>", &["doctype Some(\"html\") Some(\"a\") None true"]);
    check("<!doctype html foo>", &["doctype Some(\"html\") None None true"]);
    check("<!doctype html system 'a' foo", &["doctype Some(\"html\") None Some(\"a\") false"]);
    check("<!doctype>", &["doctype None None None true"]);
    check("<!doctype html", &["doctype Some(\"html\") None None true"]);
}

#[test]
fn a_byte_order_mark_at_the_front_is_passed_over() {
    check("\u{feff}a\u{feff}", &["text \"a\\u{feff}\""]);
}

//! Reading HTML that rustdoc has written, which is regular enough for plain searching.

/// What lies between `open` and `close`, and what comes after.
pub fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str)> {
    let (_, rest) = text.split_once(open)?;
    rest.split_once(close)
}

/// The value of an attribute in the first tag that has it.
pub fn attribute<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    Some(between(text, &format!("{name}=\""), "\"")?.0)
}

/// A piece of code as one line: without tags, comments and what was put in to break lines.
pub fn code(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = tag.split_once('>').expect("a tag that ends");
        let hides = tag.contains("class=\"tooltip\"") || tag.contains("class=\"comment\"");
        rest = if hides { after.split_once('>').expect("a tag that closes").1 } else { after };
        // Attributes and conditions begin a line of their own.
        if tag.starts_with("div") || tag.starts_with("/div") || tag.starts_with("br") {
            text.push(' ');
        }
    }
    text.push_str(rest);
    one_line(&decode(&text))
}

fn decode(text: &str) -> String {
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    entities.iter().fold(text.to_owned(), |text, (entity, is)| text.replace(entity, is))
}

/// Undoes the breaking of long signatures: single spaces, no comma before the end of a list.
fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut line = words.join(" ");
    for (broken, whole) in [("( ", "("), (", )", ")"), (" )", ")"), (", {", " {")] {
        line = line.replace(broken, whole);
    }
    line.trim_end_matches([',', ';', ' ']).to_owned()
}

#[test]
fn code_is_one_line_without_tags() {
    let html = "pub fn <a href=\"#method.with\" class=\"fn\">with</a>&lt;F, R&gt;(&amp;'static self) -&gt; R\
        <div class=\"where\">where\n    F: <a class=\"trait\" href=\"x\">FnOnce</a>(&amp;T) -&gt; R,</div>";
    assert_eq!(code(html), "pub fn with<F, R>(&'static self) -> R where F: FnOnce(&T) -> R");
}

#[test]
fn code_has_neither_broken_lists_nor_what_tooltips_show() {
    let html = "fn a(\n    &amp;self,\n    b: <a href=\"u8\">u8</a>,\n) -&gt; C <a class=\"tooltip\">ⓘ</a>";
    assert_eq!(code(html), "fn a(&self, b: u8) -> C");
    assert_eq!(
        code("pub struct A(<span class=\"comment\">/* private fields */</span>);"),
        "pub struct A()"
    );
}

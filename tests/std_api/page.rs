//! The page of one item: what it says about it, a line for each fact.

use std::fs;
use std::path::{Path, PathBuf};

use super::bounds::{auto_trait, elided};
use super::html::{attribute, between, code};

/// The page of one item.
pub struct Page {
    path: PathBuf,
    html: String,
}

impl Page {
    pub fn open(path: &Path) -> Option<Self> {
        let html = fs::read_to_string(path).ok()?;
        Some(Page { path: path.to_owned(), html })
    }

    /// Whether the item is another crate's, shown where it is re-exported.
    pub fn is_foreign(&self) -> bool {
        let heading = between(&self.html, "<span class=\"sub-heading\">", "</a>");
        heading.is_some_and(|(heading, _)| heading.contains("class=\"src\" href=\"https://"))
    }

    /// The declaration, the variants, methods and traits, as far as they are stable.
    pub fn facts(&self) -> Vec<String> {
        let mut facts = vec![self.declaration()];
        facts.extend(self.fields());
        let body = self.html.split_once("</h1>").map_or("", |(_, body)| body);
        for part in body.split("section-header\">").filter(|part| counts(part)) {
            facts.extend(self.facts_in(part));
        }
        facts
    }

    fn declaration(&self) -> String {
        let (html, _) =
            between(&self.html, "<pre class=\"rust item-decl\"><code>", "</code></pre>")
                .unwrap_or_else(|| panic!("no declaration in {}", self.path.display()));
        let text = code(html);
        let has_body = ["struct", "enum", "trait", "union"].iter().any(|kind| {
            text.contains(&format!("pub {kind} ")) || text.contains(&format!("pub unsafe {kind} "))
        });
        let text = match has_body {
            true => text.split('{').next().unwrap().replace("()", "").trim().to_owned(),
            false => text,
        };
        with_deprecation(self.heading(), text)
    }

    /// What stands before documentation and methods.
    fn heading(&self) -> &str {
        let heading = self.html.split("section-header\"").next().unwrap();
        heading.split("top-doc").next().unwrap()
    }

    fn fields(&self) -> impl Iterator<Item = String> {
        let fields = self.html.split("id=\"structfield.").skip(1);
        fields.map(|field| format!("pub {}", code(between(field, "<code>", "</code>").unwrap().0)))
    }

    fn facts_in(&self, part: &str) -> Vec<String> {
        let mut facts = Vec::new();
        // The implementation that methods stand in; nothing if it is not to be listed.
        let mut implementation = Some(String::new());
        for section in part.split("<section ").skip(1) {
            let section = section.split("docblock").next().unwrap();
            let class = attribute(section, "class").unwrap_or_default();
            let Some(text) = header(section) else { continue };
            let text = with_deprecation(section, text);
            let listed = is_stable(section) && is_on_linux(section);
            if class == "impl" {
                let listed = listed && self.trait_is_listed(section);
                implementation = listed.then(|| elided(&text));
                let of_trait = implementation.as_deref().filter(|text| is_of_trait(text));
                facts.extend(of_trait.map(|text| auto_trait(text).unwrap_or_else(|| text.into())));
            } else if let Some(implementation) = implementation.as_deref().filter(|_| listed) {
                facts.extend(member(implementation, class, text));
            }
        }
        facts
    }

    /// Whether the trait of an implementation may be named in stable Rust. How something is dropped
    /// is nobody's business.
    fn trait_is_listed(&self, section: &str) -> bool {
        let Some((header, _)) = between(section, "class=\"code-header\">", "</h3>") else {
            return true;
        };
        let Some((link, _)) = between(header, "<a class=\"trait\" ", ">") else { return true };
        let Some(href) = attribute(link, "href") else { return true };
        if href.ends_with("/trait.Drop.html") {
            return false;
        }
        let page = Page::open(&self.path.with_file_name(href));
        page.is_none_or(|page| is_stable(page.heading()))
    }
}

fn with_deprecation(html: &str, text: String) -> String {
    match html.contains("class=\"stab deprecated\"") {
        true => format!("#[deprecated] {text}"),
        false => text,
    }
}

/// Whether a part of the page belongs to the item itself.
fn counts(part: &str) -> bool {
    let foreign = ["<span>Methods from", "Blanket Impl"];
    !foreign.iter().any(|title| part.starts_with(title))
}

fn header(section: &str) -> Option<String> {
    let rest = section.split_once("class=\"code-header\">")?.1;
    Some(code(rest.split("</h").next().unwrap()))
}

/// What is to be said of something in an implementation, or in a trait or enum (without one).
fn member(implementation: &str, class: &str, text: String) -> Option<String> {
    let of_trait = is_of_trait(implementation);
    match class.split(' ').next()? {
        "variant" => Some(text),
        // A trait says what methods it has.
        "method" | "tymethod" if of_trait => None,
        "method" | "tymethod" | "associatedtype" | "associatedconstant" => {
            match implementation.contains('<') || of_trait {
                true => Some(format!("{implementation} {{ {text} }}")),
                false => Some(text),
            }
        }
        _ => None,
    }
}

fn is_of_trait(implementation: &str) -> bool {
    let header = implementation.split(" where ").next().unwrap();
    header.contains(" for ")
}

pub fn is_stable(html: &str) -> bool {
    !html.contains("class=\"stab unstable\"")
}

/// Whether something is there on Linux, as far as labels say where it is.
pub fn is_on_linux(html: &str) -> bool {
    let Some((_, label)) = html.split_once("class=\"stab portability\"") else { return true };
    let label = label.split("</div>").next().unwrap();
    ["Linux", "Unix", "non-", "Non-", "neither", "64-bit", "target_has", "panic="]
        .iter()
        .any(|name| label.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        Page { path: "/nowhere".into(), html: html.to_owned() }
    }

    const METHODS: &str = "<h1>Struct A</h1><pre class=\"rust item-decl\"><code>pub struct A&lt;T&gt; \
        { <span class=\"comment\">/* private fields */</span> }</code></pre>\
        <h2 id=\"implementations\" class=\"section-header\">Implementations</h2>\
        <section id=\"impl-A\" class=\"impl\"><h3 class=\"code-header\">impl&lt;T&gt; A&lt;T&gt;</h3></section>\
        <section id=\"method.b\" class=\"method\"><h4 class=\"code-header\">pub fn b(&amp;self)</h4></section>\
        <section id=\"method.c\" class=\"method\"><h4 class=\"code-header\">pub fn c(&amp;self)</h4></section>\
        <span class=\"item-info\"><div class=\"stab unstable\">nightly</div></span>\
        <section id=\"method.d\" class=\"method\"><h4 class=\"code-header\">pub fn d()</h4></section>\
        <span class=\"item-info\"><div class=\"stab deprecated\">since</div></span>\
        <h2 id=\"trait-implementations\" class=\"section-header\">Trait Implementations</h2>\
        <section id=\"impl-D\" class=\"impl\"><h3 class=\"code-header\">impl&lt;T&gt; Iterator for A&lt;T&gt;</h3></section>\
        <section id=\"method.next\" class=\"method trait-impl\"><h4 class=\"code-header\">fn next(&amp;mut self)</h4></section>\
        <section id=\"associatedtype.Item\" class=\"associatedtype trait-impl\">\
        <h4 class=\"code-header\">type Item = T</h4></section>\
        <section id=\"impl-E\" class=\"impl\"><h3 class=\"code-header\">impl AsSocket for A</h3>\
        <div class=\"stab portability\">Available on <strong>Windows</strong> only.</div></section>\
        <h2 id=\"synthetic-implementations\" class=\"section-header\">Auto Trait Implementations</h2>\
        <section id=\"impl-Send\" class=\"impl\"><h3 class=\"code-header\">impl&lt;T&gt; Send for A&lt;T&gt;</h3></section>\
        <h2 id=\"blanket-implementations\" class=\"section-header\">Blanket Implementations</h2>\
        <section id=\"impl-Any\" class=\"impl\"><h3 class=\"code-header\">impl&lt;T&gt; Any for T</h3></section>";

    #[test]
    fn a_page_tells_what_is_stable_and_its_own() {
        let facts = page(METHODS).facts();
        assert_eq!(
            facts,
            [
                "pub struct A<T>",
                "impl<T> A<T> { pub fn b(&self) }",
                "impl<T> A<T> { #[deprecated] pub fn d() }",
                "impl<T> Iterator for A<T>",
                "impl<T> Iterator for A<T> { type Item = T }",
                "auto Send",
            ]
        );
    }

    #[test]
    fn an_enum_has_its_variants() {
        let html = "<h1>Enum B</h1><pre class=\"rust item-decl\"><code>pub enum B {\n    C,\n}</code></pre>\
            <h2 id=\"variants\" class=\"variants section-header\">Variants</h2>\
            <section id=\"variant.C\" class=\"variant\"><h3 class=\"code-header\">C</h3></section>";
        assert_eq!(page(html).facts(), ["pub enum B", "C"]);
    }

    #[test]
    fn an_item_of_another_crate_is_known_by_its_source() {
        let html = "<span class=\"sub-heading\"><a class=\"src\" href=\"https://doc.rust-lang.org/x\">Source</a>";
        assert!(page(html).is_foreign());
        assert!(
            !page("<span class=\"sub-heading\"><a class=\"src\" href=\"../src/x\">Source</a>")
                .is_foreign()
        );
    }
}

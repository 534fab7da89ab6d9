//! The items of a module, after its page.

use std::fs;
use std::path::Path;

use super::html::{attribute, between, code};
use super::page::{Page, is_on_linux, is_stable};

/// An item of a module, and what its documentation says about it.
#[derive(Clone)]
pub struct Item {
    /// Its kind and name, as in `struct TcpStream`.
    pub name: String,
    /// Nothing if the item is std's own, re-exported.
    pub facts: Option<Vec<String>>,
}

/// The items of the module whose documentation is in `folder`; nothing if there is none.
pub fn items(folder: &Path) -> Option<Vec<Item>> {
    let html = fs::read_to_string(folder.join("index.html")).ok()?;
    let body = html.split_once("</h1>").map_or("", |(_, body)| body);
    let rows = body.split("<dt").skip(1).filter_map(|row| row.split("</dt>").next());
    let rows = rows.filter(|row| is_stable(row) && is_on_linux(row));
    Some(rows.flat_map(|row| items_of_row(folder, row)).collect())
}

/// One item, or all that a glob re-exports.
fn items_of_row(folder: &Path, row: &str) -> Vec<Item> {
    let reexport = between(row, "<code>pub use ", "</code>").map(|(path, _)| code(path));
    let link = between(row, "<a ", ">").map(|(link, _)| link);
    let href =
        link.and_then(|link| attribute(link, "href")).filter(|href| !href.starts_with("https:"));
    match (reexport, href) {
        (Some(path), Some(href)) if path.ends_with("::*") => {
            items(folder.join(href).parent().unwrap()).unwrap_or_default()
        }
        (Some(path), None) => vec![Item { name: format!("use {path}"), facts: None }],
        (_, Some(href)) => item_at(folder, row, href).into_iter().collect(),
        (None, None) => Vec::new(),
    }
}

fn item_at(folder: &Path, row: &str, href: &str) -> Option<Item> {
    let (link, rest) = between(row, "<a ", ">")?;
    let kind = attribute(link, "class")?;
    let name = format!("{kind} {}", code(rest.split("</a>").next()?));
    if kind == "mod" {
        return Some(Item { name, facts: Some(Vec::new()) });
    }
    let page = Page::open(&folder.join(href))?;
    let facts = (!page.is_foreign()).then(|| page.facts());
    Some(Item { name, facts })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_crate_has_is_known_by_its_path_alone() {
        let row = " id=\"reexport.Shutdown\"><code>pub use std::net::\
            <a class=\"enum\" href=\"https://doc.rust-lang.org/x\">Shutdown</a>;</code>";
        let items = items_of_row(Path::new("/nowhere"), row);
        assert_eq!(items[0].name, "use std::net::Shutdown");
        assert!(items[0].facts.is_none());
    }

    #[test]
    fn a_module_is_known_by_its_name() {
        let row = "><a class=\"mod\" href=\"mpsc/index.html\" title=\"mod\">mp<wbr>sc</a>";
        assert_eq!(items_of_row(Path::new("/nowhere"), row)[0].name, "mod mpsc");
    }
}

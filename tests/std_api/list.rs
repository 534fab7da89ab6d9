//! The lists of what std has, as they are kept here.

use std::fs;
use std::path::PathBuf;

use super::module::Item;

/// The version of Rust that the lists are true for.
pub const VERSION: &str = "1.95";

/// The modules of std that have a mirror, or a part of one.
pub const MODULES: &[&str] = &[
    "fs",
    "io",
    "io::prelude",
    "net",
    "os",
    "os::fd",
    "os::linux",
    "os::linux::fs",
    "os::linux::net",
    "os::linux::raw",
    "os::raw",
    "os::unix",
    "os::unix::ffi",
    "os::unix::fs",
    "os::unix::io",
    "os::unix::net",
    "os::unix::prelude",
    "os::unix::process",
    "os::unix::raw",
    "os::unix::thread",
    "process",
    "sync",
    "sync::atomic",
    "sync::mpsc",
    "thread",
    "time",
];

/// Where the list of a module is kept.
pub fn path(module: &str) -> PathBuf {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/std_api")).join(VERSION);
    folder.join(format!("{}.txt", module.replace("::", ".")))
}

/// The kept list of a module.
pub fn read(module: &str) -> Vec<Item> {
    let path = path(module);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    parse(&text)
}

/// A module's items as text: a line for each item, and one for each fact about it, indented.
pub fn text(items: &[Item]) -> String {
    let mut text = String::new();
    for item in items {
        text += &format!("{}\n", item.name);
        for fact in item.facts.iter().flatten() {
            text += &format!("    {fact}\n");
        }
    }
    text
}

fn parse(text: &str) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("    ") {
            Some(fact) => {
                let facts = items.last_mut().and_then(|item| item.facts.as_mut());
                facts.expect("an item before its facts").push(fact.to_owned());
            }
            None => items.push(Item { name: line.to_owned(), facts: Some(Vec::new()) }),
        }
    }
    items
}

#[test]
fn a_list_is_read_as_it_is_written() {
    let kept = "struct A\n    pub struct A\n    auto Send\nfn b\n    pub fn b()\nmod c\n";
    assert_eq!(text(&parse(kept)), kept);
}

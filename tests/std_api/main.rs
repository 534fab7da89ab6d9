//! The mirror held against the documentation of std: what is there, and with which signatures.
//!
//! `EVENTLET_STD_API=write cargo test -p eventlet-tests --test std_api` writes the lists and the
//! table anew. They are for Linux on x86-64: some of std's types are the machine's.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod bounds;
mod compare;
mod differences;
mod docs;
mod html;
mod list;
mod module;
mod page;
mod table;

use std::collections::HashSet;
use std::env;
use std::fs;
use std::path::Path;
use std::sync::Once;

use compare::{Lack, Mirror, lacks};
use differences::Difference;
use module::Item;
use table::Row;

#[test]
fn the_lists_are_what_the_documentation_says() {
    if docs::of_std().is_none() {
        eprintln!("skipped: the documentation of std {} is not installed", list::VERSION);
    }
    lists();
}

/// Holds the lists against std's documentation, once: when they are written anew, the other tests
/// shall read the new ones.
fn lists() {
    static HELD: Once = Once::new();
    HELD.call_once(|| {
        let Some(folder) = docs::of_std() else { return };
        for module in list::MODULES {
            let items = module::items(&folder.join(module.replace("::", "/"))).expect("the module");
            hold(&list::path(module), &list::text(&items));
        }
    });
}

/// What std has in a module.
fn list_of(module: &str) -> Vec<Item> {
    lists();
    list::read(module)
}

#[test]
fn the_mirror_lacks_what_is_listed_and_nothing_else() {
    let listed: HashSet<Lack> = differences::all().iter().flat_map(Difference::lacks).collect();
    let mut found = HashSet::new();
    for module in modules() {
        let mirror = Mirror::open(docs::of_mirror(), module);
        found.extend(lacks(module, &list_of(module), &mirror));
    }
    let unlisted = lines(found.difference(&listed));
    assert!(unlisted.is_empty(), "std has these, and the mirror lacks them:\n{unlisted}");
    let untrue = lines(listed.difference(&found));
    assert!(untrue.is_empty(), "these are listed as absent, and are there:\n{untrue}");
}

#[test]
fn the_mirror_has_what_is_listed_instead() {
    for difference in differences::all() {
        let mirror = Mirror::open(docs::of_mirror(), &difference.module);
        let untrue: Vec<_> = difference.untrue(&mirror).collect();
        assert!(untrue.is_empty(), "{} has no such things: {untrue:#?}", difference.item);
    }
}

#[test]
fn the_table_says_what_is_there() {
    let differences = differences::all();
    let row = |module| {
        let std = list_of(module);
        let lacks = lacks(module, &std, &Mirror::open(docs::of_mirror(), module));
        Row::new(module, &std, &lacks, &differences)
    };
    let rows: Vec<Row> = modules().map(row).collect();
    hold(&table::path(), &table::page(&rows, &differences));
}

fn modules() -> impl Iterator<Item = &'static str> {
    list::MODULES.iter().copied()
}

fn lines<'a>(lacks: impl Iterator<Item = &'a Lack>) -> String {
    let mut lines: Vec<String> =
        lacks.map(|lack| format!("{}: {}: {}\n", lack.module, lack.item, lack.fact)).collect();
    lines.sort();
    lines.concat()
}

/// A file that is kept must say `text`, or is made to.
fn hold(path: &Path, text: &str) {
    if env::var_os("EVENTLET_STD_API").is_some_and(|value| value == "write") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        return;
    }
    let kept = fs::read_to_string(path).unwrap_or_default();
    assert!(kept == text, "{} is not what there is any more", path.display());
}

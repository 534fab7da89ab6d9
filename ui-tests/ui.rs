//! Compiles every file in `pass/`, which must then run to its end, and every file in `fail/`,
//! whose errors must read as in the `.stderr` beside it.
//!
//! The macros' table is held against std and the runtime crate by a program written from it here,
//! which imports every entry. After a deliberate change of a message, set `TRYBUILD=overwrite`.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

#[allow(dead_code, reason = "what to do instead is for the macros")]
#[path = "../eventlet-macros/src/table/mod.rs"]
mod table;

use table::{UNSTABLE, mirrors};

/// Entries of mirrors that std has, but not yet on stable.
const MIRRORED_UNSTABLE: &[&str] = &["IntoIncoming"];

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass(program("table_entries", &table_entries()));
    cases.pass("pass/*.rs");
    cases.compile_fail("fail/*.rs");
}

#[test]
fn what_is_unstable_is_in_a_mirror_that_lacks_it() {
    for path in UNSTABLE.iter().map(|unstable| unstable.path) {
        let around =
            mirrors().filter(|mirror| !mirror.path.is_empty() && path.starts_with(mirror.path));
        let around: Vec<_> = around.collect();
        assert!(!around.is_empty(), "{path:?}");
        for mirror in around {
            let item = path.get(mirror.path.len()).unwrap_or(&"");
            assert!(!mirror.green.contains(item) && !mirror.shared.contains(item), "{path:?}");
        }
    }
}

/// A program that imports everything in the table, and so compiles only if all of it exists.
fn table_entries() -> String {
    let mut imports = String::new();
    let mut import =
        |path: &str| writeln!(imports, "    const _: () = {{ use {path}; }};").unwrap();
    for mirror in mirrors() {
        let mirrored = mirror.green.iter().chain(mirror.shared).copied();
        for item in mirrored.clone() {
            import(&path("eventlet::green", mirror.path, item));
        }
        let missing = mirror.missing.iter().map(|missing| missing.name);
        for item in mirrored.chain(missing).filter(|item| !MIRRORED_UNSTABLE.contains(item)) {
            import(&path("std", mirror.path, item));
        }
    }
    format!("#![allow(unused_imports, deprecated)]\nfn main() {{\n{imports}}}\n")
}

fn path(root: &str, module: &[&str], item: &str) -> String {
    [&[root], module, &[item]].concat().join("::")
}

fn program(name: &str, source: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name).with_extension("rs");
    fs::write(&path, source).expect("the temporary folder of the build is writable");
    path
}

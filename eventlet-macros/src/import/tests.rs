//! Modules in files: where they are looked for, and what becomes of them.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;

/// A folder of source files, removed at the end of its test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        for (path, source) in files {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, source).unwrap();
        }
        Folder(folder)
    }

    /// Expands `import_patched! { input }` in the file `from`, without spaces and watched files.
    fn expand(&self, from: &str, input: &str) -> String {
        let input: TokenStream = input.parse().unwrap();
        let expanded = super::import_patched(input, &self.0.join(from), false).to_string();
        let expanded = expanded.split("const _ :").next().unwrap().replace(' ', "");
        expanded.replace(self.0.to_str().unwrap(), "")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn modules_of_modules_are_found_as_rustc_finds_them() {
    let folder = Folder::new(
        "lookup",
        &[
            ("a.rs", "//! A.\nmod b; mod inner { mod d; } #[path = \"odd/e.rs\"] mod e;"),
            ("a/b.rs", "mod c;"),
            ("a/b/c/mod.rs", "mod f; use std::net;"),
            ("a/b/c/f.rs", "const F: () = ();"),
            ("a/inner/d.rs", "const D: () = ();"),
            ("odd/e.rs", "mod g;"),
            ("odd/g.rs", "const G: () = ();"),
        ],
    );
    assert_eq!(
        folder.expand("lib.rs", "#[x] pub mod a;"),
        "#[x]pubmoda{#![doc=\"A.\"]\
         modb{modc{modf{constF:()=();}use::eventlet::green::net;}}\
         modinner{modd{constD:()=();}}\
         mode{modg{constG:()=();}}}"
    );
}

#[test]
fn both_places_are_tried_beside_a_file_that_may_be_a_root() {
    let folder =
        Folder::new("roots", &[("a.rs", ""), ("user/b.rs", ""), ("c.rs", ""), ("user/c.rs", "")]);
    assert_eq!(folder.expand("user.rs", "mod a; mod b;"), "moda{}modb{}");
    let ambiguous = folder.expand("user.rs", "mod c;");
    assert!(ambiguous.contains("couldbemorethanonefile"), "{ambiguous}");
    assert!(ambiguous.contains("/c.rs") && ambiguous.contains("/user/c.rs"), "{ambiguous}");
    assert_eq!(folder.expand("user.rs", "#[path = \"c.rs\"] mod c;"), "modc{}");
}

#[test]
fn a_missing_file_is_an_error_that_lists_the_places() {
    let folder = Folder::new("missing", &[("lib.rs", "")]);
    let expanded = folder.expand("user.rs", "mod a;");
    for place in ["/a.rs", "/a/mod.rs", "/user/a.rs", "/user/a/mod.rs"] {
        assert!(expanded.contains(&format!("\\n{place}")), "{expanded}");
    }
    assert!(expanded.ends_with("moda{}"));
    assert_eq!(folder.expand("lib.rs", "#[cfg(windows)] mod a;"), "#[cfg(windows)]moda;");
}

#[test]
fn errors_in_a_file_have_a_position() {
    let folder = Folder::new(
        "errors",
        &[
            ("broken.rs", "fn f() {\n    let = 1;\n}"),
            ("blocks.rs", "use std::net;\n  use std::fs;"),
            ("own.rs", "#[path = \"own.rs\"] mod own;"),
        ],
    );
    let broken = folder.expand("lib.rs", "mod broken;");
    assert!(broken.contains("/broken.rs:2:9:"), "{broken}");
    let blocks = folder.expand("lib.rs", "mod blocks;");
    assert!(blocks.contains("/blocks.rs:2:12:`std::fs`would"), "{blocks}");
    assert!(blocks.ends_with("modblocks{use::eventlet::green::net;usestd::fs;}"), "{blocks}");
    assert!(folder.expand("lib.rs", "mod own;").contains("own.rsincludesitself"));
}

#[test]
fn arguments_are_at_the_head() {
    let folder = Folder::new("head", &[("a.rs", "use std::{net, time};")]);
    let expanded =
        folder.expand("lib.rs", "#![only(net)] #![crate = \"rt\"] mod a; mod b { use std::net; }");
    assert_eq!(expanded, "moda{use{std::{time},rt::green::{net}};}modb{usert::green::net;}");
    assert!(folder.expand("lib.rs", "#![spawn] mod b {}").contains("unknownargument`spawn`"));
}

#[test]
fn only_modules_are_taken() {
    let expanded = super::import_patched("fn f() {}".parse().unwrap(), Path::new("lib.rs"), false);
    let expanded = expanded.to_string();
    assert!(expanded.contains("`import_patched!` takes modules, not a function"));
    assert!(expanded.contains("fn f () { }"));
}

#[test]
fn files_are_watched() {
    let folder = Folder::new("watched", &[("a.rs", "mod b;"), ("a/b.rs", "")]);
    let input = "mod a;".parse().unwrap();
    let expanded = super::import_patched(input, &folder.0.join("lib.rs"), false).to_string();
    assert_eq!(expanded.matches("include_bytes").count(), 2);
    assert!(expanded.contains(folder.0.join("a").join("b.rs").to_str().unwrap()));
}

#[test]
fn unpatched_modules_are_as_written() {
    let input = "#![only(net)] mod a; mod b { use std::net; }".parse().unwrap();
    let expanded = super::import_patched(input, Path::new("lib.rs"), true).to_string();
    assert!(expanded.replace(' ', "").starts_with("moda;modb{usestd::net;}const"));
}

#[test]
fn an_argument_among_the_modules_is_refused() {
    let folder = Folder::new("bare", &[]);
    for input in ["only(net) mod a {}", "mod a {} crate = \"x\""] {
        let expanded = folder.expand("lib.rs", input);
        assert!(expanded.contains("isanargument,notamodule"), "{expanded}");
    }
    assert_eq!(folder.expand("lib.rs", "pub(crate) mod a {}"), "pub(crate)moda{}");
}

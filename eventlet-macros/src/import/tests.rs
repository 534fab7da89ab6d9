//! Modules in files: where they are looked for, and what becomes of them.

use std::fs;
use std::path::PathBuf;

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

    fn expand_all(&self, from: &str, input: &str) -> String {
        let input: TokenStream = format!("here {input}").parse().unwrap();
        super::import_patched_here(input, |_| Some(self.0.join(from))).to_string()
    }

    /// Expands `import_patched! { input }` in the file `from`, without spaces, watched files and the
    /// note that nothing is swapped.
    fn expand(&self, from: &str, input: &str) -> String {
        let expanded = self.expand_all(from, input);
        let expanded = expanded.replace(' ', "").replace(self.0.to_str().unwrap(), "");
        let watched = expanded.find("const_:&[u8]").unwrap_or(expanded.len());
        let mut modules = expanded[..watched].to_owned();
        while let Some(note) = modules.find("const_:()=") {
            let end = note + modules[note..].find("NOTHING_TO_PATCH};").unwrap();
            modules.replace_range(note..end + "NOTHING_TO_PATCH};".len(), "");
        }
        modules
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
fn modules_in_macro_calls_are_found_there_too() {
    let folder = Folder::new(
        "macros",
        &[
            (
                "a.rs",
                "choose! { if #[cfg(unix)] { #[path = \"odd.rs\"] pub(crate) mod b; } else { mod c; } }
                either!(mod inner { mod d; }; mod e : T;);
                macro_rules! declare { () => { mod d; }; }
                fn f() { quote! { mod d; } }",
            ),
            ("odd.rs", "use std::net;"),
            ("a/d.rs", ""),
            ("a/inner/d.rs", "const D: () = ();"),
        ],
    );
    assert_eq!(
        folder.expand("lib.rs", "mod a;"),
        "moda{choose!{if#[cfg(unix)]{pub(crate)modb{use::eventlet::green::net;}}else{modc;}}\
         either!(modinner{modd{constD:()=();}};mode:T;);\
         macro_rules!declare{()=>{modd;};}\
         fnf(){quote!{modd;}}}"
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
    let conditional = folder.expand("lib.rs", "#[cfg(windows)] mod a;");
    assert!(conditional.starts_with("#[cfg(windows)]moda{compile_error!{"), "{conditional}");
}

#[test]
fn errors_in_a_file_have_a_position() {
    let folder = Folder::new(
        "errors",
        &[
            ("broken.rs", "fn f() {\n    let = 1;\n}"),
            ("blocks.rs", "use std::net;\n  use std::thread::sleep_until;"),
            ("own.rs", "#[path = \"own.rs\"] mod own;"),
            ("cut.rs", "fn f() {\n"),
            ("short.rs", "fn f() {}\nconst X: u8 ="),
            ("strange.rs", "#!/bin/run\r\n\u{a7}"),
            ("old.rs", "#!/bin/run\r\nfn f() { let async = 1; }"),
        ],
    );
    let broken = folder.expand("lib.rs", "mod broken;");
    assert!(broken.contains("/broken.rs:2:9:"), "{broken}");
    let blocks = folder.expand("lib.rs", "mod blocks;");
    assert!(blocks.contains("/blocks.rs:2:20:`std::thread::sleep_until`has"), "{blocks}");
    assert!(
        blocks.ends_with("use::eventlet::green::net;usestd::thread::sleep_until;}"),
        "{blocks}"
    );
    assert!(folder.expand("lib.rs", "mod own;").contains("/own.rs:1:24:/own.rsincludesitself"));
    assert!(folder.expand("lib.rs", "mod cut;").contains("/cut.rs:1:8:noRustfromhere"));
    assert!(folder.expand("lib.rs", "mod short;").contains("/short.rs:2:"));
    assert_eq!(folder.expand("lib.rs", "mod old;"), "modold{fnf(){letr#async=1;}}");
    assert!(folder.expand("lib.rs", "mod strange;").contains("/strange.rs:2:1:"));
}

#[test]
fn an_error_is_told_in_the_module_it_is_in() {
    let folder = Folder::new(
        "where",
        &[
            (
                "outer.rs",
                "\nmod nowhere; mod inner;\n#[cfg(windows)] mod missing; include!(\"inc.in\");",
            ),
            ("outer/inner.rs", "use std::thread::sleep_until;"),
            ("inc.in", "fn f() {}\n\n    fn g() { std::thread::sleep_until(x); }"),
        ],
    );
    let outer = folder.expand("lib.rs", "mod outer;");
    for told in [
        "modouter{compile_error!{\"/inc.in:3:14:`std::thread::sleep_until`",
        "modnowhere{compile_error!{\"/outer.rs:2:5:module`nowhere`hasnofile",
        "modinner{compile_error!{\"/outer/inner.rs:1:18:`std::thread::sleep_until`",
        "#[cfg(windows)]modmissing{compile_error!{\"/outer.rs:3:21:module`missing`has",
    ] {
        assert!(outer.contains(told), "{outer}");
    }
}

#[test]
fn each_condition_of_a_path_has_its_module() {
    let folder = Folder::new(
        "variants",
        &[
            ("a.rs", "use std::net;"),
            ("b.rs", "use std::time;"),
            ("c.rs", ""),
            ("m.rs", "#![allow(x)]"),
        ],
    );
    assert_eq!(
        folder.expand(
            "lib.rs",
            "#[cfg_attr(unix, path = \"a.rs\", x)] #[y] #[cfg_attr(windows, path = \"b.rs\")] mod m;"
        ),
        "#[cfg(all(unix))]#[cfg_attr(unix,x)]#[y]modm{use::eventlet::green::net;}\
         #[cfg(all(windows,not(any(unix))))]#[cfg_attr(unix,x)]#[y]modm{use::eventlet::green::time;}\
         #[cfg(not(any(unix,windows)))]#[cfg_attr(unix,x)]#[y]modm{#![allow(x)]}"
    );
    assert_eq!(
        folder.expand(
            "lib.rs",
            "#[cfg_attr(unix, cfg_attr(x, path = \"a.rs\"))] #[path = \"c.rs\"] mod m;"
        ),
        "#[cfg(all(all(unix,x)))]modm{use::eventlet::green::net;}\
         #[cfg(not(any(all(unix,x))))]modm{}"
    );
}

#[test]
fn included_files_are_rewritten() {
    let folder = Folder::new(
        "included",
        &[
            (
                "m.rs",
                "#![doc = include_str!(\"m.md\")] include!(\"sub/items.in\"); mod n; \
                 fn f() -> u8 { g!(include_bytes!(\"x\")); 2 * include!(\"value.in\") } \
                 macro_rules! r { () => { include_str!(\"r\") } } \
                 include!(concat!(\"a\", \"b\")); #[cfg(x)] include!(\"nowhere.in\");",
            ),
            ("m/n.rs", "const N: () = ();"),
            ("sub/items.in", "use std::net; mod own; mod n { mod deep; }"),
            ("sub/own.rs", "const O: () = ();"),
            ("sub/n/deep.rs", "const D: () = ();"),
            ("value.in", "1 + std::net::f()"),
            ("inline.in", "use std::time; #[path = \"value.rs\"] mod value;"),
            ("value.rs", "const V: () = ();"),
        ],
    );
    let expanded = folder.expand("lib.rs", "mod m; mod i { include!(\"inline.in\"); }");
    assert_eq!(
        expanded,
        "modm{#![doc=include_str!(\"/m.md\")]use::eventlet::green::net;\
         modown{constO:()=();}modn{moddeep{constD:()=();}}modn{constN:()=();}\
         fnf()->u8{g!(include_bytes!(\"/x\"));2*(1+::eventlet::green::net::f())}\
         macro_rules!r{()=>{include_str!(\"r\")}}include!(concat!(\"a\",\"b\"));\
         #[cfg(x)]include!(\"/nowhere.in\");}\
         modi{use::eventlet::green::time;modvalue{constV:()=();}}"
    );
}

#[test]
fn what_swaps_nothing_is_noted() {
    let folder = Folder::new("noted", &[("a.rs", ""), ("b.rs", "use std::net;")]);
    let noted = |input| folder.expand_all("lib.rs", input).contains("NOTHING_TO_PATCH");
    assert!(noted("mod a; mod c {}"));
    assert!(noted("#![except(net)] mod b;"));
    assert!(!noted("mod a; mod b;"));
    assert!(!noted("mod nowhere;"));
    assert!(!noted(""));
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
    let expanded = super::import_patched("fn f() {}".parse().unwrap(), false, |_| None);
    let expanded = expanded.to_string();
    assert!(expanded.contains("`import_patched!` takes modules, not a function"));
    assert!(expanded.contains("fn f () { }"));
}

#[test]
fn files_are_watched() {
    let folder = Folder::new("watched", &[("a.rs", "mod b;"), ("a/b.rs", "")]);
    let expanded = folder.expand_all("lib.rs", "mod a;");
    assert_eq!(expanded.matches("include_bytes").count(), 2);
    assert!(expanded.contains(folder.0.join("a").join("b.rs").to_str().unwrap()));
}

#[test]
fn unpatched_modules_are_as_written() {
    let input = "#![only(net)] mod a; mod b { use std::net; } \
                 mod c { #[cfg_attr(x, path = \"d.rs\")] mod d; }"
        .parse()
        .unwrap();
    let expanded = super::import_patched(input, true, |_| Some("/lib.rs".into())).to_string();
    assert!(expanded.replace(' ', "").starts_with(
        "moda;modb{usestd::net;}modc{#[cfg(all(x))]#[path=\"/c/d.rs\"]modd;\
         #[cfg(not(any(x)))]modd;}const"
    ));
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

#[test]
fn a_long_file_is_soon_expanded() {
    let function = "/// Sends `n`.\npub fn send_N(to: std::net::SocketAddr, n: u32) -> io::Result<()> {\n    \
                    let mut stream = TcpStream::connect(to)?;\n    \
                    stream.set_nodelay(n % 2 == 0)?;\n    \
                    match stream.write_all(&n.to_be_bytes()) {\n        \
                    Ok(()) => stream.shutdown(Shutdown::Write),\n        \
                    Err(error) => Err(std::io::Error::new(error.kind(), format!(\"{n}: {error}\"))),\n    \
                    }\n}\n\n";
    let mut source = String::from("use std::io::{self, Write};\nuse std::net::*;\n");
    source.extend((0..200).map(|n| function.replace("_N", &format!("_{n}"))));
    assert!(source.lines().count() >= 2000);
    let folder = Folder::new("long", &[("long.rs", &source)]);
    let started = std::time::Instant::now();
    let expanded = folder.expand_all("lib.rs", "mod long;");
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    assert_eq!(expanded.matches("pub fn send_").count(), 200);
}

//! What can go wrong with the input of an `import_patched!` and its files.

use std::io;
use std::path::Path;

use proc_macro2::{Ident, Span};
use syn::Error;

use super::usage::example;
use super::{list, refuse};
use crate::import::NotFound;

/// The error for a `mod name;` without exactly one file.
pub fn no_file(name: &Ident, not_found: &NotFound) -> Error {
    let (problem, places, help) = match not_found {
        NotFound::Missing(places) => ("has no file", places, "create one of"),
        NotFound::Ambiguous(places) => {
            ("could be more than one file", places, "choose with `#[path = \"..\"]` between")
        }
    };
    let places = places.iter().map(|place| format!("\n  {}", place.display()));
    let help = format!("{help}{}", places.collect::<String>());
    refuse(name, &format!("module `{name}` {problem}"), &help)
}

/// The error for an argument among the modules, not in `#![..]`.
pub fn bare_argument(name: &Ident) -> Error {
    let help = format!("write `#![{}]` before the modules", example(name));
    refuse(name, &format!("`{name}` is an argument, not a module"), &help)
}

/// The error for a file that is a module of itself.
pub fn includes_itself(at: Span, file: &Path) -> Error {
    Error::new(at, format!("{} includes itself", file.display()))
}

/// The error for a file that cannot be read.
pub fn unreadable(at: Span, file: &Path, error: &io::Error) -> Error {
    Error::new(at, format!("cannot read {}: {error}", file.display()))
}

/// The message for a file of which no tokens can be made, at `position`.
pub fn no_tokens(position: &str) -> String {
    format!("{position}no Rust from here\nhelp: look for a bracket or a quote without its partner")
}

/// The note of an invocation that changes nothing in its `modules`.
pub fn nothing_to_patch(modules: &[Ident]) -> String {
    let names: Vec<_> = modules.iter().map(Ident::to_string).collect();
    let (them, it) = if names.len() == 1 { ("module", "it") } else { ("modules", "one of them") };
    let names = list(names.iter().map(String::as_str));
    format!(
        "nothing in {them} {names} leads to a part of std that is swapped; \
         leave out `import_patched!`, or put `#[allow(deprecated)]` on {it}"
    )
}

/// The error for a module of an invocation that is in no file.
pub fn nowhere(name: &Ident) -> Error {
    let help = "write the invocation in a file, not in what a macro makes up";
    refuse(name, &format!("the file that declares module `{name}` is unknown"), help)
}

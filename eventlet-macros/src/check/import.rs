//! What can go wrong with the input of an `import_patched!` and its files.

use std::io;
use std::path::Path;

use proc_macro2::{Ident, Span};
use syn::{Error, ItemMod};

use super::refuse;
use super::usage::example;
use crate::import::NotFound;

/// The error for a `mod name;` without exactly one file.
pub fn no_file(module: &ItemMod, not_found: &NotFound) -> Error {
    let name = &module.ident;
    let (problem, places, help) = match not_found {
        NotFound::Missing(places) => ("has no file", places, "create one of"),
        NotFound::Ambiguous(places) => {
            ("could be more than one file", places, "choose with `#[path = \"..\"]` between")
        }
    };
    let places = places.iter().map(|place| format!("\n  {}", place.display()));
    let help = format!("{help}{}", places.collect::<String>());
    let conditional_path = module.attrs.iter().any(|attr| attr.path().is_ident("cfg_attr"));
    let note =
        if conditional_path { "\nnote: a `path` in `cfg_attr` cannot be followed" } else { "" };
    refuse(name, &format!("module `{name}` {problem}"), &format!("{help}{note}"))
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

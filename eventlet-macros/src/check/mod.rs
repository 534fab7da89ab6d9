//! The validator: what the macros refuse, and in which words, is decided here.

mod args;
mod function;
mod import;
mod item;
mod types;
mod usage;
mod value;

#[cfg(test)]
mod tests;

pub use args::{Given, Settings, settings};
pub use function::{entry_point, function, test_function};
pub use import::{
    bare_argument, includes_itself, no_file, no_tokens, nothing_to_patch, nowhere, unreadable,
};
pub use item::{cannot_be_green, file_module, only_modules, rewriting_only, trait_function};
pub use usage::{GREEN, IMPORT, MAIN, Macro, TEST};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::Error;

use crate::selection::Refused;

/// The error for a path into std that has no green form.
pub fn refused_path(at: impl ToTokens, refused: &Refused) -> Error {
    let path = &refused.path;
    no_green_form(
        at,
        refused,
        &format!(
            "call it in a function marked `#[green(blocking)]` or inside \
             `eventlet::tpool::execute(..)`, or accept the wait with `allow({path})`"
        ),
    )
}

/// The error for an import from std of what has no green form.
pub fn refused_import(at: impl ToTokens, refused: &Refused) -> Error {
    let path = &refused.path;
    no_green_form(
        at,
        refused,
        &format!(
            "import it in a function marked `#[green(blocking)]`, write the full path `{path}` \
             inside `eventlet::tpool::execute(..)`, or accept the wait with `allow({path})`"
        ),
    )
}

fn no_green_form(at: impl ToTokens, refused: &Refused, general: &str) -> Error {
    let Refused { path, instead } = refused;
    refuse(at, &format!("`{path}` has no green form"), &format!("{instead}, or {general}"))
}

/// An error at `at` of two lines: what is wrong, and what to do instead.
pub fn refuse(at: impl ToTokens, problem: &str, help: &str) -> Error {
    Error::new_spanned(at, format!("{problem}\nhelp: {help}"))
}

/// `error` as code that shows it. The macro is named without the `::core::` before it, which leads
/// nowhere at a place in code of 2015.
pub fn shown(error: &Error) -> TokenStream {
    let is_way = |tree: &TokenTree| match tree {
        TokenTree::Ident(name) => name == "core",
        TokenTree::Punct(colon) => colon.as_char() == ':',
        _ => false,
    };
    error.to_compile_error().into_iter().filter(|tree| !is_way(tree)).collect()
}

/// Names as a list for a message: `` `a`, `b`, `c` ``.
fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let quoted = names.into_iter().map(|name| format!("`{name}`"));
    quoted.collect::<Vec<_>>().join(", ")
}

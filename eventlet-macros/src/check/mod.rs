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

use proc_macro2::{Group, Span, TokenStream, TokenTree};
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
    if instead.is_empty() {
        refuse(at, &format!("`{path}` would block every green thread of this OS thread"), general)
    } else {
        refuse(at, &format!("`{path}` has no green form"), &format!("{instead}, or {general}"))
    }
}

/// An error at `at` of two lines: what is wrong, and what to do instead.
pub fn refuse(at: impl ToTokens, problem: &str, help: &str) -> Error {
    Error::new_spanned(at, format!("{problem}\nhelp: {help}"))
}

/// `error` as code that shows it. Its paths are resolved where the macro stands, because what it is
/// shown at may be of an edition in which `::core` leads nowhere.
pub fn shown(error: &Error) -> TokenStream {
    resolved_here(error.to_compile_error())
}

fn resolved_here(tokens: TokenStream) -> TokenStream {
    let resolve = |mut tree: TokenTree| {
        let span = tree.span().resolved_at(Span::call_site());
        if let TokenTree::Group(group) = &tree {
            tree = Group::new(group.delimiter(), resolved_here(group.stream())).into();
        }
        tree.set_span(span);
        tree
    };
    tokens.into_iter().map(resolve).collect()
}

/// Names as a list for a message: `` `a`, `b`, `c` ``.
fn list<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let quoted = names.into_iter().map(|name| format!("`{name}`"));
    quoted.collect::<Vec<_>>().join(", ")
}

//! From a checked item to the code that takes its place.
//!
//! Every entry point has the same shape: read the arguments, check, rewrite, expand; on an error
//! the item as written is emitted beside the message, so that one mistake gives one error.

mod body;
mod entry;
mod green;

#[cfg(test)]
mod tests;

pub use entry::{main, test};
pub use green::green;

use proc_macro2::TokenStream;
use syn::{Item, ItemFn, Result};

use crate::attr::Args;
use crate::check::{self, Macro, Settings};
use crate::editions;
use crate::rewrite::Rewriter;
use crate::selection::Selection;

/// Expands `item`, or gives it back as written with the error that `expand` met.
fn or_as_written(
    item: TokenStream,
    expand: impl FnOnce(TokenStream) -> Result<TokenStream>,
) -> TokenStream {
    expand(item.clone()).unwrap_or_else(|error| {
        let mut tokens = check::shown(&error);
        tokens.extend(item);
        tokens
    })
}

/// Reads and checks the arguments of a use of the macro `of`.
fn settings(of: &Macro, args: TokenStream) -> Result<Settings> {
    let args: Args = syn::parse2(args)?;
    check::settings(of, &args)
}

/// Reads the item under an attribute that fits functions only.
fn only_function(of: &Macro, item: TokenStream) -> Result<ItemFn> {
    match editions::parse(item)? {
        Item::Fn(function) => Ok(function),
        other => Err(check::cannot_be_green(of.written, &other)),
    }
}

/// Rewrites the paths of what `walk` visits.
fn rewrite(selection: &Selection, walk: impl FnOnce(&mut Rewriter)) -> Result<()> {
    let mut rewriter = Rewriter::new(selection);
    walk(&mut rewriter);
    rewriter.finish()
}

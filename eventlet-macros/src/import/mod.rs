//! `import_patched!`: modules, inline or from files, rewritten as they are brought in.
//!
//! ```text
//! invocation ──▶ head (`#![only(..)]`) and items
//!                      │ load.rs: each `mod name;`, and those in it, made inline and rewritten
//!                      │   variants.rs: one for each condition that its file depends on
//!                      │   lookup.rs: where rustc would look for the file
//!                      │   files.rs, errors.rs: reading it; what is wrong, with line and column
//!                      │   include.rs, relative.rs: what it includes
//!                      │   in_macros.rs: modules declared in macro calls
//!                      │ transfer.rs: back to tokens of the compiler
//!                      ▼
//! inline modules + one `include_bytes!` per file, so that a change of the file is seen
//! ```

mod errors;
mod files;
mod in_macros;
mod include;
mod load;
mod lookup;
mod relative;
mod transfer;
mod unpatched;
mod variants;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Item, ItemMod, Result, Token, bracketed, parse_quote, token};

use crate::attr::Args;
use crate::check::{self, IMPORT, Settings};
use crate::editions;
use crate::selection::Selection;
use load::Loader;

pub use lookup::NotFound;

/// What `import_patched!` is called with.
struct Invocation {
    /// What `#![..]` at the head says.
    args: Args,
    /// The rest.
    items: Vec<Item>,
}

impl Parse for Invocation {
    fn parse(input: ParseStream) -> Result<Self> {
        let mut args = Args::default();
        while input.peek(Token![#]) && input.peek2(Token![!]) {
            input.parse::<Token![#]>()?;
            input.parse::<Token![!]>()?;
            let content;
            bracketed!(content in input);
            args.0.extend(content.parse::<Args>()?.0);
        }
        let mut items = Vec::new();
        while !input.is_empty() {
            if let Some(name) = bare_argument(input) {
                return Err(check::bare_argument(&name));
            }
            items.push(input.parse()?);
        }
        Ok(Invocation { args, items })
    }
}

/// The name of an argument that stands where an item should.
fn bare_argument(input: ParseStream) -> Option<Ident> {
    let ahead = input.fork();
    let name = ahead.call(Ident::parse_any).ok()?;
    let known = IMPORT.arguments.iter().any(|argument| name == argument);
    (known && (ahead.peek(token::Paren) || ahead.peek(Token![=]))).then_some(name)
}

/// The environment variable that has modules brought in as they are.
pub const UNPATCHED: &str = "EVENTLET_UNPATCHED";

/// Expands `import_patched! { input }`: to the modules as they are, if they are wanted `unpatched`,
/// or else to a call of [`import_patched_here`], with a token from a macro of the user's crate.
///
/// Code from a file has to be read in the edition of that crate, and warnings about it must not be
/// taken to be about the tokens of the invocation. Only the span of such a token says both.
pub fn import_patched(
    input: TokenStream,
    unpatched: bool,
    from: impl Fn(Span) -> Option<PathBuf>,
) -> TokenStream {
    let modules = match checked(input.clone()) {
        Ok((_, modules)) if unpatched => {
            let modules = unpatched::unpatched(modules, from);
            quote!(#(#modules)*)
        }
        Ok((settings, _)) => {
            let private = settings.selection.runtime.private();
            // The macro is of the edition that its tokens are of.
            let user = input.clone().into_iter().next();
            let user = user.map_or_else(Span::call_site, |token| token.span());
            quote_spanned! { user =>
                macro_rules! __import_patched {
                    ($($input:tt)*) => { #private::import_patched_here! { here $($input)* } }
                }
                __import_patched! { #input }
            }
        }
        Err(instead) => instead,
    };
    // Reading the variable in the expansion has it built again when the variable changes.
    quote! {
        #modules
        const _: ::core::option::Option<&str> = ::core::option_env!(#UNPATCHED);
    }
}

/// Expands `here modules`, where `from` tells the file that a token is in.
pub fn import_patched_here(
    input: TokenStream,
    from: impl Fn(Span) -> Option<PathBuf>,
) -> TokenStream {
    let mut input = input.into_iter();
    let here = input.next().map_or_else(Span::call_site, |here| here.span());
    match checked(input.collect()) {
        Ok((settings, modules)) => patched(&settings.selection, modules, here, from),
        Err(instead) => instead,
    }
}

/// The arguments and the modules of an invocation, or what it expands to if there is an error.
fn checked(input: TokenStream) -> std::result::Result<(Settings, Vec<ItemMod>), TokenStream> {
    let invocation = editions::parse(input).map_err(|error| check::shown(&error))?;
    let Invocation { args, items } = invocation;
    let with_items = |error: Error| {
        let error = check::shown(&error);
        quote!(#error #(#items)*)
    };
    let settings = check::settings(&IMPORT, &args).map_err(with_items)?;
    let modules = check::only_modules(items.clone()).map_err(with_items)?;
    Ok((settings, modules))
}

fn patched(
    selection: &Selection,
    modules: Vec<ItemMod>,
    here: Span,
    from: impl Fn(Span) -> Option<PathBuf>,
) -> TokenStream {
    let names: Vec<Ident> = modules.iter().map(|module| module.ident.clone()).collect();
    let mut loader = Loader::new(selection, here);
    let load = |module: ItemMod| match from(module.ident.span()) {
        Some(from) => loader.patch(module, &from),
        None => nowhere(&module),
    };
    let mut modules: Vec<Vec<Item>> = modules.into_iter().map(load).collect();
    let errors: Vec<TokenStream> = loader.errors.iter().map(check::shown).collect();
    let has_failed = loader.failed || !errors.is_empty();
    if let (false, false, [first, ..]) = (has_failed, loader.swapped, modules.as_mut_slice()) {
        first.iter_mut().for_each(|module| note_nothing_to_patch(module, &names));
    }
    let modules = modules.iter().flatten();
    let watched = loader.watched();
    quote!(#(#errors)* #(#modules)* #watched)
}

/// A module of an invocation that is in no file. An IDE that does not say where code is, reads it
/// as it is.
fn nowhere(module: &ItemMod) -> Vec<Item> {
    let error = check::shown(&check::nowhere(&module.ident));
    vec![
        parse_quote!(#[cfg(rust_analyzer)] #module),
        parse_quote!(#[cfg(not(rust_analyzer))] #error),
    ]
}

/// Has the compiler warn, inside `module`, that nothing in `names` was swapped: the only warning
/// that a macro can give is that of something deprecated.
fn note_nothing_to_patch(module: &mut Item, names: &[Ident]) {
    let Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) = module else {
        return;
    };
    let note = check::nothing_to_patch(names);
    items.push(Item::Verbatim(quote_spanned! { ident.span() =>
        const _: () = {
            #[deprecated(note = #note)]
            const NOTHING_TO_PATCH: () = ();
            NOTHING_TO_PATCH
        };
    }));
}

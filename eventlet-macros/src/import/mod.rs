//! `import_patched!`: modules, inline or from files, rewritten as they are brought in.
//!
//! ```text
//! invocation ──▶ head (`#![only(..)]`) and items
//!                      │ load.rs: each `mod name;`, and those in it, made inline and rewritten
//!                      │ lookup.rs: where rustc would look for the file
//!                      │ locate.rs: errors in a file, with line and column
//!                      ▼
//! inline modules + one `include_bytes!` per file, so that a change of the file is seen
//! ```

mod load;
mod locate;
mod lookup;

#[cfg(test)]
mod tests;

use std::path::Path;

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Item, Result, Token, bracketed, token};

use crate::attr::Args;
use crate::check::{self, IMPORT};
use crate::editions;
use load::Loader;
use lookup::Place;

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

/// Expands `import_patched! { input }` written in the file `from`, to the modules as they are if
/// they are wanted `unpatched`.
pub fn import_patched(input: TokenStream, from: &Path, unpatched: bool) -> TokenStream {
    let modules = match editions::parse(input) {
        Ok(Invocation { items, .. }) if unpatched => quote!(#(#items)*),
        Ok(invocation) => patched(invocation, from),
        Err(error) => check::shown(&error),
    };
    // Reading the variable in the expansion has it built again when the variable changes.
    quote! {
        #modules
        const _: ::core::option::Option<&str> = ::core::option_env!(#UNPATCHED);
    }
}

fn patched(Invocation { args, items }: Invocation, from: &Path) -> TokenStream {
    let checked = check::settings(&IMPORT, &args)
        .and_then(|settings| Ok((settings, check::only_modules(items.clone())?)));
    let (settings, modules) = match checked {
        Ok(checked) => checked,
        Err(error) => {
            let error = check::shown(&error);
            return quote!(#error #(#items)*);
        }
    };
    let mut loader = Loader::new(&settings.selection);
    let modules = loader.patch(modules, &Place::of_invocation(from));
    let watched = loader.watched();
    let errors = loader.errors.iter().map(check::shown);
    quote!(#(#errors)* #(#modules)* #watched)
}

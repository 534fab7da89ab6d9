//! The grammar of macro arguments: `flag`, `name = literal` and `name(path, path)`.
//!
//! Only the shape is read here; what each name means is decided by [`crate::check`].

use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Lit, Path, Result, Token, parenthesized, token};

/// The arguments of one macro use, in the order written.
#[derive(Default)]
pub struct Args(pub Vec<Arg>);

/// One argument.
pub struct Arg {
    /// What is written first; may be the keyword `crate`.
    pub name: Ident,
    /// What follows the name.
    pub value: Value,
}

/// What follows the name of an argument.
pub enum Value {
    /// Nothing: `spawn`.
    Flag,
    /// A literal: `timeout = "5s"`.
    Literal(Lit),
    /// A list of paths: `only(net, thread)`.
    Paths(Vec<Path>),
}

impl Parse for Args {
    fn parse(input: ParseStream) -> Result<Self> {
        let args = Punctuated::<Arg, Token![,]>::parse_terminated(input)?;
        Ok(Args(args.into_iter().collect()))
    }
}

impl Parse for Arg {
    fn parse(input: ParseStream) -> Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::Literal(input.parse()?)
        } else if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            let paths = content.parse_terminated(Path::parse_mod_style, Token![,])?;
            Value::Paths(paths.into_iter().collect())
        } else {
            Value::Flag
        };
        Ok(Arg { name, value })
    }
}

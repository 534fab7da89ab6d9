//! The grammar of macro arguments: `flag`, `name = literal` and `name(path, path)`.
//!
//! Only the shape is read here; what each name means is decided by [`crate::check`], which also
//! knows what should have been written in the place of a malformed value.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
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
    /// None of these: what stands there up to the next comma.
    Malformed(TokenStream),
}

impl Parse for Args {
    fn parse(input: ParseStream) -> Result<Self> {
        let args = Punctuated::<Arg, Token![,]>::parse_terminated(input)?;
        Ok(Args(args.into_iter().collect()))
    }
}

impl Parse for Arg {
    fn parse(input: ParseStream) -> Result<Self> {
        if !input.peek(Ident::peek_any) {
            let help = "write arguments such as `timeout = \"5s\"` or `only(net, thread)`";
            return Err(input.error(format!("an argument begins with its name\nhelp: {help}")));
        }
        let name = input.call(Ident::parse_any)?;
        let value = value(input)?;
        if !ends_here(input) {
            let help = format!("separate `{name}` from what follows it by a comma");
            return Err(input.error(format!("a comma is missing before this\nhelp: {help}")));
        }
        Ok(Arg { name, value })
    }
}

fn value(input: ParseStream) -> Result<Value> {
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        literal(input)
    } else if input.peek(token::Paren) {
        paths(input)
    } else if ends_here(input) || input.peek(Ident::peek_any) {
        Ok(Value::Flag)
    } else {
        Ok(Value::Malformed(up_to_comma(input)?))
    }
}

fn literal(input: ParseStream) -> Result<Value> {
    match input.fork().parse::<Lit>() {
        Ok(_) => Ok(Value::Literal(input.parse()?)),
        Err(_) => Ok(Value::Malformed(up_to_comma(input)?)),
    }
}

fn paths(input: ParseStream) -> Result<Value> {
    let content;
    parenthesized!(content in input);
    let written: TokenStream = content.parse()?;
    let list = |input: ParseStream| input.parse_terminated(Path::parse_mod_style, Token![,]);
    match list.parse2(written.clone()) {
        Ok(paths) => Ok(Value::Paths(paths.into_iter().collect())),
        Err(_) => Ok(Value::Malformed(written)),
    }
}

fn ends_here(input: ParseStream) -> bool {
    input.is_empty() || input.peek(Token![,])
}

fn up_to_comma(input: ParseStream) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !ends_here(input) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

//! Source of older editions, as syn reads it.
//!
//! syn knows the keywords of the newest edition alone, and wants a pattern for each parameter. In
//! 2015 `async`, `await`, `dyn` and `try` were plain names, and a function of a trait could have
//! parameters without one. So what syn does not take is tried again with those names raw, as in
//! `r#async`, and with `_` for what is missing, which both mean the same to the compiler.

mod parameters;

#[cfg(test)]
mod tests;

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::Result;
use syn::parse::Parse;

/// Reads `tokens`, of whatever edition.
///
/// # Errors
///
/// They are none in any edition; the error is that of the newest.
pub fn parse<T: Parse>(tokens: TokenStream) -> Result<T> {
    syn::parse2(tokens.clone()).or_else(|error| syn::parse2(modern(tokens)).map_err(|_| error))
}

/// `tokens` with what has changed since 2015 as it is written today.
pub fn modern(tokens: TokenStream) -> TokenStream {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out: Vec<TokenTree> = Vec::with_capacity(trees.len());
    for (at, tree) in trees.iter().enumerate() {
        let (before, after) = (&trees[..at], &trees[at + 1..]);
        out.push(match tree {
            TokenTree::Ident(name) if was_a_name(name, before, after) => {
                Ident::new_raw(&name.to_string(), name.span()).into()
            }
            TokenTree::Group(group) if !is_of_macro(before) => inside(group, before),
            tree => tree.clone(),
        });
    }
    out.into_iter().collect()
}

fn inside(group: &Group, before: &[TokenTree]) -> TokenTree {
    let mut tokens = modern(group.stream());
    if group.delimiter() == Delimiter::Brace && parameters::is_of_trait(before) {
        tokens = parameters::named(tokens);
    }
    let mut changed = Group::new(group.delimiter(), tokens);
    changed.set_span(group.span());
    changed.into()
}

/// Keywords after which there is a name.
const BEFORE_A_NAME: &[&str] = &[
    "as", "crate", "enum", "fn", "let", "mod", "mut", "ref", "static", "struct", "trait", "type",
    "use",
];

/// Whether `name`, a keyword today, was written as a name.
fn was_a_name(name: &Ident, before: &[TokenTree], after: &[TokenTree]) -> bool {
    let named = |tree: &TokenTree| BEFORE_A_NAME.iter().any(|word| is_word(tree, word));
    if is_of_today(name) && before.last().is_some_and(named) {
        return true;
    }
    let next = after.first();
    let word =
        |words: &[&str]| next.is_some_and(|next| words.iter().any(|word| is_word(next, word)));
    match name.to_string().as_str() {
        "async" => {
            let block = is_group(next, Delimiter::Brace);
            !(word(&["fn", "unsafe", "extern", "move"]) || block || is_punct(next, '|'))
        }
        "await" => !is_punct(before.last(), '.') || is_group(next, Delimiter::Parenthesis),
        "dyn" => {
            let bound = matches!(next, Some(TokenTree::Ident(_)) | Some(TokenTree::Group(_)));
            !(bound || is_punct(next, '\'') || is_punct(next, '?') || is_punct(next, '<'))
        }
        "try" => !(is_group(next, Delimiter::Brace) || is_punct(next, '!')),
        _ => false,
    }
}

/// Whether a group after `before` is what a macro is called with, or the body of one.
fn is_of_macro(before: &[TokenTree]) -> bool {
    match before {
        [.., bang] if is_punct(Some(bang), '!') => true,
        [.., bang, TokenTree::Ident(_)] => is_punct(Some(bang), '!'),
        _ => false,
    }
}

fn is_of_today(name: &Ident) -> bool {
    ["async", "await", "dyn", "try"].iter().any(|keyword| name == keyword)
}

fn is_word(tree: &TokenTree, wanted: &str) -> bool {
    matches!(tree, TokenTree::Ident(word) if word == wanted)
}

fn is_group(tree: Option<&TokenTree>, delimiter: Delimiter) -> bool {
    matches!(tree, Some(TokenTree::Group(group)) if group.delimiter() == delimiter)
}

fn is_punct(tree: Option<&TokenTree>, wanted: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

//! Paths in `include!`, `include_str!` and `include_bytes!`: relative to the file they stand in.
//!
//! The compiler would take them to be relative to the file of the invocation, so they are made
//! absolute before anything else is done with a file. In `macro_rules!` they are relative to where
//! that macro is used, and so left alone.

use std::path::Path;

use proc_macro2::{Group, Literal, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Result, Token};

use super::transfer::{is_name, is_sign, with_content};

/// The macros that take a path.
const INCLUDES: &[&str] = &["include", "include_str", "include_bytes"];

/// `tokens` with absolute paths, where they are relative to `folder`.
pub fn made_absolute(tokens: TokenStream, folder: &Path) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for tree in tokens {
        let tree = match tree {
            TokenTree::Group(group) if !defines_a_macro(&out) => inside(&group, &out, folder),
            other => other,
        };
        out.push(tree);
    }
    out.into_iter().collect()
}

/// The path that `include!`, say, is called with, if it is a literal.
pub fn literal(tokens: &TokenStream) -> Option<LitStr> {
    let only_path = |input: ParseStream| -> Result<LitStr> {
        let path = input.parse()?;
        input.parse::<Option<Token![,]>>()?;
        Ok(path)
    };
    only_path.parse2(tokens.clone()).ok()
}

fn inside(group: &Group, before: &[TokenTree], folder: &Path) -> TokenTree {
    let path = is_include(before).then(|| literal(&group.stream())).flatten();
    let tokens = match path {
        Some(path) => from_folder(&path, folder),
        None => made_absolute(group.stream(), folder),
    };
    with_content(group, tokens)
}

fn from_folder(path: &LitStr, folder: &Path) -> TokenStream {
    let mut file = Literal::string(&folder.join(path.value()).to_string_lossy());
    file.set_span(path.span());
    TokenTree::from(file).into()
}

/// Whether a group after `trees` is what one of std's macros for files is called with.
fn is_include(trees: &[TokenTree]) -> bool {
    let [before @ .., name, sign] = trees else {
        return false;
    };
    let of_std = match before {
        [.., krate, colon, _] if is_sign(colon, ':') => {
            is_name(krate, "std") || is_name(krate, "core")
        }
        _ => true,
    };
    of_std && is_sign(sign, '!') && INCLUDES.iter().any(|known| is_name(name, known))
}

/// Whether a group after `trees` holds the rules of a macro.
fn defines_a_macro(trees: &[TokenTree]) -> bool {
    match trees {
        [.., word, sign, TokenTree::Ident(_)] => is_name(word, "macro_rules") && is_sign(sign, '!'),
        _ => false,
    }
}

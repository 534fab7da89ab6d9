//! Macro variables in an import: `$name` is no syntax, so each is a plain name while it is read.

use proc_macro2::{Group, Ident, Punct, Spacing, TokenStream, TokenTree};

/// What such a plain name begins with.
const PREFIX: &str = "__macro_variable_";

/// `tokens` with a plain name for each variable.
pub fn named(tokens: TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for tree in tokens {
        let after_dollar = matches!(out.last(), Some(TokenTree::Punct(p)) if p.as_char() == '$');
        match tree {
            TokenTree::Ident(name) if after_dollar && !name.to_string().starts_with("r#") => {
                out.pop();
                out.push(Ident::new(&format!("{PREFIX}{name}"), name.span()).into());
            }
            TokenTree::Group(group) => out.push(inside(&group, named)),
            other => out.push(other),
        }
    }
    out.into_iter().collect()
}

/// `tokens` with the variables back in the place of their names.
pub fn restored(tokens: TokenStream) -> TokenStream {
    let restore = |tree| match tree {
        TokenTree::Ident(name) => variable(name),
        TokenTree::Group(group) => vec![inside(&group, restored)],
        other => vec![other],
    };
    tokens.into_iter().flat_map(restore).collect()
}

fn variable(name: Ident) -> Vec<TokenTree> {
    match name.to_string().strip_prefix(PREFIX) {
        None => vec![name.into()],
        Some(variable) => {
            let mut dollar = Punct::new('$', Spacing::Alone);
            dollar.set_span(name.span());
            vec![dollar.into(), Ident::new(variable, name.span()).into()]
        }
    }
}

fn inside(group: &Group, change: fn(TokenStream) -> TokenStream) -> TokenTree {
    let mut changed = Group::new(group.delimiter(), change(group.stream()));
    changed.set_span(group.span());
    changed.into()
}

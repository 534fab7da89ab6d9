//! What syn does not take in an import, as plain names while it is read: macro variables, `$name`,
//! and a `::` before a path inside of braces.

use proc_macro2::{Group, Ident, Punct, Spacing, TokenStream, TokenTree};

/// What the name of a variable begins with.
const PREFIX: &str = "__macro_variable_";

/// The name before a `::` inside of braces.
pub const ROOT: &str = "__crate_root";

/// The tokens of an import with such names.
pub fn named(tokens: TokenStream) -> TokenStream {
    name(tokens, false)
}

fn name(tokens: TokenStream, in_braces: bool) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for tree in tokens {
        match tree {
            TokenTree::Ident(name) if ends_in(&out, '$') && !name.to_string().starts_with("r#") => {
                out.pop();
                out.push(Ident::new(&format!("{PREFIX}{name}"), name.span()).into());
            }
            TokenTree::Group(group) => out.push(inside(&group, |tokens| name(tokens, true))),
            TokenTree::Punct(colon) if in_braces && begins_path(&colon, &out) => {
                out.push(Ident::new(ROOT, colon.span()).into());
                out.push(colon.into());
            }
            other => out.push(other),
        }
    }
    out.into_iter().collect()
}

/// The tokens with the variables and the `::` back in the place of their names.
pub fn restored(tokens: TokenStream) -> TokenStream {
    let restore = |tree| match tree {
        TokenTree::Ident(name) => variable(name),
        TokenTree::Group(group) => vec![inside(&group, restored)],
        other => vec![other],
    };
    tokens.into_iter().flat_map(restore).collect()
}

fn variable(name: Ident) -> Vec<TokenTree> {
    let written = name.to_string();
    match written.strip_prefix(PREFIX) {
        None if written == ROOT => Vec::new(),
        None => vec![name.into()],
        Some(variable) => {
            let mut dollar = Punct::new('$', Spacing::Alone);
            dollar.set_span(name.span());
            vec![dollar.into(), Ident::new(variable, name.span()).into()]
        }
    }
}

/// Whether `colon` after `before`, in braces, is the first of a `::` that nothing stands before.
fn begins_path(colon: &Punct, before: &[TokenTree]) -> bool {
    colon.as_char() == ':' && (before.is_empty() || ends_in(before, ','))
}

fn ends_in(trees: &[TokenTree], wanted: char) -> bool {
    matches!(trees.last(), Some(TokenTree::Punct(last)) if last.as_char() == wanted)
}

fn inside(group: &Group, change: impl Fn(TokenStream) -> TokenStream) -> TokenTree {
    let mut changed = Group::new(group.delimiter(), change(group.stream()));
    changed.set_span(group.span());
    changed.into()
}

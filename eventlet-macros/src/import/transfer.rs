//! From tokens with positions of our own to tokens of the compiler.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::Result;

/// Makes tokens for the compiler of `text`, all of them at `name`.
///
/// `here` says in whose edition they are read, and whose names they see: those of the code around
/// the invocation.
///
/// # Errors
///
/// The compiler finds no tokens in it.
pub fn to_compiler(text: &str, name: Span, here: Span) -> Result<TokenStream> {
    let tokens: TokenStream = text.parse()?;
    Ok(moved(tokens, name.resolved_at(here), name))
}

/// `tokens` at `span`, but what tells errors at `name`, where the user is shown no more than that.
fn moved(tokens: TokenStream, span: Span, name: Span) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for mut tree in tokens {
        let at = match out.as_mut_slice() {
            [.., word, sign] if is_name(word, "compile_error") && is_sign(sign, '!') => {
                word.set_span(name);
                sign.set_span(name);
                name
            }
            _ => span,
        };
        if let TokenTree::Group(group) = &tree {
            tree = with_content(group, moved(group.stream(), at, name));
        }
        tree.set_span(at);
        out.push(tree);
    }
    out.into_iter().collect()
}

/// `group` with other tokens in it.
pub fn with_content(group: &Group, tokens: TokenStream) -> TokenTree {
    let mut changed = Group::new(group.delimiter(), tokens);
    changed.set_span(group.span());
    changed.into()
}

/// Whether `tree` is the given name.
pub fn is_name(tree: &TokenTree, wanted: &str) -> bool {
    matches!(tree, TokenTree::Ident(name) if name == wanted)
}

/// Whether `tree` is the given sign.
pub fn is_sign(tree: &TokenTree, wanted: char) -> bool {
    matches!(tree, TokenTree::Punct(sign) if sign.as_char() == wanted)
}

//! Macro calls: their tokens have no syntax yet, so paths are found as runs of `name :: name`.

use proc_macro2::{Delimiter, Group, Ident, Punct, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ItemUse;

use super::variables::{named, restored};
use super::{Change, Rewriter, generated, std_path, unraw};
use crate::check;

/// Keywords that may stand directly before a path with a leading `::`.
const BEFORE_A_PATH: &[&str] = &[
    "as", "break", "dyn", "else", "for", "if", "impl", "in", "match", "mut", "ref", "return",
    "unsafe", "use", "where", "while",
];

/// A path found at an identifier.
struct Run {
    /// Its names up to the first that is not plain.
    names: Vec<String>,
    /// Whether a `::` follows the last of them.
    open: bool,
    /// Whether a `::` stands before the first.
    leading_colon: bool,
    /// The tokens of the names and what joins them, to blame.
    tokens: TokenStream,
}

impl Rewriter<'_> {
    /// Rewrites what a macro is called with; `None` if nothing in it changes.
    pub fn rewrite_tokens(&mut self, tokens: &TokenStream) -> Option<TokenStream> {
        let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let mut out: Vec<TokenTree> = Vec::with_capacity(trees.len());
        let mut changed = false;
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            let rewritten = match tree {
                TokenTree::Group(group) if is_attribute(&trees[..at], group) => None,
                TokenTree::Group(group) if is_execute(&trees[..at]) => {
                    self.natively(|this| this.rewrite_group(group)).map(|tokens| (tokens, 1))
                }
                TokenTree::Group(group) => self.rewrite_group(group).map(|tokens| (tokens, 1)),
                TokenTree::Ident(name) if name == "use" => self.rewrite_use_tokens(&trees[at..]),
                TokenTree::Ident(name) => self.rewrite_run(name, &trees, at, &mut out),
                _ => None,
            };
            changed |= rewritten.is_some();
            let (tokens, length) = rewritten.unwrap_or_else(|| (tree.to_token_stream(), 1));
            out.extend(tokens);
            at += length;
        }
        changed.then(|| out.into_iter().collect())
    }

    fn rewrite_group(&mut self, group: &Group) -> Option<TokenStream> {
        let mut rewritten = Group::new(group.delimiter(), self.rewrite_tokens(&group.stream())?);
        rewritten.set_span(group.span());
        Some(rewritten.to_token_stream())
    }

    /// A whole import, if the tokens up to the next `;` are one; repetitions prevent it.
    fn rewrite_use_tokens(&mut self, trees: &[TokenTree]) -> Option<(TokenStream, usize)> {
        let end = trees.iter().position(|tree| is_punct(Some(tree), ';'))?;
        let tokens = trees[..=end].iter().cloned().collect();
        let item: ItemUse = syn::parse2(named(tokens)).ok()?;
        let rewritten = self.rewrite_use(&item);
        Some((restored(rewritten.unwrap_or_else(|| item.to_token_stream())), end + 1))
    }

    /// Rewrites the first name of the path that begins at `at`, if one does.
    fn rewrite_run(
        &mut self,
        name: &Ident,
        trees: &[TokenTree],
        at: usize,
        out: &mut Vec<TokenTree>,
    ) -> Option<(TokenStream, usize)> {
        let run = run_at(trees, at)?;
        let found = self.resolve(&run.names, run.leading_colon)?;
        if found.below.len() + usize::from(run.open) < 2 {
            return None;
        }
        let span = generated(name.span());
        let (colons, head) =
            match self.change(found, |what| check::refused_path(run.tokens, what))? {
                Change::Runtime(module) => {
                    let runtime = &self.selection.runtime;
                    (runtime.leading_colon, runtime.green(&module, span))
                }
                Change::Std(module) => (true, std_path(&module, span)),
            };
        if run.leading_colon {
            out.truncate(out.len() - 2);
        }
        let colons = colons.then(|| quote!(::));
        Some((quote!(#colons #(#head)::*), 1))
    }
}

/// The path that begins at `at`; `None` in the middle of one, after a `.`, or in `$name`.
fn run_at(trees: &[TokenTree], at: usize) -> Option<Run> {
    let before = &trees[..at];
    let leading_colon = ends_in_colons(before);
    let outside = &before[..at - 2 * usize::from(leading_colon)];
    let starts = if leading_colon { !ends_a_name(outside) } else { !is_field_or_variable(outside) };
    if !starts {
        return None;
    }
    let (names, length, open) = names_from(&trees[at..]);
    let tokens = trees[at..at + length].iter().cloned().collect();
    Some(Run { names, open, leading_colon, tokens })
}

/// The names from the start of `trees`, the tokens they take, and whether a `::` follows.
fn names_from(trees: &[TokenTree]) -> (Vec<String>, usize, bool) {
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(TokenTree::Ident(name)) = trees.get(at) {
        names.push(unraw(name));
        if !begins_with_colons(&trees[at + 1..]) {
            return (names, at + 1, false);
        }
        at += 3;
    }
    (names, at.saturating_sub(2), true)
}

fn begins_with_colons(trees: &[TokenTree]) -> bool {
    is_punct(trees.first(), ':') && is_punct(trees.get(1), ':')
}

fn ends_in_colons(trees: &[TokenTree]) -> bool {
    trees.len() >= 2 && begins_with_colons(&trees[trees.len() - 2..])
}

/// Whether a `::` after `trees` would continue a path.
fn ends_a_name(trees: &[TokenTree]) -> bool {
    match trees.last() {
        Some(TokenTree::Ident(name)) => !BEFORE_A_PATH.iter().any(|keyword| name == keyword),
        _ => false,
    }
}

/// Whether a name after `trees` is a field, a method, a macro variable or a lifetime.
fn is_field_or_variable(trees: &[TokenTree]) -> bool {
    let last = trees.last();
    let range = trees.len() >= 2 && is_punct(trees.get(trees.len() - 2), '.');
    let field = is_punct(last, '.') && !range;
    field || is_punct(last, '$') || is_punct(last, '\'')
}

/// Whether `group` after `trees` belongs to an attribute.
fn is_attribute(trees: &[TokenTree], group: &Group) -> bool {
    match trees {
        _ if group.delimiter() != Delimiter::Bracket => false,
        [.., hash, bang] if is_punct(Some(bang), '!') => is_punct(Some(hash), '#'),
        [.., last] => is_punct(Some(last), '#'),
        [] => false,
    }
}

/// Whether a group after `trees` is what `tpool::execute` is called with.
fn is_execute(trees: &[TokenTree]) -> bool {
    let [before @ .., TokenTree::Ident(function)] = trees else {
        return false;
    };
    let module = before.len().checked_sub(3).map(|at| &before[at]);
    function == "execute"
        && ends_in_colons(before)
        && matches!(module, Some(TokenTree::Ident(module)) if module == "tpool")
}

fn is_punct(tree: Option<&TokenTree>, wanted: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if Punct::as_char(punct) == wanted)
}

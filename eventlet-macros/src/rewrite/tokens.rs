//! Macro calls: their tokens have no syntax yet, so paths are found as runs of `name :: name`.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ItemUse;

use super::declared::{Declared, is_module, up_to_semicolon};
use super::variables::{named, restored};
use super::{Change, Rewriter, generated, unraw};
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
        self.enter_block(&Declared::by_tokens(&trees));
        let rewritten = self.rewrite_trees(&trees);
        self.scopes.leave_block();
        rewritten
    }

    fn rewrite_trees(&mut self, trees: &[TokenTree]) -> Option<TokenStream> {
        let mut out: Vec<TokenTree> = Vec::with_capacity(trees.len());
        let mut changed = false;
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            let rewritten = match tree {
                TokenTree::Group(group) => self.rewrite_group(&trees[..at], group),
                TokenTree::Ident(name) if name == "use" => self.rewrite_use_tokens(&trees[at..]),
                TokenTree::Ident(name) => self.rewrite_run(name, trees, at, &mut out),
                _ => None,
            };
            changed |= rewritten.is_some();
            let (tokens, length) = rewritten.unwrap_or_else(|| (tree.to_token_stream(), 1));
            out.extend(tokens);
            at += length;
        }
        changed.then(|| out.into_iter().collect())
    }

    /// Rewrites a group after `before`.
    fn rewrite_group(
        &mut self,
        before: &[TokenTree],
        group: &Group,
    ) -> Option<(TokenStream, usize)> {
        let tokens = match group.delimiter() {
            _ if is_attribute(before, group) => return None,
            _ if is_execute(before) => self.natively(|this| this.rewrite_inside(group))?,
            Delimiter::Brace if is_module(before, group) => {
                let trees: Vec<_> = group.stream().into_iter().collect();
                self.enter_module(&Declared::by_tokens(&trees));
                let rewritten = self.rewrite_trees(&trees);
                self.scopes.leave_module();
                rewritten?
            }
            _ => self.rewrite_inside(group)?,
        };
        let mut rewritten = Group::new(group.delimiter(), tokens);
        rewritten.set_span(group.span());
        Some((rewritten.to_token_stream(), 1))
    }

    /// Only braces bound what is declared in them.
    fn rewrite_inside(&mut self, group: &Group) -> Option<TokenStream> {
        match group.delimiter() {
            Delimiter::Brace => self.rewrite_tokens(&group.stream()),
            _ => self.rewrite_trees(&group.stream().into_iter().collect::<Vec<_>>()),
        }
    }

    /// A whole import, if the tokens up to the next `;` are one; repetitions prevent it.
    fn rewrite_use_tokens(&mut self, trees: &[TokenTree]) -> Option<(TokenStream, usize)> {
        let tokens = up_to_semicolon(trees)?;
        let length = tokens.clone().into_iter().count();
        let item: ItemUse = syn::parse2(named(tokens)).ok()?;
        let rewritten = self.rewrite_use(&item);
        Some((restored(rewritten.unwrap_or_else(|| item.to_token_stream())), length))
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
        let (change, at, length) = match self.resolve(&run.names, run.leading_colon) {
            Some(found)
                if found.below.len() + usize::from(run.open) >= 2
                    || found.length < run.names.len() =>
            {
                let length = found.length;
                let at = trees[at + 3 * (length - 1)].span();
                (self.change(found, |what| check::refused_path(run.tokens, what))?, at, length)
            }
            _ if self.is_prelude_call(&run, &trees[at..]) => {
                (Change::Runtime(Vec::new()), name.span(), 0)
            }
            _ if self.ends_unread(&run, &trees[at..]) => return self.patched_std(&run, name, out),
            _ => return None,
        };
        if run.leading_colon {
            out.truncate(out.len() - 2);
        }
        let (leading, head) = self.beginning(&change, at);
        let colons = leading.then(|| quote!(::));
        match length {
            0 => Some((quote!(#colons #(#head::)* #name), 1)),
            _ => Some((quote!(#colons #(#head)::*), 3 * length - 2)),
        }
    }

    /// Whether all that can be read of the path that `trees` begin with is `std`: a macro variable
    /// follows, or an import with repetitions.
    fn ends_unread(&self, run: &Run, trees: &[TokenTree]) -> bool {
        let is_std = run.names == ["std"] && (run.leading_colon || self.scopes.std_is_itself());
        let unread = match trees.get(3) {
            Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
            next => is_punct(next, '$'),
        };
        is_std && run.open && unread && self.selection.is_all() && !self.native
    }

    /// The way to a std of which all is swapped, in the place of `std`.
    fn patched_std(
        &mut self,
        run: &Run,
        std: &Ident,
        out: &mut Vec<TokenTree>,
    ) -> Option<(TokenStream, usize)> {
        if run.leading_colon {
            out.truncate(out.len() - 2);
        }
        self.swapped = true;
        let private = self.selection.runtime.private();
        Some((quote_spanned!(generated(std.span())=> #private::patched_std), 1))
    }

    /// Whether `run`, which `trees` begin with, is the name of a macro that needs no import, and
    /// that is called.
    fn is_prelude_call(&self, run: &Run, trees: &[TokenTree]) -> bool {
        let [name] = run.names.as_slice() else {
            return false;
        };
        let called =
            is_punct(trees.get(1), '!') && matches!(trees.get(2), Some(TokenTree::Group(_)));
        called && !run.leading_colon && self.is_prelude_macro(name)
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
    // In `name: ::path` the first of three colons stands alone.
    let joint = |punct: &Punct| punct.as_char() == ':' && punct.spacing() == Spacing::Joint;
    let first = matches!(trees.first(), Some(TokenTree::Punct(punct)) if joint(punct));
    first && is_punct(trees.get(1), ':')
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

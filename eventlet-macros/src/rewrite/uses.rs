//! `use` items: the part of the tree that leads to a mirror is moved under the runtime's path.
//!
//! ```text
//! use std::{io::Read, collections::HashMap};
//! use {std::{collections::HashMap}, ::eventlet::green::{io::Read}};
//! ```
//!
//! The two parts stay in one item, so that its attributes and visibility need no copy.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Item, ItemUse, Token, UseGroup, UsePath, UseTree, parse_quote};

use super::{Change, Rewriter, generated, unraw};
use crate::check;

/// One name that a `use` brings in.
struct Leaf<'t> {
    /// The path it comes from.
    path: Vec<&'t Ident>,
    /// The name it gets; none for a glob.
    local: Option<&'t Ident>,
    /// The end of the path as written, to blame.
    end: TokenStream,
}

/// The names that `item` imports from std, each with its path below `std`.
pub fn imports(item: &ItemUse) -> Vec<(String, Vec<String>)> {
    let from_std = |leaf: &Leaf| Some((unraw(leaf.local?), below_std(&leaf.path)?));
    leaves(&item.tree).iter().filter_map(from_std).collect()
}

impl Rewriter<'_> {
    /// Rewrites an import; `None` if it stays as it is.
    pub fn rewrite_use(&mut self, item: &ItemUse) -> Option<TokenStream> {
        let leading = item.leading_colon.is_some();
        let leaves = leaves(&item.tree).into_iter();
        let green: Vec<_> = leaves.map(|leaf| self.is_green(leaf, leading)).collect();
        let moved = filter(&item.tree, &mut green.iter().copied())?;
        let kept = filter(&item.tree, &mut green.iter().map(|green| !green));

        let runtime = &self.selection.runtime;
        let moved = self.under_runtime(moved);
        let colons = runtime.leading_colon.then(<Token![::]>::default);
        let tree = match kept {
            None => quote!(#colons #moved),
            Some(kept) => {
                let old_colons = &item.leading_colon;
                quote!({ #old_colons #kept, #colons #moved })
            }
        };
        let ItemUse { attrs, vis, use_token, semi_token, .. } = item;
        Some(quote!(#(#attrs)* #vis #use_token #tree #semi_token))
    }

    /// Whether a leaf leads to a mirror; reported if it blocks, even through another import.
    fn is_green(&mut self, leaf: Leaf, leading_colon: bool) -> bool {
        let names: Vec<_> = leaf.path.iter().map(|name| unraw(name)).collect();
        let Some(found) = self.resolve(&names, leading_colon) else {
            return false;
        };
        let change = self.change(found, |what| check::refused_import(leaf.end, what));
        matches!(change, Some(Change::Runtime(_)))
    }

    /// `tree` with the way to the mirrors in the place of each `std` it begins with, and of each
    /// name that stands for a module of std.
    fn under_runtime(&self, tree: UseTree) -> UseTree {
        match tree {
            UseTree::Path(UsePath { ident, colon2_token, tree }) => {
                let module = self.scopes.find(&unraw(&ident)).unwrap_or_default();
                let names = self.selection.runtime.green(module, generated(ident.span()));
                let below = |tree, ident| {
                    UseTree::Path(UsePath { ident, colon2_token, tree: Box::new(tree) })
                };
                names.into_iter().rev().fold(*tree, below)
            }
            UseTree::Group(UseGroup { brace_token, items }) => {
                let items = items.into_iter().map(|tree| self.under_runtime(tree)).collect();
                UseTree::Group(UseGroup { brace_token, items })
            }
            leaf => leaf,
        }
    }
}

/// Allows an import to be unused, where paths were led past it: the user cannot be blamed.
pub fn excuse(item: &mut Item) {
    match item {
        // An import that was rewritten.
        Item::Verbatim(tokens) => *tokens = quote!(#[allow(unused_imports)] #tokens),
        Item::Use(import) if imports(import).iter().any(|(_, below)| below.is_empty()) => {
            import.attrs.push(parse_quote!(#[allow(unused_imports)]));
        }
        _ => {}
    }
}

/// The names after `std`, if that is how `path` begins.
fn below_std(path: &[&Ident]) -> Option<Vec<String>> {
    let (first, below) = path.split_first()?;
    (unraw(first) == "std").then(|| below.iter().map(|name| unraw(name)).collect())
}

/// The leaves of `tree` in the order written.
fn leaves(tree: &UseTree) -> Vec<Leaf<'_>> {
    let mut leaves = Vec::new();
    gather(tree, &[], &mut leaves);
    leaves
}

fn gather<'t>(tree: &'t UseTree, prefix: &[&'t Ident], leaves: &mut Vec<Leaf<'t>>) {
    let (name, local) = match tree {
        UseTree::Path(UsePath { ident, tree, .. }) => {
            return gather(tree, &[prefix, &[ident]].concat(), leaves);
        }
        UseTree::Group(group) => {
            return group.items.iter().for_each(|tree| gather(tree, prefix, leaves));
        }
        UseTree::Name(name) if name.ident == "self" => (None, prefix.last().copied()),
        UseTree::Name(name) => (Some(&name.ident), Some(&name.ident)),
        UseTree::Rename(name) if name.ident == "self" => (None, Some(&name.rename)),
        UseTree::Rename(name) => (Some(&name.ident), Some(&name.rename)),
        UseTree::Glob(_) => (None, None),
    };
    let path = prefix.iter().copied().chain(name).collect();
    let end = tree.to_token_stream();
    leaves.push(Leaf { path, local, end });
}

/// `tree` with those leaves whose turn in `wanted` is true.
fn filter(tree: &UseTree, wanted: &mut impl Iterator<Item = bool>) -> Option<UseTree> {
    match tree {
        UseTree::Path(path) => {
            let below = filter(&path.tree, wanted)?;
            Some(UseTree::Path(UsePath { tree: Box::new(below), ..path.clone() }))
        }
        UseTree::Group(group) => {
            let items = group.items.iter().filter_map(|tree| filter(tree, wanted));
            let group = UseGroup { items: items.collect(), ..group.clone() };
            (!group.items.is_empty()).then_some(UseTree::Group(group))
        }
        leaf => wanted.next()?.then(|| leaf.clone()),
    }
}

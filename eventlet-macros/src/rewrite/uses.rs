//! `use` items: the part of the tree that leads to a mirror is moved under the runtime's path.
//!
//! ```text
//! use std::{io::Read, collections::HashMap};
//! use {std::{collections::HashMap}, ::eventlet::green::{io::Read}};
//! ```
//!
//! The two parts stay in one item, so that its attributes and visibility need no copy.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Item, ItemUse, Token, UseGroup, UsePath, UseTree, parse_quote};

use super::variables::{ROOT, named};
use super::{Change, Rewriter, StdPath, generated, unraw};
use crate::check;

/// One name that a `use` brings in.
pub struct Leaf<'t> {
    /// The path it comes from.
    pub path: Vec<&'t Ident>,
    /// The name it gets; none for a glob.
    pub local: Option<&'t Ident>,
    /// The end of the path as written, to blame.
    end: TokenStream,
}

impl Rewriter<'_> {
    /// Rewrites an import; `None` if it stays as it is.
    pub fn rewrite_use(&mut self, item: &ItemUse) -> Option<TokenStream> {
        let leading = item.leading_colon.is_some();
        let leaves = leaves(&item.tree);
        let (mut green, mut beside) = (Vec::new(), Vec::new());
        for leaf in &leaves {
            green.push(self.is_green(leaf, leading, &mut beside));
        }
        let moved = filter(&item.tree, &mut green.iter().copied());
        if moved.is_none() && beside.is_empty() {
            return None;
        }
        let kept = filter(&item.tree, &mut green.iter().map(|green| !green));

        let colons = self.selection.runtime.leading_colon.then(<Token![::]>::default);
        let moved = moved.map(|moved| self.under_runtime(moved, &[]));
        let tree = match (&kept, &moved) {
            (None, Some(moved)) if beside.is_empty() => quote!(#colons #moved),
            _ => {
                let old_colons = &item.leading_colon;
                let kept = kept.iter().map(|kept| quote!(#old_colons #kept));
                let moved = moved.iter().map(|moved| quote!(#colons #moved));
                let trees = kept.chain(moved).chain(beside.iter().cloned());
                quote!({ #(#trees),* })
            }
        };
        let ItemUse { attrs, vis, use_token, semi_token, .. } = item;
        let excuse = (!beside.is_empty()).then(|| quote!(#[allow(unused_imports)]));
        Some(quote!(#excuse #(#attrs)* #vis #use_token #tree #semi_token))
    }

    /// Whether a leaf leads to a mirror; reported if it blocks, even through another import. What
    /// must be imported with it goes to `beside`.
    fn is_green(&mut self, leaf: &Leaf, leading: bool, beside: &mut Vec<TokenStream>) -> bool {
        let names: Vec<_> = leaf.path.iter().map(|name| unraw(name)).collect();
        let Some(found) = self.resolve_use(&names, leading) else {
            return false;
        };
        if leaf.is_glob() && !self.native {
            beside.extend(self.beside_glob(&found.below));
        } else if found.length == names.len() {
            return false;
        }
        let change = self.change(found, |what| check::refused_import(&leaf.end, what));
        matches!(change, Some(Change::Runtime(_)))
    }

    /// Where a path in a `use` leads. There the crate comes before a module that is called `std`
    /// too: in newer editions the compiler refuses to choose.
    fn resolve_use(&self, names: &[String], leading: bool) -> Option<StdPath> {
        let (root, names) = without_root(names);
        let leading = root || leading || names.first().is_some_and(|first| first == "std");
        let found = self.resolve(names, leading)?;
        Some(StdPath { length: found.length + usize::from(root), ..found })
    }

    /// `tree`, after the names `before`, with the way to the mirrors in the place of each `std` it
    /// begins with, and of what stands for a module of std.
    fn under_runtime(&self, tree: UseTree, before: &[String]) -> UseTree {
        match tree {
            UseTree::Path(UsePath { ident, colon2_token, tree }) => {
                let names = [before, &[unraw(&ident)]].concat();
                let (root, names) = without_root(&names);
                let found = if root { None } else { self.scopes.find(names) };
                if found.is_none() && names.first().is_none_or(|first| first != "std") {
                    return self.under_runtime(*tree, &[before, &[unraw(&ident)]].concat());
                }
                let module = found.map(|found| found.import).unwrap_or_default();
                let names = self.selection.runtime.green(&module, generated(ident.span()));
                let below = |tree, ident| {
                    UseTree::Path(UsePath { ident, colon2_token, tree: Box::new(tree) })
                };
                names.into_iter().rev().fold(*tree, below)
            }
            UseTree::Group(UseGroup { brace_token, items }) => {
                let items = items.into_iter().map(|tree| self.under_runtime(tree, before));
                UseTree::Group(UseGroup { brace_token, items: items.collect() })
            }
            leaf => leaf,
        }
    }
}

impl Leaf<'_> {
    fn is_glob(&self) -> bool {
        self.local.is_none() && self.end.to_string() == "*"
    }
}

/// Allows an import to be unused if paths were led past it, as they were past those of the names
/// `bypassed`: the user cannot be blamed.
pub fn excuse(item: &mut Item, bypassed: &HashSet<String>) {
    let is_bypassed = |import: &ItemUse| {
        let locals = leaves(&import.tree).into_iter().filter_map(|leaf| leaf.local.map(unraw));
        locals.into_iter().any(|local| bypassed.contains(&local))
    };
    match item {
        _ if bypassed.is_empty() => {}
        // An import that was rewritten.
        Item::Verbatim(tokens)
            if syn::parse2(named(tokens.clone())).is_ok_and(|import| is_bypassed(&import)) =>
        {
            *tokens = quote!(#[allow(unused_imports)] #tokens);
        }
        Item::Use(import) if is_bypassed(import) => {
            import.attrs.push(parse_quote!(#[allow(unused_imports)]));
        }
        _ => {}
    }
}

/// Whether `names` begin with what stands for a `::`, and those after it.
fn without_root(names: &[String]) -> (bool, &[String]) {
    match names.split_first() {
        Some((first, rest)) if first == ROOT => (true, rest),
        _ => (false, names),
    }
}

/// The leaves of `tree` in the order written.
pub fn leaves(tree: &UseTree) -> Vec<Leaf<'_>> {
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

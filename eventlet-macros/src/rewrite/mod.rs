//! The path rewriter: every path into a mirrored part of std becomes a path into the runtime.
//!
//! ```text
//! item ──▶ visit.rs ──┬─ paths in code ──▶ here
//!                     ├─ `use` trees ────▶ uses.rs
//!                     └─ macro tokens ───▶ tokens.rs
//!
//! scopes.rs knows which names were imported from std; the verdict is the selection's.
//! ```
//!
//! An item with a `#[green..]` attribute of its own is left to that attribute.

mod scopes;
mod tokens;
mod uses;
mod visit;

#[cfg(test)]
mod tests;

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::{Error, Path, PathSegment, Token};

use crate::check;
use crate::selection::{Selection, Verdict};
use scopes::Scopes;

/// Rewrites syntax in place, and gathers an error for each path that would block.
pub struct Rewriter<'s> {
    selection: &'s Selection,
    /// What the code being visited has imported from std.
    scopes: Scopes,
    errors: Vec<Error>,
}

/// How a path got into std.
enum Origin {
    /// It begins with `std`.
    Written,
    /// Its first name was imported from this path below `std`.
    Imported(Vec<String>),
}

/// A path that leads into std: where it begins, and all names after `std`.
struct StdPath {
    origin: Origin,
    below: Vec<String>,
}

/// What to put in the place of the first name of a path.
enum Change {
    /// The way to the mirrors.
    Runtime,
    /// The way to this module of std, which the name would no longer reach.
    Std(Vec<String>),
}

impl<'s> Rewriter<'s> {
    /// A rewriter that swaps what `selection` says.
    pub fn new(selection: &'s Selection) -> Self {
        Rewriter { selection, scopes: Scopes::default(), errors: Vec::new() }
    }

    /// Ends the rewriting.
    ///
    /// # Errors
    ///
    /// All paths that would block, combined.
    pub fn finish(self) -> syn::Result<()> {
        let combine = |mut all: Error, next| {
            all.combine(next);
            all
        };
        self.errors.into_iter().reduce(combine).map_or(Ok(()), Err)
    }

    /// Where `names` lead, if that is into std.
    fn resolve(&self, names: &[String], leading_colon: bool) -> Option<StdPath> {
        let (first, rest) = names.split_first()?;
        if first == "std" {
            let origin = Origin::Written;
            return Some(StdPath { origin, below: rest.to_vec() });
        }
        if leading_colon || rest.is_empty() {
            return None;
        }
        let import = self.scopes.find(first)?.to_vec();
        let below = [&import, rest].concat();
        Some(StdPath { origin: Origin::Imported(import), below })
    }

    /// Decides about a path, and reports it at `at` if it blocks.
    fn change(&mut self, path: StdPath, at: impl ToTokens) -> Option<Change> {
        match (self.selection.verdict(&path.below), path.origin) {
            (Verdict::Swap, Origin::Written) => Some(Change::Runtime),
            (Verdict::Allow, Origin::Imported(import)) => {
                let swapped = self.selection.verdict(&import) == Verdict::Swap;
                swapped.then_some(Change::Std(import))
            }
            (Verdict::Block(prefix), origin) => {
                self.report(&prefix, &origin, at);
                None
            }
            _ => None,
        }
    }

    /// What was imported and blocks has been reported at its import.
    fn report(&mut self, prefix: &str, origin: &Origin, at: impl ToTokens) {
        let reported = match origin {
            Origin::Written => false,
            Origin::Imported(import) => {
                matches!(self.selection.verdict(import), Verdict::Block(_))
            }
        };
        if !reported {
            self.errors.push(check::blocking_path(at, prefix));
        }
    }

    fn rewrite_path(&mut self, path: &mut Path) {
        let names: Vec<_> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        let Some(found) = self.resolve(&names, path.leading_colon.is_some()) else {
            return;
        };
        let span = path.segments[0].ident.span();
        let head: Vec<_> = match self.change(found, &*path) {
            None => return,
            Some(Change::Runtime) => {
                let leading = self.selection.runtime.leading_colon;
                path.leading_colon = leading.then(|| Token![::](generated(span)));
                self.selection.runtime.green(generated(span))
            }
            Some(Change::Std(module)) => {
                path.leading_colon = Some(Token![::](generated(span)));
                std_path(&module, generated(span))
            }
        };
        let old = std::mem::take(&mut path.segments);
        let head = head.into_iter().map(PathSegment::from);
        path.segments = head.chain(old.into_iter().skip(1)).collect();
    }
}

/// The span of generated names: resolved where the macro stands, shown where `std` was written.
fn generated(std: Span) -> Span {
    std.resolved_at(Span::call_site())
}

/// The names of a module of std.
fn std_path(below: &[String], span: Span) -> Vec<Ident> {
    let names = ["std"].into_iter().chain(below.iter().map(String::as_str));
    names.map(|name| Ident::new(name, span)).collect()
}

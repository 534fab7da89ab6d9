//! The path rewriter: every path into a mirrored part of std becomes a path into the runtime.
//!
//! ```text
//! item ──▶ visit.rs ──┬─ paths in code ──▶ here
//!                     ├─ `use` trees ────▶ uses.rs
//!                     └─ macro tokens ───▶ tokens.rs ──▶ variables.rs, for `use` with `$name`
//!
//! scopes.rs knows which names were imported from std; the verdict is the selection's.
//! ```
//!
//! An item with a `#[green..]` attribute of its own is left to that attribute, and what
//! `tpool::execute(..)` is called with is right as it is. In such native parts only those names are
//! changed that an import around them, now swapped, would no longer lead to std.

mod scopes;
mod tokens;
mod uses;
mod variables;
mod visit;

#[cfg(test)]
mod tests;

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::{Error, Path, PathSegment, Token};

use crate::check;
use crate::selection::{Refused, Selection, Verdict};
use scopes::Scopes;

/// Rewrites syntax in place, and gathers an error for each path that would block.
pub struct Rewriter<'s> {
    selection: &'s Selection,
    /// What the code being visited has imported from std.
    scopes: Scopes,
    /// Whether that code is a native part.
    native: bool,
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
    /// Its first name.
    first: String,
    origin: Origin,
    below: Vec<String>,
}

/// What to put in the place of the first name of a path.
enum Change {
    /// The way to this module of the mirrors.
    Runtime(Vec<String>),
    /// The way to this module of std, which the name would no longer reach.
    Std(Vec<String>),
}

impl<'s> Rewriter<'s> {
    /// A rewriter that swaps what `selection` says.
    pub fn new(selection: &'s Selection) -> Self {
        Rewriter { selection, scopes: Scopes::default(), native: false, errors: Vec::new() }
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

    /// Visits a native part.
    fn natively<T>(&mut self, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.native, true);
        let result = visit(self);
        self.native = outer;
        result
    }

    /// Where `names` lead, if that is into std.
    fn resolve(&self, names: &[String], leading_colon: bool) -> Option<StdPath> {
        let (first, rest) = names.split_first()?;
        if first == "std" {
            let origin = Origin::Written;
            return Some(StdPath { first: first.clone(), origin, below: rest.to_vec() });
        }
        if leading_colon || rest.is_empty() {
            return None;
        }
        let import = self.scopes.find(first)?.to_vec();
        let below = [&import, rest].concat();
        Some(StdPath { first: first.clone(), origin: Origin::Imported(import), below })
    }

    /// Decides about a path, and reports one that blocks as `refused` says.
    fn change(&mut self, path: StdPath, refused: impl FnOnce(&Refused) -> Error) -> Option<Change> {
        let verdict = self.selection.verdict(&path.below);
        if let (Verdict::Refuse(what), false) = (&verdict, self.native) {
            self.report(&path.origin, || refused(what));
            return None;
        }
        let change = match path.origin {
            Origin::Written => {
                let swapped = verdict == Verdict::Swap && !self.native;
                return swapped.then_some(Change::Runtime(Vec::new()));
            }
            Origin::Imported(import) => self.change_imported(verdict, import)?,
        };
        self.scopes.bypass(&path.first);
        Some(change)
    }

    /// Decides about a path through `import`.
    fn change_imported(&self, verdict: Verdict, import: Vec<String>) -> Option<Change> {
        // An import of std itself, or of a module around mirrors, stays as it is.
        let swapped = self.selection.verdict(&import) == Verdict::Swap;
        match verdict {
            Verdict::Keep => None,
            // The attribute of the item does not know the import.
            _ if !swapped && self.native => Some(Change::Std(import)),
            Verdict::Swap => (!swapped).then_some(Change::Runtime(import)),
            Verdict::Allow | Verdict::Refuse(_) => swapped.then_some(Change::Std(import)),
        }
    }

    /// What was imported and blocks has been reported at its import.
    fn report(&mut self, origin: &Origin, error: impl FnOnce() -> Error) {
        let reported = match origin {
            Origin::Written => false,
            Origin::Imported(import) => {
                matches!(self.selection.verdict(import), Verdict::Refuse(_))
            }
        };
        if !reported {
            self.errors.push(error());
        }
    }

    fn rewrite_path(&mut self, path: &mut Path) {
        let names: Vec<_> = path.segments.iter().map(|s| unraw(&s.ident)).collect();
        let Some(found) = self.resolve(&names, path.leading_colon.is_some()) else {
            return;
        };
        let span = path.segments[0].ident.span();
        let head: Vec<_> = match self.change(found, |what| check::refused_path(&*path, what)) {
            None => return,
            Some(Change::Runtime(module)) => {
                let leading = self.selection.runtime.leading_colon;
                path.leading_colon = leading.then(|| Token![::](generated(span)));
                self.selection.runtime.green(&module, generated(span))
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

/// A name as rustc compares it: `r#std` is `std`.
fn unraw(name: &Ident) -> String {
    name.unraw().to_string()
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

//! The path rewriter: every path into a mirrored part of std becomes a path into the runtime.
//!
//! ```text
//! item ──▶ visit.rs ──┬─ paths in code ──▶ here
//!                     ├─ `use` trees ────▶ uses.rs
//!                     └─ macro tokens ───▶ tokens.rs ──▶ variables.rs, for `use` with `$name`
//!
//! scopes.rs knows which names were imported from std, and which are the user's own: declared.rs
//! reads them. The verdict is the selection's.
//! ```
//!
//! An item with a `#[green..]` attribute of its own is left to that attribute, and what
//! `tpool::execute(..)` is called with is right as it is. In such native parts only those names are
//! changed that an import around them, now swapped, would no longer lead to std.

mod declared;
mod globs;
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
use declared::Declared;
use scopes::{Found, Scopes};

/// Rewrites syntax in place, and gathers an error for each path that would block.
pub struct Rewriter<'s> {
    selection: &'s Selection,
    /// What the code being visited has imported from std.
    scopes: Scopes,
    /// Whether that code is a native part.
    native: bool,
    /// Whether any path was led to a mirror.
    swapped: bool,
    errors: Vec<Error>,
}

/// How a path got into std.
enum Origin {
    /// It begins with `std`.
    Written,
    /// Its beginning was imported.
    Imported(Found),
}

/// A path that leads into std.
struct StdPath {
    /// How many names it begins with are written for the way there: `std`, or `super::net`.
    length: usize,
    origin: Origin,
    /// All names after `std`.
    below: Vec<String>,
}

/// What to put in the place of the beginning of a path.
enum Change {
    /// The way to this module of the mirrors.
    Runtime(Vec<String>),
    /// The way to this module of std, which the name would no longer reach.
    Std(Vec<String>),
}

impl<'s> Rewriter<'s> {
    /// A rewriter that swaps what `selection` says.
    pub fn new(selection: &'s Selection) -> Self {
        Rewriter {
            selection,
            scopes: Scopes::default(),
            native: false,
            swapped: false,
            errors: Vec::new(),
        }
    }

    /// Whether any path was led to a mirror.
    pub fn has_swapped(&self) -> bool {
        self.swapped
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
        if first == "std" && (leading_colon || self.scopes.std_is_itself()) {
            return Some(StdPath { length: 1, origin: Origin::Written, below: rest.to_vec() });
        }
        if leading_colon {
            return None;
        }
        let found = self.scopes.find(names)?;
        let below = [&found.import, &names[found.length..]].concat();
        Some(StdPath { length: found.length, origin: Origin::Imported(found), below })
    }

    /// Decides about a path, and reports one that blocks as `refused` says.
    fn change(&mut self, path: StdPath, refused: impl FnOnce(&Refused) -> Error) -> Option<Change> {
        let verdict = self.selection.verdict(&path.below);
        if let (Verdict::Refuse(what), false) = (&verdict, self.native) {
            self.report(&path.origin, || refused(what));
            return None;
        }
        let found = match path.origin {
            Origin::Written => {
                let swapped = verdict == Verdict::Swap && !self.native;
                self.swapped |= swapped;
                return swapped.then_some(Change::Runtime(Vec::new()));
            }
            Origin::Imported(found) => found,
        };
        let change = self.change_imported(verdict, found.import)?;
        self.scopes.bypass(found.place, &found.name);
        self.swapped |= matches!(change, Change::Runtime(_));
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
            Origin::Imported(found) => {
                matches!(self.selection.verdict(&found.import), Verdict::Refuse(_))
            }
        };
        if !reported {
            self.errors.push(error());
        }
    }

    fn rewrite_path(&mut self, path: &mut Path) {
        let names: Vec<_> = path.segments.iter().map(|s| unraw(&s.ident)).collect();
        if let Some(found) = self.resolve(&names, path.leading_colon.is_some())
            && found.length < names.len()
        {
            let length = found.length;
            let change = self.change(found, |what| check::refused_path(&*path, what));
            if let Some(change) = change {
                self.begin_differently(path, length, &change);
            }
        } else if let [name] = names.as_slice() {
            self.check_name(path, name);
        }
    }

    /// Puts the beginning that `change` names in the place of the first `length` names of `path`.
    fn begin_differently(&mut self, path: &mut Path, length: usize, change: &Change) {
        let at = path.segments[length - 1].ident.span();
        let (leading, head) = self.beginning(change, at);
        path.leading_colon = leading.then(|| Token![::](generated(at)));
        let old = std::mem::take(&mut path.segments);
        let head = head.into_iter().map(PathSegment::from);
        path.segments = head.chain(old.into_iter().skip(length)).collect();
    }

    /// Whether a new beginning has a `::` before it, and its names.
    fn beginning(&mut self, change: &Change, at: Span) -> (bool, Vec<Ident>) {
        self.swapped |= matches!(change, Change::Runtime(_));
        let runtime = &self.selection.runtime;
        match change {
            Change::Runtime(module) => {
                (runtime.leading_colon, runtime.green(module, generated(at)))
            }
            Change::Std(module) => (true, std_path(module, generated(at))),
        }
    }

    fn enter_module(&mut self, declared: &Declared) {
        self.scopes.enter_module(declared, self.native);
        self.see_through_globs();
    }

    fn enter_block(&mut self, declared: &Declared) {
        self.scopes.enter_block(declared, self.native);
        self.see_through_globs();
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

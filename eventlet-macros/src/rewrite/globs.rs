//! Names that nobody writes where they come from: those that a glob such as `use std::*;` brings
//! in, and macros of std that need no import.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Macro, Path};

use super::{Change, Rewriter, generated, std_path};
use crate::check;
use crate::selection::Verdict;

impl Rewriter<'_> {
    /// Notes which modules of std the globs of the scope just entered bring in.
    pub fn see_through_globs(&mut self) {
        if self.native {
            return;
        }
        for glob in self.scopes.own_globs() {
            for name in self.selection.names_below(&glob) {
                self.scopes.add_through_glob(name, [&glob[..], &[name.to_owned()]].concat());
            }
        }
    }

    /// What must be imported beside all of `module`, a path below `std`, since an explicit name
    /// comes before a glob: of a module around mirrors the mirrors, of a mirror what std has and it
    /// has not, if that is allowed.
    pub fn beside_glob(&mut self, module: &[String]) -> Vec<TokenStream> {
        let span = proc_macro2::Span::call_site();
        let below = |name: &str| [module, &[name.to_owned()]].concat();
        if self.selection.verdict(module) == Verdict::Swap {
            let allowed = self.selection.allowed_in(module).into_iter();
            let allowed = allowed.map(|name| std_path(&below(name), span));
            return allowed.map(|names| quote!(::#(#names)::*)).collect();
        }
        let mut names = self.selection.names_below(module);
        names.retain(|name| self.selection.verdict(&below(name)) == Verdict::Swap);
        names.retain(|name| self.scopes.take_through_glob(name));
        self.swapped |= !names.is_empty();
        let runtime = &self.selection.runtime;
        let colons = runtime.leading_colon.then(|| quote!(::));
        let names = names.iter().map(|name| runtime.green(&below(name), generated(span)));
        names.map(|names| quote!(#colons #(#names)::*)).collect()
    }

    /// Reports `path`, the name of a type or trait and no more, if it comes through a glob from a
    /// mirror that lacks it.
    pub fn check_name(&mut self, path: &Path, name: &str) {
        let is_type = name.starts_with(char::is_uppercase);
        if !is_type || path.leading_colon.is_some() || self.scopes.knows(name) {
            return;
        }
        let below = |glob: &[String]| [glob, &[name.to_owned()]].concat();
        let verdict = |glob: &[String]| self.selection.verdict(&below(glob));
        let refused = self.scopes.globs().map(verdict).find_map(|verdict| match verdict {
            Verdict::Refuse(what) => Some(what),
            _ => None,
        });
        if let (Some(what), false) = (refused, self.native) {
            self.errors.push(check::refused_path(path, &what));
        }
    }

    /// Leads `name!` to the mirrors, if it is a macro of std's prelude that waits in std.
    pub fn rewrite_prelude_macro(&mut self, call: &mut Macro) {
        let Some(name) = call.path.get_ident().filter(|_| call.path.leading_colon.is_none()) else {
            return;
        };
        if self.is_prelude_macro(&super::unraw(name)) {
            let (leading, head) = self.beginning(&Change::Runtime(Vec::new()), name.span());
            let colons = leading.then(|| quote!(::));
            let name = name.to_token_stream();
            call.path = syn::parse_quote!(#colons #(#head::)* #name);
        }
    }

    /// Whether `name!`, not imported, is a macro of std that has a green form.
    pub fn is_prelude_macro(&self, name: &str) -> bool {
        !self.native && self.selection.swaps_macro(name) && !self.scopes.has_macro(name)
    }
}

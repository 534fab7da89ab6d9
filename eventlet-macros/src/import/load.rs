//! Loading: `mod name;` becomes `mod name { .. }`, rewritten, and so on inside.
//!
//! What the invocation holds are tokens of the compiler; what files hold are tokens of proc-macro2,
//! which have positions (`files.rs`). The two never meet: the module that a `mod name;` of the
//! invocation brings in, with all those in it, is loaded, rewritten, and written out as text.

use std::path::Path;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::Parse;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Error, File, Item, ItemMod, Result, token};

use super::errors;
use super::files::{Files, Location, Positions};
use super::include::{FromFile, FromInvocation, Splice};
use super::lookup::{Found, NotFound, Place};
use super::transfer::to_compiler;
use super::variants::{Variant, variants};
use crate::check;
use crate::rewrite::Rewriter;
use crate::selection::Selection;

/// Makes modules inline, and keeps what goes wrong so that the others still come out.
pub struct Loader<'s> {
    selection: &'s Selection,
    /// Whose edition and names the files see.
    here: Span,
    /// The files read.
    pub files: Files,
    /// Whether we are in tokens of files.
    in_files: bool,
    /// Whether any path was swapped.
    pub swapped: bool,
    /// Whether anything went wrong in a file, which is told there.
    pub failed: bool,
    /// What went wrong in the invocation.
    pub errors: Vec<Error>,
}

/// What a file holds, with all its modules inline.
struct Loaded {
    attrs: Vec<Attribute>,
    items: Vec<Item>,
    /// A token of it, if there is any.
    at: Span,
}

impl<'s> Loader<'s> {
    /// A loader that swaps what `selection` says, for files that see what `here` sees.
    pub fn new(selection: &'s Selection, here: Span) -> Self {
        Loader {
            selection,
            here,
            files: Files::default(),
            in_files: false,
            swapped: false,
            failed: false,
            errors: Vec::new(),
        }
    }

    /// Rewrites a module of the invocation, which is in the file `from`, and loads what it consists
    /// of; more than one come out if its file depends on a condition.
    pub fn patch(&mut self, module: ItemMod, from: &Path) -> Vec<Item> {
        let mut item = Item::Mod(module);
        let rewritten = self.rewrite(|rewriter| rewriter.visit_item_mut(&mut item));
        self.errors.extend(rewritten.err());
        let folder = from.parent().unwrap_or(Path::new("")).to_owned();
        Splice(FromInvocation { loader: self, folder }).visit_item_mut(&mut item);
        self.load(item, &Location { place: Place::of_invocation(from), text: String::new() })
    }

    /// Code that makes the compiler look at every file again when it has changed.
    pub fn watched(&self) -> TokenStream {
        let files = self.files.all();
        quote!(#(const _: &[u8] = ::core::include_bytes!(#files);)*)
    }

    /// Loads those modules among `items` that are in files.
    pub fn load_all(&mut self, items: &mut Vec<Item>, location: &Location) {
        let loaded = std::mem::take(items).into_iter().flat_map(|item| self.load(item, location));
        *items = loaded.collect();
    }

    /// Loads `item`, if it is a module or calls a macro with some.
    pub fn load(&mut self, item: Item, location: &Location) -> Vec<Item> {
        let mut module = match item {
            Item::Mod(module) => module,
            Item::Macro(mut call) if call.ident.is_none() => {
                call.mac.tokens = self.load_in_macro(call.mac.tokens, location);
                return vec![Item::Macro(call)];
            }
            item => return vec![item],
        };
        let included = self.files.location_in_included(module.ident.span(), location);
        let location = included.as_ref().unwrap_or(location);
        let name = module.ident.unraw().to_string();
        let mut variants = variants(&module.attrs);
        if let Some((_, items)) = &mut module.content {
            let inside = location.inside(&name, variants.remove(0).path.as_deref());
            self.load_all(items, &inside);
            return vec![Item::Mod(module)];
        }
        let mut load = |Variant { attrs, path }| {
            let found = location.place.find(&name, path.as_deref());
            Item::Mod(self.load_file(ItemMod { attrs, ..module.clone() }, found))
        };
        variants.into_iter().map(&mut load).collect()
    }

    /// Whether there is a file, or more than one, for the `mod name;` that is `module`.
    pub fn has_file(&self, module: &ItemMod, location: &Location) -> bool {
        let included = self.files.location_in_included(module.ident.span(), location);
        let place = &included.as_ref().unwrap_or(location).place;
        let name = module.ident.unraw().to_string();
        let mut found = variants(&module.attrs)
            .into_iter()
            .map(|Variant { path, .. }| place.find(&name, path.as_deref()));
        found.any(|found| !matches!(found, Err(NotFound::Missing(_))))
    }

    /// Gives the module of a `mod name;` its content.
    fn load_file(
        &mut self,
        mut module: ItemMod,
        found: std::result::Result<Found, NotFound>,
    ) -> ItemMod {
        let name = module.ident.span();
        let loaded = match found {
            Ok(found) if self.in_files => self.read(&found, name),
            Ok(found) => self.read_from_invocation(&found, name),
            Err(not_found) => {
                let error = check::no_file(&module.ident, &not_found);
                self.failed(name, &format!("{}{error}", self.files.position(name)))
            }
        };
        module.attrs.extend(loaded.attrs);
        module.semi = None;
        module.content = Some((token::Brace(loaded.at), loaded.items));
        module
    }

    fn read_from_invocation(&mut self, found: &Found, name: Span) -> Loaded {
        let tokens = self.in_files(name, |this| {
            let Loaded { attrs, items, .. } = this.read(found, name);
            let mut file = File { shebang: None, frontmatter: None, attrs, items };
            this.rewrite_file(&mut file, name);
            Some(file.to_token_stream())
        });
        let items = tokens.into_iter().map(Item::Verbatim).collect();
        Loaded { attrs: Vec::new(), items, at: name }
    }

    /// Reads the file of a module that is declared at `name`, and those of all modules in it.
    fn read(&mut self, found: &Found, name: Span) -> Loaded {
        match self.files.open::<File>(&found.file, name, false) {
            Ok((mut file, at)) => {
                Splice(FromFile(self)).visit_file_mut(&mut file);
                let location = Location { place: found.inside.clone(), text: at.file() };
                self.load_all(&mut file.items, &location);
                self.files.close();
                Loaded { attrs: file.attrs, items: file.items, at }
            }
            Err(message) => self.failed(name, &message),
        }
    }

    /// Reads what an `include!` at `at` names, and what that includes; none if it cannot be read.
    pub fn include<T: Parse>(
        &mut self,
        path: &Path,
        at: Span,
        visit: impl FnOnce(&mut Splice<FromFile>, &mut T),
    ) -> Option<std::result::Result<T, String>> {
        if !path.is_file() {
            return None;
        }
        let opened = self.files.open::<T>(path, at, true).map(|(mut content, _)| {
            visit(&mut Splice(FromFile(self)), &mut content);
            self.files.close();
            content
        });
        self.failed |= opened.is_err();
        Some(opened)
    }

    fn failed(&mut self, at: Span, message: &str) -> Loaded {
        self.failed = true;
        let at = if self.in_files { Span::call_site() } else { at };
        Loaded { attrs: Vec::new(), items: vec![errors::item(message, at)], at: Span::call_site() }
    }

    /// Does something with files, and gives the outcome to the compiler, which shows it at `at`.
    pub fn in_files(
        &mut self,
        at: Span,
        work: impl FnOnce(&mut Self) -> Option<TokenStream>,
    ) -> Option<TokenStream> {
        self.in_files = true;
        let text = {
            let _positions = Positions::known();
            work(self).map(|tokens| tokens.to_string())
        };
        self.in_files = false;
        Some(to_compiler(&text?, at, self.here).unwrap_or_else(|error| check::shown(&error)))
    }

    /// Rewrites all that came by `at` in one go, since its modules may use each other's imports.
    pub fn rewrite_file(&mut self, file: &mut File, at: Span) {
        if let Err(error) = self.rewrite(|rewriter| rewriter.visit_file_mut(file)) {
            self.failed = true;
            errors::insert(file, self.files.messages(error, at), &self.files);
        }
    }

    /// Has something rewritten.
    ///
    /// # Errors
    ///
    /// All paths that would block.
    pub fn rewrite(&mut self, visit: impl FnOnce(&mut Rewriter)) -> Result<()> {
        let mut rewriter = Rewriter::new(self.selection);
        visit(&mut rewriter);
        self.swapped |= rewriter.has_swapped();
        rewriter.finish()
    }
}

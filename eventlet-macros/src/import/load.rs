//! Loading: `mod name;` becomes `mod name { .. }`, rewritten, and so on inside.

use std::fs;
use std::path::{Path, PathBuf, absolute};

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::visit_mut::VisitMut;
use syn::{Attribute, Error, Expr, File, Item, ItemMod, Lit, Meta, token};

use super::locate::located;
use super::lookup::{Found, Place};
use crate::check;
use crate::rewrite::Rewriter;
use crate::selection::Selection;

/// Makes modules inline, and keeps what goes wrong so that the others still come out.
pub struct Loader<'s> {
    selection: &'s Selection,
    /// All files read, in order.
    files: Vec<PathBuf>,
    /// The files being read, outermost first; one that comes again includes itself.
    open: Vec<PathBuf>,
    /// What went wrong so far.
    pub errors: Vec<Error>,
}

impl<'s> Loader<'s> {
    /// A loader that swaps what `selection` says.
    pub fn new(selection: &'s Selection) -> Self {
        Loader { selection, files: Vec::new(), open: Vec::new(), errors: Vec::new() }
    }

    /// Rewrites the modules of the invocation, and loads those that are in files.
    pub fn patch(&mut self, modules: Vec<ItemMod>, place: &Place) -> Vec<Item> {
        let mut items: Vec<Item> = modules.into_iter().map(Item::Mod).collect();
        let mut rewriter = Rewriter::new(self.selection);
        items.iter_mut().for_each(|item| rewriter.visit_item_mut(item));
        self.errors.extend(rewriter.finish().err());
        self.load_all(&mut items, place);
        items
    }

    /// Code that makes the compiler look at every file again when it has changed.
    pub fn watched(&self) -> TokenStream {
        let files =
            self.files.iter().filter_map(|file| Some(absolute(file).ok()?.to_str()?.to_owned()));
        quote!(#(const _: &[u8] = ::core::include_bytes!(#files);)*)
    }

    fn load_all(&mut self, items: &mut [Item], place: &Place) {
        for item in items {
            if let Item::Mod(module) = item {
                self.load(module, place);
            }
        }
    }

    fn load(&mut self, module: &mut ItemMod, place: &Place) {
        let name = module.ident.to_string();
        let name = name.trim_start_matches("r#");
        let path = path_attribute(&module.attrs);
        if let Some((_, items)) = &mut module.content {
            return self.load_all(items, &place.inside_inline(name, path.as_deref()));
        }
        match place.find(name, path.as_deref()) {
            Ok(found) => self.load_file(module, found),
            // Without its `cfg` the module may not exist, and that cannot be seen from here.
            Err(_) if is_conditional(&module.attrs) => {}
            Err(not_found) => {
                self.errors.push(check::no_file(module, &not_found));
                set_content(module, Vec::new());
            }
        }
    }

    fn load_file(&mut self, module: &mut ItemMod, found: Found) {
        let at = module.ident.span();
        let file = match self.read(&found.file, at) {
            Ok(file) => file,
            Err(errors) => {
                self.errors.extend(errors);
                return set_content(module, Vec::new());
            }
        };
        module.attrs.retain(|attr| !attr.path().is_ident("path"));
        module.attrs.extend(file.attrs);
        let mut items = file.items;
        self.open.push(found.file);
        self.load_all(&mut items, &found.inside);
        self.open.pop();
        set_content(module, items);
    }

    /// Reads a file and rewrites it, but for the modules declared in it.
    fn read(&mut self, path: &Path, at: Span) -> Result<File, Vec<Error>> {
        if self.open.iter().any(|open| open == path) {
            return Err(vec![check::includes_itself(at, path)]);
        }
        let source =
            fs::read_to_string(path).map_err(|error| vec![check::unreadable(at, path, &error)])?;
        self.files.push(path.to_owned());
        let mut file = syn::parse_file(&source)
            .map_err(|error| located(at, path, &source, error, |_| Ok(())))?;
        if let Err(error) = self.rewrite(&mut file) {
            let again = |mut file: File| self.rewrite(&mut file);
            self.errors.extend(located(at, path, &source, error, again));
        }
        Ok(file)
    }

    fn rewrite(&self, file: &mut File) -> syn::Result<()> {
        let mut rewriter = Rewriter::new(self.selection);
        rewriter.visit_file_mut(file);
        rewriter.finish()
    }
}

fn set_content(module: &mut ItemMod, items: Vec<Item>) {
    module.semi = None;
    module.content = Some((token::Brace(module.ident.span()), items));
}

/// The value of `#[path = ".."]`.
fn path_attribute(attrs: &[Attribute]) -> Option<String> {
    attrs.iter().find_map(|attr| match &attr.meta {
        Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
            Expr::Lit(value) => match &value.lit {
                Lit::Str(path) => Some(path.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    })
}

fn is_conditional(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("cfg"))
}

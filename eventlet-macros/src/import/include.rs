//! `include!`: what the file holds is put in its place, so that it is rewritten, too.

use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, Error, Expr, File, Item, ItemMacro, ItemMod, Macro, Stmt};

use super::errors;
use super::files::Location;
use super::load::Loader;
use super::lookup::Place;
use super::relative::literal;

/// Replaces each `include!` of syntax by what `0` brings.
pub struct Splice<I>(pub I);

/// What brings the content of the file that a path at a place names; none if the compiler is to
/// tell what is wrong with it.
pub trait Includer {
    /// A file of items.
    fn items(&mut self, path: &Path, at: Span) -> Option<Vec<Item>>;

    /// A file that is one expression.
    fn expr(&mut self, path: &Path, at: Span) -> Option<Expr>;
}

impl<I: Includer> Splice<I> {
    fn splice(&mut self, items: &mut Vec<Item>) {
        let splice = |item: Item| match &item {
            Item::Macro(ItemMacro { attrs, mac, .. }) => match self.included_items(mac) {
                Some(included) => with_attributes(attrs, included),
                None => vec![item],
            },
            _ => vec![item],
        };
        *items = std::mem::take(items).into_iter().flat_map(splice).collect();
    }

    fn included_items(&mut self, call: &Macro) -> Option<Vec<Item>> {
        let (path, at) = path(call)?;
        self.0.items(&path, at)
    }

    fn included_expr(&mut self, call: &Macro) -> Option<Expr> {
        let (path, at) = path(call)?;
        self.0.expr(&path, at)
    }
}

impl<I: Includer> VisitMut for Splice<I> {
    fn visit_file_mut(&mut self, file: &mut File) {
        self.splice(&mut file.items);
        visit_mut::visit_file_mut(self, file);
    }

    fn visit_item_mod_mut(&mut self, module: &mut ItemMod) {
        if let Some((_, items)) = &mut module.content {
            self.splice(items);
        }
        visit_mut::visit_item_mod_mut(self, module);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        for stmt in &mut block.stmts {
            if let Stmt::Macro(call) = stmt
                && let Some(expr) = self.included_expr(&call.mac)
            {
                *stmt = Stmt::Expr(expr, call.semi_token);
            }
        }
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Macro(call) = expr
            && let Some(included) = self.included_expr(&call.mac)
        {
            *expr = included;
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

/// The path of a call of std's `include!`.
fn path(call: &Macro) -> Option<(PathBuf, Span)> {
    let names: Vec<_> =
        call.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    if !matches!(names[..], ["include"] | ["std" | "core", "include"]) {
        return None;
    }
    let path = literal(&call.tokens)?;
    Some((path.value().into(), path.span()))
}

/// `items` with the attributes of the `include!` by which they come, such as a `cfg`.
fn with_attributes(attrs: &[Attribute], items: Vec<Item>) -> Vec<Item> {
    if attrs.is_empty() {
        return items;
    }
    let with = |item| syn::parse2(quote!(#(#attrs)* #item)).unwrap_or(item);
    items.into_iter().map(with).collect()
}

/// Includes from within files, where paths are absolute already. The modules in what is included
/// are loaded with those around it.
pub struct FromFile<'l, 's>(pub &'l mut Loader<'s>);

impl Includer for FromFile<'_, '_> {
    fn items(&mut self, path: &Path, at: Span) -> Option<Vec<Item>> {
        let file = self.0.include::<File>(path, at, |splice, file| splice.visit_file_mut(file))?;
        match file {
            Ok(file) => file.attrs.is_empty().then_some(file.items),
            Err(message) => Some(vec![errors::item(&message, Span::call_site())]),
        }
    }

    fn expr(&mut self, path: &Path, at: Span) -> Option<Expr> {
        let expr = self.0.include::<Expr>(path, at, |splice, expr| splice.visit_expr_mut(expr))?;
        Some(
            expr.unwrap_or_else(|message| {
                Expr::Verbatim(errors::tokens(&message, Span::call_site()))
            }),
        )
    }
}

/// Includes from modules that are inline in the invocation: with everything done that there is to
/// do, in tokens of the compiler.
pub struct FromInvocation<'l, 's> {
    pub loader: &'l mut Loader<'s>,
    /// What paths are relative to.
    pub folder: PathBuf,
}

impl Includer for FromInvocation<'_, '_> {
    fn items(&mut self, path: &Path, at: Span) -> Option<Vec<Item>> {
        let path = self.folder.join(path);
        let tokens = self.loader.in_files(at, |loader| {
            let items = FromFile(loader).items(&path, at)?;
            let mut file = File { shebang: None, frontmatter: None, attrs: Vec::new(), items };
            let location = Location { place: Place::beside(&path), text: String::new() };
            loader.load_all(&mut file.items, &location);
            loader.rewrite_file(&mut file, at);
            Some(file.to_token_stream())
        })?;
        Some(vec![Item::Verbatim(tokens)])
    }

    fn expr(&mut self, path: &Path, at: Span) -> Option<Expr> {
        let path = self.folder.join(path);
        let tokens = self.loader.in_files(at, |loader| {
            let mut expr = FromFile(loader).expr(&path, at)?;
            if let Err(error) = loader.rewrite(|rewriter| rewriter.visit_expr_mut(&mut expr)) {
                let messages = loader.files.messages(error, at).into_iter();
                loader.errors.extend(messages.map(|(_, message)| Error::new(at, message)));
            }
            Some(expr.to_token_stream())
        })?;
        // One operand, whatever is around it.
        let operand = TokenTree::from(Group::new(Delimiter::Parenthesis, tokens));
        Some(Expr::Verbatim(TokenStream::from(operand)))
    }
}

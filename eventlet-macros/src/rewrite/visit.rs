//! The walk over the syntax: what is visited, what is passed by, and where imports are in force.

use proc_macro2::TokenStream;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Expr, ExprCall, ExprPath, ExprStruct, File, Generics, ImplItemFn, Item,
    ItemFn, ItemImpl, ItemMod, ItemTrait, Macro, PatStruct, PatTupleStruct, Path, QSelf, Stmt,
    TraitItemFn, TypePath,
};

use super::Rewriter;
use super::declared::Declared;
use super::uses::excuse;

impl Rewriter<'_> {
    fn visit_item_in_scope(&mut self, item: &mut Item) {
        let generics = generics(item).map(Declared::by_generics).unwrap_or_default();
        self.within(&generics, |this| visit_mut::visit_item_mut(this, item));
    }

    fn visit_member(&mut self, native: bool, generics: &Generics, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.native, native);
        self.within(&Declared::by_generics(generics), visit);
        self.native = outer;
    }

    /// Visits what has the type parameters `generics`.
    fn within(&mut self, generics: &Declared, visit: impl FnOnce(&mut Self)) {
        self.enter_block(generics);
        visit(self);
        self.scopes.leave_block();
    }

    /// Rewrites a path that may be qualified, as in `<T as std::net::ToSocketAddrs>::Iter`.
    fn qualified(&mut self, qself: &mut Option<QSelf>, path: &mut Path) {
        match qself {
            // In `<T>::name` the path after the type begins nowhere.
            Some(qself) if qself.position == 0 => visit_mut::visit_path_mut(self, path),
            Some(qself) => {
                let before = path.segments.len();
                self.visit_path_mut(path);
                qself.position += path.segments.len() - before;
            }
            None => self.visit_path_mut(path),
        }
        if let Some(qself) = qself {
            self.visit_type_mut(&mut qself.ty);
        }
    }
}

impl VisitMut for Rewriter<'_> {
    fn visit_attribute_mut(&mut self, _: &mut Attribute) {}

    fn visit_file_mut(&mut self, file: &mut File) {
        self.enter_module(&Declared::by_items(&file.items));
        visit_mut::visit_file_mut(self, file);
        let bypassed = self.scopes.leave_module();
        file.items.iter_mut().for_each(|item| excuse(item, &bypassed));
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        match item {
            Item::Use(import) => {
                if let Some(rewritten) = self.rewrite_use(import) {
                    *item = Item::Verbatim(rewritten);
                }
            }
            Item::Fn(ItemFn { attrs, .. })
            | Item::Impl(ItemImpl { attrs, .. })
            | Item::Mod(ItemMod { attrs, .. })
            | Item::Trait(ItemTrait { attrs, .. })
                if decides_itself(attrs) =>
            {
                self.natively(|this| this.visit_item_in_scope(item));
            }
            _ => self.visit_item_in_scope(item),
        }
    }

    fn visit_item_mod_mut(&mut self, module: &mut ItemMod) {
        let items = module.content.as_ref().map_or(&[][..], |(_, items)| items);
        self.enter_module(&Declared::by_items(items));
        visit_mut::visit_item_mod_mut(self, module);
        let bypassed = self.scopes.leave_module();
        let items = module.content.iter_mut().flat_map(|(_, items)| items);
        items.for_each(|item| excuse(item, &bypassed));
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        let native = self.native || decides_itself(&function.attrs);
        self.visit_member(native, &function.sig.generics.clone(), |this| {
            visit_mut::visit_impl_item_fn_mut(this, function);
        });
    }

    fn visit_trait_item_fn_mut(&mut self, function: &mut TraitItemFn) {
        let native = self.native || decides_itself(&function.attrs);
        self.visit_member(native, &function.sig.generics.clone(), |this| {
            visit_mut::visit_trait_item_fn_mut(this, function);
        });
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        self.enter_block(&Declared::by_statements(&block.stmts));
        visit_mut::visit_block_mut(self, block);
        let bypassed = self.scopes.leave_block();
        block.stmts.iter_mut().for_each(|stmt| {
            if let Stmt::Item(item) = stmt {
                excuse(item, &bypassed);
            }
        });
    }

    fn visit_macro_mut(&mut self, call: &mut Macro) {
        visit_mut::visit_macro_mut(self, call);
        self.rewrite_prelude_macro(call);
    }

    /// What `tpool::execute(..)` runs is on a native thread, where std is right as it is.
    fn visit_expr_call_mut(&mut self, call: &mut ExprCall) {
        match &*call.func {
            Expr::Path(function) if is_execute(&function.path) => self.natively(|this| {
                call.args.iter_mut().for_each(|argument| this.visit_expr_mut(argument));
            }),
            _ => visit_mut::visit_expr_call_mut(self, call),
        }
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        self.rewrite_path(path);
    }

    fn visit_expr_path_mut(&mut self, node: &mut ExprPath) {
        self.qualified(&mut node.qself, &mut node.path);
    }

    fn visit_type_path_mut(&mut self, node: &mut TypePath) {
        self.qualified(&mut node.qself, &mut node.path);
    }

    fn visit_expr_struct_mut(&mut self, node: &mut ExprStruct) {
        self.qualified(&mut node.qself, &mut node.path);
        node.fields.iter_mut().for_each(|f| self.visit_field_value_mut(f));
        node.rest.iter_mut().for_each(|rest| self.visit_expr_mut(rest));
    }

    fn visit_pat_struct_mut(&mut self, node: &mut PatStruct) {
        self.qualified(&mut node.qself, &mut node.path);
        node.fields.iter_mut().for_each(|f| self.visit_field_pat_mut(f));
    }

    fn visit_pat_tuple_struct_mut(&mut self, node: &mut PatTupleStruct) {
        self.qualified(&mut node.qself, &mut node.path);
        node.elems.iter_mut().for_each(|pat| self.visit_pat_mut(pat));
    }

    fn visit_token_stream_mut(&mut self, tokens: &mut TokenStream) {
        if let Some(rewritten) = self.rewrite_tokens(tokens) {
            *tokens = rewritten;
        }
    }
}

fn generics(item: &Item) -> Option<&Generics> {
    match item {
        Item::Enum(item) => Some(&item.generics),
        Item::Fn(item) => Some(&item.sig.generics),
        Item::Impl(item) => Some(&item.generics),
        Item::Struct(item) => Some(&item.generics),
        Item::Trait(item) => Some(&item.generics),
        Item::TraitAlias(item) => Some(&item.generics),
        Item::Type(item) => Some(&item.generics),
        Item::Union(item) => Some(&item.generics),
        _ => None,
    }
}

/// Whether an item has a `#[green]`, `#[green::main]` or `#[green::test]` of its own, which may
/// say `blocking` or swap other parts than the one around it.
fn decides_itself(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let names = attr.path().segments.iter().rev().take(2);
        names.into_iter().any(|segment| segment.ident == "green")
    })
}

fn is_execute(path: &Path) -> bool {
    let mut names = path.segments.iter().rev().map(|segment| &segment.ident);
    let last_two = (names.next(), names.next());
    matches!(last_two, (Some(function), Some(module)) if function == "execute" && module == "tpool")
}

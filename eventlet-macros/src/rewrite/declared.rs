//! What a module or a block declares, as far as it decides where a path leads: read from syntax, or
//! from the tokens of a macro call.

use proc_macro2::{Delimiter, Group, TokenTree};
use syn::{Attribute, Generics, Item, ItemExternCrate, ItemMacro, ItemMod, ItemUse, Stmt};

use super::unraw;
use super::uses::leaves;
use super::variables::{ROOT, named};

/// The declarations of one scope.
#[derive(Default)]
pub struct Declared {
    /// What `use` brings in.
    pub imports: Vec<Import>,
    /// The names of types, traits, modules and crates.
    pub types: Vec<String>,
    /// The names of macros.
    pub macros: Vec<String>,
}

/// A name, or all names of a module, that a `use` brings in.
pub struct Import {
    /// Where from.
    pub path: Vec<String>,
    /// The name it gets here; none for a glob.
    pub local: Option<String>,
}

impl Declared {
    /// What `items` declare.
    pub fn by_items<'i>(items: impl IntoIterator<Item = &'i Item>) -> Self {
        let mut declared = Declared::default();
        items.into_iter().for_each(|item| declared.item(item));
        declared
    }

    /// What the items among `stmts` declare.
    pub fn by_statements(stmts: &[Stmt]) -> Self {
        Declared::by_items(stmts.iter().filter_map(|stmt| match stmt {
            Stmt::Item(item) => Some(item),
            _ => None,
        }))
    }

    /// The type parameters of an item.
    pub fn by_generics(generics: &Generics) -> Self {
        let types = generics.type_params().map(|parameter| unraw(&parameter.ident)).collect();
        Declared { types, ..Declared::default() }
    }

    /// What `trees`, the inside of a macro call or of a block in one, declare.
    pub fn by_tokens(trees: &[TokenTree]) -> Self {
        let mut declared = Declared::default();
        declared.tokens(trees);
        declared
    }

    fn tokens(&mut self, trees: &[TokenTree]) {
        (0..trees.len()).for_each(|at| self.keyword(&trees[at..]));
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Use(import) => self.import(import),
            Item::ExternCrate(link) => self.link(link),
            Item::Macro(ItemMacro { ident: Some(name), .. }) => self.macros.push(unraw(name)),
            Item::Mod(module) => self.module(module),
            Item::Struct(item) => self.types.push(unraw(&item.ident)),
            Item::Enum(item) => self.types.push(unraw(&item.ident)),
            Item::Union(item) => self.types.push(unraw(&item.ident)),
            Item::Trait(item) => self.types.push(unraw(&item.ident)),
            Item::TraitAlias(item) => self.types.push(unraw(&item.ident)),
            Item::Type(item) => self.types.push(unraw(&item.ident)),
            // Among these is an import with a `::` inside of braces.
            Item::Verbatim(tokens) => self.tokens(&tokens.clone().into_iter().collect::<Vec<_>>()),
            _ => {}
        }
    }

    fn import(&mut self, import: &ItemUse) {
        self.imports.extend(leaves(&import.tree).iter().map(|leaf| Import {
            path: leaf.path.iter().map(|name| unraw(name)).filter(|name| name != ROOT).collect(),
            local: leaf.local.map(unraw),
        }));
    }

    fn link(&mut self, ItemExternCrate { ident, rename, .. }: &ItemExternCrate) {
        let local = rename.as_ref().map_or(ident, |(_, name)| name);
        self.imports.push(Import { path: vec![unraw(ident)], local: Some(unraw(local)) });
    }

    fn module(&mut self, module: &ItemMod) {
        self.types.push(unraw(&module.ident));
        if let (true, Some((_, items))) = (leaks_macros(&module.attrs), &module.content) {
            self.macros.extend(Declared::by_items(items).macros);
        }
    }

    /// The declaration that the first of `trees` begins, if it is a keyword that does.
    fn keyword(&mut self, trees: &[TokenTree]) {
        let TokenTree::Ident(keyword) = &trees[0] else {
            return;
        };
        match (keyword.to_string().as_str(), trees.get(1), trees.get(2)) {
            ("use", ..) => self.imports.extend(tokens_of_use(trees)),
            ("extern", Some(TokenTree::Ident(word)), _) if word == "crate" => {
                let link = up_to_semicolon(trees).and_then(|tokens| syn::parse2(tokens).ok());
                link.iter().for_each(|link| self.link(link));
            }
            ("macro_rules", _, Some(TokenTree::Ident(name))) => self.macros.push(unraw(name)),
            (
                "mod" | "struct" | "enum" | "union" | "trait" | "type",
                Some(TokenTree::Ident(name)),
                _,
            ) => self.types.push(unraw(name)),
            _ => {}
        }
    }
}

/// Whether `group` after `trees` is the content of a module.
pub fn is_module(trees: &[TokenTree], group: &Group) -> bool {
    let [.., keyword, name] = trees else {
        return false;
    };
    let keyword = matches!(keyword, TokenTree::Ident(keyword) if keyword == "mod");
    keyword && matches!(name, TokenTree::Ident(_)) && group.delimiter() == Delimiter::Brace
}

fn tokens_of_use(trees: &[TokenTree]) -> Vec<Import> {
    let mut declared = Declared::default();
    let import = up_to_semicolon(trees).and_then(|tokens| syn::parse2(named(tokens)).ok());
    import.iter().for_each(|import| declared.import(import));
    declared.imports
}

/// The tokens of an item that ends in a `;`.
pub fn up_to_semicolon(trees: &[TokenTree]) -> Option<proc_macro2::TokenStream> {
    let is_end = |tree: &TokenTree| matches!(tree, TokenTree::Punct(end) if end.as_char() == ';');
    let end = trees.iter().position(is_end)?;
    Some(trees[..=end].iter().cloned().collect())
}

/// Whether the macros of a module with `attrs` are in force after it.
fn leaks_macros(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("macro_use"))
}

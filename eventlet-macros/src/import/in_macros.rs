//! Modules that are declared in what a macro is called with.
//!
//! ```text
//! cfg_if! { if #[cfg(unix)] { #[path = "unix.rs"] mod imp; } }
//! ```
//!
//! What stands in the place of an item becomes items again, so each `mod name;` with a file is made
//! inline there, too.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Item, ItemMod};

use super::files::Location;
use super::load::Loader;
use super::transfer::{is_name, is_sign, with_content};

impl Loader<'_> {
    /// Makes the modules inline that `tokens`, of a macro call in the place of an item, declare.
    pub fn load_in_macro(&mut self, tokens: TokenStream, location: &Location) -> TokenStream {
        let mut out: Vec<TokenTree> = Vec::new();
        for tree in tokens {
            match tree {
                TokenTree::Group(group) => {
                    let inner = match module_around(&out) {
                        Some(name) => location.inside(&name, None),
                        None => location.clone(),
                    };
                    let content = self.load_in_macro(group.stream(), &inner);
                    out.push(with_content(&group, content));
                }
                end if is_sign(&end, ';') => {
                    let loaded = declaration(&out);
                    match loaded.and_then(|module| self.load_if_there(module, location)) {
                        Some(loaded) => {
                            out.truncate(beginning(&out));
                            out.extend(loaded);
                        }
                        None => out.push(end),
                    }
                }
                other => out.push(other),
            }
        }
        out.into_iter().collect()
    }

    /// Loads a module that is one only if it has a file: a macro may use `mod name;` for anything.
    fn load_if_there(&mut self, module: ItemMod, location: &Location) -> Option<TokenStream> {
        let loaded =
            self.has_file(&module, location).then(|| self.load(Item::Mod(module), location))?;
        Some(loaded.iter().map(Item::to_token_stream).collect())
    }
}

/// The `mod name;` that a `;` after `trees` would end.
fn declaration(trees: &[TokenTree]) -> Option<ItemMod> {
    ends_in_module(trees)?;
    let tokens: TokenStream = trees[beginning(trees)..].iter().cloned().collect();
    syn::parse2(quote::quote!(#tokens;)).ok()
}

/// Where the declaration of a module that `trees` end in begins, with what is before its `mod`.
fn beginning(trees: &[TokenTree]) -> usize {
    let mut start = trees.len() - 2;
    start -= match &trees[..start] {
        [.., word] if is_name(word, "pub") => 1,
        [.., word, TokenTree::Group(_)] if is_name(word, "pub") => 2,
        _ => 0,
    };
    while let [.., sign, TokenTree::Group(_)] = &trees[..start]
        && is_sign(sign, '#')
    {
        start -= 2;
    }
    start
}

/// The name of the module that braces after `trees` would be the content of.
fn module_around(trees: &[TokenTree]) -> Option<String> {
    ends_in_module(trees).map(|name| name.trim_start_matches("r#").to_owned())
}

fn ends_in_module(trees: &[TokenTree]) -> Option<String> {
    match trees {
        [.., word, TokenTree::Ident(name)] if is_name(word, "mod") => Some(name.to_string()),
        _ => None,
    }
}

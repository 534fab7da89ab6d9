//! `EVENTLET_UNPATCHED`: modules as they are, for the compiler to load.
//!
//! Only a `path` is made absolute. It begins at the file of the invocation, whatever modules are
//! around that; for the compiler it would begin in their folders.

use std::path::{PathBuf, absolute};

use proc_macro2::Span;
use syn::{Item, ItemMod, parse_quote};

use super::lookup::Place;
use super::variants::{Variant, variants};

/// The modules of an invocation, where `from` tells the file that a token is in.
pub fn unpatched(
    modules: Vec<ItemMod>,
    from: impl Fn(Span) -> Option<PathBuf>,
) -> impl Iterator<Item = Item> {
    modules.into_iter().flat_map(move |module| match from(module.ident.span()) {
        Some(file) => with_absolute_paths(Item::Mod(module), &Place::of_invocation(&file)),
        None => vec![Item::Mod(module)],
    })
}

fn with_absolute_paths(item: Item, place: &Place) -> Vec<Item> {
    let Item::Mod(mut module) = item else {
        return vec![item];
    };
    let mut variants = variants(&module.attrs);
    if let Some((_, items)) = &mut module.content {
        let name = module.ident.to_string();
        let inside = place.inside_inline(&name, variants.remove(0).path.as_deref());
        let given = std::mem::take(items).into_iter();
        items.extend(given.flat_map(|item| with_absolute_paths(item, &inside)));
        return vec![Item::Mod(module)];
    }
    let variant = |Variant { mut attrs, path }| {
        let path = path.map(|path| place.folder().join(path));
        let path = path.and_then(|path| absolute(path).ok()?.to_str().map(str::to_owned));
        attrs.extend(path.map(|path| parse_quote!(#[path = #path])));
        Item::Mod(ItemMod { attrs, ..module.clone() })
    };
    variants.into_iter().map(variant).collect()
}

//! Errors in files are told inside the module they are in, so that none is told of a module that
//! the compiler leaves out because of a `cfg`.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{File, Item, ItemMod};

use super::files::Files;

/// Code that has the compiler tell `message` at `at`.
pub fn tokens(message: &str, at: Span) -> TokenStream {
    quote_spanned!(at => compile_error! { #message })
}

/// The same as an item.
pub fn item(message: &str, at: Span) -> Item {
    Item::Verbatim(tokens(message, at))
}

/// Puts each message of [`Files::messages`] into its module, if that is in `file`, or else at the
/// top.
pub fn insert(file: &mut File, messages: Vec<(String, String)>, files: &Files) {
    for (module, message) in messages {
        let mut insert = Insert { files, module, item: Some(item(&message, Span::call_site())) };
        insert.visit_file_mut(file);
        if let Some(item) = insert.item {
            file.items.insert(0, item);
        }
    }
}

/// Looks for a module.
struct Insert<'f> {
    files: &'f Files,
    /// The text that the module began in.
    module: String,
    /// What to put there.
    item: Option<Item>,
}

impl VisitMut for Insert<'_> {
    fn visit_item_mod_mut(&mut self, module: &mut ItemMod) {
        if let Some((brace, items)) = &mut module.content
            && self.files.module_of(brace.span.join()) == self.module
            && let Some(item) = self.item.take()
        {
            items.insert(0, item);
        }
        visit_mut::visit_item_mod_mut(self, module);
    }
}

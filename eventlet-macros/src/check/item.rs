//! Which items the macros can be put on.

use quote::ToTokens;
use syn::{Error, Item, ItemMod, Result, TraitItemFn};

use super::args::Settings;
use super::refuse;

/// Checks an `impl`, `mod` or `trait`, which can be rewritten but not called.
///
/// # Errors
///
/// An argument asks for more than rewriting.
pub fn rewriting_only(settings: &Settings) -> Result<()> {
    settings.changes_a_call().map_or(Ok(()), |by| {
        let problem = format!("`{by}` is for a function");
        let help = "put it on the functions inside; here only paths are rewritten";
        Err(refuse(by, &problem, help))
    })
}

/// Checks a function of a trait that has no body.
///
/// # Errors
///
/// An argument asks for something to be done to the body.
pub fn trait_function(function: &TraitItemFn, settings: &Settings) -> Result<()> {
    settings.changes_a_call().map_or(Ok(()), |by| {
        let problem = format!("`{by}` needs a body");
        let help = "put it on the implementations of this function";
        Err(refuse(&function.sig.ident, &problem, help))
    })
}

/// The error for `#[green]` on `mod name;`.
pub fn file_module(module: &ItemMod) -> Error {
    let name = &module.ident;
    refuse(
        name,
        "an attribute cannot see the file of a module",
        &format!("write `eventlet::import_patched! {{ mod {name}; }}`"),
    )
}

/// The error for an item that `written` cannot be put on.
pub fn cannot_be_green(written: &str, item: &Item) -> Error {
    let (kind, at) = describe(item);
    let fits = match written {
        "#[green]" => "a `fn`, `impl`, `mod` or `trait`",
        _ => "a `fn`",
    };
    let help = format!("put it on {fits}");
    refuse(at, &format!("`{written}` does nothing on {kind}"), &help)
}

/// Gives the modules among the items of an `import_patched!`.
///
/// # Errors
///
/// One of the items is something else.
pub fn only_modules(items: Vec<Item>) -> Result<Vec<ItemMod>> {
    let module = |item| match item {
        Item::Mod(module) => Ok(module),
        other => {
            let (kind, at) = describe(&other);
            let problem = format!("`import_patched!` takes modules, not {kind}");
            let help = "move it out, or into one of the modules";
            Err(refuse(at, &problem, help))
        }
    };
    items.into_iter().map(module).collect()
}

/// What an item is called in a message, and its smallest telling part.
fn describe(item: &Item) -> (&'static str, proc_macro2::TokenStream) {
    match item {
        Item::Const(item) => ("a constant", item.ident.to_token_stream()),
        Item::Enum(item) => ("an enum", item.ident.to_token_stream()),
        Item::ExternCrate(item) => ("an `extern crate`", item.ident.to_token_stream()),
        Item::Fn(item) => ("a function", item.sig.ident.to_token_stream()),
        Item::ForeignMod(item) => ("an `extern` block", item.abi.to_token_stream()),
        Item::Impl(item) => ("an `impl`", item.self_ty.to_token_stream()),
        Item::Macro(item) => ("a macro", item.mac.path.to_token_stream()),
        Item::Mod(item) => ("a module", item.ident.to_token_stream()),
        Item::Static(item) => ("a static", item.ident.to_token_stream()),
        Item::Struct(item) => ("a struct", item.ident.to_token_stream()),
        Item::Trait(item) => ("a trait", item.ident.to_token_stream()),
        Item::TraitAlias(item) => ("a trait alias", item.ident.to_token_stream()),
        Item::Type(item) => ("a type alias", item.ident.to_token_stream()),
        Item::Union(item) => ("a union", item.ident.to_token_stream()),
        Item::Use(item) => ("a `use`", item.tree.to_token_stream()),
        _ => ("this item", item.to_token_stream()),
    }
}

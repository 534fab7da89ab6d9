//! `#[green]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut;
use syn::{Error, Item, ItemFn, Result, ReturnType, TraitItemFn, parse_quote};

use super::body::{Body, option, replace};
use super::{or_as_written, rewrite, settings};
use crate::check::{self, GREEN, Settings};
use crate::editions;

/// Expands `#[green(args)]` on `item`.
pub fn green(args: TokenStream, item: TokenStream) -> TokenStream {
    or_as_written(item, |item| {
        let settings = settings(&GREEN, args)?;
        match editions::parse(item.clone()) {
            Ok(item) => on_item(item, &settings),
            Err(error) => on_tokens(item, &settings, error),
        }
    })
}

fn on_item(item: Item, settings: &Settings) -> Result<TokenStream> {
    match item {
        Item::Fn(function) => on_function(function, settings),
        Item::Mod(module) if module.content.is_none() => Err(check::file_module(&module)),
        item @ (Item::Impl(_) | Item::Mod(_) | Item::Trait(_)) => on_others(item, settings),
        Item::Verbatim(tokens) => on_trait_function(tokens, settings),
        other => Err(check::cannot_be_green(GREEN.written, &other)),
    }
}

fn on_function(mut function: ItemFn, settings: &Settings) -> Result<TokenStream> {
    check::function(&function.sig, settings)?;
    if settings.blocking.is_none() {
        rewrite(&settings.selection, |rewriter| {
            rewriter.visit_item_fn_mut(&mut function);
        })?;
    }
    if settings.changes_a_call().is_some() {
        change_call(&mut function, settings);
    }
    Ok(function.into_token_stream())
}

fn on_others(mut item: Item, settings: &Settings) -> Result<TokenStream> {
    check::rewriting_only(settings)?;
    rewrite(&settings.selection, |rewriter| {
        rewriter.visit_item_mut(&mut item);
    })?;
    Ok(item.into_token_stream())
}

/// A function without a body is not an item, so it arrives unparsed.
fn on_trait_function(tokens: TokenStream, settings: &Settings) -> Result<TokenStream> {
    let Ok(mut function) = syn::parse2::<TraitItemFn>(tokens.clone()) else {
        return Err(check::cannot_be_green(GREEN.written, &Item::Verbatim(tokens)));
    };
    check::trait_function(&function, settings)?;
    rewrite(&settings.selection, |rewriter| {
        rewriter.visit_trait_item_fn_mut(&mut function);
    })?;
    Ok(function.into_token_stream())
}

/// The compiler has read the item before, so if it is not understood here it is newer than this
/// crate. To rewrite paths its tokens will do.
fn on_tokens(tokens: TokenStream, settings: &Settings, error: Error) -> Result<TokenStream> {
    if settings.changes_a_call().is_some() {
        return Err(error);
    }
    let mut rewritten = None;
    rewrite(&settings.selection, |rewriter| rewritten = rewriter.rewrite_tokens(&tokens))?;
    Ok(rewritten.unwrap_or(tokens))
}

/// Makes a call run the body elsewhere, or for a limited time, or both: a timeout is inside the
/// green thread that `spawn` starts, and around the wait for a native thread.
fn change_call(function: &mut ItemFn, settings: &Settings) {
    let runtime = settings.selection.runtime.private();
    let mut body = Body::of(function);
    if settings.blocking.is_some() {
        body.wrap(|closure| quote!(#runtime::blocking(#closure)));
    }
    if let Some(timeout) = &settings.timeout {
        body.limit(&runtime, timeout.value);
    }
    if settings.spawn.is_some() {
        let name = option(settings.name.as_ref());
        let stack_size = option(settings.stack_size.as_ref());
        body.wrap(|closure| quote!(#runtime::spawn(#name, #stack_size, #closure)));
        returns_handle(function, &runtime);
        blames_the_caller(function);
    }
    replace(function, body);
}

fn returns_handle(function: &mut ItemFn, runtime: &TokenStream) {
    let result = match &function.sig.output {
        ReturnType::Default => parse_quote!(()),
        ReturnType::Type(_, ty) => (**ty).clone(),
    };
    let result: syn::Type = result;
    function.sig.output = parse_quote!(-> #runtime::GreenThread<#result>);
}

/// A green thread remembers where it was spawned, and that is where the function was called.
fn blames_the_caller(function: &mut ItemFn) {
    let attrs = &mut function.attrs;
    if !attrs.iter().any(|attr| attr.path().is_ident("track_caller")) {
        attrs.push(parse_quote!(#[track_caller]));
    }
}

//! `#[green::main]` and `#[green::test]`.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut;
use syn::{Generics, ItemFn, parse_quote};

use super::body::{Body, duration, option, replace};
use super::{only_function, or_as_written, rewrite, settings};
use crate::check::{self, MAIN, TEST};

/// How long a test may take if it does not say.
const TEST_TIMEOUT: Duration = Duration::from_mins(1);

/// Expands `#[green::main(args)]` on `item`.
pub fn main(args: TokenStream, item: TokenStream) -> TokenStream {
    or_as_written(item, |item| {
        let settings = settings(&MAIN, args)?;
        let mut function = only_function(&MAIN, item)?;
        if let Err(error) = check::entry_point(&function.sig, &settings) {
            let error = check::shown(&error);
            let main = stand_in(function);
            return Ok(quote!(#error #main));
        }
        rewrite(&settings.selection, |rewriter| {
            rewriter.visit_item_fn_mut(&mut function);
        })?;

        let runtime = settings.selection.runtime.private();
        let name = option(settings.name.as_ref());
        let stack_size = option(settings.stack_size.as_ref());
        let mut body = Body::of(&mut function);
        if let Some(timeout) = &settings.timeout {
            body.limit(&runtime, timeout.value);
        }
        body.wrap(|closure| quote!(#runtime::main(#name, #stack_size, #closure)));
        if let Some(hubs) = &settings.hubs {
            let n = hubs.value;
            body.wrap(|closure| quote!(#runtime::main_with_hubs(#n, #closure)));
        }
        replace(&mut function, body);
        Ok(function.into_token_stream())
    })
}

/// A `main` that rustc accepts in place of one it would report a second time.
fn stand_in(mut function: ItemFn) -> ItemFn {
    function.sig.asyncness = None;
    function.sig.constness = None;
    function.sig.abi = None;
    function.sig.generics = Generics::default();
    function.sig.inputs.clear();
    function.block = parse_quote!({ ::core::unreachable!() });
    function
}

/// Expands `#[green::test(args)]` on `item`.
pub fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    or_as_written(item, |item| {
        let settings = settings(&TEST, args)?;
        let mut function = only_function(&TEST, item)?;
        check::test_function(&function.sig, &function.attrs)?;
        rewrite(&settings.selection, |rewriter| {
            rewriter.visit_item_fn_mut(&mut function);
        })?;

        let runtime = settings.selection.runtime.private();
        let name = &function.sig.ident;
        let name = quote! {
            ::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name))
        };
        let timeout = settings.timeout.map_or(TEST_TIMEOUT, |given| given.value);
        let timeout = duration(&runtime, timeout);
        let check_leaks = settings.check_leaks.is_some();
        let mut body = Body::of(&mut function);
        body.wrap(|closure| quote!(#runtime::test(#name, #timeout, #check_leaks, #closure)));
        replace(&mut function, body);
        let test = parse_quote!(#[::core::prelude::v1::test]);
        function.attrs.insert(0, test);
        Ok(function.into_token_stream())
    })
}

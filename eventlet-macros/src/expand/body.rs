//! The body of a function as a closure that owns the arguments, ready to run elsewhere.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, ItemFn, Pat, PatIdent, PatType, ReturnType, Stmt, Type, parse_quote};

use crate::check::Given;

/// A body on its way from the user's block to the expression that replaces it.
pub struct Body {
    /// What is evaluated so far.
    block: TokenStream,
    /// The return type of the closure.
    output: TokenStream,
}

impl Body {
    /// Takes the body out of `function`. The arguments are rebound in it, so that it owns them
    /// all and drops them when it ends, used or not, as it did before.
    pub fn of(function: &mut ItemFn) -> Self {
        let bindings = rebind(function);
        let stmts = std::mem::take(&mut function.block.stmts);
        let mut block = function.block.clone();
        block.stmts = bindings.into_iter().chain(stmts).collect();
        Body { block: block.into_token_stream(), output: closure_output(&function.sig.output) }
    }

    /// The closure that evaluates the body.
    pub fn closure(&self) -> TokenStream {
        let Body { block, output } = self;
        quote!(move || #output #block)
    }

    /// Puts a call round the closure.
    pub fn wrap(&mut self, call: impl FnOnce(TokenStream) -> TokenStream) {
        let call = call(self.closure());
        self.block = quote!({ #call });
    }

    /// Gives the body `time` to finish; running out of it is an error the body's type can hold.
    pub fn limit(&mut self, runtime: &TokenStream, time: Duration) {
        let time = duration(runtime, time);
        self.wrap(|closure| {
            quote! {
                match #runtime::with_timeout(#time, #closure) {
                    ::core::result::Result::Ok(result) => result,
                    ::core::result::Result::Err(timed_out) => {
                        ::core::result::Result::Err(::core::convert::From::from(timed_out))
                    }
                }
            }
        });
    }
}

/// Makes `body` the body of `function`.
pub fn replace(function: &mut ItemFn, body: Body) {
    let block = body.block;
    function.block = parse_quote!(#block);
}

/// A setting as an `Option` in generated code.
pub fn option<T: ToTokens>(given: Option<&Given<T>>) -> TokenStream {
    match given {
        Some(Given { value, .. }) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// A time in generated code.
pub fn duration(runtime: &TokenStream, time: Duration) -> TokenStream {
    let (seconds, nanos) = (time.as_secs(), time.subsec_nanos());
    quote!(#runtime::Duration::new(#seconds, #nanos))
}

/// The return type as a closure can repeat it: with `_` for each `impl Trait`.
fn closure_output(output: &ReturnType) -> TokenStream {
    struct Inferred;
    impl VisitMut for Inferred {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            match ty {
                Type::ImplTrait(_) => *ty = parse_quote!(_),
                _ => visit_mut::visit_type_mut(self, ty),
            }
        }
    }
    let mut output = output.clone();
    Inferred.visit_return_type_mut(&mut output);
    match output {
        ReturnType::Default => quote!(-> ()),
        ReturnType::Type(..) => output.into_token_stream(),
    }
}

fn rebind(function: &mut ItemFn) -> Vec<Stmt> {
    let inputs = function.sig.inputs.iter_mut().enumerate();
    inputs.flat_map(|(index, input)| rebind_argument(index, input)).collect()
}

/// Reduces an argument to a plain name, and gives what binds it as written inside the closure.
fn rebind_argument(index: usize, input: &mut FnArg) -> Vec<Stmt> {
    let FnArg::Typed(PatType { attrs, pat, .. }) = input else {
        // `self` cannot be bound again; naming it is enough to capture all of it.
        return vec![parse_quote!(let _ = &self;)];
    };
    let attrs = attrs.clone();
    match &mut **pat {
        Pat::Ident(PatIdent { by_ref: None, mutability, ident, subpat: None, .. }) => {
            let mutability = mutability.take();
            vec![parse_quote!(#(#attrs)* let #mutability #ident = #ident;)]
        }
        pat => {
            let name = Ident::new(&format!("__argument{index}"), Span::mixed_site());
            let written = std::mem::replace(pat, parse_quote!(#name));
            vec![
                parse_quote!(#(#attrs)* let #name = #name;),
                parse_quote!(#(#attrs)* let #written = #name;),
            ]
        }
    }
}

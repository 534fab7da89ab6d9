//! The macros of the `eventlet` crate; use them through it: `use eventlet::green;`.
//!
//! Blocking code becomes green by having its paths into std lead to `eventlet::green` instead.
//! [`green`] does so for one item, [`import_patched!`] for modules in other files, and [`main`]
//! and [`test`](macro@test) for the two functions that programs begin with.
//!
//! The way of an item through the crate:
//!
//! ```text
//! attr ──▶ check ──▶ rewrite ──▶ expand            import (files of modules)
//! grammar  refuses   swaps       spawn, timeout,      uses check and rewrite
//!          in words  std paths   main, test
//! ```

mod table;

mod runtime;
mod selection;

mod attr;
mod check;
mod editions;
mod rewrite;

mod expand;
mod import;

use proc_macro::TokenStream;

#[doc = include_str!("docs/green.md")]
#[proc_macro_attribute]
pub fn green(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::green(args.into(), item.into()).into()
}

#[doc = include_str!("docs/main.md")]
#[proc_macro_attribute]
pub fn main(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::main(args.into(), item.into()).into()
}

#[doc = include_str!("docs/test.md")]
#[proc_macro_attribute]
pub fn test(args: TokenStream, item: TokenStream) -> TokenStream {
    expand::test(args.into(), item.into()).into()
}

#[doc = include_str!("docs/import_patched.md")]
#[proc_macro]
pub fn import_patched(input: TokenStream) -> TokenStream {
    let unpatched = std::env::var_os(import::UNPATCHED).is_some_and(|value| value == "1");
    import::import_patched(input.into(), unpatched, |at| at.local_file()).into()
}

#[doc(hidden)]
#[proc_macro]
pub fn import_patched_here(input: TokenStream) -> TokenStream {
    import::import_patched_here(input.into(), |at| at.local_file()).into()
}

//! What older editions allowed.

use proc_macro2::TokenStream;
use syn::File;

use super::{modern, parse};

#[track_caller]
fn becomes(source: &str, expected: &str) {
    let parsed = |text: &str| text.parse::<TokenStream>().unwrap();
    assert_eq!(modern(parsed(source)).to_string(), parsed(expected).to_string());
    parse::<File>(parsed(source)).unwrap();
}

#[test]
fn keywords_of_today_were_names() {
    becomes(
        "mod async { pub fn await(dyn: u8) -> u8 { dyn + async::try(dyn).await() } }",
        "mod r#async { pub fn r#await(r#dyn: u8) -> u8 {
            r#dyn + r#async::r#try(r#dyn).r#await()
        } }",
    );
}

#[test]
fn keywords_stay_where_they_are_keywords() {
    let source = "async fn f(x: &dyn Tr) -> Box<dyn Fn() + 'a> {
        async move { g().await; try!(h()); m!(async, try) }.await
    }";
    becomes(source, source);
}

#[test]
fn parameters_of_a_trait_need_no_name() {
    becomes(
        "pub trait Tr<T> where T: Fn(u8) {
            fn f(u8, &str, HashMap<A, fn() -> B>) -> fn(u8);
            fn g(&self, #[x] a::B, mut c: u8, (d, e): (u8, u8)) { h(u8) }
            fn h<'a>(&'a mut self, &'a mut u8,);
            fn i(self: Box<Self>);
            fn j<T: Fn(u8) -> u8>(T) -> T where T: Fn(u8);
        }
        fn free(u: u8) {}",
        "pub trait Tr<T> where T: Fn(u8) {
            fn f(_: u8, _: &str, _: HashMap<A, fn() -> B>) -> fn(u8);
            fn g(&self, #[x] _: a::B, mut c: u8, (d, e): (u8, u8)) { h(u8) }
            fn h<'a>(&'a mut self, _: &'a mut u8,);
            fn i(self: Box<Self>);
            fn j<T: Fn(u8) -> u8>(_: T) -> T where T: Fn(u8);
        }
        fn free(u: u8) {}",
    );
}

#[test]
fn an_error_is_told_as_of_today() {
    let tokens = "fn f() { async + }".parse().unwrap();
    assert!(parse::<File>(tokens).is_err());
}

//! What the attributes turn a function into.

use proc_macro2::TokenStream;

type Expand = fn(TokenStream, TokenStream) -> TokenStream;

#[track_caller]
fn becomes(expand: Expand, args: &str, source: &str, expected: &str) {
    let parse = |text: &str| text.parse::<TokenStream>().unwrap();
    let text = |tokens: TokenStream| tokens.to_string().replace(' ', "");
    assert_eq!(text(expand(parse(args), parse(source))), text(parse(expected)));
}

#[test]
fn without_arguments_only_paths_change() {
    becomes(
        super::green,
        "",
        "/// Waits.\n pub(crate) unsafe fn f<'a>(&'a self) -> u8 { std::thread::yield_now(); 1 }",
        "/// Waits.\n pub(crate) unsafe fn f<'a>(&'a self) -> u8 {
            ::eventlet::green::thread::yield_now(); 1
        }",
    );
    becomes(
        super::green,
        "",
        "fn f(s: &std::net::TcpStream);",
        "fn f(s: &::eventlet::green::net::TcpStream);",
    );
    becomes(
        super::green,
        "only(time)",
        "mod m { #![allow(unused)] use std::{time, net}; }",
        "mod m { #![allow(unused)] use {std::{net}, ::eventlet::green::{time}}; }",
    );
}

#[test]
fn spawn_moves_all_arguments_into_the_green_thread() {
    becomes(
        super::green,
        r#"spawn, name = "w", stack_size = "16KiB""#,
        "fn f(self, mut a: u8, (b, _): (u8, u8)) -> u8 { a += b; a }",
        r#"#[track_caller]
        fn f(self, a: u8, __argument2: (u8, u8)) -> ::eventlet::__private::GreenThread<u8> {
            ::eventlet::__private::spawn(
                ::core::option::Option::Some("w"),
                ::core::option::Option::Some(16384usize),
                move || -> u8 {
                    let _ = &self;
                    let mut a = a;
                    let __argument2 = __argument2;
                    let (b, _) = __argument2;
                    a += b;
                    a
                }
            )
        }"#,
    );
}

#[test]
fn a_blocking_body_stays_as_written() {
    becomes(
        super::green,
        r#"blocking, crate = "rt""#,
        "fn f() { std::fs::read(x); }",
        "fn f() { rt::__private::blocking(move || -> () { std::fs::read(x); }) }",
    );
}

#[test]
fn a_timeout_is_inside_the_green_thread() {
    becomes(
        super::green,
        r#"spawn, timeout = "1.5s""#,
        "fn f() -> Result<()> { g()?; Ok(()) }",
        "#[track_caller]
        fn f() -> ::eventlet::__private::GreenThread<Result<()> > {
            ::eventlet::__private::spawn(
                ::core::option::Option::None,
                ::core::option::Option::None,
                move || -> Result<()> {
                    match ::eventlet::__private::with_timeout(
                        ::eventlet::__private::Duration::new(1u64, 500000000u32),
                        move || -> Result<()> { g()?; Ok(()) }
                    ) {
                        ::core::result::Result::Ok(result) => result,
                        ::core::result::Result::Err(timed_out) => {
                            ::core::result::Result::Err(::core::convert::From::from(timed_out))
                        }
                    }
                }
            )
        }",
    );
}

#[test]
fn main_runs_its_body_in_the_runtime() {
    becomes(
        super::main,
        "",
        "fn main() -> impl Termination { std::thread::yield_now() }",
        "fn main() -> impl Termination {
            ::eventlet::__private::main(
                ::core::option::Option::None,
                ::core::option::Option::None,
                move || -> _ { ::eventlet::green::thread::yield_now() }
            )
        }",
    );
    becomes(
        super::main,
        r#"hubs = 4, name = "first""#,
        "fn main() { f() }",
        r#"fn main() {
            ::eventlet::__private::main_with_hubs(
                4usize,
                move || -> () {
                    ::eventlet::__private::main(
                        ::core::option::Option::Some("first"),
                        ::core::option::Option::None,
                        move || -> () { f() }
                    )
                }
            )
        }"#,
    );
}

#[test]
fn a_test_has_a_name_and_a_limit() {
    becomes(
        super::test,
        "check_leaks",
        "#[should_panic] fn t() { std::thread::yield_now() }",
        r#"#[::core::prelude::v1::test] #[should_panic]
        fn t() {
            ::eventlet::__private::test(
                ::core::concat!(::core::module_path!(), "::", ::core::stringify!(t)),
                ::eventlet::__private::Duration::new(60u64, 0u32),
                true,
                move || -> () { ::eventlet::green::thread::yield_now() }
            )
        }"#,
    );
}

#[test]
fn an_error_leaves_the_item_as_written() {
    for (expand, args, source) in [
        (super::green as Expand, "", "async fn f() { std::fs::read(x); }"),
        (super::green, "bogus", "fn f() { std::thread::yield_now(); }"),
        (super::green, "", "struct S;"),
        (super::green, "", "mod m;"),
        (super::green, "spawn", "trait T { fn f(); }"),
        (super::main, "spawn", "fn main() { f(); }"),
        (super::test, "", "mod m {}"),
        (super::green, "spawn", "not rust at all"),
    ] {
        let parse = |text: &str| text.parse::<TokenStream>().unwrap();
        let expanded = expand(parse(args), parse(source)).to_string();
        assert!(expanded.starts_with("compile_error !"), "{expanded}");
        assert!(expanded.ends_with(&parse(source).to_string()), "{expanded}");
        assert_eq!(expanded.matches("compile_error").count(), 1, "{expanded}");
    }
}

#[test]
fn what_is_newer_than_syn_is_rewritten_all_the_same() {
    becomes(
        super::green,
        "",
        "some new syntax { std::thread::yield_now() std::mem::drop }",
        "some new syntax { ::eventlet::green::thread::yield_now() std::mem::drop }",
    );
    becomes(super::green, "", "some new syntax", "some new syntax");
}

#[test]
fn a_main_that_rustc_would_refuse_too_is_replaced() {
    let source = "async fn main(args: Vec<String>) -> u8 { f().await }";
    let main = super::main(TokenStream::new(), source.parse().unwrap()).to_string();
    assert!(main.ends_with("fn main () -> u8 { :: core :: unreachable ! () }"), "{main}");
}

//! Items of the user's that are called like what is swapped.

use super::{becomes, stays};

#[test]
fn a_module_called_std_is_the_users() {
    becomes(
        "mod std { pub mod net { pub fn f() {} } }
        fn g() { std::net::f(); x!(std::net::f()); ::std::net::f(); x!(::std::net::f()); }
        mod inner { fn h() { std::net::f(); super::std::net::f(); crate::std::net::f(); } }",
        "mod std { pub mod net { pub fn f() {} } }
        fn g() {
            std::net::f(); x!(std::net::f());
            ::eventlet::green::net::f(); x!(::eventlet::green::net::f());
        }
        mod inner {
            fn h() {
                ::eventlet::green::net::f(); super::std::net::f(); crate::std::net::f();
            }
        }",
    );
    becomes(
        "fn f() { { mod std { pub mod net {} } std::net::f(); } std::net::f(); }",
        "fn f() { { mod std { pub mod net {} } std::net::f(); } ::eventlet::green::net::f(); }",
    );
    stays("use other::std; fn f() { std::net::f(); x!(std::thread::f()); }");
    stays("extern crate other as std; fn f() { std::net::f(); }");
    stays("fn f() { self::std::net::f(); super::std::net::f(); self::net::f(); }");
    becomes(
        "extern crate std; fn f() { std::net::f(); }",
        "extern crate std; fn f() { ::eventlet::green::net::f(); }",
    );
}

#[test]
fn what_is_shadowed_ends_with_its_scope() {
    becomes(
        "use std as s;
        fn f() {
            { use other::s; s::net::f(); x!(s::net::f()); }
            { mod s {} s::net::f(); }
            { struct s; s::net::f(); }
            s::time::f();
        }
        fn g<s: Tr>(x: s::net) {}
        impl<s: Tr> T<s> { fn f(x: s::net) {} }
        trait Tr { fn f<s: Tr>(x: s::net) {} }",
        "#[allow(unused_imports)] use std as s;
        fn f() {
            { use other::s; s::net::f(); x!(s::net::f()); }
            { mod s {} s::net::f(); }
            { struct s; s::net::f(); }
            ::eventlet::green::time::f();
        }
        fn g<s: Tr>(x: s::net) {}
        impl<s: Tr> T<s> { fn f(x: s::net) {} }
        trait Tr { fn f<s: Tr>(x: s::net) {} }",
    );
}

#[test]
fn variables_and_functions_shadow_nothing() {
    becomes(
        "use std as s; fn s() {} static net: u8 = 1;
        fn f(thread: u8) { let net = s::thread::current(); g(thread, net); s(); }",
        "#[allow(unused_imports)] use std as s; fn s() {} static net: u8 = 1;
        fn f(thread: u8) { let net = ::eventlet::green::thread::current(); g(thread, net); s(); }",
    );
}

#[test]
fn one_name_may_be_imported_twice() {
    becomes(
        "use std as s; use other::s; fn f() { s::time::Instant::now(); s!(); }",
        "#[allow(unused_imports)] use std as s;
        #[allow(unused_imports)] use other::s;
        fn f() { ::eventlet::green::time::Instant::now(); s!(); }",
    );
}

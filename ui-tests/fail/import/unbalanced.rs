//! A bracket is never closed.

fn f() {
    g(1, 2;
}

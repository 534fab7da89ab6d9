//! What the library says on standard error.

/// Prints a line like `eprintln!`, but does not panic where nobody can hear it: a program goes on
/// when whoever reads its standard error has gone, or the disk is full.
macro_rules! notice {
    ($($text:tt)*) => {{
        let _ = std::io::Write::write_fmt(
            &mut std::io::stderr(),
            format_args!("{}\n", format_args!($($text)*)),
        );
    }};
}

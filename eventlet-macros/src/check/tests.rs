//! Arguments and signatures, and the first line of what is said about the wrong ones.

use std::time::Duration;

use syn::{ItemFn, Result};

use super::value::{duration, size};
use super::*;

/// The first line of an error.
#[track_caller]
fn problem<T>(result: Result<T>) -> String {
    match result {
        Ok(_) => panic!("this should be refused"),
        Err(error) => error.to_string().lines().next().unwrap().to_owned(),
    }
}

fn green(args: &str) -> Result<Settings> {
    settings(&GREEN, &syn::parse_str(args)?)
}

/// Checks `source` under `#[green(args)]`.
fn on(args: &str, source: &str) -> Result<()> {
    let item: ItemFn = syn::parse_str(source).unwrap();
    function(&item.sig, &green(args).unwrap())
}

#[test]
fn times() {
    assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
    assert_eq!(duration("1.5s"), Ok(Duration::from_millis(1500)));
    assert_eq!(duration("500 ms"), Ok(Duration::from_millis(500)));
    assert_eq!(duration("50us"), Ok(Duration::from_micros(50)));
    assert_eq!(duration("0.1h"), Ok(Duration::from_secs(360)));
    assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
    assert_eq!(duration("3ns"), Ok(Duration::from_nanos(3)));
    for wrong in ["5", "s", "", "5 sec", "-1s", "1.s", "1.2.3s", "99999999999999999999s"] {
        assert!(duration(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn sizes() {
    assert_eq!(size("65536"), Ok(65536));
    assert_eq!(size("64KiB"), Ok(65536));
    assert_eq!(size("64 KB"), Ok(64_000));
    assert_eq!(size("1.5MiB"), Ok(1_572_864));
    assert_eq!(size("8192B"), Ok(8192));
    assert_eq!(size("1024MiB"), Ok(1 << 30));
    for outside in ["0", "8191", "1KiB", "1025MiB", "9999999999999MiB"] {
        let refused = size(outside).unwrap_err();
        assert_eq!(refused, "a stack has at least 8 KiB and at most 1 GiB", "{outside}");
    }
    for wrong in ["big", "1GiB?", "-1", ""] {
        assert!(size(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn arguments_are_interpreted() {
    let settings = green(r#"spawn, name = "w", stack_size = 16_384, timeout = "1s", only(net)"#);
    let settings = settings.unwrap();
    assert!(settings.spawn.is_some() && settings.blocking.is_none());
    assert_eq!(settings.name.unwrap().value.value(), "w");
    assert_eq!(settings.stack_size.unwrap().value, 16384);
    assert_eq!(settings.timeout.unwrap().value, Duration::from_secs(1));
    let mut groups = settings.selection.mirrors.iter().map(|m| m.group);
    assert!(groups.all(|group| group == "net"));
}

#[test]
fn wrong_arguments_are_refused() {
    let cases = [
        ("spwan", "unknown argument `spwan`"),
        ("check_leaks", "unknown argument `check_leaks`"),
        ("spawn, spawn", "`spawn` is given twice"),
        ("spawn = true", "`spawn` takes no value"),
        ("timeout = 5", "`timeout` needs a time with its unit, as a string"),
        ("timeout", "`timeout` needs a time with its unit, as a string"),
        (r#"timeout = "5""#, "`5` has none of the units ns, us, µs, ms, s, m, h"),
        (r#"spawn, stack_size = "64k""#, "`64k` has none of the units B, KB, KiB, MB, MiB"),
        ("spawn, name = worker", "`name` needs a string"),
        ("timeout =", "`timeout` needs a time with its unit, as a string"),
        ("timeout = , spawn", "`timeout` needs a time with its unit, as a string"),
        (r#"timeout: "5s""#, "`timeout` needs a time with its unit, as a string"),
        (r#"timeout "5s""#, "`timeout` needs a time with its unit, as a string"),
        ("stack_size = big", "`stack_size` needs a number of bytes"),
        (r#""5s""#, "an argument begins with its name"),
        ("spawn,,", "an argument begins with its name"),
        ("only(net) spawn", "a comma is missing before this"),
        ("spawn only(net)", "a comma is missing before this"),
        ("only(net time)", "`only` needs the names of std modules"),
        ("allow = std", "`allow` needs paths of std"),
        ("spawn, name(worker)", "`name` needs a string"),
        ("only", "`only` needs the names of std modules"),
        ("only()", "`only` needs the names of std modules"),
        ("only(sockets)", "no such module is swapped"),
        ("only(net), except(time)", "`except` and `only` exclude each other"),
        ("spawn, blocking", "`spawn` and `blocking` exclude each other"),
        ("blocking, only(net)", "`only` and `blocking` exclude each other"),
        ("allow(fs)", "`allow` takes paths of std"),
        ("allow(std::collections)", "this needs no `allow`"),
        ("crate = eventlet", "`crate` needs the path of a crate, as a string"),
        (r#"crate = """#, "`crate` needs the path of a crate, as a string"),
        (r#"crate = "a b""#, "`crate` needs the path of a crate, as a string"),
    ];
    for (args, expected) in cases {
        assert_eq!(problem(green(args)), expected, "{args}");
    }
}

#[test]
fn functions_that_cannot_be_green_are_refused() {
    let cases = [
        ("", "async fn f() {}", "green code needs no async"),
        ("", "const fn f() {}", "a `const fn` cannot wait"),
        (r#"name = "w""#, "fn f() {}", "`name` describes the green thread that `spawn` starts"),
        ("spawn", "fn f() -> impl Copy {}", "`GreenThread<impl ..>` is not a type"),
        ("spawn", "fn f() -> ! {}", "`GreenThread<!>` is not a type"),
        (r#"timeout = "1s""#, "fn f() {}", "a function under a timeout returns a `Result`"),
        (r#"timeout = "1s""#, "fn f() -> u8 {}", "a function under a timeout returns a `Result`"),
    ];
    for (args, source, expected) in cases {
        assert_eq!(problem(on(args, source)), expected, "{source}");
    }
    let foreign = problem(on("", r#"extern "C" fn f() {}"#));
    assert!(foreign.starts_with("a green function cannot have a foreign ABI"));
}

#[test]
fn borrowed_arguments_cannot_leave_the_caller() {
    for argument in ["s: &str", "s: Option<&'a str>", "s: Cow<'_, str>", "&self", "self: &Rc<Self>"]
    {
        let refused = problem(on("spawn", &format!("fn f({argument}) {{}}")));
        assert!(refused.starts_with("an argument cannot be borrowed here"), "{argument}");
        assert!(on("blocking", &format!("fn f({argument}) {{}}")).is_err());
        assert!(on("", &format!("fn f({argument}) {{}}")).is_ok());
    }
    for argument in
        ["s: &'static str", "f: fn(&str)", "f: Box<dyn Fn(&str)>", "mut self", "T(x): T"]
    {
        on("spawn", &format!("fn f({argument}) {{}}")).unwrap();
    }
    on("spawn", "fn f(f: impl for<'a> Visit<'a> + 'static) {}").unwrap();
}

#[test]
fn results_under_a_timeout() {
    for output in
        ["()", "!", "(u8, u8)", "&'static R", "[u8; 2]", "Vec<u8>", "std::option::Option<u8>"]
    {
        let refused = problem(on(r#"timeout = "1s""#, &format!("fn f() -> {output} {{}}")));
        assert_eq!(refused, "a function under a timeout returns a `Result`", "{output}");
    }
    for output in [
        "Result<(), E>",
        "std::io::Result<u8>",
        "MyResult",
        "(Result<(), E>)",
        "Res<u8>",
        "<T as Work>::Output",
    ] {
        on(r#"timeout = "1s""#, &format!("fn f() -> {output} {{}}")).unwrap();
    }
}

#[test]
fn entry_points_have_no_arguments() {
    let sig = |source| syn::parse_str::<ItemFn>(source).unwrap().sig;
    let settings = Settings::default();
    let main = |source| entry_point(&sig(source), &settings);
    assert!(main("fn main() -> std::process::ExitCode {}").is_ok());
    assert_eq!(problem(main("fn main(x: u8) {}")), "`main` has no arguments");
    assert_eq!(problem(main("fn main<T>() {}")), "`main` cannot be generic");
    assert_eq!(problem(test_function(&sig("fn t(x: u8) {}"), &[])), "a test has no arguments");
}

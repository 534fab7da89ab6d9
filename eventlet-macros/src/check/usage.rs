//! Which arguments each macro takes, how they are written, and which go together.

use proc_macro2::Ident;
use syn::Result;

use super::{list, refuse};
use crate::attr::Args;

/// One of the macros, as far as its arguments differ.
pub struct Macro {
    /// How the user writes it.
    pub written: &'static str,
    /// The arguments it takes.
    pub arguments: &'static [&'static str],
}

/// `#[green]`.
pub const GREEN: Macro = Macro {
    written: "#[green]",
    arguments: &[
        "spawn",
        "blocking",
        "timeout",
        "name",
        "stack_size",
        "only",
        "except",
        "allow",
        "crate",
    ],
};

/// `#[green::main]`.
pub const MAIN: Macro = Macro {
    written: "#[green::main]",
    arguments: &["hubs", "name", "stack_size", "timeout", "only", "except", "allow", "crate"],
};

/// `#[green::test]`.
pub const TEST: Macro = Macro {
    written: "#[green::test]",
    arguments: &["timeout", "check_leaks", "only", "except", "allow", "crate"],
};

/// `import_patched!`.
pub const IMPORT: Macro =
    Macro { written: "import_patched!", arguments: &["only", "except", "allow", "crate"] };

/// How each argument is written.
const USAGE: &[(&str, &str)] = &[
    ("spawn", "spawn"),
    ("blocking", "blocking"),
    ("check_leaks", "check_leaks"),
    ("hubs", "hubs = 4"),
    ("timeout", "timeout = \"5s\""),
    ("name", "name = \"worker\""),
    ("stack_size", "stack_size = \"64KiB\""),
    ("only", "only(net, thread)"),
    ("except", "except(time)"),
    ("allow", "allow(std::os::unix::thread)"),
    ("crate", "crate = \"::path::to::eventlet\""),
];

/// Pairs that exclude each other: the one to blame, the other, and what to do.
const EXCLUSIVE: &[(&str, &str, &str)] = &[
    ("except", "only", "list what is swapped with `only(..)`, or what is not with `except(..)`"),
    ("spawn", "blocking", "choose a green thread (`spawn`) or a native one (`blocking`)"),
    ("name", "blocking", ON_POOL),
    ("stack_size", "blocking", ON_POOL),
    ("only", "blocking", UNTOUCHED),
    ("except", "blocking", UNTOUCHED),
    ("allow", "blocking", UNTOUCHED),
];

const ON_POOL: &str = "the body runs on a thread of the native pool: leave this out";
const UNTOUCHED: &str = "a blocking body keeps its std paths as written: leave this out";

/// An example of how `argument` is written.
pub fn example(argument: &Ident) -> &'static str {
    let known = USAGE.iter().find(|(name, _)| argument == name);
    known.map_or("", |(_, example)| example)
}

/// Refuses arguments that `of` does not take, and those given twice.
pub fn known_once(of: &Macro, args: &Args) -> Result<()> {
    let mut seen: Vec<&Ident> = Vec::new();
    for name in args.0.iter().map(|arg| &arg.name) {
        if !of.arguments.iter().any(|known| name == known) {
            let known = list(of.arguments.iter().copied());
            let help = format!("`{}` takes {known}", of.written);
            return Err(refuse(name, &format!("unknown argument `{name}`"), &help));
        }
        if seen.contains(&name) {
            let problem = format!("`{name}` is given twice");
            return Err(refuse(name, &problem, "keep one of the two"));
        }
        seen.push(name);
    }
    Ok(())
}

/// Refuses arguments that contradict each other.
pub fn compatible(args: &Args) -> Result<()> {
    let find = |wanted| {
        let mut names = args.0.iter().map(|arg| &arg.name);
        names.find(|name| *name == wanted)
    };
    for &(blamed, other, help) in EXCLUSIVE {
        if let (Some(at), Some(_)) = (find(blamed), find(other)) {
            let problem = format!("`{blamed}` and `{other}` exclude each other");
            return Err(refuse(at, &problem, help));
        }
    }
    Ok(())
}

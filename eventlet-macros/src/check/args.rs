//! From arguments as written to the settings of one macro use.

use std::time::Duration;

use proc_macro2::Ident;
use syn::{Lit, LitStr, Path, Result};

use super::usage::{Macro, compatible, example, known_once};
use super::value::{duration, size};
use super::{list, refuse};
use crate::attr::{Arg, Args, Value};
use crate::runtime::Runtime;
use crate::selection::{Selection, can_be_allowed};
use crate::table::mirrors;

/// What the arguments of one macro use come to.
#[derive(Default)]
pub struct Settings {
    /// Given if a call starts a green thread.
    pub spawn: Option<Given<()>>,
    /// Given if the body runs on the native thread pool.
    pub blocking: Option<Given<()>>,
    /// How long the body may take.
    pub timeout: Option<Given<Duration>>,
    /// The name of the green thread.
    pub name: Option<Given<LitStr>>,
    /// The stack of the green thread, in bytes.
    pub stack_size: Option<Given<usize>>,
    /// How many hubs the program has.
    pub hubs: Option<Given<usize>>,
    /// Given if a test fails when the hub has waiters left.
    pub check_leaks: Option<Given<()>>,
    /// Which parts of std are swapped.
    pub selection: Selection,
}

/// A value, and the name of the argument that gave it.
pub struct Given<T> {
    /// The argument's name as written, to blame it later.
    pub by: Ident,
    /// What it was set to.
    pub value: T,
}

/// Interprets the arguments of a use of the macro `of`.
///
/// # Errors
///
/// An argument that is unknown, repeated, malformed, or at odds with another.
pub fn settings(of: &Macro, args: &Args) -> Result<Settings> {
    known_once(of, args)?;
    let mut settings = Settings::default();
    for arg in &args.0 {
        settings.apply(arg)?;
    }
    compatible(args)?;
    Ok(settings)
}

impl Settings {
    fn apply(&mut self, arg: &Arg) -> Result<()> {
        match arg.name.to_string().as_str() {
            "spawn" => self.spawn = given(arg, flag)?,
            "blocking" => self.blocking = given(arg, flag)?,
            "check_leaks" => self.check_leaks = given(arg, flag)?,
            "timeout" => self.timeout = given(arg, timeout)?,
            "name" => self.name = given(arg, text)?,
            "stack_size" => self.stack_size = given(arg, stack_size)?,
            "hubs" => self.hubs = given(arg, n_hubs)?,
            "crate" => self.selection.runtime = runtime(arg)?,
            "only" => {
                let named = module_names(arg)?;
                self.selection.mirrors.retain(|m| named.contains(&m.group));
            }
            "except" => {
                let named = module_names(arg)?;
                self.selection.mirrors.retain(|m| !named.contains(&m.group));
            }
            _ => self.selection.allowed = allowed(arg)?,
        }
        Ok(())
    }

    /// The name of an argument that asks for more than rewriting, if one is given.
    pub fn changes_a_call(&self) -> Option<&Ident> {
        let flags = [self.spawn.as_ref(), self.blocking.as_ref()];
        let flags = flags.into_iter().flatten().map(|given| &given.by);
        let timeout = self.timeout.iter().map(|given| &given.by);
        flags.chain(timeout).chain(self.of_thread()).next()
    }

    /// The name of an argument that describes a green thread, if one is given.
    pub fn of_thread(&self) -> Option<&Ident> {
        let name = self.name.as_ref().map(|given| &given.by);
        name.or(self.stack_size.as_ref().map(|given| &given.by))
    }
}

fn given<T>(arg: &Arg, read: impl FnOnce(&Arg) -> Result<T>) -> Result<Option<Given<T>>> {
    let by = arg.name.clone();
    Ok(Some(Given { by, value: read(arg)? }))
}

fn flag(arg: &Arg) -> Result<()> {
    match arg.value {
        Value::Flag => Ok(()),
        _ => Err(malformed(arg, "takes no value")),
    }
}

fn text(arg: &Arg) -> Result<LitStr> {
    match &arg.value {
        Value::Literal(Lit::Str(text)) => Ok(text.clone()),
        _ => Err(malformed(arg, "needs a string")),
    }
}

fn runtime(arg: &Arg) -> Result<Runtime> {
    let need = "needs the path of a crate, as a string";
    match &arg.value {
        Value::Literal(Lit::Str(text)) => Runtime::parse(text).map_err(|_| malformed(arg, need)),
        _ => Err(malformed(arg, need)),
    }
}

fn timeout(arg: &Arg) -> Result<Duration> {
    let Value::Literal(Lit::Str(text)) = &arg.value else {
        return Err(malformed(arg, "needs a time with its unit, as a string"));
    };
    duration(&text.value()).map_err(|problem| refuse(text, &problem, "write `timeout = \"5s\"`"))
}

fn stack_size(arg: &Arg) -> Result<usize> {
    let (text, digits) = match &arg.value {
        Value::Literal(Lit::Str(text)) => (text.span(), text.value()),
        Value::Literal(Lit::Int(number)) => (number.span(), number.base10_digits().to_owned()),
        _ => return Err(malformed(arg, "needs a number of bytes")),
    };
    let at = LitStr::new("", text);
    size(&digits).map_err(|problem| refuse(at, &problem, "write `stack_size = \"64KiB\"`"))
}

/// More OS threads than this can only be a mistake.
const MOST_HUBS: usize = 1024;

fn n_hubs(arg: &Arg) -> Result<usize> {
    let Value::Literal(Lit::Int(number)) = &arg.value else {
        return Err(malformed(arg, "needs a number"));
    };
    let n = number.base10_parse().ok().filter(|n| (1..=MOST_HUBS).contains(n));
    let problem = format!("a program has at least 1 hub and at most {MOST_HUBS}");
    n.ok_or_else(|| refuse(number, &problem, "write `hubs = 4`"))
}

fn module_names(arg: &Arg) -> Result<Vec<&'static str>> {
    let paths = paths(arg, "needs the names of std modules")?;
    paths.iter().map(module_name).collect()
}

fn module_name(path: &Path) -> Result<&'static str> {
    let mut names: Vec<_> = mirrors().map(|mirror| mirror.group).collect();
    names.dedup();
    names.iter().copied().find(|name| path.is_ident(*name)).ok_or_else(|| {
        let help = format!("the modules that can be swapped are {}", list(names));
        refuse(path, "no such module is swapped", &help)
    })
}

fn allowed(arg: &Arg) -> Result<Vec<Vec<String>>> {
    let paths = paths(arg, "needs paths of std")?;
    paths.iter().map(below_std).collect()
}

fn below_std(path: &Path) -> Result<Vec<String>> {
    let names: Vec<_> = path.segments.iter().map(|s| s.ident.to_string()).collect();
    match names.split_first() {
        Some((std, below)) if std == "std" && !below.is_empty() => {
            if can_be_allowed(below) {
                return Ok(below.to_vec());
            }
            let help = "nothing below it is known to block: leave it out";
            Err(refuse(path, "this needs no `allow`", help))
        }
        _ => {
            Err(refuse(path, "`allow` takes paths of std", "write `allow(std::os::unix::thread)`"))
        }
    }
}

fn paths<'a>(arg: &'a Arg, need: &str) -> Result<&'a [Path]> {
    match &arg.value {
        Value::Paths(paths) if !paths.is_empty() => Ok(paths),
        _ => Err(malformed(arg, need)),
    }
}

fn malformed(arg: &Arg, need: &str) -> syn::Error {
    let problem = format!("`{}` {need}", arg.name);
    let help = format!("write `{}`", example(&arg.name));
    match &arg.value {
        Value::Literal(literal) => refuse(literal, &problem, &help),
        Value::Malformed(tokens) if !tokens.is_empty() => refuse(tokens, &problem, &help),
        _ => refuse(&arg.name, &problem, &help),
    }
}

//! Real clients: programs of the system, which run while the test's server serves.

use std::ffi::OsStr;
use std::io::{self, Write};

use eventlet::green::process::Command;

/// Debian's Python, which has the modules that scripts import.
const PYTHON: &str = "/usr/bin/python3";

/// What a program has printed.
#[derive(Debug)]
pub struct Printed {
    /// As results.
    pub out: String,
    /// As errors and messages.
    pub err: String,
}

/// Runs a program, which must succeed. If it is not installed the test says so and goes without.
pub fn run<A: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = A>,
) -> Option<Printed> {
    let output = match Command::new(program).args(arguments).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            skip(program);
            return None;
        }
        output => output.unwrap_or_else(|error| panic!("{program}: {error}")),
    };
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let printed = Printed { out: text(output.stdout), err: text(output.stderr) };
    assert!(output.status.success(), "{program}: {}\n{printed:#?}", output.status);
    Some(printed)
}

/// Runs curl, which prints no progress but errors.
pub fn curl<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Option<Printed> {
    let fixed = ["-sS", "--max-time", "60"].map(|argument| OsStr::new(argument).to_owned());
    let given = arguments.into_iter().map(|argument| argument.as_ref().to_owned());
    run("curl", fixed.into_iter().chain(given))
}

/// Runs a program, which must succeed, and returns what it prints as results.
pub fn output_of(program: &str, arguments: &[&str]) -> Option<String> {
    run(program, arguments).map(|printed| printed.out)
}

/// Runs a script of Python's, if that has this module, and returns what it prints.
pub fn python(module: &str, script: &str, arguments: &[&str]) -> Option<String> {
    let probe = Command::new(PYTHON).args(["-c", &format!("import {module}")]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        skip(&format!("Python's {module}"));
        return None;
    }
    output_of(PYTHON, &[&["-c", script], arguments].concat())
}

fn skip(what: &str) {
    // Past the test harness, which shows nothing that a passing test prints.
    let _ = writeln!(io::stderr(), "skipped what needs {what}, which is not installed");
}

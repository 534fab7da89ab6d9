//! Real clients: programs of the system, which run while the test's server serves.

use std::ffi::OsStr;
use std::io::{self, Write};

use eventlet::green::process::Command;

/// Debian's Python has the packages that the scripts import.
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
            // Past the test harness, which shows nothing that a passing test prints.
            let _ = writeln!(io::stderr(), "skipped what needs {program}, which is not installed");
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

/// Runs a script of Python's, which must print `fine` at its end. It may say that it is `skipped`.
pub fn python(script: &str, arguments: &[&str]) {
    let Some(printed) = run(PYTHON, [&["-c", script], arguments].concat()) else { return };
    match printed.out.trim() {
        "fine" => {}
        "skipped" => drop(writeln!(io::stderr(), "skipped: a package of Python's is missing")),
        other => panic!("{other}\n{}", printed.err),
    }
}

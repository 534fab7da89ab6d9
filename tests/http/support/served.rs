//! A server of the HTTP server's, in the hub of the test, and programs that are its clients.

use std::io::{self, Write as _};
use std::net::SocketAddr;

use eventlet::green::process::Command;
use eventlet::http::{IntoResponse, Request, Running, Server};

/// Starts an application on a port of its own.
pub fn start<R: IntoResponse + 'static>(
    app: impl Fn(&mut Request) -> R + 'static,
) -> (Running, SocketAddr) {
    let listener = eventlet::listen("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (Server::new(app).start(listener).unwrap(), address)
}

/// Runs a program while green threads of the test go on, and returns what it prints; none if it is not
/// installed.
pub fn output_of(program: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(arguments).output() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            skip(program);
            return None;
        }
        output => output.unwrap(),
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {}\n{text}\n{errors}", output.status);
    Some(text)
}

/// Runs a script of Debian's Python, if that has this module.
pub fn python(module: &str, script: &str, arguments: &[&str]) -> Option<String> {
    const PYTHON: &str = "/usr/bin/python3";
    let import = format!("import {module}");
    let probe = Command::new(PYTHON).args(["-c", &import]).output();
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

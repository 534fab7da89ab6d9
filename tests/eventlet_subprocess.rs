//! The behaviours of Eventlet's own tests of `subprocess`, by their names.

use std::io::Write;
use std::process::{ExitStatus, Output};
use std::time::Instant;

use eventlet::green::process::{Command, Stdio};
use eventlet::{sleep, spawn, with_timeout};
use eventlet_tests::{check, ms, timed};

/// Waiting has a limit, and the child is still there afterwards.
#[test]
fn subprocess_wait() {
    check(|| {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let before = Instant::now();
        timed(ms(100), || assert!(with_timeout(ms(100), || child.wait()).is_err()));
        assert!(before.elapsed() < ms(30_000), "it waits for the limit, not for the child");
        child.kill().unwrap();
        child.wait().unwrap();
    });
}

/// Reading all that the child says has a limit, too.
#[test]
fn communicate_with_poll() {
    check(|| {
        let child = Command::new("sleep").arg("60").stdout(Stdio::piped()).spawn().unwrap();
        let pid = child.id().to_string();
        timed(ms(100), || assert!(with_timeout(ms(100), || child.wait_with_output()).is_err()));
        assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    });
}

/// Who has closed the child's input himself may wait for the rest.
#[test]
fn close_popen_stdin_with_close_fds() {
    check(|| {
        let mut command = Command::new("ls");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdin.take());
        assert!(!child.wait_with_output().unwrap().stdout.is_empty());
    });
}

/// Text comes as it was written: there are no lines to be made universal.
#[test]
fn universal_lines() {
    check(|| {
        let output = Command::new("echo").arg("123").output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "123\n");
    });
}

/// In a green thread among others, input goes in while output comes out.
#[test]
fn patched_communicate_290() {
    check(|| {
        let talking = spawn(|| {
            let mut command = Command::new("cat");
            let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            let mut input = child.stdin.take().unwrap();
            let feeding = spawn(move || input.write_all(&[b'x'; 1 << 20]));
            let output = child.wait_with_output().unwrap();
            feeding.wait().unwrap().unwrap();
            output.stdout.len()
        });
        sleep(ms(1));
        assert_eq!(talking.wait().unwrap(), 1 << 20);
    });
}

#[test]
fn check_call_without_timeout_works() {
    check(|| {
        let status = Command::new("ls").stdout(Stdio::null()).status().unwrap();
        assert!(status.success());
    });
}

/// What a call gives, or fails with, is what std's would.
#[test]
fn exception_identity() {
    check(|| {
        let status: ExitStatus = Command::new("false").status().unwrap();
        let output: Output = Command::new("false").output().unwrap();
        assert_eq!(output.status, status);
        let error: std::io::Error = Command::new("/no/such/program").spawn().unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    });
}

//! What std documents about `std::process::Child`.

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::Duration;

use eventlet_tests::check;

fn sh(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

fn cat() -> Child {
    Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn waits_for_the_end() {
    check(|| {
        let mut child = sh("sleep 0.1; exit 4").spawn().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(4));
    });
}

#[test]
fn says_the_same_again() {
    check(|| {
        let mut child = sh("exit 5").spawn().unwrap();
        let first = child.wait().unwrap();
        assert_eq!(child.wait().unwrap(), first);
        assert_eq!(child.try_wait().unwrap(), Some(first));
    });
}

#[test]
fn try_wait_does_not_wait() {
    check(|| {
        let mut child = cat();
        assert_eq!(child.try_wait().unwrap(), None);
        assert!(child.stdin.is_some(), "it stays open");
        drop(child.stdin.take());
        let status = loop {
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None => thread::sleep(Duration::from_millis(1)),
            }
        };
        assert!(status.success());
        assert_eq!(child.wait().unwrap(), status);
    });
}

#[test]
fn waiting_closes_its_input() {
    check(|| {
        let mut child = cat();
        child.stdin.as_mut().unwrap().write_all(b"left behind").unwrap();
        assert!(child.wait().unwrap().success());
        assert!(child.stdin.is_none());
        let mut text = String::new();
        child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "left behind");
    });
}

#[test]
fn waiting_with_output_closes_its_input() {
    check(|| {
        let mut child = cat();
        child.stdin.as_mut().unwrap().write_all(b"all of it").unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"all of it"[..], &b""[..]));
    });
}

#[test]
fn is_killed() {
    check(|| {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(libc::SIGKILL));
        assert_eq!(status.code(), None);
        assert!(!status.success());
    });
}

#[test]
fn may_be_killed_twice_and_after_its_end() {
    check(|| {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        child.kill().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        child.kill().unwrap();
    });
}

#[test]
fn may_be_killed_when_it_has_ended_and_not_been_waited_for() {
    check(|| {
        let mut child = sh("exit 6").stdout(Stdio::piped()).spawn().unwrap();
        let mut end = child.stdout.take().unwrap();
        assert_eq!(end.read(&mut [0]).unwrap(), 0);
        // It is ending, or a zombie: either way it can be sent a signal.
        child.kill().unwrap();
        child.wait().unwrap();
    });
}

/// Its own doing, while its parent waits.
#[test]
fn dies_while_it_is_waited_for() {
    check(|| {
        let mut child = sh("sleep 0.1; kill -TERM $$").spawn().unwrap();
        assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGTERM));
    });
}

/// Somebody else's doing, while its parent waits.
#[test]
fn is_killed_while_it_is_waited_for() {
    check(|| {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let pid = child.id().to_string();
        let killer = thread::spawn(move || {
            thread::sleep(Duration::from_millis(30));
            Command::new("kill").args(["-9", &pid]).status().unwrap()
        });
        assert_eq!(child.wait().unwrap().signal(), Some(libc::SIGKILL));
        assert!(killer.join().unwrap().success());
    });
}

#[test]
fn gives_megabytes_on_both_streams() {
    check(|| {
        let script = "head -c 3000000 /dev/zero >&2; head -c 2000000 /dev/zero; echo end >&2";
        let child = sh(script).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        assert_eq!((output.stdout.len(), output.stderr.len()), (2_000_000, 3_000_004));
    });
}

#[test]
fn output_that_is_not_piped_is_empty() {
    check(|| {
        let child = sh("echo x >&2").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((&output.stdout[..], &output.stderr[..]), (&b""[..], &b"x\n"[..]));
    });
}

#[test]
fn output_that_was_taken_is_empty() {
    check(|| {
        let mut child = sh("echo taken").stdout(Stdio::piped()).spawn().unwrap();
        let mut out = child.stdout.take().unwrap();
        let reading = thread::spawn(move || {
            let mut text = String::new();
            out.read_to_string(&mut text).map(|_| text)
        });
        assert!(child.wait_with_output().unwrap().stdout.is_empty());
        assert_eq!(reading.join().unwrap().unwrap(), "taken\n");
    });
}

#[test]
fn the_exit_status_of_what_was_killed_has_its_output() {
    check(|| {
        let script = "echo before; kill -KILL $$";
        let output = sh(script).output().unwrap();
        assert_eq!(output.status.signal(), Some(libc::SIGKILL));
        assert_eq!(output.stdout, b"before\n");
    });
}

#[test]
fn dropping_it_does_not_end_it() {
    check(|| {
        let mut child = cat();
        let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        drop(child);
        input.write_all(b"alive").unwrap();
        let mut text = [0; 5];
        output.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"alive");
    });
}

#[test]
fn has_only_the_pipes_that_were_asked_for() {
    check(|| {
        let mut child = Command::new("true").stdout(Stdio::piped()).spawn().unwrap();
        let has = (child.stdin.is_some(), child.stdout.is_some(), child.stderr.is_some());
        assert_eq!(has, (false, true, false));
        child.wait().unwrap();
    });
}

#[test]
fn its_number_is_its_own() {
    check(|| {
        let child = sh("echo $$").stdout(Stdio::piped()).spawn().unwrap();
        let pid = child.id();
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), pid.to_string());
    });
}

#[test]
fn many_are_waited_for_at_once() {
    check(|| {
        let waiting: Vec<_> = (0..30)
            .map(|n| thread::spawn(move || sh(&format!("sleep 0.05; exit {n}")).status()))
            .collect();
        for (n, status) in waiting.into_iter().enumerate() {
            assert_eq!(status.join().unwrap().unwrap().code(), Some(n as i32));
        }
    });
}

#[test]
fn is_waited_for_by_another_thread() {
    check(|| {
        let mut child = sh("sleep 0.05; exit 9").spawn().unwrap();
        let waiting = thread::spawn(move || (child.wait().unwrap(), child));
        let (status, mut child) = waiting.join().unwrap();
        assert_eq!(status.code(), Some(9));
        assert_eq!(child.wait().unwrap(), status);
    });
}

#[test]
fn debugs_without_its_insides() {
    check(|| {
        let mut child = cat();
        assert_eq!(
            format!("{child:?}"),
            "Child { stdin: Some(ChildStdin { .. }), stdout: Some(ChildStdout { .. }), \
             stderr: None, .. }"
        );
        child.wait().unwrap();
    });
}

#[test]
fn may_be_sent_and_shared() {
    fn is_like_stds<T: Send + Sync + Unpin + std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {
    }
    is_like_stds::<Child>();
    is_like_stds::<ChildStdin>();
    is_like_stds::<ChildStdout>();
    is_like_stds::<ChildStderr>();
}

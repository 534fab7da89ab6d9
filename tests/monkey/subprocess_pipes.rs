//! Starting child processes by `std::process`, and talking to them.
#![allow(unsafe_code, reason = "closures for forked children")]

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use eventlet_monkey_tests::{at_once, check};
use eventlet_tests::{ms, sys, timed};

const N: usize = 200;

fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::null());
    shell
}

#[test]
fn many_outputs_at_once() {
    check(|| {
        sys::allow_descriptors(8 * N as u64);
        let run = at_once(N, |i| {
            let output = shell(&format!("echo out {i}; sleep 0.3; echo err {i} >&2")).output();
            let output = output.unwrap();
            assert!(output.status.success());
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap())
        });
        let outputs = run.like_the_slowest(ms(300));
        for (i, [out, err]) in outputs.into_iter().enumerate() {
            assert_eq!((out, err), (format!("out {i}\n"), format!("err {i}\n")));
        }
    });
}

#[test]
fn what_cannot_be_started() {
    check(|| {
        let run = at_once(20, |i| {
            let mut missing = Command::new("/nowhere/at all");
            let mut nowhere = Command::new("true");
            nowhere.current_dir("/nowhere");
            let mut refused = Command::new("true");
            // SAFETY: it makes an error of a number.
            unsafe { refused.pre_exec(|| Err(io::Error::from_raw_os_error(libc::EXDEV))) };
            let command =
                [&mut missing, &mut nowhere, &mut refused].into_iter().nth(i % 3).unwrap();
            command.spawn().unwrap_err().raw_os_error().unwrap()
        });
        let errors = [libc::ENOENT, libc::ENOENT, libc::EXDEV];
        assert!(run.results.iter().enumerate().all(|(i, error)| *error == errors[i % 3]));
    });
}

#[test]
fn before_exec_calls_are_the_systems() {
    check(|| {
        let run = at_once(10, |_| {
            let mut command = Command::new("sh");
            command.args(["-c", "exit $CODE"]).env("CODE", "5").current_dir("/");
            // SAFETY: the call is safe in a forked child: it sleeps.
            unsafe {
                command.pre_exec(|| {
                    libc::usleep(20_000);
                    Ok(())
                });
            }
            timed(ms(20), || command.status()).unwrap().code()
        });
        assert_eq!(run.results, [Some(5); 10]);
    });
}

//! What std documents about `std::process::Command`.

use std::ffi::OsStr;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use eventlet_tests::check;
use eventlet_tests::child::Child;

fn sh(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn tells_success_from_failure() {
    check(|| {
        assert!(Command::new("true").status().unwrap().success());
        let status = Command::new("false").status().unwrap();
        assert_eq!((status.success(), status.code()), (false, Some(1)));
        assert_eq!(status.to_string(), "exit status: 1");
    });
}

#[test]
fn tells_every_exit_code() {
    check(|| {
        for code in [0, 1, 2, 127, 128, 255] {
            let status = sh(&format!("exit {code}")).status().unwrap();
            assert_eq!((status.code(), status.signal()), (Some(code), None));
            assert_eq!(status.into_raw(), code << 8);
        }
    });
}

#[test]
fn tells_signals() {
    check(|| {
        for signal in [libc::SIGTERM, libc::SIGKILL, libc::SIGUSR1] {
            let status = sh(&format!("kill -{signal} $$")).status().unwrap();
            assert_eq!((status.code(), status.signal()), (None, Some(signal)));
            assert!(!status.core_dumped());
            assert_eq!((status.stopped_signal(), status.continued()), (None, false));
            assert_eq!(ExitStatus::from_raw(status.into_raw()), status);
        }
    });
}

#[test]
fn what_is_not_there_is_not_found() {
    check(|| {
        for program in ["/no/such/program", "no-such-program-anywhere"] {
            let error = Command::new(program).spawn().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound);
            assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
            assert_eq!(Command::new(program).output().unwrap_err().kind(), ErrorKind::NotFound);
            assert_eq!(Command::new(program).status().unwrap_err().kind(), ErrorKind::NotFound);
        }
    });
}

#[test]
fn what_is_no_program_may_not_be_run() {
    check(|| {
        let error = Command::new("/").spawn().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert_eq!(error.raw_os_error(), Some(libc::EACCES));
    });
}

#[test]
fn a_file_without_the_permission_may_not_be_run() {
    check(|| {
        let name = format!("eventlet-no-program-{}-{}", std::process::id(), module_path!());
        let path = std::env::temp_dir().join(name.replace(':', "-"));
        let path = path.to_str().unwrap();
        assert!(sh("echo > $0; chmod 644 $0").arg(path).status().unwrap().success());
        let error = Command::new(path).spawn().unwrap_err();
        assert!(sh("rm $0").arg(path).status().unwrap().success());
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    });
}

#[test]
fn a_name_with_a_nul_is_refused() {
    check(|| {
        let error = Command::new("nul\0inside").spawn().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let error = Command::new("true").arg("nul\0inside").spawn().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let error = Command::new("true").env("NUL", "a\0b").status().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn hands_on_arguments_as_they_are() {
    check(|| {
        let mut command = Command::new("printf");
        command.arg("%s|").args(["a b", "", "$HOME", "'\""]);
        assert_eq!(said(&mut command), "a b||$HOME|'\"|");
    });
}

#[test]
fn sets_variables() {
    check(|| {
        let mut command = sh("echo $ONE-$TWO-$THREE");
        command.env("ONE", "1").envs([("TWO", "2"), ("THREE", "3")]).env("ONE", "first");
        assert_eq!(said(&mut command), "first-2-3\n");
    });
}

#[test]
fn takes_variables_out() {
    check(|| {
        assert_eq!(said(sh("echo ${PATH+there}").env_remove("HOME")), "there\n");
        assert_eq!(said(sh("echo ${ONE-none}").env("ONE", "1").env_remove("ONE")), "none\n");
        assert_eq!(said(sh("echo ${HOME-none}").env_remove("HOME")), "none\n");
    });
}

#[test]
fn clears_the_environment() {
    check(|| {
        let mut command = Command::new("/usr/bin/env");
        command.env("BEFORE", "1").env_clear().env("AFTER", "2");
        assert_eq!(said(&mut command), "AFTER=2\n");
    });
}

#[test]
fn begins_in_a_directory() {
    check(|| {
        assert_eq!(said(Command::new("pwd").current_dir("/usr")), "/usr\n");
        let error = Command::new("pwd").current_dir("/no/such/directory").spawn().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    });
}

#[test]
fn what_is_asked_for_is_told() {
    check(|| {
        let mut command = Command::new("ls");
        assert_eq!(command.get_current_dir(), None);
        command.arg("-l").args(["-a"]).current_dir("/usr").env("A", "1").env_remove("B");
        assert_eq!(command.get_program(), "ls");
        assert_eq!(command.get_args().len(), 2);
        assert!(command.get_args().eq(["-l", "-a"]));
        assert_eq!(command.get_current_dir(), Some(Path::new("/usr")));
        let envs: Vec<_> = command.get_envs().collect();
        assert_eq!(envs, [(OsStr::new("A"), Some(OsStr::new("1"))), (OsStr::new("B"), None)]);
    });
}

#[test]
fn debugs_like_a_command_line() {
    check(|| {
        let mut command = Command::new("ls");
        command.args(["-l", "a b"]).env("A", "1");
        assert_eq!(format!("{command:?}"), r#"A="1" "ls" "-l" "a b""#);
        assert!(format!("{command:#?}").starts_with("Command {\n    program: \"ls\",\n"));
    });
}

#[test]
fn output_has_both_streams() {
    check(|| {
        let output = sh("echo out; echo err >&2; exit 7").output().unwrap();
        assert_eq!(output.status.code(), Some(7));
        assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"out\n"[..], &b"err\n"[..]));
    });
}

#[test]
fn output_gives_no_input() {
    check(|| {
        assert_eq!(said(&mut Command::new("cat")), "");
        let output = Command::new("cat").stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success() && output.stdout.is_empty());
    });
}

#[test]
fn output_leaves_alone_what_was_said() {
    check(|| {
        let output = sh("echo out; echo err >&2").stdout(Stdio::null()).output().unwrap();
        assert_eq!((&output.stdout[..], &output.stderr[..]), (&b""[..], &b"err\n"[..]));
        let output = sh("echo out; echo err >&2").stderr(Stdio::null()).output().unwrap();
        assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"out\n"[..], &b""[..]));
    });
}

#[test]
fn output_closes_an_input_that_is_piped() {
    check(|| {
        let output = Command::new("cat").stdin(Stdio::piped()).output().unwrap();
        assert!(output.status.success());
    });
}

#[test]
fn is_used_again() {
    check(|| {
        let mut command = sh("echo again");
        assert_eq!(said(&mut command), "again\n");
        assert_eq!(said(&mut command), "again\n");
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        assert!(child.stderr.is_none(), "what was piped for the output is so no more");
        assert!(child.stdin.is_none());
        let mut text = String::new();
        child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "again\n");
        assert!(child.wait().unwrap().success());
        assert!(command.stdout(Stdio::null()).status().unwrap().success());
    });
}

#[test]
fn output_takes_megabytes() {
    check(|| {
        let script = "head -c 2000000 /dev/zero & head -c 1500000 /dev/zero >&2; wait";
        let output = sh(script).output().unwrap();
        assert_eq!((output.stdout.len(), output.stderr.len()), (2_000_000, 1_500_000));
    });
}

#[test]
fn output_waits_for_grandchildren_that_have_the_pipe() {
    check(|| {
        let output = sh("echo early; (sleep 0.1; echo late) &").output().unwrap();
        assert_eq!(output.stdout, b"early\nlate\n");
    });
}

#[test]
fn status_does_not_wait_for_grandchildren() {
    check(|| {
        let mut command = sh("sleep 5 & exit 3");
        let before = std::time::Instant::now();
        let streams = command.stdout(Stdio::null()).stderr(Stdio::null());
        assert_eq!(streams.status().unwrap().code(), Some(3));
        assert!(before.elapsed() < std::time::Duration::from_secs(4));
    });
}

#[test]
fn inherits_a_descriptor_that_is_given() {
    check(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        writer.write_all(b"given").unwrap();
        drop(writer);
        assert_eq!(said(Command::new("cat").stdin(OwnedFd::from(reader))), "given");
    });
}

#[test]
fn has_another_name_for_itself() {
    check(|| {
        assert_eq!(said(sh("echo $0").arg0("another")), "another\n");
    });
}

#[test]
fn is_in_a_process_group_of_its_own() {
    check(|| {
        let mut command =
            sh("read pid rest < /proc/self/stat; cut -d' ' -f5 /proc/$$/stat; echo $$");
        let text = said(command.process_group(0));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], lines[1]);
    });
}

#[test]
#[allow(unsafe_code, reason = "std's method is unsafe")]
fn calls_closures_in_the_child() {
    check(|| {
        let mut command = Command::new("true");
        // SAFETY: the closures only make an error of a number.
        unsafe {
            command.pre_exec(|| Ok(()));
            command.pre_exec(|| Err(io::Error::from_raw_os_error(libc::EDOM)));
            command.pre_exec(|| Err(io::Error::from_raw_os_error(libc::EACCES)));
        }
        assert_eq!(command.spawn().unwrap_err().raw_os_error(), Some(libc::EDOM));
    });
}

#[test]
#[allow(unsafe_code, reason = "std's method is unsafe")]
fn a_closure_changes_the_child_and_not_its_parent() {
    check(|| {
        let mut command = sh("umask");
        // SAFETY: the call takes a number and may be made by a signal handler.
        unsafe {
            command.pre_exec(|| {
                libc::umask(0o123);
                Ok(())
            });
        }
        assert_eq!(said(&mut command), "0123\n");
        assert_ne!(said(&mut sh("umask")), "0123\n");
    });
}

#[test]
fn runs_as_the_user_it_runs_as() {
    check(|| {
        let uid: u32 = said(Command::new("id").arg("-u")).trim().parse().unwrap();
        let gid: u32 = said(Command::new("id").arg("-g")).trim().parse().unwrap();
        let mut command = Command::new("id");
        match command.arg("-u").uid(uid).gid(gid).output() {
            Ok(output) => {
                assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), uid.to_string())
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::PermissionDenied),
        }
    });
}

/// In a process of its own: an attempt leaves its marks, such as the handling of signals.
#[test]
fn a_program_that_cannot_be_run_is_not_run_in_its_place() {
    let ended = Child::new().run(|| {
        assert_eq!(Command::new("/no/such/program").exec().kind(), ErrorKind::NotFound);
        println!("still here");
    });
    assert!(ended.expect_success().stdout.contains("still here"), "{ended:#?}");
}

#[test]
fn a_program_is_run_in_its_place() {
    let ended = Child::new().run(|| {
        let error = sh("echo replaced; exit 11").exec();
        panic!("{error}");
    });
    assert_eq!(ended.status.code(), Some(11));
    assert!(ended.stdout.contains("replaced"), "{ended:#?}");
}

#[test]
fn a_process_ends_with_a_code() {
    let ended = Child::new().run(|| std::process::exit(12));
    assert_eq!(ended.status.code(), Some(12));
}

#[test]
fn a_process_aborts() {
    Child::new().run(|| std::process::abort()).expect_abort();
}

#[test]
fn this_process_has_numbers() {
    check(|| {
        let text = said(&mut sh("echo $PPID"));
        assert_eq!(text.trim(), std::process::id().to_string());
        assert_ne!(std::os::unix::process::parent_id(), std::process::id());
    });
}

#[test]
fn may_be_sent_and_shared() {
    fn is_like_stds<T: Send + Sync + Unpin>() {}
    is_like_stds::<Command>();
}

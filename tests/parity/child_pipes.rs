//! What std documents about the pipes to a `std::process::Child`.

use std::io::{BufRead, BufReader, ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::os::fd::{AsFd, AsRawFd, IntoRawFd, OwnedFd};
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
fn a_reader_comes_to_the_end_when_the_child_is_killed() {
    check(|| {
        let mut child = cat();
        let mut out = child.stdout.take().unwrap();
        let reading = thread::spawn(move || out.read(&mut [0; 10]));
        child.kill().unwrap();
        assert_eq!(reading.join().unwrap().unwrap(), 0);
        child.wait().unwrap();
    });
}

#[test]
fn a_writer_fails_when_the_child_is_killed() {
    check(|| {
        let mut child = Command::new("sleep").arg("60").stdin(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let writing = thread::spawn(move || input.write_all(&vec![0; 1 << 20]));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(writing.join().unwrap().unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn writing_to_a_child_that_has_gone_fails() {
    check(|| {
        let mut child = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        child.wait().unwrap();
        // Other children that are being started may have the other end as well, for a moment.
        let error = loop {
            match input.write_all(b"x") {
                Ok(()) => thread::sleep(Duration::from_millis(1)),
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn says_and_hears() {
    check(|| {
        let mut child = cat();
        let mut input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        for n in 0..100 {
            writeln!(input, "line {n}").unwrap();
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            assert_eq!(line, format!("line {n}\n"));
        }
        drop(input);
        assert_eq!(output.read_line(&mut String::new()).unwrap(), 0);
        assert!(child.wait().unwrap().success());
    });
}

#[test]
fn dropping_its_input_ends_it() {
    check(|| {
        let mut child = cat();
        drop(child.stdin.take());
        assert!(child.wait().unwrap().success());
    });
}

#[test]
fn its_pipes_take_several_buffers() {
    check(|| {
        let mut child = cat();
        let parts = [IoSlice::new(b"ab"), IoSlice::new(b"cd")];
        assert_eq!(child.stdin.as_ref().unwrap().write_vectored(&parts).unwrap(), 4);
        drop(child.stdin.take());
        let (mut first, mut second) = ([0; 3], [0; 3]);
        let parts = &mut [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
        assert_eq!(child.stdout.as_mut().unwrap().read_vectored(parts).unwrap(), 4);
        assert_eq!((&first, second[0]), (b"abc", b'd'));
        child.wait().unwrap();
    });
}

#[test]
fn its_input_is_written_through_a_reference() {
    check(|| {
        let mut child = cat();
        let input = child.stdin.take().unwrap();
        (&input).write_all(b"by reference").unwrap();
        (&input).flush().unwrap();
        drop(input);
        assert_eq!(child.wait_with_output().unwrap().stdout, b"by reference");
    });
}

#[test]
fn its_pipes_are_descriptors() {
    check(|| {
        let mut child = cat();
        let input = child.stdin.take().unwrap();
        let output = child.stdout.take().unwrap();
        assert_eq!(input.as_fd().as_raw_fd(), input.as_raw_fd());
        let number = output.as_raw_fd();
        let output = OwnedFd::from(output);
        assert_eq!(output.as_raw_fd(), number);
        assert!(!eventlet_tests::sys::is_nonblocking(&output));
        let mut input = ChildStdin::from(OwnedFd::from(input));
        input.write_all(b"and back").unwrap();
        drop(input);
        let mut text = String::new();
        ChildStdout::from(output).read_to_string(&mut text).unwrap();
        assert_eq!(text, "and back");
        child.wait().unwrap();
    });
}

#[test]
fn its_error_stream_is_a_descriptor() {
    check(|| {
        let mut child = sh("echo oops >&2").stderr(Stdio::piped()).spawn().unwrap();
        let stderr = child.stderr.take().unwrap();
        let number = stderr.as_raw_fd();
        let fd = OwnedFd::from(stderr);
        assert_eq!(fd.as_raw_fd(), number);
        let mut text = String::new();
        ChildStderr::from(fd).read_to_string(&mut text).unwrap();
        assert_eq!(text, "oops\n");
        let mut next = sh("exit 0").stderr(Stdio::piped()).spawn().unwrap();
        let number = next.stderr.as_ref().unwrap().as_raw_fd();
        assert_eq!(next.stderr.take().unwrap().into_raw_fd(), number);
        next.wait().unwrap();
        child.wait().unwrap();
    });
}

#[test]
fn an_error_stream_is_another_childs_input() {
    check(|| {
        let mut first = sh("echo wrong >&2").stderr(Stdio::piped()).spawn().unwrap();
        let errors = first.stderr.take().unwrap();
        let second = Command::new("cat").stdin(errors).stdout(Stdio::piped()).spawn().unwrap();
        assert_eq!(second.wait_with_output().unwrap().stdout, b"wrong\n");
        first.wait().unwrap();
    });
}

#[test]
fn an_input_is_another_childs_output() {
    check(|| {
        let mut last = cat();
        let input = last.stdin.take().unwrap();
        let mut first = Command::new("echo").arg("handed on").stdout(input).spawn().unwrap();
        first.wait().unwrap();
        assert_eq!(last.wait_with_output().unwrap().stdout, b"handed on\n");
    });
}

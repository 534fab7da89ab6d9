//! Children and pipes: what goes through them comes back whole, broken off at any point.

use std::io::{Read, Write};
use std::rc::Rc;

use eventlet::green::io::pipe;
use eventlet::green::process::{Child, Command, Stdio};
use eventlet::hubs::{PollFd, poll};
use eventlet::{sleep, spawn};
use eventlet_tests::ms;
use eventlet_tests::net::pattern;

use super::soak::{Soak, Subject};

/// Starts children of its own in every round.
pub struct Processes;

/// Ends its child, wherever the round is broken off, and reaps it.
struct Reaped(Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Subject for Processes {
    fn round(&self, soak: &Rc<Soak>) {
        sleep(ms(20));
        let sent = pattern(soak.below(1000) as u64, 1 + soak.below(100_000));
        match soak.below(3) {
            0 => through_a_pipe(sent, soak.below(2) == 0),
            1 => through_a_child(sent),
            _ => {
                let code = soak.below(100) as i32;
                let child = Command::new("sh").args(["-c", &format!("exit {code}")]).spawn();
                let mut child = Reaped(child.unwrap());
                assert_eq!(child.0.wait().unwrap().code(), Some(code));
            }
        }
    }
}

fn through_a_pipe(sent: Vec<u8>, polls: bool) {
    let (mut reader, mut writer) = pipe().unwrap();
    let expected = sent.clone();
    // If this round is broken off, nobody reads any more, and this ends by that.
    let writing = spawn(move || writer.write_all(&sent));
    if polls {
        assert_eq!(poll(&mut [PollFd::read(&reader)], None).unwrap(), 1);
    }
    let mut received = Vec::new();
    reader.read_to_end(&mut received).unwrap();
    assert!(received == expected, "other bytes came out");
    writing.wait().unwrap().unwrap();
}

fn through_a_child(sent: Vec<u8>) {
    let mut command = Command::new("cat");
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut child = Reaped(child);
    let (mut input, mut output) = (child.0.stdin.take().unwrap(), child.0.stdout.take().unwrap());
    let expected = sent.clone();
    let writing = spawn(move || input.write_all(&sent));
    let mut received = Vec::new();
    output.read_to_end(&mut received).unwrap();
    assert!(received == expected, "other bytes came back");
    writing.wait().unwrap().unwrap();
    assert!(child.0.wait().unwrap().success());
}

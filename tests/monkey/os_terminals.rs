//! Terminals: whoever writes more than fits waits for the green thread that reads at the other end.

use std::fs::File;
use std::io::{Read, Write};
use std::thread;

use eventlet_monkey_tests::{at_once, c, check};

const SIZE: usize = 200_000;

/// Moves bytes from one end to the other, in two threads.
fn move_all(writer: File, reader: File) {
    let run = at_once(2, |i| {
        if i == 0 {
            (&writer).write_all(&[b'x'; SIZE]).unwrap();
        } else {
            let mut bytes = vec![0; SIZE];
            (&reader).read_exact(&mut bytes).unwrap();
            assert!(bytes.iter().all(|byte| *byte == b'x'));
        }
        thread::current().id()
    });
    assert_eq!(run.results.len(), 2);
}

#[test]
fn a_program_writes_more_than_its_terminal_takes() {
    check(|| {
        let (master, slave) = c::terminal();
        move_all(slave, master);
    });
}

#[test]
fn a_terminal_types_more_than_its_program_takes() {
    check(|| {
        let (master, slave) = c::terminal();
        c::make_raw(&slave);
        move_all(master, slave);
    });
}

//! Several green threads that read from one stream take turns.

use std::io::{Read, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::green::net::TcpStream;
use eventlet::{GreenThread, sleep, spawn};
use eventlet_tests::net::pair;
use eventlet_tests::{Log, check, yield_now};

/// Reads to the end, and notes each byte behind its own name.
fn reader(stream: &Rc<TcpStream>, name: &'static str, log: &Log) -> GreenThread<()> {
    let (stream, log) = (stream.clone(), log.clone());
    let reader = spawn(move || {
        let mut byte = [0];
        while (&*stream).read(&mut byte).unwrap() == 1 {
            log.add(format!("{name}{}", char::from(byte[0])));
        }
    });
    yield_now();
    reader
}

/// Sends one byte, and waits until it has been read and all wait again.
fn send(stream: &mut TcpStream, byte: u8) {
    stream.write_all(&[byte]).unwrap();
    // Each sleep looks for what has come before it ends.
    (0..3).for_each(|_| sleep(Duration::from_micros(100)));
}

#[test]
fn readers_take_turns() {
    check(|| {
        let (stream, mut peer) = pair();
        let (stream, log) = (Rc::new(stream), Log::new());
        let readers = ["a", "b", "c"].map(|name| reader(&stream, name, &log));
        (0..7).for_each(|n| send(&mut peer, b'0' + n));
        assert_eq!(log.take(), "a0 b1 c2 a3 b4 c5 a6");
        drop(peer);
        readers.into_iter().for_each(|reader| reader.wait().unwrap());
    });
}

/// One that goes away, or comes, does not change the order of the others.
#[test]
fn readers_that_come_and_go_leave_the_order_alone() {
    check(|| {
        let (stream, mut peer) = pair();
        let (stream, log) = (Rc::new(stream), Log::new());
        let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| reader(&stream, name, &log));
        send(&mut peer, b'0');
        c.kill();
        let e = reader(&stream, "e", &log);
        (1..6).for_each(|n| send(&mut peer, b'0' + n));
        assert_eq!(log.take(), "a0 b1 d2 a3 e4 b5");
        drop(peer);
        [a, b, d, e].into_iter().for_each(|reader| reader.wait().unwrap());
        assert!(c.wait().unwrap_err().is_killed());
    });
}

//! UDP sockets of green threads: many in one OS thread, in turns, killed, and across hubs.

use std::io::ErrorKind;
use std::process::Command;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use eventlet::green::net::UdpSocket;
use eventlet::{GreenThread, debug, hubs, sleep, spawn, tpool, with_timeout};
use eventlet_tests::{Log, OnDrop, check, ms, yield_now};

fn socket() -> UdpSocket {
    UdpSocket::bind("127.0.0.1:0").unwrap()
}

/// Two sockets that are each other's peer.
fn pair() -> (UdpSocket, UdpSocket) {
    let (left, right) = (socket(), socket());
    left.connect(right.local_addr().unwrap()).unwrap();
    right.connect(left.local_addr().unwrap()).unwrap();
    (left, right)
}

/// Runs green threads until as many as `n` of them wait for descriptors.
fn until_waiting(n: usize) {
    while hubs::get_hub().stats().io_waiters < n {
        sleep(ms(1));
    }
}

/// Receives until an empty message comes, and notes each byte behind its own name.
fn receiver(socket: &Rc<UdpSocket>, name: &'static str, log: &Log) -> GreenThread<()> {
    let (socket, log) = (socket.clone(), log.clone());
    let receiver = spawn(move || {
        let mut message = [0; 9];
        while socket.recv(&mut message).unwrap() > 0 {
            log.add(format!("{name}{}", char::from(message[0])));
        }
    });
    yield_now();
    receiver
}

/// Sends a message, and waits until it has been received and all wait again.
fn send(socket: &UdpSocket, message: &[u8]) {
    socket.send(message).unwrap();
    // Each sleep looks for what has come before it ends.
    (0..3).for_each(|_| sleep(Duration::from_micros(100)));
}

#[test]
fn many_talk_in_one_os_thread() {
    check(|| {
        let server = socket();
        let address = server.local_addr().unwrap();
        let echo = spawn(move || {
            let mut message = [0; 9];
            loop {
                match server.recv_from(&mut message).unwrap() {
                    (0, _) => break,
                    (length, sender) => {
                        server.send_to(&message[..length], sender).unwrap();
                    }
                }
            }
        });
        let clients: Vec<_> = (0..100_u16)
            .map(|n| {
                spawn(move || {
                    let socket = socket();
                    socket.connect(address).unwrap();
                    for round in 0..5 {
                        let question = (n + round).to_ne_bytes();
                        socket.send(&question).unwrap();
                        let mut answer = [0; 9];
                        assert_eq!(socket.recv(&mut answer).unwrap(), 2);
                        assert_eq!(answer[..2], question);
                    }
                })
            })
            .collect();
        clients.into_iter().for_each(|client| client.wait().unwrap());
        socket().send_to(&[], address).unwrap();
        echo.wait().unwrap();
    });
}

#[test]
fn receivers_take_turns() {
    check(|| {
        let (left, right) = pair();
        let (right, log) = (Rc::new(right), Log::new());
        let receivers = ["a", "b", "c"].map(|name| receiver(&right, name, &log));
        (0..7).for_each(|n| send(&left, &[b'0' + n]));
        assert_eq!(log.take(), "a0 b1 c2 a3 b4 c5 a6");
        (0..3).for_each(|_| send(&left, &[]));
        receivers.into_iter().for_each(|receiver| receiver.wait().unwrap());
    });
}

/// A message that comes for one that is being killed goes to the next.
#[test]
fn a_killed_receiver_loses_nothing() {
    check(|| {
        let (left, right) = pair();
        let (right, log) = (Rc::new(right), Log::new());
        for n in 0..20 {
            let first = receiver(&right, "a", &log);
            let second = receiver(&right, "b", &log);
            until_waiting(2);
            if n % 2 == 0 {
                left.send(b"x").unwrap();
                first.kill();
            } else {
                first.kill();
                left.send(b"x").unwrap();
            }
            sleep(Duration::from_micros(100));
            send(&left, &[]);
            second.wait().unwrap();
            assert_eq!(log.take(), "bx");
            assert!(first.wait().unwrap_err().is_killed());
        }
    });
}

#[test]
fn a_receiver_that_times_out_loses_nothing() {
    check(|| {
        let (left, right) = pair();
        let mut message = [0; 9];
        for n in 0..20_u8 {
            with_timeout(Duration::from_micros(200), || right.recv(&mut message)).unwrap_err();
            left.send(&[n]).unwrap();
            assert_eq!(right.recv(&mut message).unwrap(), 1);
            assert_eq!(message[0], n);
        }
        assert_eq!(hubs::get_hub().stats().io_waiters, 0);
    });
}

#[test]
fn timeouts_follow_the_clock_of_the_hub() {
    check(|| {
        let socket = socket();
        socket.set_read_timeout(Some(Duration::from_secs(3600))).unwrap();
        debug::pause_clock();
        assert_eq!(socket.recv(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn closing_wakes_receivers_and_reaches_clones() {
    check(|| {
        let (_left, right) = pair();
        let right = Rc::new(right);
        let (theirs, clone) = (right.clone(), right.try_clone().unwrap());
        let receivers = [
            spawn(move || theirs.recv(&mut [0; 9]).unwrap_err()),
            spawn(move || clone.recv_from(&mut [0; 9]).unwrap_err()),
        ];
        until_waiting(2);
        right.close();
        for receiver in receivers {
            assert_eq!(receiver.wait().unwrap().kind(), ErrorKind::NotConnected);
        }
        assert_eq!(right.send(b"x").unwrap_err().kind(), ErrorKind::NotConnected);
    });
}

/// Also without a peer.
#[test]
fn closing_from_another_os_thread() {
    check(|| {
        let socket = Arc::new(socket());
        let theirs = socket.clone();
        let receiver = spawn(move || theirs.recv_from(&mut [0; 9]).unwrap_err());
        until_waiting(1);
        let closing = socket.clone();
        let closer = thread::spawn(move || closing.close());
        assert_eq!(receiver.wait().unwrap().kind(), ErrorKind::NotConnected);
        closer.join().unwrap();
    });
}

/// Receivers of two hubs share a socket: every message comes exactly once.
#[test]
fn receivers_of_two_hubs() {
    const N: usize = 200;
    check(|| {
        let (left, right) = pair();
        let right = Arc::new(right);
        let receive = |socket: Arc<UdpSocket>| {
            let mut n_received = 0;
            while socket.recv(&mut [0; 9]).unwrap() > 0 {
                n_received += 1;
            }
            n_received
        };
        let theirs = right.clone();
        let other = thread::spawn(move || receive(theirs));
        let ours = right.clone();
        let ours = spawn(move || receive(ours));
        for _ in 0..N {
            left.send(b"x").unwrap();
            yield_now();
        }
        for _ in 0..2 {
            left.send(&[]).unwrap();
        }
        let n_ours = ours.wait().unwrap();
        assert_eq!(n_ours + other.join().unwrap(), N);
    });
}

/// I/O does not switch while a green thread unwinds: a destructor that would wait gets an error.
#[test]
fn no_waiting_while_unwinding() {
    check(|| {
        let socket = socket();
        let said = Log::new();
        let says = said.clone();
        let thread = spawn(move || {
            let _guard = OnDrop(|| says.add(socket.recv(&mut [0]).unwrap_err()));
            sleep(ms(10_000));
        });
        yield_now();
        thread.kill();
        assert!(thread.is_dead());
        assert!(said.take().contains("unwinds"));
    });
}

const PYTHON: &str = r#"
import socket, sys
address = ("127.0.0.1", int(sys.argv[1]))
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.settimeout(20)
for n in range(100):
    message = b"%d" % n
    client.sendto(message, address)
    assert client.recvfrom(100) == (message[::-1], address)
"#;

#[test]
fn a_client_that_is_not_ours() {
    check(|| {
        let server = socket();
        let port = server.local_addr().unwrap().port().to_string();
        let Ok(mut client) = Command::new("python3").args(["-c", PYTHON, &port]).spawn() else {
            eprintln!("skipped: there is no python3");
            return;
        };
        let mut message = [0; 100];
        server.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        for _ in 0..100 {
            let (length, sender) = server.recv_from(&mut message).unwrap();
            message[..length].reverse();
            server.send_to(&message[..length], sender).unwrap();
        }
        assert!(tpool::execute(move || client.wait()).unwrap().success());
    });
}

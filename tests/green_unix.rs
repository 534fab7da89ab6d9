//! Unix sockets of green threads: many in one OS thread, full queues, killed, and across hubs.

use std::cell::Cell;
use std::io::{ErrorKind, Read, Write};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use eventlet::green::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use eventlet::{hubs, sleep, spawn, tpool, with_timeout};
use eventlet_tests::scratch::Scratch;
use eventlet_tests::sys::{set_backlog, thread_cpu_time};
use eventlet_tests::{Log, OnDrop, check, ms, yield_now};

/// Runs green threads until as many as `n` of them wait for descriptors.
fn until_waiting(n: usize) {
    while hubs::get_hub().stats().io_waiters < n {
        sleep(ms(1));
    }
}

/// A listener that has room for no connection any more, and what fills it.
fn full_listener(dir: &Scratch) -> (UnixListener, Vec<UnixStream>) {
    let path = dir.path("full");
    let listener = UnixListener::bind(&path).unwrap();
    set_backlog(&listener, 1);
    let mut waiting = Vec::new();
    while let Ok(stream) = with_timeout(ms(20), || UnixStream::connect(&path)) {
        waiting.push(stream.unwrap());
        assert!(waiting.len() < 10, "the backlog is never full");
    }
    (listener, waiting)
}

#[test]
fn hundreds_talk_in_one_os_thread() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let server = spawn(move || {
            for stream in listener.incoming().take(300) {
                let mut stream = stream.unwrap();
                spawn(move || {
                    let mut byte = [0];
                    while stream.read(&mut byte).unwrap() == 1 {
                        stream.write_all(&byte).unwrap();
                    }
                });
            }
        });
        let clients: Vec<_> = (0..300)
            .map(|n| {
                let path = path.clone();
                spawn(move || {
                    let mut stream = UnixStream::connect(path).unwrap();
                    for round in 0..5 {
                        stream.write_all(&[(n + round) as u8]).unwrap();
                        let mut byte = [0];
                        stream.read_exact(&mut byte).unwrap();
                        assert_eq!(byte[0], (n + round) as u8);
                    }
                })
            })
            .collect();
        clients.into_iter().for_each(|client| client.wait().unwrap());
        server.wait().unwrap();
        while hubs::get_hub().stats().green_threads > 0 {
            sleep(ms(1));
        }
    });
}

/// Whoever connects waits, the others run, and no processor is used up.
#[test]
fn a_full_backlog() {
    check(|| {
        let dir = Scratch::new();
        let (listener, waiting) = full_listener(&dir);
        let n_connected = Rc::new(Cell::new(0));
        let clients: Vec<_> = (0..20)
            .map(|_| {
                let (path, n_connected) = (dir.path("full"), n_connected.clone());
                spawn(move || {
                    UnixStream::connect(path).unwrap().read_exact(&mut [0]).unwrap();
                    n_connected.set(n_connected.get() + 1);
                })
            })
            .collect();
        let before = thread_cpu_time();
        (0..100).for_each(|_| sleep(ms(5)));
        let used = thread_cpu_time() - before;
        assert!(used < ms(250), "half a second of waiting took {used:?} of computing");
        assert_eq!(n_connected.get(), 0);
        for stream in listener.incoming().take(waiting.len() + 20) {
            stream.unwrap().write_all(b"x").unwrap();
        }
        clients.into_iter().for_each(|client| client.wait().unwrap());
        assert_eq!(n_connected.get(), 20);
    });
}

#[test]
fn who_waits_for_a_full_backlog_can_be_killed() {
    check(|| {
        let dir = Scratch::new();
        let (listener, waiting) = full_listener(&dir);
        let path = dir.path("full");
        let client = spawn(move || UnixStream::connect(path).is_ok());
        sleep(ms(5));
        client.kill();
        assert!(client.wait().unwrap_err().is_killed());
        // Its attempt has left nothing in the queue.
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.incoming().take_while(Result::is_ok).count(), waiting.len());
    });
}

/// A listener that goes away ends the wait.
#[test]
fn a_full_listener_is_closed() {
    check(|| {
        let dir = Scratch::new();
        let (listener, _waiting) = full_listener(&dir);
        let path = dir.path("full");
        let client = spawn(move || UnixStream::connect(path).unwrap_err());
        sleep(ms(5));
        drop(listener);
        assert_eq!(client.wait().unwrap().kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn no_waiting_while_unwinding() {
    check(|| {
        let dir = Scratch::new();
        let (_listener, _waiting) = full_listener(&dir);
        let (path, said) = (dir.path("full"), Log::new());
        let says = said.clone();
        let thread = spawn(move || {
            let _guard = OnDrop(|| says.add(UnixStream::connect(&path).unwrap_err()));
            sleep(ms(10_000));
        });
        yield_now();
        thread.kill();
        assert!(thread.is_dead());
        assert!(said.take().contains("unwinds"));
    });
}

#[test]
fn closing_wakes_readers_and_acceptors() {
    check(|| {
        let dir = Scratch::new();
        let listener = Arc::new(UnixListener::bind(dir.path("socket")).unwrap());
        let (left, _right) = UnixStream::pair().unwrap();
        let left = Arc::new(left);
        let socket = Arc::new(UnixDatagram::unbound().unwrap());
        let (accepting, iterating) = (listener.clone(), listener.try_clone().unwrap());
        let (reading, receiving) = (left.clone(), socket.clone());
        let waiting = [
            spawn(move || accepting.accept().unwrap_err().kind()),
            spawn(move || (&*reading).read(&mut [0]).unwrap_err().kind()),
            spawn(move || receiving.recv(&mut [0]).unwrap_err().kind()),
        ];
        let iterator = spawn(move || iterating.incoming().count());
        until_waiting(4);
        // The last handles are dropped here, so that this hub hears of it at once.
        let (ending, closing, shutting) = (listener.clone(), left.clone(), socket.clone());
        let closer = thread::spawn(move || {
            ending.close();
            closing.close();
            shutting.close();
        });
        for thread in waiting {
            assert_eq!(thread.wait().unwrap(), ErrorKind::NotConnected);
        }
        assert_eq!(iterator.wait().unwrap(), 0);
        closer.join().unwrap();
        drop((listener, left, socket));
    });
}

/// A message that comes for one that is being killed goes to the next.
#[test]
fn a_killed_receiver_loses_nothing() {
    check(|| {
        let (left, right) = UnixDatagram::pair().unwrap();
        let right = Rc::new(right);
        for n in 0..20_u8 {
            let [first, second] = [right.clone(), right.clone()].map(|socket| {
                spawn(move || {
                    let mut message = [0; 9];
                    socket.recv(&mut message).unwrap();
                    message[0]
                })
            });
            until_waiting(2);
            left.send(&[n]).unwrap();
            first.kill();
            assert_eq!(second.wait().unwrap(), n);
            assert!(first.wait().unwrap_err().is_killed());
        }
    });
}

/// Whoever sends to a full receiver waits, connected or not, and can be stopped.
#[test]
fn a_full_receiver() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("receiver");
        let receiver = UnixDatagram::bind(&path).unwrap();
        let connected = UnixDatagram::unbound().unwrap();
        connected.connect(&path).unwrap();
        let mut n_sent = 0;
        while with_timeout(ms(5), || connected.send(b"x")).is_ok() {
            n_sent += 1;
        }
        let stranger = UnixDatagram::unbound().unwrap();
        with_timeout(ms(5), || stranger.send_to(b"x", &path)).unwrap_err();
        let senders = [
            spawn(move || connected.send(b"connected").unwrap()),
            spawn(move || stranger.send_to(b"stranger", &path).unwrap()),
        ];
        sleep(ms(5));
        let mut lengths = Vec::new();
        for _ in 0..n_sent + 2 {
            lengths.push(receiver.recv(&mut [0; 99]).unwrap());
        }
        assert_eq!(senders.map(|sender| sender.wait().unwrap()), [9, 8]);
        lengths.sort_unstable();
        assert_eq!(lengths[n_sent..], [8, 9]);
        assert!(lengths[..n_sent].iter().all(|length| *length == 1));
    });
}

/// Bytes cross hubs.
#[test]
fn a_pair_in_two_hubs() {
    check(|| {
        let (mut left, mut right) = UnixStream::pair().unwrap();
        let other = thread::spawn(move || {
            let echo = spawn(move || std::io::copy(&mut right.try_clone().unwrap(), &mut right));
            echo.wait().unwrap().unwrap()
        });
        let mut byte = [0];
        for n in 0..200 {
            left.write_all(&[n]).unwrap();
            left.read_exact(&mut byte).unwrap();
            assert_eq!(byte[0], n);
        }
        drop(left);
        assert_eq!(other.join().unwrap(), 200);
    });
}

const PYTHON: &str = r#"
import socket, sys
client = socket.socket(socket.AF_UNIX)
client.connect(sys.argv[1])
assert client.recv(100) == b"go"
# A read stops behind bytes that a descriptor has come with.
socket.send_fds(client, [b"with one"], [0])
client.sendall(b" and without")
print("sent", flush=True)
assert client.recv(100) == b"thanks"
"#;

/// That a read was short does not say that nothing is left.
#[test]
fn a_client_that_sends_a_descriptor_along() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let arguments = ["-c".as_ref(), PYTHON.as_ref(), path.as_os_str()];
        let python = Command::new("python3").args(arguments).stdout(Stdio::piped()).spawn();
        let Ok(mut client) = python else {
            eprintln!("skipped: there is no python3");
            return;
        };
        let (mut stream, _) = listener.accept().unwrap();
        // From now on the hub knows the stream, and what it says of it counts.
        stream.set_read_timeout(Some(ms(1))).unwrap();
        stream.read(&mut [0]).unwrap_err();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(b"go").unwrap();
        let mut said = client.stdout.take().unwrap();
        tpool::execute(move || said.read_exact(&mut [0; 5])).unwrap();

        let (mut text, mut n_read) = ([0; 99], 0);
        while n_read < 20 {
            n_read += stream.read(&mut text[n_read..]).unwrap();
        }
        assert_eq!(&text[..n_read], b"with one and without");
        stream.write_all(b"thanks").unwrap();
        assert!(tpool::execute(move || client.wait()).unwrap().success());
    });
}

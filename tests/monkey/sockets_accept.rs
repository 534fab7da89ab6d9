//! Accepting, when others accept from the same listener, and when there is nothing to accept.

#![allow(unsafe_code, reason = "calls of the C library")]

use std::io::{self, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use eventlet_monkey_tests::{at_once, check, is_patched};
use eventlet_tests::sys::take_all_descriptors;
use eventlet_tests::{ms, timed};

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn set_receive_timeout(listener: &TcpListener, limit: Duration) {
    let limit = libc::timeval { tv_sec: 0, tv_usec: limit.as_micros() as _ };
    // SAFETY: the option is a `timeval`.
    let status = unsafe {
        libc::setsockopt(
            listener.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_RCVTIMEO,
            (&raw const limit).cast(),
            size_of_val(&limit) as _,
        )
    };
    assert_eq!(status, 0);
}

#[test]
fn timed_out() {
    check(|| {
        let listener = listener();
        set_receive_timeout(&listener, ms(50));
        let error = timed(ms(40), || listener.accept().unwrap_err());
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        listener.accept().unwrap();
    });
}

#[test]
fn nonblocking() {
    check(|| {
        let listener = listener();
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, peer) = listener.accept().unwrap();
        assert_eq!(peer, client.local_addr().unwrap());
        assert_eq!(server.peer_addr().unwrap(), peer);
    });
}

#[test]
fn shut_down_while_waiting() {
    check(|| {
        let listener = listener();
        let other = listener.try_clone().unwrap();
        let closer = thread::spawn(move || {
            thread::sleep(ms(50));
            // SAFETY: the call takes plain numbers.
            assert_eq!(unsafe { libc::shutdown(other.as_raw_fd(), libc::SHUT_RDWR) }, 0);
        });
        assert_eq!(listener.accept().unwrap_err().raw_os_error(), Some(libc::EINVAL));
        closer.join().unwrap();
    });
}

/// A server with a thread for each connection, and its clients.
#[test]
fn a_thread_per_connection() {
    check(|| {
        const N: usize = 200;
        let listener = listener();
        let address = listener.local_addr().unwrap();
        let serve = |mut stream: TcpStream| {
            let mut request = [0; 8];
            while stream.read_exact(&mut request).is_ok() {
                stream.write_all(&request).unwrap();
            }
        };
        let ask = |i: usize| {
            let mut stream = TcpStream::connect(address).unwrap();
            for round in 0..5 {
                let request = (i * 5 + round).to_le_bytes();
                stream.write_all(&request).unwrap();
                let mut answer = [0; 8];
                stream.read_exact(&mut answer).unwrap();
                assert_eq!(answer, request);
            }
        };
        at_once(2 * N, |i| if i < N { serve(listener.accept().unwrap().0) } else { ask(i) });
    });
}

/// Accepts until a client says so, and counts.
fn accept_all(listener: &TcpListener, n_accepted: &AtomicUsize) {
    loop {
        let mut byte = [0];
        let (mut stream, _) = listener.accept().unwrap();
        if stream.read(&mut byte).unwrap() == 0 {
            return;
        }
        n_accepted.fetch_add(1, Ordering::SeqCst);
    }
}

fn connect_often(listener: &TcpListener, n: usize, n_accepters: usize) {
    let address = listener.local_addr().unwrap();
    for _ in 0..n {
        TcpStream::connect(address).unwrap().write_all(b"x").unwrap();
        if n < 100 {
            thread::sleep(ms(1));
        }
    }
    for _ in 0..n_accepters {
        drop(TcpStream::connect(address).unwrap());
        thread::sleep(ms(5));
    }
}

/// Runs accepters on OS threads, those of the first kind with a hub and a green thread that must always
/// get its turn, while others connect. Says for how long at most a hub was held up.
fn compete(n_hubs: usize, n_others: usize, n_connections: usize) -> Duration {
    let (listener, n_accepted) = (Arc::new(listener()), Arc::new(AtomicUsize::new(0)));
    let (told, longest) = mpsc::channel();
    let accepters: Vec<_> = (0..n_hubs + n_others)
        .map(|i| {
            let (listener, n_accepted, told) = (listener.clone(), n_accepted.clone(), told.clone());
            thread::spawn(move || {
                if i >= n_hubs || !is_patched() {
                    return accept_all(&listener, &n_accepted);
                }
                let is_over = Arc::new(AtomicBool::new(false));
                let end = is_over.clone();
                let ticker = eventlet::spawn(move || {
                    let mut longest = Duration::ZERO;
                    while !end.load(Ordering::SeqCst) {
                        let start = Instant::now();
                        eventlet::sleep(ms(1));
                        longest = longest.max(start.elapsed());
                    }
                    told.send(longest).unwrap();
                });
                let accepting = eventlet::spawn(move || accept_all(&listener, &n_accepted));
                accepting.wait().unwrap();
                is_over.store(true, Ordering::SeqCst);
                ticker.wait().unwrap();
            })
        })
        .collect();
    drop(told);
    connect_often(&listener, n_connections, n_hubs + n_others);
    accepters.into_iter().for_each(|accepter| accepter.join().unwrap());
    assert_eq!(n_accepted.load(Ordering::SeqCst), n_connections);
    longest.iter().max().unwrap_or_default()
}

#[test]
fn hubs_share_a_listener() {
    check(|| {
        let longest = compete(3, 0, 500);
        println!("a hub was held up for {longest:?}");
        // Whoever loses a race waits for the next connection. There is none for a while.
        assert!(compete(3, 0, 20) < ms(1000));
    });
}

#[test]
fn hubs_and_other_threads_share_a_listener() {
    check(|| {
        compete(1, 2, 500);
        assert!(compete(1, 2, 20) < ms(1000));
    });
}

#[test]
fn no_descriptor_is_left() {
    check(|| {
        let listener = listener();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let taken = take_all_descriptors();
        assert_eq!(listener.accept().unwrap_err().raw_os_error(), Some(libc::EMFILE));
        drop(taken);
        listener.accept().unwrap();
        // Nor is there a wait for a connection that could not be accepted.
        let taken = take_all_descriptors();
        assert_eq!(listener.accept().unwrap_err().raw_os_error(), Some(libc::EMFILE));
        drop(taken);
    });
}

/// A forked process accepts from the same listener, and never sees "would block".
#[test]
fn processes_share_a_listener() {
    check(|| {
        const N: usize = 50;
        let listener = listener();
        // SAFETY: the child makes only system calls, and ends.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let status = accept_in_child(&listener);
            // SAFETY: it ends the child.
            unsafe { libc::_exit(status) };
        }
        let address = listener.local_addr().unwrap();
        let is_over = Arc::new(AtomicBool::new(false));
        let end = is_over.clone();
        let client = thread::spawn(move || {
            let mut n_here = 0;
            for _ in 0..N {
                let mut stream = TcpStream::connect(address).unwrap();
                let mut text = String::new();
                stream.read_to_string(&mut text).unwrap();
                n_here += usize::from(text == "parent");
                thread::sleep(ms(1));
            }
            let mut status = 0;
            // SAFETY: the child is ours, and has not been waited for; the status is a number.
            unsafe {
                libc::kill(child, libc::SIGTERM);
                assert_eq!(libc::waitpid(child, &raw mut status, 0), child);
            }
            assert!(libc::WIFSIGNALED(status), "the child has seen an error: {status}");
            end.store(true, Ordering::SeqCst);
            drop(TcpStream::connect(address).unwrap());
            n_here
        });
        let mut n_accepted = 0;
        loop {
            let (mut stream, _) = listener.accept().unwrap();
            if is_over.load(Ordering::SeqCst) {
                break;
            }
            n_accepted += usize::from(stream.write_all(b"parent").is_ok());
        }
        assert!(n_accepted >= client.join().unwrap());
    });
}

/// Accepts until it is killed; returns when a call fails.
fn accept_in_child(listener: &TcpListener) -> i32 {
    loop {
        // SAFETY: nobody asks for the address.
        let fd = unsafe {
            libc::accept(listener.as_raw_fd(), std::ptr::null_mut(), std::ptr::null_mut())
        };
        if fd < 0 {
            return io::Error::last_os_error().raw_os_error().unwrap_or(1);
        }
        // SAFETY: the bytes are there, and the descriptor is the child's own.
        unsafe {
            libc::send(fd, b"child".as_ptr().cast(), 5, libc::MSG_NOSIGNAL);
            libc::close(fd);
        }
    }
}

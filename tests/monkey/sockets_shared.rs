//! Sockets that several have in hand: readers, hubs, duplicates, green sockets, generators.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use eventlet_monkey_tests::{at_once, c, check, is_patched};
use eventlet_tests::ms;

/// For what can only be asked of patched calls.
fn check_patched(body: impl FnOnce() + Send) {
    if is_patched() {
        check(body);
    }
}

fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

#[test]
fn readers_of_one_socket() {
    check(|| {
        const N: usize = 20;
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.connect(receiver.local_addr().unwrap()).unwrap();
        let sending = thread::spawn(move || {
            for i in 0..N as u8 {
                thread::sleep(ms(5));
                sender.send(&[i]).unwrap();
            }
        });
        let run = at_once(N, |_| {
            let mut byte = [0];
            receiver.recv(&mut byte).unwrap();
            usize::from(byte[0])
        });
        let mut received = run.results;
        received.sort_unstable();
        assert!(received.into_iter().eq(0..N));
        sending.join().unwrap();
    });
}

#[test]
fn a_duplicate_waits_like_the_original() {
    check(|| {
        let (near, mut far) = tcp_pair();
        near.set_read_timeout(Some(ms(5000))).unwrap();
        let duplicate = near.try_clone().unwrap();
        assert_eq!(duplicate.read_timeout().unwrap(), Some(ms(5000)));
        let run = at_once(3, |i| {
            let mut byte = [0];
            match i {
                0 => (&near).read(&mut byte).unwrap(),
                1 => (&duplicate).read(&mut byte).unwrap(),
                _ => {
                    thread::sleep(ms(20));
                    (&far).write_all(b"ab").unwrap();
                    1
                }
            }
        });
        assert_eq!(run.results, [1, 1, 1]);
        // It goes on when the other one is gone.
        drop(near);
        let run = at_once(2, |i| match i {
            0 => (&duplicate).read(&mut [0; 4]).unwrap(),
            _ => {
                thread::sleep(ms(20));
                (&far).write(b"cd").unwrap()
            }
        });
        assert_eq!(run.results, [2, 2]);
        duplicate.set_nonblocking(true).unwrap();
        assert_eq!((&duplicate).read(&mut [0; 4]).unwrap_err().kind(), ErrorKind::WouldBlock);
        far.flush().unwrap();
    });
}

#[test]
fn shut_down_while_waiting() {
    check(|| {
        let (near, _far) = tcp_pair();
        let run = at_once(2, |i| match i {
            0 => (&near).read(&mut [0; 4]).unwrap(),
            _ => {
                thread::sleep(ms(20));
                near.shutdown(Shutdown::Both).unwrap();
                0
            }
        });
        assert_eq!(run.results, [0, 0]);
    });
}

#[test]
fn closed_while_waiting() {
    check_patched(|| {
        let (near, far) = tcp_pair();
        let fd = near.as_raw_fd();
        let reader = eventlet::spawn(move || {
            let error = (&near).read(&mut [0; 4]).unwrap_err();
            std::mem::forget(near);
            error.raw_os_error()
        });
        eventlet::sleep(ms(10));
        c::close(fd).unwrap();
        assert_eq!(reader.wait().unwrap(), Some(libc::EBADF));
        drop(far);
    });
}

#[test]
fn closed_by_another_thread_while_waiting() {
    check_patched(|| {
        let (near, _far) = tcp_pair();
        let fd = near.as_raw_fd();
        let closer = thread::spawn(move || {
            thread::sleep(ms(30));
            c::close(fd).unwrap();
        });
        let error = (&near).read(&mut [0; 4]).unwrap_err();
        std::mem::forget(near);
        assert_eq!(error.raw_os_error(), Some(libc::EBADF));
        closer.join().unwrap();
    });
}

#[test]
fn in_several_hubs() {
    check(|| {
        let (near, far) = tcp_pair();
        let near = Arc::new(near);
        let readers: Vec<_> = (0..3)
            .map(|_| {
                let near = near.clone();
                thread::spawn(move || {
                    if is_patched() {
                        eventlet::hubs::get_hub();
                    }
                    (&*near).read(&mut [0; 1]).unwrap()
                })
            })
            .collect();
        for _ in 0..3 {
            thread::sleep(ms(20));
            (&far).write_all(b"x").unwrap();
        }
        assert!(readers.into_iter().all(|reader| reader.join().unwrap() == 1));
    });
}

/// The descriptor of a green socket is non-blocking, and so it is for patched calls.
#[test]
fn the_descriptor_of_a_green_socket() {
    check_patched(|| {
        let listener = eventlet::green::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let near =
            eventlet::green::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (far, _) = listener.accept().unwrap();
        let near = Rc::new(near);
        let theirs = near.clone();
        let green = eventlet::spawn(move || (&*theirs).read(&mut [0; 1]).unwrap());
        eventlet::sleep(ms(5));
        let error = c::read(near.as_raw_fd(), &mut [0; 1]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        (&far).write_all(b"x").unwrap();
        assert_eq!(green.wait().unwrap(), 1);
    });
}

/// Green sockets and plain ones side by side, each at the other's end.
#[test]
fn green_and_plain() {
    check_patched(|| {
        let listener = eventlet::green::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = eventlet::spawn(move || {
            for stream in listener.incoming().take(50) {
                let mut stream = stream.unwrap();
                eventlet::spawn(move || {
                    let mut request = [0; 4];
                    stream.read_exact(&mut request).unwrap();
                    eventlet::sleep(ms(20));
                    stream.write_all(&request).unwrap();
                });
            }
        });
        at_once(50, |i| {
            let mut stream = TcpStream::connect(address).unwrap();
            let request = (i as u32).to_le_bytes();
            stream.write_all(&request).unwrap();
            let mut answer = [0; 4];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(answer, request);
        });
        server.wait().unwrap();
    });
}

/// Nobody can switch from there, so the OS thread waits.
#[test]
fn in_a_generator_of_the_users() {
    check_patched(|| {
        let (near, mut far) = tcp_pair();
        let writer = thread::spawn(move || {
            thread::sleep(ms(50));
            far.write_all(b"x").unwrap();
        });
        let green = eventlet::spawn(move || {
            let mut generator = generator::Gn::<()>::new_scoped(move |mut scope| {
                scope.yield_((&near).read(&mut [0; 1]).unwrap());
                generator::done!()
            });
            generator.next()
        });
        assert_eq!(green.wait().unwrap(), Some(1));
        writer.join().unwrap();
    });
}

/// A stream that always has something keeps nobody out, and can be killed.
#[test]
fn always_ready() {
    check_patched(|| {
        let (near, mut far) = UnixStream::pair().unwrap();
        let writer = thread::spawn(move || while far.write(&[0; 4096]).is_ok() {});
        let reader = eventlet::spawn(move || while matches!((&near).read(&mut [0; 1]), Ok(1)) {});
        let start = Instant::now();
        for _ in 0..20 {
            eventlet::sleep(ms(1));
        }
        assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        reader.kill();
        assert!(reader.wait().unwrap_err().is_killed());
        writer.join().unwrap();
    });
}

/// The number of a descriptor that was closed unseen is used again.
#[test]
fn closed_unseen() {
    check_patched(|| {
        let (near, mut far) = tcp_pair();
        let fd = near.as_raw_fd();
        near.set_read_timeout(Some(ms(10))).unwrap();
        (&near).read(&mut [0; 1]).unwrap_err();
        std::mem::forget(near);
        c::close_unseen(fd);
        assert_eq!(far.read(&mut [0; 1]).unwrap(), 0);
        // Numbers below it may be free, too.
        let mut others = Vec::new();
        let (mut near, mut far) = loop {
            match tcp_pair() {
                (near, far) if near.as_raw_fd() == fd => break (near, far),
                (far, near) if near.as_raw_fd() == fd => break (near, far),
                pair => others.push(pair),
            }
            assert!(others.len() < 100, "{fd} is not used again");
        };
        let reader = eventlet::spawn(move || near.read(&mut [0; 1]).unwrap());
        eventlet::sleep(ms(10));
        far.write_all(b"x").unwrap();
        assert_eq!(reader.wait().unwrap(), 1);
    });
}

//! The calls of C themselves, with all that they can be told: what they return is what the system says to
//! an OS thread that blocks.

#![allow(unsafe_code, reason = "calls of the C library")]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::thread;

use eventlet_monkey_tests::check;
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{ms, timed};
use libc::c_int;

fn errno() -> c_int {
    std::io::Error::last_os_error().raw_os_error().unwrap()
}

/// Makes a call, and returns its error instead of -1.
fn call(f: impl FnOnce() -> isize) -> Result<usize, c_int> {
    usize::try_from(f()).map_err(|_| errno())
}

fn recv(socket: &impl AsRawFd, buffer: &mut [u8], flags: c_int) -> Result<usize, c_int> {
    let (start, length) = (buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: the buffer is as long as that.
    call(|| unsafe { libc::recv(socket.as_raw_fd(), start, length, flags) })
}

fn send(socket: &impl AsRawFd, bytes: &[u8], flags: c_int) -> Result<usize, c_int> {
    let (start, length) = (bytes.as_ptr().cast(), bytes.len());
    // SAFETY: there are so many bytes.
    call(|| unsafe { libc::send(socket.as_raw_fd(), start, length, flags | libc::MSG_NOSIGNAL) })
}

fn message(buffers: &mut [libc::iovec]) -> libc::msghdr {
    // SAFETY: zeroes are valid.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = buffers.as_mut_ptr();
    message.msg_iovlen = buffers.len();
    message
}

fn iovec(buffer: &mut [u8]) -> libc::iovec {
    libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() }
}

fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

fn udp_pair() -> (UdpSocket, UdpSocket) {
    let a = UdpSocket::bind("127.0.0.1:0").unwrap();
    let b = UdpSocket::bind("127.0.0.1:0").unwrap();
    a.connect(b.local_addr().unwrap()).unwrap();
    b.connect(a.local_addr().unwrap()).unwrap();
    (a, b)
}

/// Writes the parts one after another, on an OS thread that takes its time, and then closes.
fn write_slowly(
    mut stream: impl Write + Send + 'static,
    parts: &'static [&'static [u8]],
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for part in parts {
            thread::sleep(ms(30));
            stream.write_all(part).unwrap();
        }
        thread::sleep(ms(30));
    })
}

#[test]
fn wait_for_all() {
    check(|| {
        let (near, far) = tcp_pair();
        let writer = write_slowly(far, &[b"ab", b"cd", b"ef"]);
        let mut buffer = [0; 5];
        assert_eq!(recv(&near, &mut buffer, libc::MSG_WAITALL), Ok(5));
        assert_eq!(&buffer, b"abcde");
        // The end of the stream comes first.
        assert_eq!(recv(&near, &mut buffer, libc::MSG_WAITALL), Ok(1));
        assert_eq!(recv(&near, &mut buffer, libc::MSG_WAITALL), Ok(0));
        writer.join().unwrap();
    });
}

#[test]
fn wait_for_all_on_a_unix_stream() {
    check(|| {
        let (near, far) = UnixStream::pair().unwrap();
        let writer = write_slowly(far, &[b"ab", b"cd", b"ef"]);
        let (mut first, mut second) = ([0; 3], [0; 2]);
        let mut buffers = [iovec(&mut first), iovec(&mut second)];
        let mut message = message(&mut buffers);
        // SAFETY: the message is valid.
        let received = call(|| unsafe {
            libc::recvmsg(near.as_raw_fd(), &raw mut message, libc::MSG_WAITALL)
        });
        assert_eq!((received, &first, &second), (Ok(5), b"abc", b"de"));
        writer.join().unwrap();
    });
}

#[test]
fn wait_for_all_until_the_timeout() {
    check(|| {
        let (near, mut far) = tcp_pair();
        near.set_read_timeout(Some(ms(50))).unwrap();
        far.write_all(b"ab").unwrap();
        let mut buffer = [0; 5];
        let received = timed(ms(40), || recv(&near, &mut buffer, libc::MSG_WAITALL));
        assert_eq!(received, Ok(2));
        assert_eq!(recv(&near, &mut buffer, libc::MSG_WAITALL), Err(libc::EAGAIN));
    });
}

#[test]
fn wait_for_all_of_a_datagram() {
    check(|| {
        let (a, b) = udp_pair();
        a.send(b"abc").unwrap();
        assert_eq!(recv(&b, &mut [0; 8], libc::MSG_WAITALL), Ok(3));
    });
}

#[test]
fn peek_at_all() {
    check(|| {
        let (near, far) = tcp_pair();
        let writer = write_slowly(far, &[b"ab", b"cd", b"ef"]);
        let mut buffer = [0; 4];
        let flags = libc::MSG_PEEK | libc::MSG_WAITALL;
        assert_eq!(recv(&near, &mut buffer, flags), Ok(4));
        assert_eq!(&buffer, b"abcd");
        // More than that does not come.
        let mut buffer = [0; 8];
        assert_eq!(recv(&near, &mut buffer, flags), Ok(6));
        assert_eq!(recv(&near, &mut buffer, libc::MSG_PEEK), Ok(6));
        assert_eq!((&near).read(&mut buffer).unwrap(), 6);
        writer.join().unwrap();
    });
}

#[test]
fn peek_waits_for_something() {
    check(|| {
        let (near, far) = tcp_pair();
        let writer = write_slowly(far, &[b"ab"]);
        assert_eq!(recv(&near, &mut [0; 4], libc::MSG_PEEK), Ok(2));
        assert_eq!(recv(&near, &mut [0; 4], 0), Ok(2));
        writer.join().unwrap();
    });
}

#[test]
fn at_once() {
    check(|| {
        let (near, far) = tcp_pair();
        assert_eq!(recv(&near, &mut [0; 4], libc::MSG_DONTWAIT), Err(libc::EAGAIN));
        near.set_nonblocking(true).unwrap();
        assert_eq!(recv(&near, &mut [0; 4], 0), Err(libc::EAGAIN));
        let mut n_sent = 0;
        while let Ok(n) = send(&near, &[0; 100_000], 0) {
            n_sent += n;
        }
        assert_eq!(errno(), libc::EAGAIN);
        assert!(n_sent > 100_000);
        drop(far);
    });
}

#[test]
fn nothing_is_received_when_there_is_something() {
    check(|| {
        let (near, far) = tcp_pair();
        // It waits for something.
        let writer = timed(ms(30), || {
            let writer = write_slowly(far, &[b"ab"]);
            assert_eq!(recv(&near, &mut [], 0), Ok(0));
            writer
        });
        assert_eq!(recv(&near, &mut [0; 4], 0), Ok(2));
        writer.join().unwrap();
    });
}

#[test]
fn urgent_data() {
    check(|| {
        let (near, far) = tcp_pair();
        let mut byte = [0];
        // Nobody waits for it.
        assert_eq!(recv(&near, &mut byte, libc::MSG_OOB), Err(libc::EINVAL));
        assert_eq!(send(&far, b"abc", libc::MSG_OOB), Ok(3));
        while recv(&near, &mut byte, libc::MSG_OOB).is_err() {
            thread::sleep(ms(1));
        }
        assert_eq!(&byte, b"c");
        assert_eq!(send(&far, b"de", 0), Ok(2));
        // It stops before the urgent byte, although more is there.
        let mut buffer = [0; 4];
        assert_eq!(recv(&near, &mut buffer, libc::MSG_WAITALL), Ok(2));
        assert_eq!(&buffer[..2], b"ab");
        drop(far);
        assert_eq!(recv(&near, &mut buffer, libc::MSG_WAITALL), Ok(2));
        assert_eq!(&buffer[..2], b"de");
    });
}

#[test]
fn error_queue() {
    check(|| {
        let (a, b) = udp_pair();
        assert_eq!(recv(&a, &mut [0; 4], libc::MSG_ERRQUEUE), Err(libc::EAGAIN));
        let (near, _far) = tcp_pair();
        assert_eq!(recv(&near, &mut [0; 4], libc::MSG_ERRQUEUE), Err(libc::EAGAIN));
        drop(b);
        // The peer is gone, which the next call is told.
        a.send(b"x").unwrap();
        assert_eq!(recv(&a, &mut [0; 4], 0), Err(libc::ECONNREFUSED));
    });
}

#[test]
fn shut_down_sockets_for_datagrams_end() {
    check(|| {
        let (a, _b) = udp_pair();
        let closer = {
            let a = a.try_clone().unwrap();
            thread::spawn(move || {
                thread::sleep(ms(30));
                shutdown(&a, libc::SHUT_RD);
            })
        };
        assert_eq!(recv(&a, &mut [0; 4], 0), Ok(0));
        assert_eq!(recv(&a, &mut [0; 4], 0), Ok(0));
        assert_eq!(recv(&a, &mut [0; 4], libc::MSG_DONTWAIT), Err(libc::EAGAIN));
        closer.join().unwrap();
        let (c, _d) = UnixDatagram::pair().unwrap();
        c.shutdown(Shutdown::Read).unwrap();
        assert_eq!(recv(&c, &mut [0; 4], 0), Ok(0));
    });
}

fn shutdown(socket: &impl AsRawFd, how: c_int) {
    // SAFETY: the call takes plain numbers.
    assert_eq!(unsafe { libc::shutdown(socket.as_raw_fd(), how) }, 0);
}

#[test]
fn a_send_is_partial_when_the_peer_goes() {
    check(|| {
        let (near, far) = tcp_pair();
        let closer = thread::spawn(move || {
            // With data unread, the peer is told that the connection is reset.
            far.peek(&mut [0]).unwrap();
            drop(far);
        });
        let bytes = vec![0; 64 << 20];
        let n_sent = send(&near, &bytes, 0).unwrap();
        assert!(n_sent > 0 && n_sent < bytes.len());
        // The error is kept for the next call.
        assert_eq!(send(&near, &bytes, 0), Err(libc::ECONNRESET));
        assert_eq!(send(&near, &bytes, 0), Err(libc::EPIPE));
        closer.join().unwrap();
    });
}

#[test]
fn a_send_is_partial_after_the_timeout() {
    check(|| {
        let (near, _far) = tcp_pair();
        near.set_write_timeout(Some(ms(50))).unwrap();
        let bytes = vec![0; 64 << 20];
        let n_sent = timed(ms(40), || send(&near, &bytes, 0)).unwrap();
        assert!(n_sent > 0 && n_sent < bytes.len());
        // The system may still make some room.
        let error = (0..100).find_map(|_| timed(ms(40), || send(&near, &bytes, 0)).err());
        assert_eq!(error, Some(libc::EAGAIN));
    });
}

#[test]
fn a_unix_send_ends_when_the_peer_shuts_down() {
    check(|| {
        let (near, far) = UnixStream::pair().unwrap();
        let closer = thread::spawn(move || {
            thread::sleep(ms(50));
            far.shutdown(Shutdown::Read).unwrap();
            far
        });
        let bytes = vec![0; 4 << 20];
        let n_sent = send(&near, &bytes, 0).unwrap();
        assert!(n_sent > 0 && n_sent < bytes.len());
        assert_eq!(send(&near, &bytes, 0), Err(libc::EPIPE));
        closer.join().unwrap();
    });
}

#[test]
fn unix_datagrams_wait_for_room() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("room");
        let receiver = UnixDatagram::bind(&path).unwrap();
        let connected = UnixDatagram::unbound().unwrap();
        connected.connect(&path).unwrap();
        let elsewhere = UnixDatagram::unbound().unwrap();
        const N: usize = 50;
        let reader = thread::spawn(move || {
            (0..2 * N).for_each(|_| {
                thread::sleep(ms(1));
                assert_eq!(receiver.recv(&mut [0; 4]).unwrap(), 1);
            });
        });
        (0..N).for_each(|_| assert_eq!(connected.send(b"x").unwrap(), 1));
        (0..N).for_each(|_| assert_eq!(elsewhere.send_to(b"x", &path).unwrap(), 1));
        reader.join().unwrap();
    });
}

#[test]
fn errno_is_left_alone() {
    check(|| {
        let (near, far) = tcp_pair();
        let writer = write_slowly(far, &[b"ab"]);
        // SAFETY: the location belongs to this thread.
        unsafe { *libc::__errno_location() = libc::EXDEV };
        assert_eq!(recv(&near, &mut [0; 4], 0), Ok(2));
        assert_eq!(errno(), libc::EXDEV);
        writer.join().unwrap();
    });
}

#[test]
fn bad_arguments() {
    check(|| {
        assert_eq!(send(&-1, b"x", 0), Err(libc::EBADF));
        assert_eq!(recv(&-1, &mut [0], 0), Err(libc::EBADF));
        assert_eq!(recv(&0x7fff_fff0, &mut [0], libc::MSG_WAITALL), Err(libc::EBADF));
        let file = std::fs::File::open("/dev/null").unwrap();
        assert_eq!(recv(&file, &mut [0], 0), Err(libc::ENOTSOCK));
        let (near, _far) = tcp_pair();
        let fd = near.as_raw_fd();
        let null = std::ptr::null_mut::<u8>();
        // SAFETY: null pointers are refused.
        unsafe {
            assert_eq!(call(|| libc::recvmsg(fd, null.cast(), 0)), Err(libc::EFAULT));
            assert_eq!(call(|| libc::sendmsg(fd, null.cast(), 0)), Err(libc::EFAULT));
            assert_eq!(
                call(|| libc::accept(fd, null.cast(), null.cast()) as isize),
                Err(libc::EINVAL)
            );
            assert_eq!(
                call(|| libc::accept(-1, null.cast(), null.cast()) as isize),
                Err(libc::EBADF)
            );
            assert_eq!(call(|| libc::connect(-1, null.cast(), 0) as isize), Err(libc::EBADF));
        }
        let unconnected = UdpSocket::bind("127.0.0.1:0").unwrap();
        assert_eq!(send(&unconnected, b"x", 0), Err(libc::EDESTADDRREQ));
    });
}

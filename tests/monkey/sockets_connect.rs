//! Connecting: all that can come of it, as for an OS thread that blocks.

#![allow(unsafe_code, reason = "calls of the C library")]

use std::ffi::c_int;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use eventlet_monkey_tests::{at_once, check};
use eventlet_tests::{ms, timed};

/// Calls of C for one socket, each with its error if it fails.
struct Socket(OwnedFd);

impl Socket {
    fn new(kind: c_int) -> Self {
        // SAFETY: the call takes plain numbers, and the descriptor is new.
        Socket(unsafe { OwnedFd::from_raw_fd(libc::socket(libc::AF_INET, kind, 0)) })
    }

    fn connect(&self, to: SocketAddrV4) -> Result<(), c_int> {
        self.connect_to(libc::AF_INET, to)
    }

    fn connect_to(&self, family: c_int, to: SocketAddrV4) -> Result<(), c_int> {
        // SAFETY: zeroes are valid.
        let mut address: libc::sockaddr_in = unsafe { std::mem::zeroed() };
        address.sin_family = family as _;
        address.sin_port = to.port().to_be();
        address.sin_addr.s_addr = u32::from(*to.ip()).to_be();
        // SAFETY: the address is as long as that.
        let status = unsafe {
            libc::connect(
                self.0.as_raw_fd(),
                (&raw const address).cast(),
                size_of_val(&address) as _,
            )
        };
        if status == 0 { Ok(()) } else { Err(io::Error::last_os_error().raw_os_error().unwrap()) }
    }

    fn flags(&self) -> c_int {
        // SAFETY: the command takes nothing.
        unsafe { libc::fcntl(self.0.as_raw_fd(), libc::F_GETFL) }
    }

    fn stream(&self) -> TcpStream {
        self.0.try_clone().unwrap().into()
    }
}

fn v4(address: std::net::SocketAddr) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, address.port())
}

fn listener() -> (TcpListener, SocketAddrV4) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = v4(listener.local_addr().unwrap());
    (listener, address)
}

/// Nobody listens there.
fn nobody() -> SocketAddrV4 {
    listener().1
}

/// A listener that has no room for more connections: whoever connects waits.
fn full() -> (TcpListener, SocketAddrV4, Vec<Socket>) {
    let (listener, address) = listener();
    // SAFETY: the call takes plain numbers.
    assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0);
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let socket = Socket::new(libc::SOCK_STREAM | libc::SOCK_NONBLOCK);
        let _ = socket.connect(address);
        waiting.push(socket);
    }
    thread::sleep(ms(20));
    (listener, address, waiting)
}

/// Makes room for more connections after a while, on an OS thread that ends with what is returned. Which
/// connections a full listener has dropped it does not know, so it accepts what comes.
fn make_room(listener: TcpListener, after: Duration) -> impl Drop {
    struct Room(Arc<AtomicBool>, Option<thread::JoinHandle<()>>);
    impl Drop for Room {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
            self.1.take().unwrap().join().unwrap();
        }
    }
    listener.set_nonblocking(true).unwrap();
    let is_over = Arc::new(AtomicBool::new(false));
    let end = is_over.clone();
    let thread = thread::spawn(move || {
        thread::sleep(after);
        // SAFETY: the call takes plain numbers.
        unsafe { libc::listen(listener.as_raw_fd(), 1000) };
        let mut accepted = Vec::new();
        while !end.load(Ordering::SeqCst) {
            accepted.extend(listener.accept().ok());
            thread::sleep(Duration::from_micros(100));
        }
    });
    Room(is_over, Some(thread))
}

#[test]
fn connected() {
    check(|| {
        let (_listener, address) = listener();
        let socket = Socket::new(libc::SOCK_STREAM);
        let flags = socket.flags();
        assert_eq!(socket.connect(address), Ok(()));
        assert_eq!(socket.flags(), flags);
        assert_eq!(socket.connect(address), Err(libc::EISCONN));
    });
}

#[test]
fn refused_and_connected_anew() {
    check(|| {
        let (_listener, address) = listener();
        let socket = Socket::new(libc::SOCK_STREAM);
        let flags = socket.flags();
        assert_eq!(socket.connect(nobody()), Err(libc::ECONNREFUSED));
        assert_eq!(socket.flags(), flags);
        assert_eq!(socket.connect(address), Ok(()));
        assert_eq!(socket.connect_to(libc::AF_UNSPEC, address), Ok(()));
        assert_eq!(socket.connect_to(libc::AF_INET6, address), Err(libc::EAFNOSUPPORT));
    });
}

#[test]
fn timed_out() {
    check(|| {
        let (_listener, address, _waiting) = full();
        let socket = Socket::new(libc::SOCK_STREAM);
        socket.stream().set_write_timeout(Some(ms(100))).unwrap();
        assert_eq!(timed(ms(90), || socket.connect(address)), Err(libc::EINPROGRESS));
        assert_eq!(timed(ms(90), || socket.connect(address)), Err(libc::EALREADY));
    });
}

#[test]
fn nonblocking() {
    check(|| {
        let (_listener, address, _waiting) = full();
        let socket = Socket::new(libc::SOCK_STREAM | libc::SOCK_NONBLOCK);
        assert_eq!(socket.connect(address), Err(libc::EINPROGRESS));
        assert_eq!(socket.connect(address), Err(libc::EALREADY));
        assert!(socket.flags() & libc::O_NONBLOCK != 0);
    });
}

#[test]
fn begun_without_waiting_and_finished_with() {
    check(|| {
        let (listener, address, _waiting) = full();
        let socket = Socket::new(libc::SOCK_STREAM | libc::SOCK_NONBLOCK);
        assert_eq!(socket.connect(address), Err(libc::EINPROGRESS));
        socket.stream().set_nonblocking(false).unwrap();
        let _room = make_room(listener, ms(50));
        assert_eq!(socket.connect(address), Ok(()));
    });
}

#[test]
fn with_a_limit() {
    check(|| {
        let (_listener, address, _waiting) = full();
        let error = TcpStream::connect_timeout(&address.into(), ms(50)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    });
}

#[test]
fn datagrams_only_note_the_address() {
    check(|| {
        let socket = Socket::new(libc::SOCK_DGRAM);
        assert_eq!(socket.connect(nobody()), Ok(()));
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        assert_eq!(socket.connect(v4(peer.local_addr().unwrap())), Ok(()));
        let socket = UdpSocket::from(socket.0);
        assert_eq!(socket.send(b"x").unwrap(), 1);
        assert_eq!(peer.recv(&mut [0; 4]).unwrap(), 1);
    });
}

#[test]
fn a_fast_open_waits() {
    check(|| {
        let (listener, address) = listener();
        let socket = Socket::new(libc::SOCK_STREAM);
        // SAFETY: zeroes are valid.
        let mut to: libc::sockaddr_in = unsafe { std::mem::zeroed() };
        to.sin_family = libc::AF_INET as _;
        to.sin_port = address.port().to_be();
        to.sin_addr.s_addr = u32::from(*address.ip()).to_be();
        // SAFETY: the bytes and the address are as long as that.
        let n_sent = unsafe {
            libc::sendto(
                socket.0.as_raw_fd(),
                b"fast".as_ptr().cast(),
                4,
                libc::MSG_FASTOPEN,
                (&raw const to).cast(),
                size_of_val(&to) as _,
            )
        };
        assert_eq!(n_sent, 4, "{}", io::Error::last_os_error());
        let mut text = [0; 4];
        listener.accept().unwrap().0.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"fast");
    });
}

fn unix_listener(name: &str) -> (UnixListener, std::path::PathBuf) {
    let path = std::env::temp_dir().join(format!("eventlet-{name}-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).unwrap();
    // SAFETY: the call takes plain numbers.
    assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 1) }, 0);
    (listener, path)
}

#[test]
fn a_full_unix_backlog_is_waited_for() {
    check(|| {
        const N: usize = 20;
        let (listener, path) = unix_listener("backlog");
        let accepting = thread::spawn(move || {
            for _ in 0..N {
                thread::sleep(ms(5));
                listener.accept().unwrap().0.write_all(b"hello").unwrap();
            }
        });
        let run = at_once(N, |_| {
            let mut text = String::new();
            UnixStream::connect(&path).unwrap().read_to_string(&mut text).unwrap();
            text
        });
        assert!(run.results.iter().all(|text| text == "hello"));
        accepting.join().unwrap();
        std::fs::remove_file(path).unwrap();
    });
}

#[test]
fn a_full_unix_backlog_times_out() {
    check(|| {
        let (_listener, path) = unix_listener("limit");
        let _waiting: Vec<_> = (0..2).map(|_| UnixStream::connect(&path).unwrap()).collect();
        // SAFETY: the call takes plain numbers, and the descriptor is new.
        let socket =
            unsafe { OwnedFd::from_raw_fd(libc::socket(libc::AF_UNIX, libc::SOCK_STREAM, 0)) };
        let socket = UnixStream::from(socket);
        socket.set_write_timeout(Some(ms(60))).unwrap();
        // SAFETY: zeroes are valid.
        let mut address: libc::sockaddr_un = unsafe { std::mem::zeroed() };
        address.sun_family = libc::AF_UNIX as _;
        let bytes = path.as_os_str().as_encoded_bytes();
        address.sun_path.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from as _);
        let connect = || {
            // SAFETY: the address is as long as that.
            let status = unsafe {
                let length = size_of_val(&address) as _;
                libc::connect(socket.as_raw_fd(), (&raw const address).cast(), length)
            };
            (status, io::Error::last_os_error().raw_os_error())
        };
        assert_eq!(timed(ms(50), connect), (-1, Some(libc::EAGAIN)));
        std::fs::remove_file(path).unwrap();
    });
}

#[test]
fn many_at_once() {
    check(|| {
        const N: usize = 200;
        let (listener, address, _waiting) = full();
        let _room = make_room(listener, ms(100));
        // The system tries again after a second.
        let run = at_once(N, |_| TcpStream::connect(address).unwrap().peer_addr().unwrap());
        assert!(run.elapsed < Duration::from_secs(20));
        assert!(run.results.into_iter().all(|peer| peer == address.into()));
    });
}

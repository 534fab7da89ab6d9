//! `web_server CERTIFICATE KEY PORTS`: the web server of the tests, with an OS thread for each
//! connection. It writes its ports, for HTTP and for HTTPS, to the file PORTS.

mod answer;
mod request;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::{env, fs, io, thread};

use native_tls::{Identity, TlsAcceptor};

use crate::answer::{Next, answer};
use crate::request::Request;

fn main() -> io::Result<()> {
    let mut args = env::args_os().skip(1);
    let mut next = || args.next().expect("three paths are the arguments");
    let (certificate, key, ports) = (fs::read(next())?, fs::read(next())?, next());
    let identity = Identity::from_pkcs8(&certificate, &key).map_err(io::Error::other)?;
    let acceptor = TlsAcceptor::new(identity).map_err(io::Error::other)?;

    let plain = listen()?;
    let secure = listen()?;
    let both = [&plain, &secure].map(|listener| listener.local_addr().map(|addr| addr.port()));
    let [plain_port, secure_port] = both;
    fs::write(ports, format!("{} {}\n", plain_port?, secure_port?))?;

    thread::spawn(move || accept(&plain, |tcp| serve(&tcp, &tcp)));
    accept(&secure, |tcp| {
        // Who breaks off while introducing itself has no connection that could be served.
        let socket = tcp.try_clone()?;
        let tls = acceptor.accept(tcp).map_err(io::Error::other)?;
        serve(tls, &socket)
    });
    Ok(())
}

/// A listener at a free port, with room for many who come at once.
fn listen() -> io::Result<TcpListener> {
    use std::os::fd::AsRawFd;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    #[allow(unsafe_code, reason = "std does not let one choose the backlog")]
    // SAFETY: the call takes plain numbers, and the descriptor is open.
    let failed = unsafe { libc::listen(listener.as_raw_fd(), 1024) };
    if failed == 0 { Ok(listener) } else { Err(io::Error::last_os_error()) }
}

/// Serves each connection on an OS thread. What fails there concerns the client only.
fn accept(listener: &TcpListener, serve: impl Fn(TcpStream) -> io::Result<()> + Sync) {
    thread::scope(|scope| {
        for tcp in listener.incoming().flatten() {
            scope.spawn(|| serve(tcp));
        }
    });
}

/// Answers requests until one of the two has enough.
fn serve(mut stream: impl Read + Write, socket: &TcpStream) -> io::Result<()> {
    socket.set_nodelay(true)?;
    let mut unread = Vec::new();
    while let Some(request) = Request::read(&mut stream, &mut unread)? {
        match answer(&request, &mut stream)? {
            Next::Request => {}
            Next::Close => break,
            Next::Hang => return stream.read_to_end(&mut unread).map(drop),
            Next::Reset => return reset(socket),
        }
    }
    Ok(())
}

/// Has the connection end with a reset when it is closed.
fn reset(socket: &TcpStream) -> io::Result<()> {
    use std::os::fd::AsRawFd;
    let linger = libc::linger { l_onoff: 1, l_linger: 0 };
    let length = size_of::<libc::linger>() as libc::socklen_t;
    #[allow(unsafe_code, reason = "std's function for it is not stable")]
    // SAFETY: the descriptor is open, and the option is read while it lives.
    let failed = unsafe {
        let option = (&raw const linger).cast();
        libc::setsockopt(socket.as_raw_fd(), libc::SOL_SOCKET, libc::SO_LINGER, option, length)
    };
    if failed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

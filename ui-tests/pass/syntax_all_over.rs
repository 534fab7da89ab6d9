//! Paths are found wherever the language has them.
#![deny(warnings)]
#![allow(dead_code, unsafe_code)]

use eventlet::green;

#[green]
mod patched {
    //! Documentation is kept.

    use std::any::type_name;
    use std::io::{self, Read, Write};

    pub const LIMIT: std::time::Duration = std::time::Duration::from_millis(1);
    static LOCK: std::sync::Mutex<Option<std::net::TcpStream>> = std::sync::Mutex::new(None);

    pub trait Transport: std::io::Read + std::io::Write
    where
        Self: Sized,
    {
        type Peer<'a>: std::net::ToSocketAddrs
        where
            Self: 'a;
        const NAME: &'static str = "none";

        fn peer(&self) -> std::io::Result<Self::Peer<'_>>;
        fn split(self: std::sync::Arc<Self>) -> impl std::fmt::Debug + use<Self>;
    }

    impl Transport for std::net::TcpStream {
        type Peer<'a> = std::net::SocketAddr;
        const NAME: &'static str = {
            const fn name(_: &std::net::Shutdown) -> &'static str {
                "tcp"
            }
            name(&std::net::Shutdown::Both)
        };

        fn peer(&self) -> std::io::Result<Self::Peer<'_>> {
            self.peer_addr()
        }

        fn split(self: std::sync::Arc<Self>) -> impl std::fmt::Debug + use<> {
            std::sync::Arc::strong_count(&self)
        }
    }

    #[derive(Default)]
    pub struct Connections<T = std::net::TcpStream, const N: usize = 2>
    where
        T: std::io::Read,
    {
        pub all: Vec<T>,
        log: Option<Box<dyn FnMut(&std::net::SocketAddr) -> std::io::Result<()> + Send + 'static>>,
    }

    #[must_use]
    #[repr(isize)]
    pub enum Address {
        #[allow(unused)]
        Ip(std::net::IpAddr),
        Unix {
            address: std::os::unix::net::SocketAddr,
        },
        Bits = std::net::Ipv4Addr::BITS as isize,
    }

    pub union Either {
        address: std::net::Ipv4Addr,
        bits: u32,
    }

    type Handler = for<'s> fn(&'s mut std::net::TcpStream) -> std::io::Result<usize>;

    macro_rules! handlers {
        ($($name:ident => $method:ident),* $(,)?) => {
            $(
                /// Calls it.
                fn $name(stream: &mut std::net::TcpStream) -> std::io::Result<usize> {
                    let mut buffer = [0; 8];
                    <std::net::TcpStream as std::io::$method>::read(stream, &mut buffer)
                }
            )*
        };
    }
    handlers! { first => Read, second => Read }

    pub fn serve(handlers: &[Handler]) -> io::Result<usize> {
        let listener = std::net::TcpListener::bind(std::net::SocketAddrV4::new(
            std::net::Ipv4Addr::LOCALHOST,
            0,
        ))?;
        let addr @ std::net::SocketAddr::V4(_) = listener.local_addr()? else {
            unreachable!("{}", std::io::Error::last_os_error());
        };
        let client = std::thread::spawn(move || -> std::io::Result<()> {
            let mut stream = std::net::TcpStream::connect(addr)?;
            std::io::Write::write_all(&mut stream, b"12345678")?;
            let mut rest = Vec::with_capacity(std::mem::size_of::<std::net::Ipv4Addr>());
            stream.read_to_end(&mut rest).map(drop)
        });
        let (mut stream, _) = listener.accept()?;
        if let Ok(std::net::SocketAddr::V4(peer)) = stream.peer()
            && let std::net::Ipv4Addr::LOCALHOST = *peer.ip()
            && <std::net::TcpStream as Transport>::NAME == "tcp"
        {
            stream.flush()?;
        }
        let mut read = 0;
        'all: for handler in handlers {
            read += handler(&mut stream)?;
            if read > 0 {
                break 'all;
            }
        }
        let kind = (|error: &std::io::Error| -> std::io::ErrorKind { error.kind() })(
            &std::io::Error::from(std::io::ErrorKind::TimedOut),
        );
        assert!(matches!(kind, std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock));
        *LOCK.lock().unwrap() = Some(stream);
        drop(LOCK.lock().unwrap().take());
        client.join().unwrap()?;
        Ok(read)
    }

    pub fn all() -> io::Result<usize> {
        serve(&[first, second as Handler])
    }

    pub fn names() -> [&'static str; 3] {
        let connections = Connections::<std::net::TcpStream> { all: Vec::new(), log: None };
        // SAFETY: both are four bytes of any kind.
        let bits = unsafe { Either { address: std::net::Ipv4Addr::BROADCAST }.bits };
        assert_eq!((bits, LIMIT), (u32::MAX, std::time::Duration::from_micros(1_000)));
        assert_eq!(c"std::net", c"std::net");
        let _wait = async { std::thread::yield_now() };
        [
            std::any::type_name_of_val(&connections.all),
            type_name::<r#std::net::TcpStream>(),
            type_name::<fn() -> std::thread::JoinHandle<()>>(),
        ]
    }
}

fn main() {
    assert_eq!(patched::all().unwrap(), 8);
    assert!(patched::names().iter().all(|name| name.contains("eventlet::")));
}

//! On an `impl` or a `trait` the attribute rewrites all functions, bounds and types in it.
#![deny(warnings)]

use eventlet::green;

struct Server;

#[green]
trait Serve: Sized {
    const GRACE: std::time::Duration = std::time::Duration::from_secs(1);
    type Listener: Listening;

    fn listen(&self) -> std::io::Result<std::net::TcpListener> {
        std::net::TcpListener::bind(("127.0.0.1", 0))
    }

    #[green]
    fn address(&self, listener: &std::net::TcpListener) -> std::net::SocketAddr;
}

trait Listening {}
impl Listening for green::net::TcpListener {}

#[green]
impl Serve for Server {
    type Listener = std::net::TcpListener;

    fn address(&self, listener: &std::net::TcpListener) -> std::net::SocketAddr {
        listener.local_addr().unwrap()
    }
}

#[green]
impl Server {
    fn connect<A: std::net::ToSocketAddrs>(to: A) -> std::io::Result<std::net::TcpStream>
    where
        <A as std::net::ToSocketAddrs>::Iter: Clone,
    {
        std::net::TcpStream::connect(to)
    }
}

fn main() {
    let listener = Server.listen().unwrap();
    Server::connect(Server.address(&listener)).unwrap();
    assert_eq!(Server::GRACE.as_secs(), 1);
    let _: &<Server as Serve>::Listener = &listener;
}

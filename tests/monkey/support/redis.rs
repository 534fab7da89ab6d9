//! Redis, which keeps nothing on the disk.

use std::net::TcpStream;
use std::sync::OnceLock;

use crate::server::shared;
use crate::{Home, Server, free_port};

/// A Redis server.
pub struct Redis {
    port: u16,
    server: Server,
}

impl Redis {
    /// The server that all tests of this process share. It must not be killed.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Redis> = OnceLock::new();
        shared(&SHARED, Redis::start)
    }

    /// Starts a server.
    pub fn start() -> Self {
        let home = Home::new("redis");
        let port = free_port();
        let config = format!(
            "bind 127.0.0.1\nport {port}\nunixsocket {}\nsave \"\"\nappendonly no\n",
            home.path("socket").display()
        );
        let config = home.file("redis.conf", config);
        let mut server = home.serve("redis-server", [config]);
        server.wait_until(|_| TcpStream::connect(("127.0.0.1", port)).ok());
        Redis { port, server }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Where it listens too: a Unix socket.
    pub fn unix_url(&self) -> String {
        format!("redis+unix://{}", self.server.home().path("socket").display())
    }

    /// Its process.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.server.kill();
    }
}

//! PostgreSQL, with a new cluster that does not care whether it survives.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::{fs, net::TcpStream};

use crate::server::shared;
use crate::{Home, Server, free_port};

/// More than the tests of a process need at once.
const MAX_CONNECTIONS: usize = 500;

/// A PostgreSQL server with one user, `tests`, who needs no password.
pub struct Postgres {
    port: u16,
    server: Server,
}

impl Postgres {
    /// The server that all tests of this process share. It must not be killed.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Postgres> = OnceLock::new();
        shared(&SHARED, Postgres::start)
    }

    /// Starts a server.
    pub fn start() -> Self {
        let home = Home::new("postgres").owned_by("postgres");
        let programs = programs();
        let data = home.path("data");
        let data = data.to_str().expect("the path is text");
        let options = ["--auth=trust", "--no-sync", "--locale=C", "--encoding=UTF8"];
        let names = ["--username=tests", "--pgdata", data];
        home.run(programs.join("initdb"), options.iter().chain(&names));

        let port = free_port();
        let settings = format!(
            "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = '{}'\n\
             max_connections = {MAX_CONNECTIONS}\nshared_buffers = 16MB\nfsync = off\n\
             autovacuum = off\nmax_wal_senders = 0\nwal_level = minimal\n",
            home.dir().display()
        );
        let file = home.path("data").join("postgresql.conf");
        fs::write(file, settings).expect("root and the owner may write it");
        let mut server = home.serve(programs.join("postgres"), ["-D", data]);
        // The file is there when connections are accepted, and its last line says so.
        server.wait_until(|home| {
            let status = fs::read_to_string(home.path("data").join("postmaster.pid")).ok()?;
            (status.lines().nth(7)?.trim() == "ready").then_some(())?;
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Postgres { port, server }
    }

    /// How to connect to it by TCP.
    pub fn url(&self) -> String {
        format!("host=127.0.0.1 port={} user=tests dbname=postgres", self.port)
    }

    /// How to connect to it by its Unix socket.
    pub fn unix_url(&self) -> String {
        let dir = self.server.home().dir();
        format!("host={} port={} user=tests dbname=postgres", dir.display(), self.port)
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

/// Where the server's programs are: Debian has them in a directory for each version.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let dirs = versions.map(|version| version.path().join("bin"));
    dirs.filter(|dir| dir.join("initdb").exists()).max().unwrap_or_else(|| Path::new("").into())
}

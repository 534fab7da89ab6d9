//! MariaDB, with a new data directory.

use std::net::TcpStream;
use std::path::Path;
use std::sync::OnceLock;

use crate::server::shared;
use crate::{Home, Server, free_port};

/// A MariaDB server in which everybody may do everything, with a database `tests`.
pub struct MariaDb {
    port: u16,
    server: Server,
}

impl MariaDb {
    /// The server that all tests of this process share. It must not be killed.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<MariaDb> = OnceLock::new();
        shared(&SHARED, MariaDb::start)
    }

    /// Starts a server.
    pub fn start() -> Self {
        let home = Home::new("mariadb").owned_by("mysql");
        let data = format!("--datadir={}", home.path("data").display());
        let small = ["--innodb-buffer-pool-size=16M", "--innodb-log-file-size=4M"];
        let unsafe_but_fast =
            ["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync"];
        let args =
            ["--no-defaults", &data, "--skip-test-db", "--auth-root-authentication-method=normal"];
        home.run("mariadb-install-db", args.iter().chain(&small).chain(&unsafe_but_fast));

        let port = free_port();
        let socket = format!("--socket={}", home.path("socket").display());
        let port_option = format!("--port={port}");
        let init = home.file("init.sql", "CREATE DATABASE tests;\n");
        let init = format!("--init-file={}", init.display());
        let pid = format!("--pid-file={}", home.path("pid").display());
        let options = [
            "--no-defaults",
            &data,
            &socket,
            &port_option,
            &init,
            &pid,
            "--bind-address=127.0.0.1",
            "--skip-grant-tables",
            "--skip-name-resolve",
            "--max-connections=500",
            "--back-log=400",
        ];
        let options = options.iter().chain(&small).chain(&unsafe_but_fast);
        let mut server = home.serve(program(), options);
        server.wait_until(|_| TcpStream::connect(("127.0.0.1", port)).ok());
        MariaDb { port, server }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}/tests?prefer_socket=false", self.port)
    }

    /// Where it listens too: a Unix socket.
    pub fn socket(&self) -> String {
        self.server.home().path("socket").display().to_string()
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

/// The server, which Debian keeps where not every user's path leads.
fn program() -> &'static Path {
    let debian = Path::new("/usr/sbin/mariadbd");
    if debian.exists() { debian } else { Path::new("mariadbd") }
}

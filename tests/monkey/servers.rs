//! The servers of the other tests: they end with whoever started them, and tell why they do not start.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, thread};

use eventlet_monkey_tests::{Home, MariaDb, Postgres, Redis, Web, check};
use eventlet_tests::panic_of;

/// Set in a process that starts servers and waits to be killed.
const STARTER: &str = "EVENTLET_TEST_STARTER";

#[test]
fn a_killed_process_takes_its_servers_along() {
    check(|| {
        if env::var_os(STARTER).is_some() {
            start_and_wait();
        }
        let mut starter = Command::new(env::current_exe().unwrap())
            .args(["--exact", "a_killed_process_takes_its_servers_along", "--nocapture"])
            .env(STARTER, "")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(starter.stdout.take().unwrap()).lines().map(Result::unwrap);
        let started =
            lines.by_ref().find_map(|line| Some(line.split_once("started ")?.1.to_owned()));
        let started: Vec<_> = started.unwrap().split(' ').map(PathBuf::from).collect();
        assert_eq!(started.len(), 4);
        assert!(started.iter().all(|home| home.exists()));

        starter.kill().unwrap();
        starter.wait().unwrap();
        while started.iter().any(|home| home.exists() || has_process(home)) {
            thread::sleep(Duration::from_millis(10));
        }
    });
}

fn start_and_wait() -> ! {
    let (web, redis) = (Web::start(), Redis::start());
    let (postgres, mariadb) = (Postgres::start(), MariaDb::start());
    let servers = [web.server(), redis.server(), postgres.server(), mariadb.server()];
    let homes = servers.map(|server| server.home().dir().to_str().unwrap());
    println!("\nstarted {}", homes.join(" "));
    loop {
        thread::park();
    }
}

/// Whether any process has this directory in its arguments or works in it.
fn has_process(home: &Path) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes.into_iter().any(|process| {
        let arguments = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&arguments).contains(home.to_str().unwrap())
            || std::fs::read_link(process.path().join("cwd")).is_ok_and(|dir| dir.starts_with(home))
    })
}

#[test]
fn a_dropped_server_is_gone() {
    check(|| {
        let redis = Redis::start();
        let (url, home) = (redis.url(), redis.server().home().dir().to_owned());
        let address = url.trim_start_matches("redis://").trim_end_matches('/');
        TcpStream::connect(address).unwrap();
        drop(redis);
        TcpStream::connect(address).unwrap_err();
        assert!(!home.exists());
    });
}

#[test]
fn a_server_that_ends_shows_what_it_has_printed() {
    check(|| {
        let mut server = Home::new("failing").serve("sh", ["-c", "echo no such luck >&2; exit 3"]);
        let text = panic_of(|| server.wait_until(|_| None::<()>));
        assert!(text.contains("no such luck") && text.contains("exit status: 3"), "{text}");
    });
}

#[test]
fn what_is_not_installed_is_named() {
    check(|| {
        let mut server = Home::new("missing").serve("no-such-server", [""]);
        let text = panic_of(|| server.wait_until(|_| None::<()>));
        assert!(text.contains("no-such-server"), "{text}");
        let text = panic_of(|| Home::new("missing").run("no-such-program", [""]));
        assert!(text.contains("no-such-program"), "{text}");
    });
}

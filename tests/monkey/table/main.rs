//! What monkey patching gains: for each crate, so many calls one after another, and all at once in green
//! threads of one OS thread, against the servers of the tests.
//! Run: `cargo bench -p eventlet-monkey-tests --bench table`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;
use std::{env, thread};

use curl::easy::Easy;
use eventlet_monkey_tests::{MariaDb, Postgres, Redis, Web, at_once, one_after_another};
use mysql::prelude::Queryable;
use redis::Commands;
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};

const N: usize = 100;

/// How long a call lets its caller wait.
const EACH: Duration = Duration::from_millis(100);

/// The answer of the web server that takes as long.
const SLOW_PATH: &str = "/slow/100/x";

fn main() {
    // `cargo test --benches` has no time for this.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    eventlet::monkey_patch();
    println!("| crate | {N} times | one after another | at once | OS threads |");
    println!("|---|---|---|---|---|");
    row("std::thread", "`sleep` of 100 ms", || thread::sleep(EACH));
    row("std::process", "`sleep 0.1`, started and waited for", run_sleep);
    row("std::net", "an answer that takes 100 ms", get_by_hand);
    row("ureq, HTTP", "the same", get_with(TlsProvider::Rustls, Web::http));
    row("ureq, HTTPS by rustls", "the same", get_with(TlsProvider::Rustls, Web::https));
    row("ureq, HTTPS by native-tls", "the same", get_with(TlsProvider::NativeTls, Web::https));
    row("curl (libcurl, OpenSSL)", "the same, HTTPS", get_with_curl);
    row("postgres", "connect, `pg_sleep(0.1)`", query_postgres);
    row("mysql", "connect, `SLEEP(0.1)`", query_mysql);
    row("redis", "connect, `BLPOP` with 0.1 s", pop_from_redis);
}

fn row(name: &str, what: &str, call: impl Fn() + Sync) {
    // The first call finds out what all others use.
    call();
    let in_turn = one_after_another(N, |_| call());
    let together = at_once(N, |_| call());
    println!(
        "| {name} | {what} | {:.1} s | {:.2} s | {} |",
        in_turn.elapsed.as_secs_f64(),
        together.elapsed.as_secs_f64(),
        together.n_os_threads
    );
}

fn run_sleep() {
    assert!(Command::new("sleep").arg("0.1").status().unwrap().success());
}

fn get_by_hand() {
    let url = Web::shared().http(SLOW_PATH);
    let address = url.trim_start_matches("http://").trim_end_matches(SLOW_PATH);
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {SLOW_PATH} HTTP/1.1\r\nhost: {address}\r\n\r\n").unwrap();
    // The server keeps the connection.
    let (mut answer, mut buffer) = (Vec::new(), [0; 1024]);
    while !answer.ends_with(SLOW_PATH.as_bytes()) {
        let n_read = stream.read(&mut buffer).unwrap();
        assert!(n_read > 0, "{answer:?}");
        answer.extend_from_slice(&buffer[..n_read]);
    }
}

/// An agent that makes a connection for each request.
fn get_with(provider: TlsProvider, url: fn(&Web, &str) -> String) -> impl Fn() + Sync {
    let web = Web::shared();
    let authority = Certificate::from_pem(web.authority()).unwrap().to_owned();
    let roots = RootCerts::new_with_certs(&[authority]);
    let tls = TlsConfig::builder().provider(provider).root_certs(roots).build();
    let config = Agent::config_builder().tls_config(tls).proxy(None).max_idle_connections(0);
    let agent: Agent = config.build().new_agent();
    move || {
        let answer = agent.get(url(web, SLOW_PATH)).call().unwrap().body_mut().read_to_string();
        assert_eq!(answer.unwrap(), SLOW_PATH);
    }
}

fn get_with_curl() {
    let web = Web::shared();
    let mut easy = Easy::new();
    easy.url(&web.https(SLOW_PATH)).unwrap();
    easy.noproxy("*").unwrap();
    easy.cainfo(web.authority_file()).unwrap();
    easy.write_function(|bytes| Ok(bytes.len())).unwrap();
    easy.perform().unwrap();
    assert_eq!(easy.response_code().unwrap(), 200);
}

fn query_postgres() {
    let url = Postgres::shared().url();
    let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    let row = client.query_one("SELECT 6 * 7, pg_sleep(0.1)", &[]).unwrap();
    assert_eq!(row.get::<_, i32>(0), 42);
}

fn query_mysql() {
    let options = mysql::Opts::from_url(&MariaDb::shared().url()).unwrap();
    let mut connection = mysql::Conn::new(options).unwrap();
    let answer: Option<(i32, i32)> = connection.query_first("SELECT 6 * 7, SLEEP(0.1)").unwrap();
    assert_eq!(answer, Some((42, 0)));
}

fn pop_from_redis() {
    let client = redis::Client::open(Redis::shared().url()).unwrap();
    let mut connection = client.get_connection().unwrap();
    let nothing: Option<(String, String)> = connection.blpop("nothing", 0.1).unwrap();
    assert_eq!(nothing, None);
}

//! A server is told to end while it is under load: no request is cut.
//!
//! What that means here, and what each client checks:
//!
//! - A connection that is kept ends only after a whole answer that says `Connection: close`, and it
//!   ends in order. Until then every request is answered, and every answer is the right one.
//! - Of requests that were sent after such an answer, or on a connection that nobody has accepted any
//!   more, no byte is answered, and the application is not called for them: it is called exactly as
//!   often as there are whole answers.
//! - The server ends by itself, long before its time is over, and nothing has been killed.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use eventlet::green::net::TcpStream;
use eventlet::http::{Request, Response, Server};
use eventlet::{sleep, spawn};
use eventlet_http_tests::client::{Client, Reply};
use eventlet_http_tests::process::{Process, serve_until_terminated};
use eventlet_http_tests::site::start_server;
use eventlet_tests::{check_within, ms};

/// How long the server may take.
const LIMIT: Duration = Duration::from_secs(30);

/// How many clients there are of each kind.
const N_CLIENTS: usize = 12;

/// How many answers there have been, at least, when the server is told to end.
const N_BEFORE: usize = 500;

/// The server: it answers with what the client expects for the target, and counts its calls.
fn serve() {
    let n_calls = Rc::new(Cell::new(0));
    let counted = n_calls.clone();
    let app = move |request: &mut Request| -> io::Result<Response> {
        counted.set(counted.get() + 1);
        let target = request.target().to_owned();
        Ok(match request.raw_path() {
            "/slow" => {
                // Longer than the server waits for those who are idle.
                sleep(ms(500));
                Response::text(target)
            }
            "/stream" => Response::written_by(move |out| {
                for byte in target.as_bytes().chunks(1) {
                    out.write_all(byte)?;
                    sleep(ms(40));
                }
                Ok(())
            })
            .with_min_chunk_size(0),
            "/upload" => {
                let mut body = String::new();
                request.read_to_string(&mut body)?;
                Response::text(body)
            }
            "/large" => Response::text(target.repeat(20_000)),
            _ => Response::text(target),
        })
    };
    let start = || start_server(Server::new(app));
    serve_until_terminated(start, LIMIT, |is_clean| format!("{} calls {is_clean}", n_calls.get()));
}

/// A client: its number, the server, and the count of whole answers.
#[derive(Clone)]
struct Visitor {
    number: usize,
    server: SocketAddr,
    n_answers: Rc<Cell<usize>>,
    n_sent: usize,
}

impl Visitor {
    /// A target that nobody else asks for.
    fn target(&mut self, path: &str) -> String {
        self.n_sent += 1;
        format!("{path}?{}-{}", self.number, self.n_sent)
    }

    /// Checks an answer; says whether the connection goes on.
    fn check(&self, reply: &Reply, expected: &str) -> bool {
        assert_eq!(reply.status(), 200);
        assert!(reply.is_whole && reply.body == expected.as_bytes(), "{expected}: {reply:?}");
        self.n_answers.set(self.n_answers.get() + 1);
        match reply.header("connection") {
            None => true,
            Some(value) => {
                assert_eq!(value, "close");
                false
            }
        }
    }

    /// One request after the other.
    fn ask_steadily(mut self, mut client: Client, path: &str) {
        loop {
            let target = self.target(path);
            client.send(get(&target));
            let n = if path == "/large" { 20_000 } else { 1 };
            if !self.check(&client.reply(), &target.repeat(n)) {
                return client.assert_ended();
            }
        }
    }

    /// Many requests at once: more than the server reads at a time.
    fn ask_in_batches(mut self, mut client: Client) {
        loop {
            let targets: Vec<_> = (0..300).map(|_| self.target("/batch")).collect();
            client.send(targets.iter().map(|target| get(target)).collect::<String>());
            for target in targets {
                if !self.check(&client.reply(), &target) {
                    return client.assert_ended();
                }
            }
        }
    }

    /// Bodies that come in pieces, so that most requests are in the middle when the end comes.
    fn upload(mut self, mut client: Client) {
        loop {
            let target = self.target("/upload");
            client.send(format!("POST {target} HTTP/1.1\r\nHost: localhost\r\n"));
            client.send("Transfer-Encoding: chunked\r\n\r\n");
            for byte in target.chars() {
                client.send(format!("1\r\n{byte}\r\n"));
                sleep(ms(2));
            }
            client.send("0\r\n\r\n");
            if !self.check(&client.reply(), &target) {
                return client.assert_ended();
            }
        }
    }

    /// A connection for each request, until there are no more.
    fn come_and_go(mut self) {
        loop {
            let target = self.target("/new");
            let Ok(stream) = TcpStream::connect(self.server) else { return };
            let mut client = Client::over(stream);
            let request =
                format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            if client.try_send(request).is_err() {
                return;
            }
            // Nothing or everything.
            let Some(reply) = client.next_reply() else { return };
            self.check(&reply, &target);
            client.assert_ended();
        }
    }
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n")
}

/// Runs a server under load until it is told to end after `load`; returns how many answers there were.
fn one_round(test: &str, load: Duration) -> usize {
    let server = Process::start(test, serve);
    let n_answers = Rc::new(Cell::new(0));
    let mut number = 0;
    let mut visitor = || {
        number += 1;
        Visitor { number, server: server.address, n_answers: n_answers.clone(), n_sent: 0 }
    };
    let connect = || Client::connect(server.address);
    let mut threads = Vec::new();
    for _ in 0..N_CLIENTS {
        for path in ["/", "/slow", "/stream", "/large"] {
            let (visitor, client) = (visitor(), connect());
            threads.push(spawn(move || visitor.ask_steadily(client, path)));
        }
        let (batcher, client) = (visitor(), connect());
        threads.push(spawn(move || batcher.ask_in_batches(client)));
        let (uploader, client) = (visitor(), connect());
        threads.push(spawn(move || uploader.upload(client)));
        let newcomer = visitor();
        threads.push(spawn(move || newcomer.come_and_go()));
    }
    while n_answers.get() < N_BEFORE {
        sleep(ms(1));
    }
    sleep(load);
    server.terminate();
    for thread in threads {
        thread.wait().unwrap_or_else(|exit| exit.resume());
    }
    let said = server.finish();
    let said = said.lines().next().expect("a summary");
    assert_eq!(said, format!("{} calls true", n_answers.get()));
    n_answers.get()
}

#[test]
fn no_request_is_cut() {
    check_within(Duration::from_secs(150), || {
        for load in [0, 10, 30, 100, 300] {
            let n_answers = one_round("no_request_is_cut", ms(load));
            assert!(n_answers > N_BEFORE);
        }
    });
}

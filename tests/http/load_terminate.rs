//! A server is told to end while it is under load: no request is cut.
//!
//! What that means here, and what each client checks:
//!
//! - A connection that is kept ends only after a whole answer that says `Connection: close`, and it
//!   ends in order. Until then every request is answered, and every answer is the right one. Only a
//!   client that was itself held up for too long may find that nobody waits for it any more.
//! - Of requests that were sent after such an answer, or on a connection that nobody has accepted any
//!   more, no byte is answered, and the application is not called for them: it is called exactly as
//!   often as there are whole answers.
//! - The server ends by itself, long before its time is over, and nothing has been killed.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use eventlet::green::net::TcpStream;
use eventlet::http::{Request, Response, Server};
use eventlet::{sleep, spawn};
use eventlet_http_tests::client::{Client, Reply};
use eventlet_http_tests::process::{Process, serve_until_terminated};
use eventlet_http_tests::site::start_server;
use eventlet_tests::{check_within, ms, yield_now};

/// How long the server may take.
const LIMIT: Duration = Duration::from_secs(30);

/// A client that has not sent its next request after this time may be late: the server waits more than
/// twice as long.
const LATE: Duration = ms(100);

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

/// For how long the clients have been held up: they share an OS thread, which others may keep from
/// running.
#[derive(Clone)]
struct HoldUps {
    longest: Rc<Cell<Duration>>,
    last_tick: Rc<Cell<Instant>>,
}

impl HoldUps {
    fn new() -> Self {
        HoldUps { longest: Rc::default(), last_tick: Rc::new(Cell::new(Instant::now())) }
    }

    /// Looks at the clock until it is killed, each time when all others have had their turns: they wait
    /// for each other as well.
    fn watch(&self) {
        loop {
            self.longest.set(self.longest());
            self.last_tick.set(Instant::now());
            sleep(ms(1));
            yield_now();
        }
    }

    fn longest(&self) -> Duration {
        self.longest.get().max(self.last_tick.get().elapsed())
    }
}

/// A client: its number, the server, the count of whole answers, and what may excuse it.
#[derive(Clone)]
struct Visitor {
    number: usize,
    server: SocketAddr,
    n_answers: Rc<Cell<usize>>,
    n_sent: usize,
    hold_ups: HoldUps,
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

    /// The next answer, if there is one, as there must be for who is not late.
    fn reply(&self, client: &mut Client) -> Option<Reply> {
        let reply = client.next_reply();
        let hold_up = self.hold_ups.longest();
        assert!(reply.is_some() || hold_up >= LATE, "no answer after at most {hold_up:?}");
        reply
    }

    /// One request after the other.
    fn ask_steadily(mut self, mut client: Client, path: &str) {
        loop {
            let target = self.target(path);
            // An end is seen by who reads.
            let _ = client.try_send(get(&target));
            let n = if path == "/large" { 20_000 } else { 1 };
            let Some(reply) = self.reply(&mut client) else { return };
            if !self.check(&reply, &target.repeat(n)) {
                return client.assert_ended();
            }
        }
    }

    /// Many requests at once: more than the server reads at a time.
    fn ask_in_batches(mut self, mut client: Client) {
        loop {
            let targets: Vec<_> = (0..300).map(|_| self.target("/batch")).collect();
            let _ = client.try_send(targets.iter().map(|target| get(target)).collect::<String>());
            for (i, target) in targets.iter().enumerate() {
                // Those that were sent together are answered together.
                let reply = if i == 0 { self.reply(&mut client) } else { client.next_reply() };
                let Some(reply) = reply else {
                    assert_eq!(i, 0, "no answer to {target}");
                    return;
                };
                if !self.check(&reply, target) {
                    return client.assert_ended();
                }
            }
        }
    }

    /// Bodies that come in pieces, so that most requests are in the middle when the end comes.
    fn upload(mut self, mut client: Client) {
        loop {
            let target = self.target("/upload");
            let mut send = |bytes: String| _ = client.try_send(bytes);
            send(format!("POST {target} HTTP/1.1\r\nHost: localhost\r\n"));
            send("Transfer-Encoding: chunked\r\n\r\n".to_owned());
            for byte in target.chars() {
                send(format!("1\r\n{byte}\r\n"));
                sleep(ms(2));
            }
            send("0\r\n\r\n".to_owned());
            let Some(reply) = self.reply(&mut client) else { return };
            if !self.check(&reply, &target) {
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
    let hold_ups = HoldUps::new();
    let watched = hold_ups.clone();
    let watch = spawn(move || watched.watch());
    let mut number = 0;
    let mut visitor = || {
        number += 1;
        let (n_answers, hold_ups) = (n_answers.clone(), hold_ups.clone());
        Visitor { number, server: server.address, n_answers, n_sent: 0, hold_ups }
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
    watch.kill();
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

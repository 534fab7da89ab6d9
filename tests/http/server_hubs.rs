//! An HTTP server of several hubs.

use std::collections::HashSet;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{self, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use eventlet::green::net::TcpStream;
use eventlet::http::{Request, Server};
use eventlet::{connect, listen, sleep, spawn};
use eventlet_tests::check;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

/// The body of the answer to a `GET`.
fn get(address: SocketAddr) -> io::Result<String> {
    let mut client = connect(address)?;
    client.write_all(GET)?;
    let answer = io::read_to_string(client)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or(ErrorKind::UnexpectedEof)?;
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    Ok(body.to_owned())
}

fn this_thread(_: &mut Request) -> String {
    format!("{:?}", std::thread::current().id())
}

#[test]
fn each_hub_answers_some() {
    check(|| {
        let listener = listen("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::new(this_thread).hubs(3).start(listener).unwrap();
        let clients: Vec<_> = (0..300).map(|_| spawn(move || get(address).unwrap())).collect();
        let threads: HashSet<_> = clients.into_iter().map(|it| it.wait().unwrap()).collect();
        assert_eq!(threads.len(), 3, "{threads:?}");
        server.stop();
        assert_eq!(server.connections(), 0);
        assert_eq!(get(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
        server.wait().unwrap();
    });
}

/// Those in other hubs, too, are waited for, and those who have only connected are answered.
#[test]
fn stopping_cuts_no_request() {
    static BEGUN: AtomicUsize = AtomicUsize::new(0);
    fn slow(_: &mut Request) -> &'static str {
        BEGUN.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(100));
        "done"
    }
    check(|| {
        const N: usize = 60;
        let listener = listen("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::new(slow).hubs(2).start(listener).unwrap();
        let clients: Vec<_> = (0..N).map(|_| spawn(move || get(address).unwrap())).collect();
        let late: Vec<TcpStream> = (0..N).map(|_| connect(address).unwrap()).collect();
        while BEGUN.load(Ordering::Relaxed) < N {
            sleep(Duration::from_millis(1));
        }
        let asking = spawn(move || {
            let ask = |mut client: TcpStream| {
                client.write_all(GET).unwrap();
                io::read_to_string(client).unwrap()
            };
            late.into_iter().map(|client| spawn(move || ask(client))).collect::<Vec<_>>()
        });
        assert!(server.stop_within(Duration::from_secs(20)));
        for client in clients {
            assert_eq!(client.wait().unwrap(), "done");
        }
        for client in asking.wait().unwrap() {
            assert!(client.wait().unwrap().ends_with("done"));
        }
    });
}

#[test]
fn what_does_not_end_is_killed_in_every_hub() {
    static BEGUN: AtomicUsize = AtomicUsize::new(0);
    static ENDED: AtomicUsize = AtomicUsize::new(0);
    fn never(request: &mut Request) {
        BEGUN.fetch_add(1, Ordering::Relaxed);
        request.on_end(|ended| {
            assert!(!ended.is_complete);
            ENDED.fetch_add(1, Ordering::Relaxed);
        });
        sleep(Duration::from_secs(3600));
    }
    check(|| {
        const N: usize = 40;
        let listener = listen("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::new(never).hubs(2).start(listener).unwrap();
        let mut clients: Vec<_> = (0..N).map(|_| connect(address).unwrap()).collect();
        for client in &mut clients {
            client.write_all(GET).unwrap();
        }
        while BEGUN.load(Ordering::Relaxed) < N {
            sleep(Duration::from_millis(1));
        }
        assert!(!server.stop_within(Duration::from_millis(400)));
        for mut client in clients {
            // Nothing of a response has come, only the end.
            let end = client.read(&mut [0; 64]);
            assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
        }
        assert_eq!(ENDED.load(Ordering::Relaxed), N);
    });
}

/// Another OS thread has the server's listener by another descriptor, and accepts all the time.
#[test]
fn who_accepts_as_well_goes_on_when_the_server_stops() {
    check(|| {
        for _ in 0..8 {
            let listener = listen("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let theirs = listener.try_clone().unwrap();
            let server = Server::new(this_thread).start(listener).unwrap();
            let (accepted, accepts) = mpsc::channel();
            let other =
                thread::spawn(move || while accepted.send(theirs.accept().map(drop)).is_ok() {});
            for _ in 0..100 {
                drop(net::TcpStream::connect(address));
            }
            server.stop();
            accepts.try_iter().for_each(Result::unwrap);
            drop(net::TcpStream::connect(address));
            accepts.recv().unwrap().unwrap();
            drop(accepts);
            drop(net::TcpStream::connect(address));
            other.join().unwrap();
        }
    });
}

//! WebSockets over TLS: what holds without it holds with it.

use std::time::Duration;

use eventlet::debug::{now, pause_clock};
use eventlet::green::os::unix::net::UnixStream;
use eventlet::green::ssl::{Acceptor, Connector};
use eventlet::http::{Request, Server};
use eventlet::websocket::{self, CloseCode, Config, Message, WebSocket};
use eventlet::{sleep, spawn, with_timeout};
use eventlet_http_tests::tools::python;
use eventlet_http_tests::websocket::{MUCH, send_much_both_ways};
use eventlet_tests::{check, check_within, ms, yield_now};

fn certificate() -> (Vec<u8>, Vec<u8>) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/");
    let read = |name: &str| std::fs::read(folder.to_owned() + name).unwrap();
    (read("localhost.pem"), read("localhost.key"))
}

fn tls() -> (Acceptor, Connector) {
    let (certificate, key) = certificate();
    let acceptor = Acceptor::builder().certificate(&certificate, &key).build().unwrap();
    (acceptor, Connector::builder().ca(&certificate).build().unwrap())
}

/// Both ends of a connection, of which the server's has these settings.
fn pair(config: Config) -> (WebSocket, WebSocket) {
    let (acceptor, connector) = tls();
    let (ours, theirs) = UnixStream::pair().unwrap();
    let server = spawn(move || config.accept(acceptor.accept(ours)).unwrap());
    let stream = connector.connect("localhost", theirs).unwrap();
    let client = websocket::client(stream, "wss://localhost/").unwrap();
    (server.wait().unwrap(), client)
}

#[test]
fn messages_cross_while_both_send_much() {
    check(|| send_much_both_ways(pair(Config::new())));
}

#[test]
fn receiving_goes_on_while_a_sender_waits() {
    check(|| {
        let (server, client) = pair(Config::new());
        let sender = server.clone();
        let sender = spawn(move || sender.send(vec![7; MUCH]));
        yield_now();
        for n in 0..100 {
            client.send(n.to_string()).unwrap();
            client.send(Message::Ping(b"?".to_vec())).unwrap();
            assert_eq!(server.recv().unwrap().text(), Some(n.to_string().as_str()));
        }
        assert!(!sender.is_dead());
        assert_eq!(client.recv().unwrap().bytes().len(), MUCH);
        sender.wait().unwrap().unwrap();
    });
}

#[test]
fn connections_close_with_their_codes() {
    check(|| {
        let (server, client) = pair(Config::new());
        let handler = spawn(move || server.run(|ws| drop(ws.recv())));
        client.send("x").unwrap();
        assert_eq!(client.recv(), None);
        assert_eq!(client.closed().unwrap().code, CloseCode::NORMAL);
        handler.wait().unwrap();

        let (server, client) = pair(Config::new().max_message(10));
        let receiver = spawn(move || server.recv());
        client.send("more than ten bytes").unwrap();
        assert_eq!(client.recv(), None);
        assert_eq!(client.closed().unwrap().code, CloseCode::TOO_BIG);
        assert_eq!(receiver.wait().unwrap(), None);

        let (server, client) = pair(Config::new());
        drop(server);
        assert_eq!(client.recv(), None);
        assert_eq!(client.closed().unwrap().code, CloseCode::LOST);
    });
}

#[test]
fn a_limit_on_receiving_loses_nothing() {
    check(|| {
        let (server, client) = pair(Config::new());
        for n in 0..20 {
            assert!(with_timeout(Duration::ZERO, || server.recv()).is_err());
            client.send(n.to_string()).unwrap();
            assert_eq!(server.recv().unwrap().text(), Some(n.to_string().as_str()));
        }
    });
}

#[test]
fn who_takes_nothing_is_cut_off() {
    check(|| {
        pause_clock();
        let (server, client) = pair(Config::new());
        let ws = server.clone();
        let sender = spawn(move || ws.send(vec![7; MUCH]));
        yield_now();
        let before = now();
        server.close(CloseCode::NORMAL, "");
        assert_eq!(now() - before, ms(5000));
        assert!(sender.wait().unwrap().is_err());
        assert_eq!(server.closed().unwrap().code, CloseCode::LOST);
        drop(client);
    });
}

#[test]
fn who_takes_nothing_of_the_server_is_cut_off() {
    check(|| {
        let (acceptor, connector) = tls();
        let listener = eventlet::listen("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let app = |request: &mut Request| {
            let config = Config::new().close_within(ms(100));
            config.upgrade(request, |ws| {
                let sender = ws.clone();
                let sender = spawn(move || sender.send(vec![7; 8 * MUCH]));
                sleep(ms(50));
                ws.close(CloseCode::NORMAL, "");
                assert!(sender.wait().unwrap().is_err());
            })
        };
        let server = Server::new(app).tls(acceptor).start(listener).unwrap();
        let url = format!("wss://localhost:{port}/");
        let client = Config::new().connector(connector).connect(&url).unwrap();
        while server.connections() > 0 {
            sleep(ms(5));
        }
        drop(client);
        server.stop();
    });
}

const PYTHON_CLIENT: &str = r#"
import asyncio, ssl, sys
from websockets import connect

async def main():
    context = ssl.create_default_context(cafile=sys.argv[2])
    async with connect(sys.argv[1], ssl=context) as ws:
        for message in ["hello", b"x" * 1_000_000, ""]:
            await ws.send(message)
            assert await ws.recv() == message
    assert ws.close_code == 1000, ws.close_code
    print("all is well")

asyncio.run(asyncio.wait_for(main(), 50))
"#;

#[test]
fn python_websockets_is_served() {
    check_within(Duration::from_secs(60), || {
        let (acceptor, _) = tls();
        let listener = eventlet::listen("127.0.0.1:0").unwrap();
        let url = format!("wss://localhost:{}/", listener.local_addr().unwrap().port());
        let app = |request: &mut Request| {
            websocket::upgrade(request, |ws| ws.messages().try_for_each(|it| ws.send(it)))
        };
        let server = Server::new(app).tls(acceptor).start(listener).unwrap();
        let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/localhost.pem");
        if let Some(said) = python("websockets", PYTHON_CLIENT, &[&url, authority]) {
            assert_eq!(said, "all is well\n");
        }
        server.stop();
    });
}

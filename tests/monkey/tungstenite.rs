//! tungstenite, WebSockets: both sides, in one OS thread.

use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use eventlet_monkey_tests::{Web, at_once, check, check_without_the_patch, not_before};
use eventlet_tests::ms;
use tungstenite::error::ProtocolError;
use tungstenite::protocol::WebSocket;
use tungstenite::{Error, HandshakeError, Message, accept, client};

const N: usize = 200;

fn listen() -> TcpListener {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    // All clients may come before the first of them is accepted.
    eventlet_tests::sys::set_backlog(&listener, 1000);
    listener
}

/// Accepts one client.
fn serve(listener: &TcpListener) -> WebSocket<TcpStream> {
    accept(listener.accept().unwrap().0).unwrap()
}

fn connect(listener: &TcpListener) -> WebSocket<TcpStream> {
    let address = listener.local_addr().unwrap();
    let tcp = TcpStream::connect(address).unwrap();
    client(format!("ws://{address}/"), tcp).unwrap().0
}

/// Sends back what it gets, until the other side closes the connection.
fn echo(mut socket: WebSocket<TcpStream>, after: Duration) {
    loop {
        match socket.read() {
            Ok(message) if message.is_text() || message.is_binary() => {
                thread::sleep(after);
                socket.send(message).unwrap();
            }
            Ok(_) => {}
            Err(Error::ConnectionClosed) => return,
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Closes the connection, and waits until the other side has done so, too.
fn close(mut socket: WebSocket<TcpStream>) {
    socket.close(None).unwrap();
    loop {
        match socket.read() {
            Ok(_) => {}
            Err(Error::ConnectionClosed) => return,
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[test]
fn slow_echoes_at_once() {
    check(|| {
        let listener = listen();
        let run = at_once(2 * N, |i| {
            if i % 2 == 0 {
                return echo(serve(&listener), ms(250));
            }
            let mut socket = connect(&listener);
            for text in ["first", "second"] {
                socket.send(Message::text(format!("{text} {i}"))).unwrap();
                assert_eq!(socket.read().unwrap(), Message::text(format!("{text} {i}")));
            }
            close(socket);
        });
        run.like_the_slowest(ms(500));
    });
}

/// Messages that fill the buffers of the sockets, with pings in between.
#[test]
fn large_messages() {
    check(|| {
        let listener = listen();
        at_once(16, |i| {
            if i % 2 == 0 {
                return echo(serve(&listener), ms(0));
            }
            let mut socket = connect(&listener);
            let message = Message::binary(vec![i as u8; 4 << 20]);
            socket.send(Message::Ping("here?".into())).unwrap();
            socket.send(message.clone()).unwrap();
            assert_eq!(socket.read().unwrap(), Message::Pong("here?".into()));
            assert!(socket.read().unwrap() == message);
            close(socket);
        });
    });
}

#[test]
fn failures_are_reported() {
    check(|| {
        let listener = listen();
        let [http, _] = Web::shared().ports();
        let run = at_once(40, |i| match i % 4 {
            // The server goes without a word.
            0 => {
                drop(serve(&listener));
                true
            }
            1 => {
                let mut socket = connect(&listener);
                let closed = ProtocolError::ResetWithoutClosingHandshake;
                match socket.read().unwrap_err() {
                    Error::Protocol(error) => error == closed,
                    error => matches!(error, Error::Io(_)),
                }
            }
            // The server does not know what is wanted.
            2 => {
                let tcp = TcpStream::connect(("127.0.0.1", http)).unwrap();
                let url = format!("ws://127.0.0.1:{http}/status/404");
                matches!(client(url, tcp), Err(HandshakeError::Failure(Error::Http(_))))
            }
            // The server never answers.
            _ => {
                let tcp = TcpStream::connect(("127.0.0.1", http)).unwrap();
                tcp.set_read_timeout(Some(ms(300))).unwrap();
                let url = format!("ws://127.0.0.1:{http}/hang");
                not_before(ms(300), || {
                    matches!(client(url, tcp), Err(HandshakeError::Interrupted(_)))
                })
            }
        });
        assert_eq!(run.results, [true; 40]);
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}

//! Several who use one WebSocket: their turns, their limits, and their kills.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::websocket::{CloseCode, Config, Message};
use eventlet::{sleep, spawn, with_timeout};
use eventlet_http_tests::websocket::{
    BINARY, MUCH, TEXT, code, masked, pair, raw_client, receive_all, send_much_both_ways,
};
use eventlet_tests::{check, yield_now};

#[test]
fn senders_do_not_mix() {
    check(|| {
        let (server, client) = pair(&Config::new());
        let senders: Vec<_> = (0..20_u8)
            .map(|id| {
                let ws = server.clone();
                spawn(move || {
                    for turn in 0..20_u8 {
                        // Some are larger than what the socket takes at once.
                        let n = 1 + usize::from(id) * 20_000 * usize::from(turn % 2);
                        let mut bytes = vec![id; n];
                        bytes[0] = turn;
                        ws.send(bytes).unwrap();
                    }
                })
            })
            .collect();
        let mut next = [0; 20];
        for _ in 0..400 {
            let message = client.recv().unwrap();
            let [turn, rest @ ..] = message.bytes() else { panic!("an empty message") };
            if let Some(id) = rest.first() {
                assert!(rest.iter().all(|byte| byte == id), "messages mix");
                assert_eq!(rest.len(), usize::from(*id) * 20_000);
                assert_eq!(next[usize::from(*id)], *turn / 2);
                next[usize::from(*id)] += 1;
            }
        }
        senders.into_iter().for_each(|sender| sender.wait().unwrap());
    });
}

#[test]
fn senders_are_served_in_their_order() {
    check(|| {
        let (server, client) = pair(&Config::new());
        let first = server.clone();
        let first = spawn(move || first.send(vec![0; MUCH]));
        yield_now();
        let senders: Vec<_> = (0..10)
            .map(|n| {
                let ws = server.clone();
                let sender = spawn(move || ws.send(n.to_string()));
                yield_now();
                sender
            })
            .collect();
        assert_eq!(client.recv().unwrap().bytes().len(), MUCH);
        for n in 0..10 {
            assert_eq!(client.recv().unwrap().text(), Some(n.to_string().as_str()));
        }
        first.wait().unwrap().unwrap();
        senders.into_iter().for_each(|sender| sender.wait().unwrap().unwrap());
    });
}

#[test]
fn receiving_goes_on_while_a_sender_waits() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        let sender = server.clone();
        let sender = spawn(move || sender.send(vec![7; MUCH]));
        yield_now();
        for n in 0..100 {
            client.send(TEXT, n.to_string().as_bytes());
            assert_eq!(server.recv().unwrap().text(), Some(n.to_string().as_str()));
        }
        assert!(!sender.is_dead());
        assert_eq!(client.frame().unwrap().payload, vec![7; MUCH]);
        sender.wait().unwrap().unwrap();
    });
}

#[test]
fn messages_cross_while_both_send_much() {
    check(|| send_much_both_ways(pair(&Config::new())));
}

#[test]
fn a_limit_on_receiving_loses_nothing() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        let frame = masked(TEXT, true, b"hello, world");
        for piece in frame.chunks(1) {
            assert!(with_timeout(Duration::ZERO, || server.recv()).is_err());
            client.stream.write_all(piece).unwrap();
        }
        assert_eq!(server.recv(), Some(Message::from("hello, world")));
    });
}

#[test]
fn a_receiver_that_is_killed_loses_nothing() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        let frame = masked(TEXT, true, b"hello");
        for piece in frame.chunks(2) {
            let receiver = receive_all(&server);
            client.stream.write_all(piece).unwrap();
            if piece.as_ptr_range().end != frame.as_ptr_range().end {
                sleep(Duration::ZERO);
                receiver.kill();
            } else {
                drop(client);
                assert_eq!(receiver.wait().unwrap(), [Message::from("hello")]);
                return;
            }
        }
    });
}

#[test]
fn receivers_get_one_message_each() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        let receivers: Vec<_> = (0..3)
            .map(|_| {
                let ws = server.clone();
                spawn(move || ws.recv().unwrap())
            })
            .collect();
        yield_now();
        let three: Vec<u8> = (0..3).flat_map(|n| masked(BINARY, true, &[n])).collect();
        client.stream.write_all(&three).unwrap();
        for (n, receiver) in (0..).zip(receivers) {
            assert_eq!(receiver.wait().unwrap(), Message::from([n]));
        }
    });
}

#[test]
fn a_sender_that_is_killed_in_the_middle_ends_the_connection() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        let ws = server.clone();
        let writes = spawn(move || ws.send(vec![7; MUCH]));
        yield_now();
        let ws = server.clone();
        let waits = spawn(move || ws.send("later"));
        yield_now();
        writes.kill();
        assert!(waits.wait().unwrap().is_err());
        assert_eq!(code(&server), 1006);
        assert_eq!(server.recv(), None);
        let mut rest = Vec::new();
        client.stream.read_to_end(&mut rest).unwrap();
        assert!(rest.len() < MUCH, "no frame was finished");
    });
}

#[test]
fn a_sender_that_waits_for_its_turn_can_be_killed() {
    check(|| {
        let (server, client) = pair(&Config::new());
        let ws = server.clone();
        let writes = spawn(move || ws.send(vec![7; MUCH]));
        yield_now();
        let ws = server.clone();
        let waits = spawn(move || ws.send("never"));
        yield_now();
        waits.kill();
        let late = with_timeout(Duration::ZERO, || server.send("neither"));
        assert!(late.is_err());
        assert_eq!(client.recv().unwrap().bytes().len(), MUCH);
        writes.wait().unwrap().unwrap();
        server.send("fine").unwrap();
        assert_eq!(client.recv(), Some(Message::from("fine")));
    });
}

#[test]
fn two_hundred_connections_share_one_thread() {
    check(|| {
        let n_served = Rc::new(Cell::new(0));
        let sockets: Vec<_> = (0..200)
            .map(|_| {
                let (server, client) = pair(&Config::new());
                let n_served = n_served.clone();
                let echo = spawn(move || {
                    server.run(|ws| {
                        for message in ws {
                            n_served.set(n_served.get() + 1);
                            ws.send(message)?;
                        }
                        io::Result::Ok(())
                    })
                });
                (client, echo)
            })
            .collect();
        let clients: Vec<_> = sockets
            .into_iter()
            .enumerate()
            .map(|(id, (client, echo))| {
                spawn(move || {
                    for turn in 0..20 {
                        let text = format!("client {id} turn {turn}");
                        client.send(text.as_str()).unwrap();
                        assert_eq!(client.recv().unwrap().text(), Some(text.as_str()));
                    }
                    client.close(CloseCode::NORMAL, "");
                    echo.wait().unwrap().unwrap();
                })
            })
            .collect();
        clients.into_iter().for_each(|client| client.wait().unwrap());
        assert_eq!(n_served.get(), 4000);
    });
}

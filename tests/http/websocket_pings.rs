//! Pings and pongs: as messages, as answers, and as signs of life.

use std::io;

use eventlet::debug::{now, pause_clock};
use eventlet::green::os::unix::net::UnixStream;
use eventlet::websocket::{self, CloseCode, Config, Message};
use eventlet::{sleep, spawn};
use eventlet_http_tests::websocket::{MUCH, PING, PONG, TEXT, code, pair, raw_client, receive_all};
use eventlet_tests::{check, ms, yield_now};

#[test]
fn control_messages_are_received_if_that_is_wanted() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new().control_messages(true));
        client.send(PING, b"a");
        client.send(PONG, b"b");
        client.send(TEXT, b"c");
        let three: Vec<_> = server.messages().take(3).collect();
        let expected = [Message::Ping(b"a".into()), Message::Pong(b"b".into()), "c".into()];
        assert_eq!(three, expected);
        let too_long = server.send(Message::Ping(vec![0; 126])).unwrap_err();
        assert_eq!(too_long.kind(), io::ErrorKind::InvalidInput);
        assert_eq!(client.frame().unwrap().kind, PONG);
        server.send(Message::Ping(vec![0; 125])).unwrap();
        assert_eq!(client.frame().unwrap().payload.len(), 125);
    });
}

#[test]
fn pings_are_answered_behind_a_sender_that_waits() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        let sender = server.clone();
        let sender = spawn(move || sender.send(vec![7; MUCH]));
        yield_now();
        // Nobody could answer them all: the client does not read.
        for n in 0..10_000_u32 {
            client.send(PING, &n.to_be_bytes());
            if n % 100 == 0 {
                client.send(TEXT, b"x");
                assert_eq!(server.recv(), Some(Message::from("x")));
            }
        }
        client.send(TEXT, b"end");
        assert_eq!(server.recv(), Some(Message::from("end")));
        assert!(!sender.is_dead());
        assert_eq!(client.frame().unwrap().payload.len(), MUCH);
        let pong = client.frame().unwrap();
        assert_eq!((pong.kind, &pong.payload[..]), (PONG, &9_999_u32.to_be_bytes()[..]));
        sender.wait().unwrap().unwrap();
    });
}

#[test]
fn who_only_pings_and_never_reads_is_not_waited_for() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        let receiver = receive_all(&server);
        // 7 MB of answers that nobody takes.
        for _ in 0..60_000 {
            client.send(PING, &[0; 120]);
        }
        client.send(TEXT, b"done");
        drop(client);
        assert_eq!(receiver.wait().unwrap(), [Message::from("done")]);
        assert_eq!(code(&server), 1006);
        yield_now();
    });
}

fn kept_alive() -> Config {
    Config::new().ping_every(ms(10_000)).pong_within(ms(4_000))
}

#[test]
fn a_peer_that_shows_no_sign_of_life_is_cut_off() {
    check(|| {
        pause_clock();
        let (server, mut client) = raw_client(&kept_alive());
        let before = now();
        assert_eq!(server.recv(), None);
        assert_eq!(now() - before, ms(14_000));
        assert_eq!(server.closed().unwrap().reason, "the peer has not answered a ping in time");
        assert_eq!(client.frame().unwrap().kind, PING);
        assert_eq!(client.frame(), None);
        yield_now();
    });
}

#[test]
fn a_peer_that_takes_nothing_is_cut_off() {
    check(|| {
        pause_clock();
        let (server, client) = raw_client(&kept_alive());
        let before = now();
        assert!(server.send(vec![7; MUCH]).is_err());
        assert_eq!(now() - before, ms(14_000));
        drop(client);
        yield_now();
    });
}

#[test]
fn a_peer_that_answers_is_kept_though_nobody_receives() {
    check(|| {
        pause_clock();
        let (ours, theirs) = UnixStream::pair().unwrap();
        let server = spawn(move || kept_alive().accept(ours).unwrap());
        let client = websocket::client(theirs, "ws://localhost/").unwrap();
        let server = server.wait().unwrap();
        let peer = receive_all(&client);
        sleep(ms(100_000));
        assert_eq!(server.closed(), None);
        // What comes in between is kept for whoever receives later.
        client.send("first").unwrap();
        client.send("second").unwrap();
        sleep(ms(100_000));
        assert_eq!(server.recv(), Some(Message::from("first")));
        assert_eq!(server.recv(), Some(Message::from("second")));
        sleep(ms(100_000));
        server.close(CloseCode::NORMAL, "");
        assert!(peer.wait().unwrap().is_empty());
        yield_now();
    });
}

#[test]
fn pings_end_with_the_connection() {
    check(|| {
        pause_clock();
        let (server, client) = pair(&kept_alive());
        drop((server, client));
        yield_now();
        yield_now();
        assert_eq!(eventlet::hubs::get_hub().stats().green_threads, 0);
    });
}

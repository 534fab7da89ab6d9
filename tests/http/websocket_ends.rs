//! How WebSockets end: by a close of either side, by a peer that does not go along, or by the server's stop,
//! and with which codes.

use std::io::{self, Write};
use std::time::Duration;

use eventlet::debug::{now, pause_clock};
use eventlet::websocket::{CloseCode, Config, Message, WebSocket};
use eventlet::{sleep, spawn};
use eventlet_http_tests::websocket::{
    CONTINUE, MUCH, TEXT, code, masked, pair, raw_client, receive_all,
};
use eventlet_tests::{check, ms, yield_now};

#[test]
fn a_connection_that_is_dropped_is_lost_for_the_peer() {
    check(|| {
        let (server, client) = pair(&Config::new());
        let clone = server.clone();
        drop(server);
        assert!(client.send("still there").is_ok());
        assert!(clone.recv().is_some());
        drop(clone);
        assert_eq!(client.recv(), None);
        assert_eq!(code(&client), 1006);
        let error = client.send("too late").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        assert!(error.to_string().contains("the WebSocket is closed: 1006"), "{error}");
    });
}

#[test]
fn both_may_close_at_once() {
    check(|| {
        let (server, client) = pair(&Config::new());
        let theirs = client.clone();
        let other = spawn(move || theirs.close(CloseCode(4001), "client"));
        server.close(CloseCode(4002), "server");
        other.wait().unwrap();
        assert_eq!((code(&server), code(&client)), (4001, 4002));
    });
}

#[test]
fn messages_that_arrive_while_closing_are_received() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        let receiver = receive_all(&server);
        let ws = server.clone();
        let closer = spawn(move || ws.close(CloseCode::NORMAL, ""));
        assert_eq!(client.frame().unwrap().code(), Some(1000));
        assert_eq!(server.send("late").unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        client.send(TEXT, b"one more");
        client.send_close(1000);
        closer.wait().unwrap();
        assert_eq!(receiver.wait().unwrap(), [Message::from("one more")]);
        assert_eq!(client.frame(), None);
    });
}

#[test]
fn messages_that_nobody_receives_do_not_hold_up_closing() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        for _ in 0..10 {
            client.send(TEXT, b"ignored");
        }
        client.send_close(1000);
        server.close(CloseCode::NORMAL, "");
        assert_eq!(code(&server), 1000);
    });
}

#[test]
fn who_does_not_answer_a_close_is_cut_off() {
    check(|| {
        pause_clock();
        let (server, mut client) = raw_client(&Config::new().close_within(ms(3000)));
        let before = now();
        server.close(CloseCode::NORMAL, "");
        assert_eq!(now() - before, ms(3000));
        assert_eq!(code(&server), 1006);
        assert_eq!(client.frame().unwrap().code(), Some(1000));
        assert_eq!(client.frame(), None);
    });
}

#[test]
fn who_takes_not_even_the_close_is_cut_off() {
    check(|| {
        pause_clock();
        let (server, client) = raw_client(&Config::new());
        let ws = server.clone();
        let sender = spawn(move || ws.send(vec![7; MUCH]));
        yield_now();
        let before = now();
        server.close(CloseCode::NORMAL, "");
        assert_eq!(now() - before, ms(5000));
        assert!(sender.wait().unwrap().is_err());
        assert_eq!(code(&server), 1006);
        drop(client);
    });
}

#[test]
fn who_breaks_the_protocol_and_does_not_read_is_cut_off() {
    check(|| {
        pause_clock();
        let (server, mut client) = raw_client(&Config::new());
        let ws = server.clone();
        let sender = spawn(move || ws.send(vec![7; MUCH]));
        yield_now();
        client.stream.write_all(&[0xff; 64]).unwrap();
        assert_eq!(server.recv(), None);
        assert!(sender.wait().unwrap().is_err());
        drop(client);
    });
}

#[test]
fn who_breaks_the_protocol_and_goes_on_is_cut_off() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new().close_within(ms(50)));
        let receiver = receive_all(&server);
        client.stream.write_all(&[0xff; 64]).unwrap();
        // It never ends its direction, so that the server has to.
        while client.stream.write(&[0; 4096]).is_ok() {}
        assert!(receiver.wait().unwrap().is_empty());
        assert_eq!(code(&server), 1002);
    });
}

/// The code that the peer sees, and the text of the panic if there was one.
fn code_after(handler: impl FnOnce(&WebSocket) -> io::Result<()> + 'static) -> (u16, bool) {
    let (server, mut client) = raw_client(&Config::new());
    let runner = spawn(move || server.run(handler));
    let code = client.frame().unwrap().code().unwrap();
    client.send_close(code);
    assert_eq!(client.frame(), None);
    (code, runner.wait().is_err())
}

#[test]
fn a_handler_ends_with_the_right_code() {
    check(|| {
        assert_eq!(code_after(|_| Ok(())), (1000, false));
        assert_eq!(code_after(|_| Err(io::Error::other("no luck"))), (1011, false));
        assert_eq!(code_after(|_| panic!("this is expected")), (1011, true));
        let close = |ws: &WebSocket| {
            ws.close(CloseCode::POLICY, "not you");
            Ok(())
        };
        assert_eq!(code_after(close), (1008, false));
    });
}

#[test]
fn a_handler_that_is_killed_says_goodbye_and_waits_for_nothing() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        let runner = spawn(move || server.run(|ws| drop(ws.recv())));
        yield_now();
        runner.kill();
        assert!(runner.wait().unwrap_err().is_killed());
        assert_eq!(client.frame().unwrap().code(), Some(1001));
        assert_eq!(client.frame(), None);
    });
}

#[test]
#[should_panic(expected = "the close code 1006 cannot be sent")]
fn codes_that_cannot_be_sent_are_refused() {
    let (server, _client) = raw_client(&Config::new());
    server.close(1006, "");
}

#[test]
fn a_long_reason_is_cut_at_a_character() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        let closer = spawn(move || server.close(CloseCode::NORMAL, &"é".repeat(100)));
        let frame = client.frame().unwrap();
        assert_eq!(std::str::from_utf8(&frame.payload[2..]), Ok("é".repeat(61).as_str()));
        client.send_close(1000);
        closer.wait().unwrap();
    });
}

#[test]
fn a_server_that_stops_ends_who_is_idle() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        let receiver = receive_all(&server);
        yield_now();
        server.stop();
        assert_eq!(client.frame().unwrap().code(), Some(1001));
        client.send_close(1001);
        assert!(receiver.wait().unwrap().is_empty());
        assert_eq!(code(&server), 1001);
        yield_now();
    });
}

#[test]
fn a_server_that_stops_lets_a_message_be_finished() {
    check(|| {
        let (server, mut client) = raw_client(&Config::new());
        let frames = [masked(TEXT, false, b"half"), masked(CONTINUE, true, b"whole")];
        let ws = server.clone();
        let echo = spawn(move || ws.messages().try_for_each(|message| ws.send(message)));
        client.stream.write_all(&frames[0]).unwrap();
        sleep(Duration::ZERO);
        sleep(Duration::ZERO);
        server.stop();
        client.stream.write_all(&frames[1]).unwrap();
        assert_eq!(client.frame().unwrap().payload, b"halfwhole");
        assert_eq!(client.frame().unwrap().code(), Some(1001));
        client.send_close(1001);
        echo.wait().unwrap().unwrap();
    });
}

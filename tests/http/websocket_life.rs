//! How WebSockets live and end: several who use one, slow peers, kills, limits, and close codes.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::debug::{now, pause_clock};
use eventlet::green::os::unix::net::UnixStream;
use eventlet::websocket::{self, CloseCode, Config, Message, WebSocket};
use eventlet::{sleep, spawn, with_timeout};
use eventlet_http_tests::websocket::{
    BINARY, CLOSE, CONTINUE, PING, PONG, RawClient, TEXT, masked, raw_client, raw_server, unmasked,
};
use eventlet_tests::{check, ms, yield_now};

/// More than a socket's buffers take.
const MUCH: usize = 4 << 20;

/// Both ends of a connection.
fn pair(config: &Config) -> (WebSocket, WebSocket) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let settings = config.clone();
    let server = spawn(move || settings.accept(ours).unwrap());
    let client = config.client(theirs, "ws://localhost/").unwrap();
    (server.wait().unwrap(), client)
}

/// Receives in a green thread until the connection is over.
fn receive_all(ws: &WebSocket) -> eventlet::GreenThread<Vec<Message>> {
    let ws = ws.clone();
    spawn(move || ws.messages().collect())
}

fn code(ws: &WebSocket) -> u16 {
    ws.closed().expect("it is closed").code.0
}

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

#[test]
fn messages_cross_in_full_while_both_send_much() {
    check(|| {
        let (server, client) = pair(&Config::new());
        let sockets = [server, client];
        let senders = sockets.clone().map(|ws| spawn(move || ws.send(vec![1; MUCH])));
        for ws in &sockets {
            assert_eq!(ws.recv().unwrap().bytes().len(), MUCH);
        }
        senders.into_iter().for_each(|sender| sender.wait().unwrap().unwrap());
    });
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

#[test]
fn clients_mask_each_frame_anew() {
    check(|| {
        let (client, mut server) = raw_server(&Config::new());
        let masks: Vec<_> = (0..1000_u16)
            .map(|n| {
                client.send(n.to_be_bytes()).unwrap();
                let (frame, mask) = server.frame_and_mask().unwrap();
                assert_eq!(frame.payload, n.to_be_bytes());
                u32::from_be_bytes(mask.unwrap())
            })
            .collect();
        let distinct: std::collections::HashSet<_> = masks.iter().collect();
        assert!(distinct.len() > 990, "{} masks", distinct.len());
        for bit in 0..32 {
            let n_set = masks.iter().filter(|mask| *mask >> bit & 1 == 1).count();
            assert!((300..700).contains(&n_set), "bit {bit} is set {n_set} times of 1000");
        }
    });
}

#[test]
fn a_client_refuses_masked_frames() {
    check(|| {
        let (client, mut server) = raw_server(&Config::new());
        let receiver = receive_all(&client);
        server.stream.write_all(&unmasked(TEXT, true, b"fine")).unwrap();
        server.stream.write_all(&masked(TEXT, true, b"wrong")).unwrap();
        let (close, mask) = server.frame_and_mask().unwrap();
        assert_eq!((close.kind, close.code()), (CLOSE, Some(1002)));
        assert!(mask.is_some());
        drop(server);
        assert_eq!(receiver.wait().unwrap(), [Message::from("fine")]);
    });
}

#[test]
fn what_comes_with_the_request_is_not_lost() {
    check(|| {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut bytes = eventlet_http_tests::websocket::REQUEST.as_bytes().to_vec();
        bytes.extend(masked(TEXT, true, b"early"));
        theirs.write_all(&bytes).unwrap();
        let ws = websocket::accept(ours).unwrap();
        assert_eq!(ws.recv(), Some(Message::from("early")));
        drop(RawClient { stream: theirs });
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

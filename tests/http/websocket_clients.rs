//! WebSockets of the HTTP server with clients, and clients with servers, that others have written.

use std::cell::Cell;
use std::io::Write;
use std::net::TcpStream;
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use eventlet::debug::pause_clock;
use eventlet::event::Flag;
use eventlet::green::net::TcpListener;
use eventlet::green::process::{Command, Stdio};
use eventlet::http::{Request, Response, Server};
use eventlet::websocket::{self, CloseCode, Config, Message, WebSocket};
use eventlet::{sleep, spawn, tpool, with_timeout};
use eventlet_http_tests::site::start;
use eventlet_http_tests::tools::{output_of, python};
use eventlet_tests::{check, check_within, ms};

fn echo(ws: &WebSocket) -> std::io::Result<()> {
    ws.messages().try_for_each(|message| ws.send(message))
}

fn site(request: &mut Request) -> Response {
    let config = Config::new().max_message(100_000).protocols(["echo.v2", "echo.v1"]);
    match request.raw_path() {
        "/echo" => config.upgrade(request, echo),
        "/panic" => config.upgrade(request, |_| -> () { panic!("this is expected") }),
        "/private" => {
            let config = config.origins(|_, origin| origin == Some("https://here.example"));
            config.upgrade(request, echo)
        }
        "/pings" => config.ping_every(ms(20)).upgrade(request, echo),
        "/count" => config.upgrade(request, |ws| (0..100).try_for_each(|i| ws.send(i.to_string()))),
        _ => Response::text("an ordinary page\n"),
    }
}

const PYTHON_CLIENT: &str = r#"
import asyncio, sys
from websockets import connect
from websockets.exceptions import ConnectionClosed, InvalidStatusCode

base = "ws://" + sys.argv[1]

async def code_of(ws):
    try:
        while True:
            await ws.recv()
    except ConnectionClosed as closed:
        return closed.code

async def main():
    # It offers permessage-deflate, which is not taken.
    offer = ["echo.v1", "echo.v2"]
    async with connect(base + "/echo", subprotocols=offer, compression="deflate") as ws:
        assert ws.subprotocol == "echo.v2", ws.subprotocol
        assert ws.extensions == [], ws.extensions
        for message in ["", "hello", "ünï ✓", b"", b"\x00\xff", "x" * 100_000, b"y" * 99_999]:
            await ws.send(message)
            assert await ws.recv() == message
        # A message in fragments.
        await ws.send(["one ", "message ", "in ", "pieces"])
        assert await ws.recv() == "one message in pieces"
        await (await ws.ping(b"payload"))
        await ws.close(4321, "that was all")
        assert (ws.close_code, ws.close_reason) == (4321, "that was all")
    async with connect(base + "/echo") as ws:
        await ws.send("z" * 100_001)
        assert await code_of(ws) == 1009
    async with connect(base + "/panic") as ws:
        assert await code_of(ws) == 1011
    async with connect(base + "/count") as ws:
        assert [await ws.recv() for _ in range(100)] == [str(i) for i in range(100)]
        assert await code_of(ws) == 1000
    async with connect(base + "/pings") as ws:
        await asyncio.sleep(0.2)
        await ws.send("alive")
        assert await ws.recv() == "alive"
    async with connect(base + "/private", origin="https://here.example") as ws:
        await ws.send("in")
        assert await ws.recv() == "in"
    there = "https://there.example"
    for path, origin, status in [("/private", there, 403), ("/private", None, 403), ("/page", None, 200)]:
        try:
            await connect(base + path, origin=origin)
            raise SystemExit(f"{path} accepted {origin}")
        except InvalidStatusCode as refused:
            assert refused.status_code == status, refused
    print("all is well")

asyncio.run(asyncio.wait_for(main(), 50))
"#;

#[test]
fn python_websockets_is_served() {
    check_within(Duration::from_secs(60), || {
        let (server, address) = start(site);
        if let Some(said) = python("websockets", PYTHON_CLIENT, &[&address.to_string()]) {
            assert_eq!(said, "all is well\n");
        }
        server.stop();
    });
}

const PYTHON_CROWD: &str = r#"
import asyncio, sys, websockets

async def talk(id):
    async with websockets.connect(f"ws://{sys.argv[1]}/echo", open_timeout=60, close_timeout=60) as ws:
        for turn in range(10):
            await ws.send(f"{id} {turn}")
            assert await ws.recv() == f"{id} {turn}"

async def main():
    await asyncio.gather(*[talk(id) for id in range(200)])
    print("all came back")

asyncio.run(main())
"#;

#[test]
fn two_hundred_python_sockets_are_served_by_one_thread() {
    check_within(Duration::from_secs(120), || {
        let (server, address) = start(site);
        if let Some(said) = python("websockets", PYTHON_CROWD, &[&address.to_string()]) {
            assert_eq!(said, "all came back\n");
        }
        server.stop();
    });
}

/// Serves on a port of its own, which it prints, until its input ends.
const PYTHON_SERVER: &str = r#"
import asyncio, sys
from websockets import serve

async def handle(ws):
    if ws.path == "/bye":
        return await ws.close(4000, "bye")
    assert ws.path == "/echo?q", ws.path
    await ws.ping()
    async for message in ws:
        await ws.send(message)

async def main():
    async with serve(handle, "127.0.0.1", 0, subprotocols=["b"], compression="deflate") as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

asyncio.run(main())
"#;

#[test]
fn python_websockets_serves_our_client() {
    check_within(Duration::from_secs(60), || {
        if python("websockets", "", &[]).is_none() {
            return;
        }
        let mut server = Command::new("/usr/bin/python3")
            .args(["-c", PYTHON_SERVER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = server.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line).unwrap();
        let port = line.trim();
        let ws = Config::new().protocols(["a", "b"]);
        let ws = ws.connect(&format!("ws://127.0.0.1:{port}/echo?q")).unwrap();
        assert_eq!(ws.protocol(), Some("b"));
        for message in ["".into(), "hello".into(), Message::from([0; 70_000]), "✓".into()] {
            ws.send(message.clone()).unwrap();
            assert_eq!(ws.recv(), Some(message));
        }
        ws.close(CloseCode::NORMAL, "");
        assert_eq!(ws.closed().unwrap().code, CloseCode::NORMAL);
        let ws = Config::new().protocols(["b"]);
        let ws = ws.connect(&format!("ws://127.0.0.1:{port}/bye")).unwrap();
        assert_eq!(ws.recv(), None);
        assert_eq!(ws.closed().unwrap().to_string(), "4000 (bye)");
        drop(server.stdin.take());
        server.wait().unwrap();
    });
}

#[test]
fn tungstenite_is_served() {
    check(|| {
        let (server, address) = start(site);
        let client = move || {
            let url = format!("ws://{address}/echo");
            let (mut ws, response) = tungstenite::connect(url).unwrap();
            assert_eq!(response.status(), 101);
            for n in [0, 1, 125, 126, 65_535, 65_536, 100_000] {
                let sent = tungstenite::Message::binary(vec![n as u8; n]);
                ws.send(sent.clone()).unwrap();
                assert_eq!(ws.read().unwrap(), sent);
            }
            ws.send(tungstenite::Message::Ping("p".into())).unwrap();
            assert_eq!(ws.read().unwrap(), tungstenite::Message::Pong("p".into()));
            ws.close(None).unwrap();
            assert!(matches!(ws.read().unwrap(), tungstenite::Message::Close(_)));
            assert!(matches!(ws.read(), Err(tungstenite::Error::ConnectionClosed)));
        };
        // It blocks its OS thread.
        tpool::execute(client);
        server.stop();
    });
}

#[test]
fn tungstenite_serves_our_client() {
    check(|| {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (stream, _): (TcpStream, _) = listener.accept().unwrap();
            let mut ws = tungstenite::accept(stream).unwrap();
            loop {
                match ws.read() {
                    Ok(message) if message.is_close() => {}
                    Ok(message) if message.is_ping() => {}
                    Ok(message) => ws.send(message).unwrap(),
                    Err(error) => return error.to_string(),
                }
            }
        });
        let config = Config::new().control_messages(true);
        let ws = config.connect(&format!("ws://{address}/")).unwrap();
        ws.send("hello").unwrap();
        assert_eq!(ws.recv(), Some(Message::from("hello")));
        ws.send(Message::Ping(b"p".to_vec())).unwrap();
        assert_eq!(ws.recv(), Some(Message::Pong(b"p".to_vec())));
        ws.close(CloseCode::NORMAL, "");
        assert_eq!(ws.closed().unwrap().code, CloseCode::NORMAL);
        assert_eq!(server.join().unwrap(), "Connection closed normally");
    });
}

#[test]
fn curl_is_refused() {
    check(|| {
        let (server, address) = start(site);
        let status = |headers: &[&str], path: &str| {
            let url = format!("http://{address}{path}");
            let mut arguments =
                vec!["-s", "-o", "/dev/null", "-w", "%{http_code} %header{connection}"];
            headers.iter().for_each(|header| arguments.extend(["-H", header]));
            arguments.push(&url);
            output_of("curl", &arguments)
        };
        let upgrade = [
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Key: d9MXuOzlVQ0h+qRllvSCIg==",
        ];
        let with = |header: &'static str| [&upgrade[..], &[header]].concat();
        for (headers, path, expected) in [
            (vec![], "/echo", "400 close"),
            (vec![], "/page", "200 "),
            (with("Sec-WebSocket-Version: 12"), "/echo", "426 close"),
            (with("Sec-WebSocket-Version: 13"), "/private", "403 close"),
            (upgrade.to_vec(), "/echo", "400 close"),
        ] {
            let Some(said) = status(&headers, path) else { break };
            assert_eq!(said, expected, "{path} {headers:?}");
        }
        server.stop();
    });
}

#[test]
fn a_slow_reader_holds_up_nobody_else() {
    check_within(Duration::from_secs(60), || {
        let (server, address) = start(|request: &mut Request| {
            websocket::upgrade(request, |ws| {
                // Ten senders for one client.
                let senders: Vec<_> = (0..10_u8)
                    .map(|id| {
                        let ws = ws.clone();
                        spawn(move || (0..50).try_for_each(|_| ws.send(vec![id; 20_000])))
                    })
                    .collect();
                echo(ws)?;
                senders.iter().for_each(|sender| sender.kill());
                std::io::Result::Ok(())
            })
        });
        let url = format!("ws://{address}/");
        let slow = websocket::connect(&url).unwrap();
        let n_read = Rc::new(Cell::new(0));
        let theirs = n_read.clone();
        let reader = {
            let slow = slow.clone();
            spawn(move || {
                for message in slow.messages().take(500) {
                    assert!(message.bytes().windows(2).all(|two| two[0] == two[1]));
                    theirs.set(theirs.get() + 1);
                    sleep(ms(2));
                }
            })
        };
        // Meanwhile others are served at their own speed, and at once.
        while n_read.get() < 10 {
            sleep(ms(1));
        }
        let fast = websocket::connect(&url).unwrap();
        let n_fast = fast.messages().take(500).count();
        assert_eq!(n_fast, 500);
        assert!(n_read.get() < 500, "the slow one was not slow");
        reader.wait().unwrap();
        slow.close(CloseCode::NORMAL, "");
        fast.close(CloseCode::NORMAL, "");
        server.stop();
    });
}

#[test]
fn a_server_that_stops_says_goodbye_to_who_is_idle_and_lets_others_end() {
    check(|| {
        let at_work = Flag::new();
        let theirs = at_work.clone();
        let (server, address) = start(move |request: &mut Request| {
            let at_work = theirs.clone();
            websocket::upgrade(request, move |ws| {
                for message in ws {
                    at_work.set();
                    // Work that the stop does not wait for before it tells who is idle.
                    sleep(ms(400));
                    ws.send(message)?;
                }
                std::io::Result::Ok(())
            })
        });
        let url = format!("ws://{address}/");
        let (idle, busy) = (websocket::connect(&url).unwrap(), websocket::connect(&url).unwrap());
        busy.send("work").unwrap();
        let busy = spawn(move || (busy.recv(), busy.recv(), busy.closed().unwrap().code));
        let idle = spawn(move || (idle.recv(), idle.closed().unwrap().code));
        at_work.wait();
        with_timeout(Duration::from_secs(20), || server.stop()).unwrap();
        assert_eq!(idle.wait().unwrap(), (None, CloseCode::GOING_AWAY));
        let work = Some(Message::from("work"));
        assert_eq!(busy.wait().unwrap(), (work, None, CloseCode::GOING_AWAY));
    });
}

#[test]
fn a_server_kills_what_does_not_end() {
    check(|| {
        let (server, address) = start(|request: &mut Request| {
            websocket::upgrade(request, |_ws| sleep(Duration::from_secs(3600)))
        });
        let ws = websocket::connect(&format!("ws://{address}/")).unwrap();
        let client = spawn(move || (ws.recv(), ws.closed().unwrap().code));
        sleep(ms(10));
        assert!(!server.stop_within(ms(500)));
        assert_eq!(client.wait().unwrap(), (None, CloseCode::GOING_AWAY));
    });
}

#[test]
fn a_handler_that_panics_does_not_end_the_server() {
    check(|| {
        let (server, address) = start(site);
        for _ in 0..3 {
            let ws = websocket::connect(&format!("ws://{address}/panic")).unwrap();
            assert_eq!(ws.recv(), None);
            assert_eq!(ws.closed().unwrap().code, CloseCode::INTERNAL_ERROR);
        }
        while server.connections() > 0 {
            sleep(ms(1));
        }
        server.stop();
    });
}

#[test]
fn a_silent_connection_outlives_the_limits_for_requests() {
    check(|| {
        pause_clock();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let limit = Duration::from_secs(30);
        let server = Server::new(site)
            .socket_timeout(limit)
            .keep_alive(limit)
            .head_timeout(limit)
            .request_timeout(limit)
            .start(listener)
            .unwrap();
        let ws = websocket::connect(&format!("ws://{address}/echo")).unwrap();
        sleep(10 * limit);
        ws.send("still there").unwrap();
        assert_eq!(ws.recv(), Some(Message::from("still there")));
        ws.close(CloseCode::NORMAL, "");
        server.stop();
    });
}

#[test]
fn a_client_that_vanishes_is_noticed() {
    check(|| {
        let (server, address) = start(site);
        let mut stream = eventlet::connect(address).unwrap();
        let request = eventlet_http_tests::websocket::REQUEST;
        stream.write_all(request.as_bytes()).unwrap();
        eventlet_http_tests::websocket::read_head(&mut stream);
        assert_eq!(server.connections(), 1);
        drop(stream);
        while server.connections() > 0 {
            sleep(ms(1));
        }
        server.stop();
    });
}

//! `websocket`, `websocket_chat` and `distributed_websocket_chat`, in a browser and with Python's
//! `websockets`.

use std::path::{Path, PathBuf};

use eventlet_tests::scratch::Scratch;

use super::examples_program::Program;

/// Talks to the servers in its arguments, which share a Redis server.
const PYTHON_CHATTERS: &str = r#"
import asyncio, sys
from websockets import connect

async def main():
    one, other = [await connect(f"ws://{address}/chat") for address in sys.argv[1:]]
    for ws in one, other:
        assert (await ws.recv()).startswith("Connected as ")
    await one.send("name: Ann")
    assert (await one.recv()).startswith("you said: Changed name from ")
    assert (await other.recv()).startswith("Ann says: Changed name from ")
    await other.send("hello, 世界")
    assert await other.recv() == "you said: hello, 世界"
    name, text = (await one.recv()).split(" says: ")
    assert text == "hello, 世界", text
    await one.close()
    await other.close()
    print("all was heard")

asyncio.run(asyncio.wait_for(main(), 30))
"#;

/// The folder for the screenshots: one that stays, if it is asked for.
fn screenshots(scratch: &Scratch) -> PathBuf {
    std::env::var_os("EVENTLET_SCREENSHOTS").map_or_else(|| scratch.path(""), PathBuf::from)
}

fn assert_is_picture(path: &Path) {
    let bytes = std::fs::read(path).unwrap();
    assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 5000, "{} bytes", bytes.len());
}

#[test]
fn the_pages_work_in_a_browser() {
    let plot = Program::example("websocket", &["127.0.0.1:0"]);
    let chat = Program::example("websocket_chat", &["127.0.0.1:0"]);
    let scratch = Scratch::new();
    let folder = screenshots(&scratch);
    let Some(driver) = Program::tool("chromedriver", &["--version"]) else { return };
    driver.output();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/examples_pages.py");
    let (plot, chat) = (plot.address().to_string(), chat.address().to_string());
    let arguments = [script, &plot, &chat, folder.to_str().unwrap()];
    if let Some(seen) = Program::tool("python3", &arguments) {
        assert_eq!(seen.output(), "all was seen\n");
        assert_is_picture(&folder.join("websocket.png"));
        assert_is_picture(&folder.join("websocket_chat.png"));
    }
}

#[test]
fn chats_of_several_servers_are_one() {
    let scratch = Scratch::new();
    let socket = scratch.path("redis.sock");
    let port = free_port().to_string();
    let arguments = [
        "--port",
        &port,
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--unixsocket",
        socket.to_str().unwrap(),
    ];
    let Some(redis) = Program::tool("redis-server", &arguments) else { return };
    while !redis.line().contains("Ready to accept connections") {}
    let redis_address = format!("127.0.0.1:{port}");
    let start = || Program::example("distributed_websocket_chat", &["127.0.0.1:0", &redis_address]);
    let servers = [start(), start()];
    let [one, other] = servers.each_ref().map(|server| server.address().to_string());
    // Debian's, which has what Debian's packages bring.
    let chatters = Program::tool("/usr/bin/python3", &["-c", PYTHON_CHATTERS, &one, &other]);
    let Some(chatters) = chatters else { return };
    assert_eq!(chatters.output(), "all was heard\n");
    drop(redis);
    // Without Redis they end, and say so.
    for server in servers {
        let (status, _) = server.finish();
        assert_eq!(status.code(), Some(1));
    }
}

/// A port that nobody listens on, at this moment.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

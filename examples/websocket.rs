//! WebSockets beside an ordinary page: one sends data that the page plots, one sends back what it
//! gets.
//! Run: `cargo run --example websocket [ADDRESS]`; 127.0.0.1:7000 if not told.
//! Poke: open http://127.0.0.1:7000 in a browser, in several tabs if you like.

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::time::Duration;

use eventlet::http::{self, Request, Response};
use eventlet::websocket::{self, WebSocket};
use eventlet::{sleep, spawn_n};

const PAGE: &str = include_str!("pages/websocket.html");

fn main() -> io::Result<()> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7000".to_owned());
    let listener = eventlet::listen(address)?;
    println!("listening on {}", listener.local_addr()?);
    http::serve(listener, dispatch)
}

/// By its path a request gets a page or becomes a WebSocket.
fn dispatch(request: &mut Request) -> Response {
    match request.raw_path() {
        "/" => Response::html(PAGE),
        "/data" => websocket::upgrade(request, data),
        "/echo" => websocket::upgrade(request, echo),
        _ => Response::text("no such page\n").with_status(404),
    }
}

/// Sends a random walk, step by step, until the page is left.
fn data(ws: &WebSocket) -> io::Result<()> {
    // Whoever only sends needs someone beside him who hears that the page is left.
    let reader = ws.clone();
    spawn_n(move || reader.messages().for_each(drop));

    let random = RandomState::new();
    let mut height = 0.5;
    for step in 0..10_000_u32 {
        let change = random.hash_one(step) as f64 / u64::MAX as f64 - 0.5;
        height = (height + change / 5.0).clamp(0.0, 1.0);
        ws.send(format!("0 {step} {height:.3}\n"))?;
        sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn echo(ws: &WebSocket) -> io::Result<()> {
    ws.messages().try_for_each(|message| ws.send(message))
}

//! A small HTTP server: a page, a text that is made while it is sent, JSON, and an echo.
//!
//! ```sh
//! cargo run --release -p eventlet-examples --example http [ADDRESS]
//! curl http://127.0.0.1:8090/
//! curl -N http://127.0.0.1:8090/stream
//! curl -d hello http://127.0.0.1:8090/echo
//! ```

use std::io::{self, Read, Write};
use std::time::Duration;

use eventlet::http::{Request, Response, Server};

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:8090".to_owned());
    let listener = eventlet::listen(&address)?;
    println!("http://{}/", listener.local_addr()?);
    Server::new(app).serve(listener)
}

fn app(request: &mut Request) -> io::Result<Response> {
    let response = match (request.method().as_str(), request.raw_path()) {
        ("GET" | "HEAD", "/") => Response::text("Hello, World!\r\n"),
        ("GET", "/json") => Response::json(format!(r#"{{"path":"{}"}}"#, request.raw_path())),
        ("GET", "/stream") => Response::written_by(count),
        ("POST", "/echo") => echo(request)?,
        _ => Response::text("not found\r\n").with_status(404),
    };
    Ok(response)
}

/// Ten lines, one every tenth of a second.
fn count(out: &mut eventlet::http::BodyWriter<'_>) -> io::Result<()> {
    for n in 1..=10 {
        writeln!(out, "{n}")?;
        out.flush()?;
        eventlet::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn echo(request: &mut Request) -> io::Result<Response> {
    let mut body = Vec::new();
    request.read_to_end(&mut body)?;
    Ok(Response::bytes(body))
}

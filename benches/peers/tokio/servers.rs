//! A task per connection; HTTP is hyper's.

use std::convert::Infallible;
use std::io;
use std::net;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::spawn_local;

use super::run;
use crate::workloads::{HELLO, JSON, MESSAGE, Page};

pub(super) fn echo(listener: net::TcpListener) -> io::Result<()> {
    serve(listener, |mut stream| async move {
        let mut buffer = [0; 16 * MESSAGE];
        loop {
            match stream.read(&mut buffer).await? {
                0 => return Ok(()),
                n => stream.write_all(&buffer[..n]).await?,
            }
        }
    })
}

pub(super) fn http(listener: net::TcpListener) -> io::Result<()> {
    serve(listener, |stream| answer(stream, || page(&HELLO, HELLO.body.into())))
}

pub(super) fn json(listener: net::TcpListener) -> io::Result<()> {
    serve(listener, |stream| answer(stream, || page(&JSON, JSON.body.to_owned().into())))
}

async fn answer(stream: TcpStream, page: fn() -> Response<Full<Bytes>>) -> io::Result<()> {
    // Without this, hyper writes after each of the requests that came together.
    let builder = http1::Builder::new().pipeline_flush(true).to_owned();
    let service = service_fn(async |_: Request<Incoming>| Ok::<_, Infallible>(page()));
    builder.serve_connection(TokioIo::new(stream), service).await.map_err(io::Error::other)
}

fn page(page: &Page, body: Bytes) -> Response<Full<Bytes>> {
    let response = Response::builder().header(CONTENT_TYPE, page.content_type);
    response.body(Full::new(body)).expect("the header is valid")
}

pub(super) fn connect(listener: net::TcpListener) -> io::Result<()> {
    serve(listener, |mut stream| async move {
        let mut message = [0; MESSAGE];
        stream.read_exact(&mut message).await?;
        stream.write_all(&message).await
    })
}

fn serve<F>(listener: net::TcpListener, handler: fn(TcpStream) -> F) -> io::Result<()>
where
    F: Future<Output = io::Result<()>> + 'static,
{
    listener.set_nonblocking(true)?;
    run(Builder::enable_io, async {
        let listener = TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            spawn_local(handler(stream));
        }
    })
}

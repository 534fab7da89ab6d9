//! HTTP by `may_minihttp`.

use std::io;
use std::net::SocketAddr;

use may_minihttp::{HttpServer, HttpService, Request, Response};

use super::configure;
use crate::workloads::{HELLO, JSON};

pub(super) fn hello(address: SocketAddr) -> io::Result<()> {
    start(Hello, address)
}

pub(super) fn json(address: SocketAddr) -> io::Result<()> {
    start(Json, address)
}

fn start<S>(service: S, address: SocketAddr) -> io::Result<()>
where
    S: HttpService + Clone + Send + Sync + 'static,
{
    configure();
    // The server goes on without its handle.
    HttpServer(service).start(address).map(drop)
}

#[derive(Clone)]
struct Hello;

impl HttpService for Hello {
    fn call(&mut self, _: Request<'_, '_, '_>, response: &mut Response<'_>) -> io::Result<()> {
        response.header("Content-Type: text/plain").body(HELLO.body);
        Ok(())
    }
}

#[derive(Clone)]
struct Json;

impl HttpService for Json {
    fn call(&mut self, _: Request<'_, '_, '_>, response: &mut Response<'_>) -> io::Result<()> {
        response.header("Content-Type: application/json").body_vec(JSON.body.to_owned().into());
        Ok(())
    }
}

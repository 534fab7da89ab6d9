//! A stream of std is not a green one.

use eventlet::green;

#[green]
fn serve(stream: std::net::TcpStream) {
    drop(stream);
}

fn main() {
    serve(std::net::TcpStream::connect("127.0.0.1:1").unwrap());
}

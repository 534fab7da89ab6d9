//! The behaviours of Eventlet's own tests of `backdoor`.

use eventlet::backdoor::{Backdoor, Listener};
use eventlet::green::os::unix::net::{UnixListener, UnixStream};
use eventlet::{GreenThread, connect, listen, spawn};
use eventlet_tests::check;
use eventlet_tests::console::{Client, Connection};
use eventlet_tests::scratch::Scratch;

/// A server with the one command that these tests use: Eventlet's has Python for that.
fn serve(listener: impl Into<Listener>) -> GreenThread<()> {
    let listener = listener.into();
    let door = Backdoor::new().dangerously_allow_any_address(true).command(
        "print",
        "says it",
        |args, out| writeln!(out, "{}", args.join(" ")),
    );
    spawn(move || door.serve(listener).unwrap())
}

fn run_test_on_client_and_server(client: impl Connection + 'static, server: &GreenThread<()>) {
    // It looks at the greeting and the prompt.
    let mut client = Client::on(client);
    assert_eq!(client.ask("print hi"), "hi\n");
    drop(client);
    server.kill();
    // The console discovers that it is dead.
    eventlet_tests::yield_now();
}

#[test]
fn server() {
    check(|| {
        let listener = listen("localhost:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = serve(listener);
        run_test_on_client_and_server(connect(address).unwrap(), &server);
    });
}

#[test]
fn server_on_ipv6_socket() {
    check(|| {
        let listener = listen("[::]:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = serve(listener);
        run_test_on_client_and_server(connect(("::1", port)).unwrap(), &server);
    });
}

#[test]
fn server_on_unix_socket() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("socket");
        let server = serve(UnixListener::bind(&path).unwrap());
        run_test_on_client_and_server(UnixStream::connect(&path).unwrap(), &server);
    });
}

#[test]
fn quick_client_disconnect() {
    check(|| {
        let listener = listen("localhost:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = serve(listener);
        drop(connect(address).unwrap());
        // It can still be connected to: the server is running.
        drop(connect(address).unwrap());
        Client::on(connect(address).unwrap());
        server.kill();
        eventlet_tests::yield_now();
    });
}

//! Connections for which there is no room: they wait in the system, and are told when the server stops.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::rc::Rc;

use eventlet::http::{Request, Server};
use eventlet::{Event, GreenPool};
use eventlet_http_tests::client::Client;
use eventlet_http_tests::site::start_server;
use eventlet_tests::{check, yield_now};

fn hello(_: &mut Request) -> &'static str {
    "hello"
}

/// A client that has sent a request.
fn asking(server: SocketAddr) -> Client {
    let mut client = Client::connect(server);
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    client
}

/// Something else that the pool has to do, until the event is sent.
fn occupy(pool: &GreenPool) -> Event<()> {
    let end = Event::new();
    let theirs = end.clone();
    pool.spawn_n(move || drop(theirs.wait()));
    end
}

#[test]
fn a_server_without_clients_takes_nothing_of_its_pool() {
    check(|| {
        let pool = Rc::new(GreenPool::new(1));
        let (server, address) = start_server(Server::new(hello).pool(pool.clone()));
        yield_now();
        assert_eq!((pool.running(), pool.waiting()), (0, 0));
        let end = occupy(&pool);
        yield_now();
        assert_eq!((pool.running(), pool.waiting()), (1, 0));
        end.send(());
        pool.wait_all();
        assert_eq!(asking(address).reply().text(), "hello");
        pool.wait_all();
        assert_eq!((pool.running(), pool.waiting()), (0, 0));
        server.stop();
    });
}

#[test]
fn a_connection_is_not_accepted_before_the_pool_has_room() {
    check(|| {
        let pool = Rc::new(GreenPool::new(1));
        let (server, address) = start_server(Server::new(hello).pool(pool.clone()));
        let end = occupy(&pool);
        let mut client = asking(address);
        while pool.waiting() == 0 {
            yield_now();
        }
        assert_eq!(server.connections(), 0);
        end.send(());
        assert_eq!(client.reply().text(), "hello");
        server.stop();
    });
}

#[test]
fn servers_that_share_a_pool_take_turns() {
    check(|| {
        let pool = Rc::new(GreenPool::new(1));
        let start = |_| start_server(Server::new(hello).pool(pool.clone()));
        let servers: Vec<_> = (0..3).map(start).collect();
        let end = occupy(&pool);
        let mut clients = Vec::new();
        for _ in 0..5 {
            clients.extend(servers.iter().map(|(_, address)| asking(*address)));
        }
        end.send(());
        for client in &mut clients {
            assert_eq!(client.reply().text(), "hello");
            client.assert_ended();
        }
        servers.iter().for_each(|(server, _)| server.stop());
        assert_eq!((pool.running(), pool.waiting()), (0, 0));
    });
}

/// Asserts that the client is told that it is not served.
fn assert_turned_away(mut client: Client) {
    let reply = client.reply();
    assert_eq!((reply.status(), reply.header("connection")), (503, Some("close")));
    client.assert_ended();
}

#[test]
fn those_who_wait_for_the_pool_are_told_when_the_server_stops() {
    check(|| {
        let pool = Rc::new(GreenPool::new(1));
        let (server, address) = start_server(Server::new(hello).pool(pool.clone()));
        let end = occupy(&pool);
        let clients: Vec<_> = (0..3).map(|_| asking(address)).collect();
        while pool.waiting() == 0 {
            yield_now();
        }
        let stopping = eventlet::spawn(move || server.stop());
        clients.into_iter().for_each(assert_turned_away);
        stopping.wait().unwrap();
        // The pool has gone on with what else it does.
        assert_eq!((pool.running(), pool.waiting()), (1, 0));
        end.send(());
        pool.wait_all();
    });
}

#[test]
fn those_who_wait_for_a_place_are_told_when_the_server_stops() {
    check(|| {
        let (server, address) = start_server(Server::new(hello).max_connections(1));
        let mut first = Client::connect(address);
        assert_eq!(first.get("/").text(), "hello");
        let clients: Vec<_> = (0..3).map(|_| asking(address)).collect();
        let stopping = eventlet::spawn(move || server.stop());
        clients.into_iter().for_each(assert_turned_away);
        assert_eq!(first.next_reply(), None);
        stopping.wait().unwrap();
    });
}

#[test]
fn nobody_is_listened_to_once_it_stops() {
    check(|| {
        let (server, address) = start_server(Server::new(hello));
        let mut client = Client::connect(address);
        assert_eq!(client.get("/").text(), "hello");
        let stopping = eventlet::spawn(move || server.stop());
        yield_now();
        yield_now();
        let refused = eventlet::connect(address).expect_err("nobody listens");
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        stopping.wait().unwrap();
    });
}

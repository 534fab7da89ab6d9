//! `serve`: a green thread per connection, and what brings it down or does not.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use eventlet::green::net::TcpStream;
use eventlet::{Listen, StopServe, connect, listen, serve, serve_with, sleep, spawn, with_timeout};
use eventlet_tests::child::Child;
use eventlet_tests::net::{ask, assert_refused, listener, visit};
use eventlet_tests::{check, ms, panic_of, sys, yield_now};

#[test]
fn called_for_each_connection() {
    check(|| {
        let (listener, address) = listener();
        let peers = Rc::new(RefCell::new(Vec::new()));
        let theirs = peers.clone();
        let server = spawn(move || {
            serve(listener, move |_stream, peer: SocketAddr| theirs.borrow_mut().push(peer))
        });
        let visits: Vec<_> = (0..10).map(|_| visit(address)).collect();
        for visit in visits {
            visit.wait().unwrap();
        }
        let mut ports: Vec<_> = peers.borrow().iter().map(SocketAddr::port).collect();
        ports.sort_unstable();
        ports.dedup();
        assert_eq!(ports.len(), 10);
        server.kill();
    });
}

#[test]
fn raising_stopserve() {
    check(|| {
        let (listener, address) = listener();
        let first = visit(address);
        serve(listener, |_stream, _peer| Err::<(), _>(StopServe)).unwrap();
        first.wait().unwrap();
        assert_refused(address);
    });
}

#[test]
fn stopping_through_an_io_result() {
    check(|| {
        let (listener, address) = listener();
        let first = visit(address);
        serve(listener, |_stream, _peer| -> io::Result<()> { Err(StopServe)? }).unwrap();
        first.wait().unwrap();
    });
}

#[test]
fn handlers_that_run_are_left_alone_when_the_server_stops() {
    check(|| {
        let (listener, address) = listener();
        let slow = spawn(move || ask(address, "slow"));
        let stop = spawn(move || ask(address, "stop"));
        serve(listener, |mut stream, _peer| {
            let mut question = [0; 4];
            stream.read_exact(&mut question).unwrap();
            if &question == b"stop" {
                return Err(StopServe);
            }
            sleep(ms(20));
            stream.write_all(b"done").unwrap();
            Ok(())
        })
        .unwrap();
        assert_eq!(slow.wait().unwrap().unwrap(), "done");
        stop.wait().unwrap().unwrap();
    });
}

#[test]
fn a_shared_listener_stays_open() {
    check(|| {
        let (listener, address) = listener();
        let listener = Rc::new(listener);
        for _ in 0..2 {
            let visitor = visit(address);
            serve(listener.clone(), |_stream, _peer| Err::<(), _>(StopServe)).unwrap();
            visitor.wait().unwrap();
        }
    });
}

#[test]
fn handlers_are_reported_where_serve_was_called() {
    check(|| {
        let (listener, address) = listener();
        let visitor = visit(address);
        let place = Rc::new(Cell::new(0));
        let theirs = place.clone();
        let handler = move |_stream, _peer| {
            let spawned_at = eventlet::current().spawned_at();
            assert!(spawned_at.file().ends_with("serve_connections.rs"), "{spawned_at}");
            theirs.set(spawned_at.line());
            Err::<(), _>(StopServe)
        };
        let line = line!() + 1;
        serve(listener, handler).unwrap();
        assert_eq!(place.get(), line);
        visitor.wait().unwrap();
    });
}

/// Eventlet's server ends with the first error; this one goes on.
#[test]
fn excepting_server() {
    check(|| {
        let (listener, address) = listener();
        let server = spawn(move || {
            serve(listener, |mut stream, _peer| -> io::Result<()> {
                let mut question = [0; 5];
                stream.read_exact(&mut question)?;
                match &question {
                    b"panic" => panic!("as asked"),
                    b"error" => Err(io::Error::other("as asked")),
                    _ => stream.write_all(b"fine"),
                }
            })
        });
        assert_eq!(ask(address, "error").unwrap(), "");
        assert_eq!(ask(address, "panic").unwrap(), "");
        // Closed in the middle of the question.
        drop(connect(address).unwrap());
        assert_eq!(ask(address, "hello").unwrap(), "fine");
        server.kill();
    });
}

#[test]
fn concurrency() {
    check(|| {
        let (listener, address) = listener();
        let (n_now, n_most) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
        let (now, most) = (n_now.clone(), n_most.clone());
        let handler = move |_stream, _peer| {
            now.set(now.get() + 1);
            most.set(most.get().max(now.get()));
            sleep(ms(1));
            now.set(now.get() - 1);
        };
        let server = spawn(move || serve_with(listener, handler, 3));
        let visits: Vec<_> = (0..20).map(|_| visit(address)).collect();
        for visit in visits {
            visit.wait().unwrap();
        }
        assert_eq!((n_now.get(), n_most.get()), (0, 3));
        server.kill();
    });
}

#[test]
fn a_place_is_free_again_after_a_panic_or_a_kill() {
    check(|| {
        let (listener, address) = listener();
        let handler = |mut stream: TcpStream, _peer| {
            let mut question = [0; 4];
            stream.read_exact(&mut question).unwrap();
            match &question {
                b"kill" => eventlet::current().kill(),
                b"fail" => panic!("as asked"),
                _ => stream.write_all(b"fine").unwrap(),
            }
        };
        let server = spawn(move || serve_with(listener, handler, 1));
        for (question, answer) in [("kill", ""), ("fail", ""), ("well", "fine")] {
            assert_eq!(ask(address, question).unwrap(), answer);
        }
        server.kill();
    });
}

#[test]
fn a_concurrency_of_zero_is_refused() {
    check(|| {
        let refused = serve_with(listener().0, |_stream, _peer| (), 0).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn closing_the_listener_ends_the_server() {
    check(|| {
        let (listener, _) = listener();
        let listener = Rc::new(listener);
        let theirs = listener.clone();
        let server = spawn(move || serve(theirs, |_stream, _peer| ()));
        yield_now();
        listener.close();
        server.wait().unwrap().unwrap();
    });
}

#[test]
fn a_server_that_times_out_takes_its_accept_loop_along() {
    check(|| {
        let (listener, address) = listener();
        with_timeout(ms(5), || serve(listener, |_stream, _peer| ())).unwrap_err();
        yield_now();
        assert_refused(address);
    });
}

#[test]
fn socket_reuse() {
    check(|| {
        let (first, address) = listener();
        assert_eq!(listen(address).unwrap_err().kind(), ErrorKind::AddrInUse);
        // A connection that the server closes first keeps the address busy for a while.
        let visitor = visit(address);
        drop(first.accept().unwrap());
        drop(first);
        visitor.wait().unwrap();
        drop(listen(address).unwrap());
        let shared = Listen::new("127.0.0.1:0").reuse_port(true).bind().unwrap();
        let again = Listen::new(shared.local_addr().unwrap()).reuse_port(true).bind();
        again.unwrap();
    });
}

#[test]
fn an_address_that_means_nothing_is_an_error() {
    check(|| {
        assert_eq!(listen("not an address").unwrap_err().kind(), ErrorKind::InvalidInput);
        let text = panic_of(|| connect("127.0.0.1").unwrap());
        assert!(text.contains("invalid socket address"), "{text}");
    });
}

#[test]
fn without_descriptors_accepting_pauses_and_goes_on() {
    let ended = Child::new().run(|| {
        let (listener, address) = listener();
        let server = spawn(move || serve(listener, |mut stream, _peer| stream.write_all(b"hello")));
        yield_now();
        // The system completes the connection before anyone accepts it.
        let mut visitor = TcpStream::from(std::net::TcpStream::connect(address).unwrap());
        let hoard = sys::take_all_descriptors();
        sleep(Duration::from_millis(50));
        visitor.set_nonblocking(true).unwrap();
        assert_eq!(visitor.read(&mut [0; 5]).unwrap_err().kind(), ErrorKind::WouldBlock);
        visitor.set_nonblocking(false).unwrap();
        drop(hoard);
        let mut text = String::new();
        visitor.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
        server.kill();
    });
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(ended.stderr.matches("serve pauses accepting").count(), 1, "{ended:?}");
}

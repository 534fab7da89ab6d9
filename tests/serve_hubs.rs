//! `serve` with several hubs: who gets the connections, and how they all stop.

use std::cell::RefCell;
use std::collections::HashSet;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use eventlet::green::net::{TcpListener, TcpStream};
use eventlet::hubs::get_hub;
use eventlet::{
    GreenThread, Handle, Listen, Serve, StopServe, connect, sleep, spawn, with_timeout,
};
use eventlet_tests::child::Child;
use eventlet_tests::net::assert_refused;
use eventlet_tests::{check, ms, sys, yield_now};

fn listener() -> (TcpListener, SocketAddr) {
    // As long a queue as there are connections in any of these tests.
    let listener = Listen::new("127.0.0.1:0").backlog(500).bind().unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn ask(address: SocketAddr, question: &str) -> io::Result<String> {
    let mut stream = connect(address)?;
    stream.write_all(question.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn asking(address: SocketAddr, question: &'static str) -> GreenThread<io::Result<String>> {
    spawn(move || ask(address, question))
}

/// Answers with the number of its hub, waits when asked to, and stops when asked to.
fn answer(mut stream: TcpStream, _: SocketAddr) -> io::Result<()> {
    let mut question = [0; 4];
    stream.read_exact(&mut question)?;
    match &question {
        b"stop" => return Err(StopServe.into()),
        b"slow" => sleep(ms(50)),
        b"hour" => sleep(Duration::from_secs(3600)),
        _ => {}
    }
    stream.write_all(get_hub().id().to_string().as_bytes())
}

#[test]
fn connections_are_spread_over_all_hubs() {
    check(|| {
        let (listener, address) = listener();
        let server = spawn(move || Serve::new(listener).hubs(3).run(answer));
        yield_now();
        let asked: Vec<_> = (0..200).map(|_| asking(address, "fast")).collect();
        let hubs: HashSet<_> = asked.into_iter().map(|a| a.wait().unwrap().unwrap()).collect();
        assert_eq!(hubs.len(), 3, "{hubs:?}");
        assert!(hubs.contains(&get_hub().id().to_string()));
        assert_eq!(ask(address, "stop").unwrap(), "");
        server.wait().unwrap().unwrap();
        assert_refused(address);
    });
}

/// Whichever hub is told to stop, all do, and those that are being served are served to the end.
#[test]
fn a_stop_is_for_all_hubs() {
    check(|| {
        for _ in 0..10 {
            let (listener, address) = listener();
            let server = spawn(move || Serve::new(listener).hubs(2).run(answer));
            yield_now();
            let slow: Vec<_> = (0..20).map(|_| asking(address, "slow")).collect();
            sleep(ms(20));
            ask(address, "stop").unwrap();
            server.wait().unwrap().unwrap();
            for slow in slow {
                assert_ne!(slow.wait().unwrap().unwrap(), "");
            }
            assert_refused(address);
        }
    });
}

/// A connection that waits in another hub's queue when the server stops is still answered.
#[test]
fn queues_are_emptied_before_they_are_closed() {
    check(|| {
        let (listener, address) = listener();
        let listener = Rc::new(listener);
        let theirs = listener.clone();
        // Each hub has one place, so the others wait in the queues.
        let server = spawn(move || Serve::new(theirs).hubs(2).concurrency(2).run(answer));
        yield_now();
        let busy: Vec<_> = (0..40).map(|_| asking(address, "slow")).collect();
        sleep(ms(20));
        let stop = spawn(move || {
            // It waits in a queue itself.
            let _ = ask(address, "stop");
        });
        server.wait().unwrap().unwrap();
        // Those in the queue of the listener that was given are still there: it is ours.
        let server = spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let peer = stream.peer_addr().unwrap();
                spawn(move || answer(stream, peer));
            }
        });
        for busy in busy {
            assert_ne!(busy.wait().unwrap().unwrap(), "");
        }
        stop.wait().unwrap();
        server.kill();
    });
}

/// While descriptors are short, those that wait in another hub's queue go on waiting.
#[test]
fn queues_are_emptied_even_if_descriptors_have_run_out() {
    const HOLD: usize = 0;
    const KEEP: usize = 1;
    const ANSWER: usize = 2;
    static MODE: AtomicUsize = AtomicUsize::new(HOLD);
    static N_HELD: AtomicUsize = AtomicUsize::new(0);
    static N_KEPT: AtomicUsize = AtomicUsize::new(0);
    let handler = |stream: TcpStream, peer: SocketAddr| {
        N_HELD.fetch_add(1, Ordering::SeqCst);
        while MODE.load(Ordering::SeqCst) == HOLD {
            sleep(ms(1));
        }
        if MODE.load(Ordering::SeqCst) == KEEP {
            // Makes a place free, but no descriptor.
            std::mem::forget(stream);
            N_KEPT.fetch_add(1, Ordering::SeqCst);
            return Ok(());
        }
        answer(stream, peer)
    };
    let ended = Child::new().run(|| {
        check(|| {
            let (listener, address) = listener();
            let listener = Rc::new(listener);
            let theirs = listener.clone();
            let server = spawn(move || Serve::new(theirs).hubs(2).concurrency(2).run(handler));
            yield_now();
            let mut clients: Vec<_> = (0..40).map(|_| connect(address).unwrap()).collect();
            clients.iter_mut().for_each(|client| client.write_all(b"fast").unwrap());
            let wait_for_both = |n: &AtomicUsize| {
                while n.load(Ordering::SeqCst) < 2 {
                    sleep(ms(1));
                }
            };
            wait_for_both(&N_HELD);
            let taken = sys::take_all_descriptors();
            MODE.store(KEEP, Ordering::SeqCst);
            wait_for_both(&N_KEPT);
            // This hub, at least, has tried to accept meanwhile.
            sleep(ms(20));
            MODE.store(ANSWER, Ordering::SeqCst);
            server.kill();
            sleep(ms(50));
            drop(taken);
            // Those in the queue of the listener that was given are ours.
            let server = spawn(move || {
                for stream in listener.incoming() {
                    let stream = stream.unwrap();
                    let peer = stream.peer_addr().unwrap();
                    spawn(move || answer(stream, peer));
                }
            });
            let n_answered = clients
                .iter_mut()
                .filter_map(|client| {
                    client.set_read_timeout(Some(ms(10_000))).unwrap();
                    client.read(&mut [0; 8]).ok().filter(|length| *length > 0)
                })
                .count();
            // Both hubs have kept one.
            assert_eq!(n_answered, 38);
            server.kill();
        });
    });
    ended.expect_success().expect_stderr("serve pauses accepting");
}

thread_local! {
    /// The handlers of this hub that sleep for long.
    static SLEEPING: RefCell<Vec<Handle>> = const { RefCell::new(Vec::new()) };
}

#[test]
fn the_drain_has_a_limit() {
    check(|| {
        let (listener, address) = listener();
        let handler = |stream: TcpStream, peer: SocketAddr| {
            SLEEPING.with_borrow_mut(|sleeping| sleeping.push(eventlet::current()));
            answer(stream, peer)
        };
        let server = spawn(move || Serve::new(listener).hubs(2).drain(ms(20)).run(handler));
        yield_now();
        let asked: Vec<_> = (0..30).map(|_| asking(address, "hour")).collect();
        sleep(ms(50));
        let before = Instant::now();
        ask(address, "stop").unwrap();
        server.wait().unwrap().unwrap();
        assert!(before.elapsed() < Duration::from_secs(5));
        sleep(ms(20));
        // Those of the other hub were killed, those of this one are left alone.
        let n_killed = asked.iter().filter(|asked| asked.is_dead()).count();
        let left = SLEEPING.take();
        assert_eq!(n_killed + left.iter().filter(|left| !left.is_dead()).count(), 30);
        assert!(n_killed > 0 && n_killed < 30, "{n_killed}");
        left.iter().for_each(Handle::kill);
        for asked in asked {
            assert_eq!(asked.wait().unwrap().unwrap_or_default(), "");
        }
    });
}

/// The hub of a handler that blocks its OS thread is left behind.
#[test]
fn a_handler_that_never_ends_does_not_hold_up_the_stop() {
    let ended = Child::new().run(|| {
        check(|| {
            let (listener, address) = listener();
            let here = get_hub().id();
            let handler = move |stream: TcpStream, peer: SocketAddr| {
                if get_hub().id() != here {
                    thread::sleep(Duration::from_secs(3600));
                }
                answer(stream, peer)
            };
            let server = Serve::new(listener).hubs(2).drain(ms(1));
            let server = spawn(move || server.run(handler));
            yield_now();
            let blocked: Vec<_> = (0..50).map(|_| asking(address, "fast")).collect();
            sleep(ms(50));
            while with_timeout(ms(100), || ask(address, "stop")).is_err() {}
            server.wait().unwrap().unwrap();
            blocked.iter().for_each(GreenThread::kill);
        });
    });
    ended.expect_success().expect_stderr("does not react, since a green thread in it computes");
}

#[test]
fn a_limit_on_connections_holds_for_all_hubs_together() {
    check(|| {
        let (listener, address) = listener();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (n_now, n_most) = (now.clone(), most.clone());
        let handler = move |_stream: TcpStream, _: SocketAddr| {
            let n = n_now.fetch_add(1, Ordering::SeqCst) + 1;
            n_most.fetch_max(n, Ordering::SeqCst);
            sleep(ms(2));
            n_now.fetch_sub(1, Ordering::SeqCst);
        };
        let server = spawn(move || Serve::new(listener).hubs(2).concurrency(5).run(handler));
        yield_now();
        let visits: Vec<_> = (0..60).map(|_| asking(address, "")).collect();
        for visit in visits {
            let _ = visit.wait().unwrap();
        }
        assert_eq!(now.load(Ordering::SeqCst), 0);
        assert!((2..=5).contains(&most.load(Ordering::SeqCst)), "{most:?}");
        server.kill();
        drop(server);
        yield_now();
    });
}

/// With one hub nothing is shared: the port stays the server's own.
#[test]
fn one_hub_is_a_plain_server() {
    check(|| {
        let (listener, address) = listener();
        let server = spawn(move || Serve::new(listener).hubs(1).run(answer));
        yield_now();
        assert_eq!(ask(address, "fast").unwrap(), get_hub().id().to_string());
        let taken = Listen::new(address).reuse_port(true).bind().unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::AddrInUse);
        ask(address, "stop").unwrap();
        server.wait().unwrap().unwrap();
    });
}

#[test]
fn settings_that_serve_nobody_are_refused() {
    check(|| {
        let refused = Serve::new(listener().0).hubs(0).run(answer).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
        let refused = Serve::new(listener().0).hubs(2).concurrency(0).run(answer).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn closing_the_listener_ends_all_hubs() {
    check(|| {
        let (listener, address) = listener();
        let listener = Rc::new(listener);
        let theirs = listener.clone();
        let server = spawn(move || Serve::new(theirs).hubs(3).run(answer));
        yield_now();
        listener.close();
        server.wait().unwrap().unwrap();
        assert_refused(address);
    });
}

#[test]
fn a_server_that_times_out_takes_its_hubs_along() {
    check(|| {
        let (listener, address) = listener();
        with_timeout(ms(20), || Serve::new(listener).hubs(2).run(answer)).unwrap_err();
        let before = Instant::now();
        while connect(address).is_ok() {
            assert!(before.elapsed() < Duration::from_secs(10));
            sleep(ms(1));
        }
    });
}

/// A panic concerns its connection only, in whichever hub.
#[test]
fn a_panic_of_a_handler_is_contained() {
    check(|| {
        let (listener, address) = listener();
        let seen = Arc::new(Mutex::new(HashSet::new()));
        let hubs = seen.clone();
        let handler = move |mut stream: TcpStream, peer: SocketAddr| {
            hubs.lock().unwrap().insert(thread::current().id());
            let mut question = [0];
            stream.read_exact(&mut question).unwrap();
            assert_ne!(question, *b"p", "as asked");
            stream.read_exact(&mut [0; 3]).unwrap();
            answer_again(stream, peer, question[0])
        };
        let server = spawn(move || Serve::new(listener).hubs(2).run(handler));
        yield_now();
        for _ in 0..20 {
            assert_eq!(ask(address, "p").unwrap_or_default(), "");
        }
        assert_eq!(ask(address, "fast").unwrap(), "fine");
        assert_eq!(seen.lock().unwrap().len(), 2);
        let _ = ask(address, "stop");
        server.wait().unwrap().unwrap();
    });
}

fn answer_again(mut stream: TcpStream, _: SocketAddr, first: u8) -> io::Result<()> {
    if first == b's' {
        return Err(StopServe.into());
    }
    stream.write_all(b"fine")
}

/// Only one user's sockets share a port, and an ordinary user has none below 1024: a server that
/// gave up its rights after it was bound accepts from the one listener.
#[test]
fn a_port_that_cannot_be_shared() {
    let ended = Child::new().run(|| {
        check(|| {
            let (listener, address) = listener();
            let is_alone = sys::give_up_rights();
            let server = spawn(move || Serve::new(listener).hubs(2).run(answer));
            yield_now();
            assert_eq!(sys::backlogs_at(address), [500, 500]);
            let n_queues = sys::n_queues_at(address);
            assert_eq!(n_queues, if is_alone { 1 } else { 2 });
            let asked: Vec<_> = (0..100).map(|_| asking(address, "slow")).collect();
            for asked in asked {
                assert_ne!(asked.wait().unwrap().unwrap(), "");
            }
            ask(address, "stop").unwrap();
            server.wait().unwrap().unwrap();
        });
    });
    ended.expect_success();
}

/// Unless it was switched off, IPv4 clients get through to a listener at an IPv6 address.
#[test]
fn other_hubs_take_ipv4_clients_if_the_listener_does() {
    check(|| {
        let only_v6 = TcpListener::from(sys::listen_only_v6());
        let both = Listen::new("[::]:0").bind().unwrap();
        for (listener, takes_v4) in [(only_v6, false), (both, true)] {
            let port = listener.local_addr().unwrap().port();
            let server = spawn(move || Serve::new(listener).hubs(4).run(answer));
            yield_now();
            let v4 = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            assert_eq!((0..10).filter(|_| connect(v4).is_ok()).count(), 10 * usize::from(takes_v4));
            let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, port));
            assert_ne!(ask(v6, "fast").unwrap(), "");
            ask(v6, "stop").unwrap();
            server.wait().unwrap().unwrap();
        }
    });
}

#[test]
fn every_hub_has_a_queue_of_the_same_length() {
    check(|| {
        for length in [50, 500] {
            let listener = Listen::new("127.0.0.1:0").backlog(length).bind().unwrap();
            let address = listener.local_addr().unwrap();
            let server = spawn(move || Serve::new(listener).hubs(2).run(answer));
            yield_now();
            assert_eq!(sys::backlogs_at(address), [length, length]);
            server.kill();
            drop(server);
            yield_now();
        }
    });
}

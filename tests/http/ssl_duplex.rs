//! Reading and writing one stream at once, over all kinds of transports.

use std::io::{self, ErrorKind, Read, Write};
use std::rc::Rc;
use std::sync::Arc;

use eventlet::green::os::unix::net::UnixStream;
use eventlet::green::ssl::{ByTurns, TlsStream, Transport};
use eventlet::hubs::spawn_hub;
use eventlet::{scope, spawn, with_timeout};
use eventlet_http_tests::tls::Tls;
use eventlet_tests::net::{pair, pattern};
use eventlet_tests::sys::thread_cpu_time;
use eventlet_tests::{LIMIT, check, check_within, ms, yield_now};

const MANY: usize = 12 << 20;

/// Writes `MANY` bytes in each direction while both sides read.
fn both_ways<A: Transport, B: Transport>(left: &TlsStream<A>, right: &TlsStream<B>) {
    let (there, back) = (pattern(1, MANY), pattern(2, MANY));
    scope(|scope| {
        let write =
            |mut stream: &TlsStream<A>| stream.write_all(&there).and_then(|()| stream.shutdown());
        scope.spawn(move || write(left).unwrap());
        let write =
            |mut stream: &TlsStream<B>| stream.write_all(&back).and_then(|()| stream.shutdown());
        scope.spawn(move || write(right).unwrap());
        scope.spawn(|| assert!(read_all(left) == back));
        scope.spawn(|| assert!(read_all(right) == there));
    });
}

fn read_all(mut stream: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn many_megabytes_both_ways_over_tcp() {
    check_within(ms(60_000), || {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        both_ways(&client, &server);
    });
}

#[test]
fn many_megabytes_both_ways_over_unix_sockets() {
    check_within(ms(60_000), || {
        let tls = Tls::new();
        let (near, far) = UnixStream::pair().unwrap();
        let (client, server) = tls.over(near, far);
        both_ways(&client, &server);
    });
}

#[test]
fn many_megabytes_both_ways_through_tls_in_tls() {
    check_within(ms(60_000), || {
        let tls = Tls::new();
        let (near, far) = tls.pair();
        let (client, server) = tls.over(near, far);
        both_ways(&client, &server);
    });
}

#[test]
fn many_megabytes_both_ways_between_hubs() {
    check_within(ms(60_000), || {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        let (client, server) = (Arc::new(client), Arc::new(server));
        let hub = spawn_hub().unwrap();
        let readers: Vec<_> = [(client.clone(), 2), (server.clone(), 1)]
            .map(|(stream, seed)| {
                hub.spawn(move || assert!(read_all(&*stream) == pattern(seed, MANY)))
            })
            .into();
        let writers = [(client, 1), (server, 2)].map(|(stream, seed)| {
            spawn(move || {
                (&*stream).write_all(&pattern(seed, MANY)).unwrap();
                stream.shutdown().unwrap();
            })
        });
        writers.into_iter().for_each(|writer| writer.wait().unwrap());
        for reader in readers {
            reader.wait().unwrap();
        }
    });
}

#[test]
fn a_stream_that_only_takes_turns() {
    check(|| {
        let tls = Tls::new();
        let (near, far) = pair();
        let (client, server) = tls.over(ByTurns::new(near), ByTurns::new(far));
        let echo = spawn(move || io::copy(&mut &server, &mut &server).map(|_| server.shutdown()));
        let text = pattern(3, 50_000);
        (&client).write_all(&text).unwrap();
        client.shutdown().unwrap();
        assert!(read_all(&client) == text);
        echo.wait().unwrap().unwrap().unwrap();
    });
}

#[test]
fn who_reads_keeps_nobody_from_writing() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        let client = Rc::new(client);
        let reader = spawn({
            let client = client.clone();
            move || read_all(&*client)
        });
        yield_now();
        assert!(!reader.is_dead());
        (&*client).write_all(b"while it waits").unwrap();
        let mut bytes = [0; 14];
        (&server).read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"while it waits");
        assert!(!reader.is_dead());
        (&server).write_all(b"answer").unwrap();
        drop(server);
        assert_eq!(reader.wait().unwrap(), b"answer");
    });
}

#[test]
fn who_cannot_write_on_keeps_nobody_from_reading() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        let client = Rc::new(client);
        // More than fits between them.
        let writer = spawn({
            let client = client.clone();
            move || (&*client).write_all(&pattern(4, MANY))
        });
        yield_now();
        for _ in 0..100 {
            (&server).write_all(b"ping").unwrap();
            let mut bytes = [0; 4];
            (&*client).read_exact(&mut bytes).unwrap();
            assert_eq!(&bytes, b"ping");
        }
        assert!(!writer.is_dead());
        let mut bytes = vec![0; MANY];
        (&server).read_exact(&mut bytes).unwrap();
        assert!(bytes == pattern(4, MANY));
        writer.wait().unwrap().unwrap();
    });
}

#[test]
fn what_a_writer_leaves_behind_is_sent_by_who_reads() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        client.set_write_timeout(Some(ms(20))).unwrap();
        let mut n_written = 0;
        let bytes = pattern(5, MANY);
        // Until there is no room, and the last piece is stuck half-way.
        let error = loop {
            match (&client).write(&bytes[n_written..]) {
                Ok(n_more) => n_written += n_more,
                Err(error) => break error,
            }
        };
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        // The peer wants to be read before it reads. All that counts as written arrives.
        let there = pattern(6, MANY);
        let peer = spawn({
            let there = there.clone();
            move || {
                (&server).write_all(&there).unwrap();
                let mut bytes = vec![0; n_written];
                (&server).read_exact(&mut bytes).unwrap();
                (&server).write_all(b"!").unwrap();
                bytes
            }
        });
        let mut read = vec![0; MANY + 1];
        (&client).read_exact(&mut read).unwrap();
        assert!(read[..MANY] == there && read[MANY] == b'!');
        assert!(peer.wait().unwrap() == bytes[..n_written]);
    });
}

#[test]
fn a_write_that_is_given_up_leaves_the_stream_in_order() {
    check(|| {
        let tls = Tls::new();
        for nested in [false, true] {
            let (client, server) = tls.pair();
            if nested {
                let (client, server) = tls.over(client, server);
                give_up_writing(&client, server);
            } else {
                give_up_writing(&client, server);
            }
        }
    });
}

/// What arrives is a beginning of what was to be written, and then what is written next.
fn give_up_writing<A: Transport, B: Transport + 'static>(
    client: &TlsStream<A>,
    server: TlsStream<B>,
) {
    let bytes = pattern(7, MANY);
    let mut writer = client;
    with_timeout(ms(30), || writer.write_all(&bytes)).unwrap_err();
    let reader = spawn(move || read_all(&server));
    writer.write_all(b"the end").unwrap();
    client.shutdown().unwrap();
    let read = reader.wait().unwrap();
    let (begun, end) = read.split_at(read.len() - 7);
    assert_eq!(end, b"the end");
    assert!(!begun.is_empty() && begun.len() < MANY && bytes.starts_with(begun));
}

#[test]
fn a_read_that_is_given_up_loses_nothing() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        let server = Rc::new(server);
        let mut seen = Vec::new();
        for round in 0..20 {
            let killed = spawn({
                let server = server.clone();
                move || (&*server).read(&mut [0; 100])
            });
            yield_now();
            killed.kill();
            assert!(killed.wait().unwrap_err().is_killed());
            assert!(with_timeout(ms(1), || (&*server).read(&mut [0; 100])).is_err());
            (&client).write_all(&[round; 10]).unwrap();
            let mut bytes = [0; 10];
            (&*server).read_exact(&mut bytes).unwrap();
            seen.extend(bytes);
        }
        assert_eq!(seen, (0..20).flat_map(|round| [round; 10]).collect::<Vec<_>>());
    });
}

#[test]
fn timeouts_end_one_call_only() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        client.set_read_timeout(Some(ms(10))).unwrap();
        assert_eq!(client.read_timeout(), Some(ms(10)));
        for _ in 0..3 {
            let error = (&client).read(&mut [0; 1]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::WouldBlock);
        }
        (&server).write_all(b"x").unwrap();
        client.set_read_timeout(Some(LIMIT)).unwrap();
        assert_eq!((&client).read(&mut [0; 1]).unwrap(), 1);
        // The timeout of the stream below holds as well.
        client.set_read_timeout(None).unwrap();
        client.get_ref().set_read_timeout(Some(ms(10))).unwrap();
        assert_eq!((&client).read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(
            client.set_read_timeout(Some(ms(0))).unwrap_err().kind(),
            ErrorKind::InvalidInput
        );
    });
}

#[test]
fn several_readers_and_writers_share_a_stream() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        let total = scope(|scope| {
            for writer in 0..8_u8 {
                let client = &client;
                scope.spawn(move || {
                    for _ in 0..200 {
                        (&*client).write_all(&[writer; 100]).unwrap();
                        yield_now();
                    }
                });
            }
            let server = &server;
            let count = move || {
                let mut n_read = [0_usize; 8];
                let mut bytes = [0; 333];
                loop {
                    match (&*server).read(&mut bytes).unwrap() {
                        0 => return n_read,
                        n => bytes[..n].iter().for_each(|&byte| n_read[usize::from(byte)] += 1),
                    }
                }
            };
            let readers: Vec<_> = (0..4).map(|_| scope.spawn(count)).collect();
            scope.spawn(|| {
                // After the writers, who take turns with this one.
                for _ in 0..100_000 {
                    yield_now();
                }
                client.shutdown().unwrap();
            });
            let counts = readers.into_iter().map(|reader| reader.wait().unwrap());
            counts.fold([0; 8], |mut sum, counts| {
                sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
                sum
            })
        });
        assert_eq!(total, [20_000; 8]);
    });
}

#[test]
fn waiting_costs_nothing() {
    check(|| {
        let tls = Tls::new();
        let (client, server) = tls.pair();
        let client = Rc::new(client);
        let writer = spawn({
            let client = client.clone();
            move || (&*client).write_all(&pattern(8, MANY))
        });
        let reader = spawn(move || (&*client).read(&mut [0; 1]));
        yield_now();
        eventlet::sleep(ms(50));
        let before = thread_cpu_time();
        eventlet::sleep(ms(300));
        let used = thread_cpu_time() - before;
        assert!(used < ms(150), "{used:?} of 300 ms");
        assert!(!writer.is_dead() && !reader.is_dead());
        writer.kill();
        reader.kill();
        drop((writer.wait(), reader.wait(), server));
    });
}

//! One socket and several hubs; descriptors whose numbers are used again.

use std::io::{Read, Write};
use std::net;
use std::os::fd::AsRawFd;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;

use eventlet::green::net::{Shutdown, TcpListener, TcpStream};
use eventlet::{hubs, sleep, spawn};
use eventlet_tests::net::{half_green_pair, pattern};
use eventlet_tests::{check, ms, yield_now};

/// One hub reads what the other hub writes to the same connection's other direction.
#[test]
fn a_stream_is_used_from_two_hubs() {
    const SIZE: usize = 4 << 20;
    check(|| {
        let (stream, peer) = half_green_pair();
        let stream = Arc::new(stream);
        let mut sender = peer.try_clone().unwrap();
        let sender = thread::spawn(move || {
            sender.write_all(&pattern(1, SIZE)).unwrap();
            sender.shutdown(net::Shutdown::Write).unwrap();
        });
        let receiver = thread::spawn(move || {
            let mut bytes = Vec::new();
            { peer }.read_to_end(&mut bytes).unwrap();
            assert!(bytes == pattern(2, SIZE));
        });
        let writer = stream.clone();
        let other_hub = thread::spawn(move || {
            let writing = spawn(move || {
                (&*writer).write_all(&pattern(2, SIZE)).unwrap();
                writer.shutdown(Shutdown::Write).unwrap();
            });
            writing.wait().unwrap();
        });
        let reader = stream.clone();
        let reading = spawn(move || {
            let mut bytes = Vec::new();
            (&*reader).read_to_end(&mut bytes).unwrap();
            assert!(bytes == pattern(1, SIZE));
        });
        reading.wait().unwrap();
        for thread in [sender, receiver, other_hub] {
            thread.join().unwrap();
        }
    });
}

/// Readers of two hubs share one direction: every byte comes exactly once, and the end to all.
#[test]
fn readers_of_two_hubs() {
    check(|| {
        let (stream, mut peer) = half_green_pair();
        let stream = Arc::new(stream);
        let read_all = |stream: Arc<TcpStream>| {
            let (mut sum, mut byte) = (0u64, [0]);
            while (&*stream).read(&mut byte).unwrap() == 1 {
                sum += u64::from(byte[0]);
                yield_now();
            }
            sum
        };
        let (ours, theirs) = (stream.clone(), stream.clone());
        let other_hub = thread::spawn(move || spawn(move || read_all(theirs)).wait().unwrap());
        let reader = spawn(move || read_all(ours));
        let bytes = pattern(9, 5000);
        let expected: u64 = bytes.iter().map(|&byte| u64::from(byte)).sum();
        let writer = thread::spawn(move || {
            bytes.chunks(7).for_each(|chunk| {
                peer.write_all(chunk).unwrap();
                thread::yield_now();
            });
        });
        assert_eq!(reader.wait().unwrap() + other_hub.join().unwrap(), expected);
        writer.join().unwrap();
    });
}

#[test]
fn acceptors_of_two_hubs() {
    const CONNECTIONS: usize = 200;
    check(|| {
        let listener = Arc::new(TcpListener::bind("127.0.0.1:0").unwrap());
        let address = listener.local_addr().unwrap();
        let theirs = listener.clone();
        let other_hub = thread::spawn(move || theirs.incoming().count());
        let ours = listener.clone();
        let acceptor = spawn(move || ours.incoming().count());
        for _ in 0..CONNECTIONS {
            let mut stream = net::TcpStream::connect(address).unwrap();
            yield_now();
            // It ends when the other side has accepted and dropped it.
            stream.set_nonblocking(true).unwrap();
            while stream.read(&mut [0]).is_err() {
                sleep(ms(0));
            }
        }
        listener.close();
        assert_eq!(acceptor.wait().unwrap() + other_hub.join().unwrap(), CONNECTIONS);
    });
}

/// Lets a green thread wait on `stream` once, so that this hub has registered its descriptor.
fn register(stream: TcpStream, peer: &mut net::TcpStream) -> TcpStream {
    let reader = spawn(move || {
        (&stream).read_exact(&mut [0]).unwrap();
        stream
    });
    yield_now();
    peer.write_all(b"r").unwrap();
    reader.wait().unwrap()
}

/// Takes a connection to `address` whose descriptor is `number`, unless another test is faster.
fn connection_with(number: i32, listener: &net::TcpListener) -> Option<[TcpStream; 2]> {
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (peer, _) = listener.accept().unwrap();
    (stream.as_raw_fd() == number).then(|| [stream, peer.into()])
}

/// A stream is registered here and dropped on another OS thread, which this hub hears of later.
/// Its number's next owner gets its own wake-ups, and none of those of the former owner's clone.
#[test]
fn a_number_that_is_used_again() {
    check(|| {
        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut n_reused = 0;
        for round in 0..300 {
            let (stream, mut old_peer) = half_green_pair();
            let stream = register(stream, &mut old_peer);
            let number = stream.as_raw_fd();
            // With a clone alive the system keeps reporting on the connection.
            let clone = (round % 2 == 0).then(|| stream.try_clone().unwrap());
            thread::spawn(move || drop(stream)).join().unwrap();
            let Some([new, mut peer]) = connection_with(number, &listener) else { continue };
            n_reused += 1;

            let reader = spawn(move || {
                let mut bytes = [0; 3];
                (&new).read_exact(&mut bytes).unwrap();
                (new, bytes)
            });
            yield_now();
            let _ = old_peer.write_all(b"not for the new one");
            yield_now();
            peer.write_all(b"new").unwrap();
            let (new, bytes) = reader.wait().unwrap();
            assert_eq!(&bytes, b"new");
            drop(clone);
            let reader = spawn(move || (&new).read(&mut [0]).unwrap());
            yield_now();
            drop(peer);
            assert_eq!(reader.wait().unwrap(), 0);
        }
        assert!(n_reused > 0, "no number was used again");
    });
}

/// Sockets that were waited for here, and are dropped or taken apart on another OS thread, with a
/// clone about or without: the hub forgets them, as do other hubs that had them.
#[test]
fn dropped_on_another_os_thread() {
    check(|| {
        let hub = hubs::spawn_hub().unwrap();
        let n_registered = || hubs::get_hub().stats().descriptors;
        for round in 0..40 {
            let (stream, mut peer) = half_green_pair();
            let mut stream = register(stream, &mut peer);
            let clone = (round % 2 == 0).then(|| stream.try_clone().unwrap());
            assert_eq!(n_registered(), 1);
            if round % 4 < 2 {
                // It is registered in two hubs then.
                stream = hub.spawn(move || register(stream, &mut peer)).wait().unwrap();
            }
            let native = round % 3 == 0;
            let other = thread::spawn(move || match native {
                true => drop(net::TcpStream::from(stream)),
                false => drop(stream),
            });
            other.join().unwrap();
            drop(clone);
            sleep(ms(1));
            assert_eq!(n_registered(), 0);
            let there = hub.spawn(|| hubs::get_hub().stats().descriptors);
            assert_eq!(there.wait().unwrap(), 0);
        }
        assert!(hub.shutdown(ms(1000)).is_clean());
    });
}

/// A stream that has moved to another hub is at home there.
#[test]
fn a_stream_moves_from_hub_to_hub() {
    let (give, take) = mpsc::channel::<(TcpStream, net::TcpStream)>();
    let (give_back, take_back) = mpsc::channel();
    let other = thread::spawn(move || {
        for (stream, mut peer) in take {
            let stream = register(stream, &mut peer);
            give_back.send((stream, peer)).unwrap();
        }
    });
    let here = thread::spawn(move || {
        let (mut stream, mut peer) = half_green_pair();
        for _ in 0..200 {
            stream = register(stream, &mut peer);
            give.send((stream, peer)).unwrap();
            (stream, peer) = take_back.recv().unwrap();
        }
    });
    here.join().unwrap();
    other.join().unwrap();
}

/// Streams that are dropped while the hub still has an event for them.
#[test]
fn dropped_with_an_event_under_way() {
    check(|| {
        let listener = Rc::new(TcpListener::bind("127.0.0.1:0").unwrap());
        let address = listener.local_addr().unwrap();
        for _ in 0..200 {
            let streams: Vec<_> = (0..4)
                .map(|_| {
                    let client = TcpStream::connect(address).unwrap();
                    (client, listener.accept().unwrap().0)
                })
                .collect();
            let readers: Vec<_> = streams
                .into_iter()
                .map(|(client, mut server)| {
                    let reader = spawn(move || (&client).read(&mut [0; 10]).map(|_| client));
                    yield_now();
                    server.write_all(b"x").unwrap();
                    (reader, server)
                })
                .collect();
            for (index, (reader, server)) in readers.into_iter().enumerate() {
                if index % 2 == 0 {
                    reader.kill();
                }
                drop(server);
                let _ = reader.wait();
            }
        }
    });
}

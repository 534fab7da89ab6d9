//! Kills and timeouts at random, in the middle of reads and writes: what was written for certain
//! arrives, once and in order, and nothing arrives in pieces.

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::rc::Rc;

use eventlet::green::os::unix::net::UnixStream;
use eventlet::green::ssl::{TlsStream, Transport};
use eventlet::{GreenThread, sleep, spawn, with_timeout};
use eventlet_http_tests::tls::Tls;
use eventlet_tests::net::Random;
use eventlet_tests::{check_within, ms};

/// What is written at once: the number of the message, again and again.
const MESSAGE: usize = 4000;
const N_MESSAGES: u32 = 1500;

fn message(number: u32) -> Vec<u8> {
    number.to_le_bytes().repeat(MESSAGE / 4)
}

/// One direction of a stream, as it should be.
#[derive(Default)]
struct Direction {
    /// The messages whose writes have returned.
    certain: RefCell<Vec<u32>>,
    /// The bytes that were read.
    arrived: RefCell<Vec<u8>>,
    is_over: Cell<bool>,
}

impl Direction {
    /// Writes all messages, some of them under a limit that they may not keep, and ends.
    fn write<T: Transport>(&self, mut stream: &TlsStream<T>, random: &mut Random) {
        for number in 0..N_MESSAGES {
            let message = message(number);
            let is_limited = random.below(3) == 0;
            let limit = ms(random.below(3) as u64) + ms(1) / 10;
            let written = if is_limited {
                with_timeout(limit, || stream.write(&message).unwrap()).ok()
            } else {
                Some(stream.write(&message).unwrap())
            };
            if let Some(n_written) = written {
                assert_eq!(n_written, MESSAGE);
                self.certain.borrow_mut().push(number);
            }
        }
        stream.shutdown().unwrap();
    }

    /// Reads until the end, unless it is killed.
    fn read<T: Transport>(&self, mut stream: &TlsStream<T>, mut random: Random) {
        let mut bytes = vec![0; 30_000];
        loop {
            let most = 1 + random.below(bytes.len());
            let n_read = stream.read(&mut bytes[..most]).unwrap();
            self.arrived.borrow_mut().extend_from_slice(&bytes[..n_read]);
            if n_read == 0 {
                self.is_over.set(true);
                return;
            }
            if random.below(20) == 0 {
                sleep(ms(5));
            }
        }
    }

    /// Says how many writes were given up.
    fn verify(&self) -> usize {
        let arrived = self.arrived.borrow();
        let mut numbers = arrived.chunks(MESSAGE).map(|bytes| {
            let number = u32::from_le_bytes(bytes[..4].try_into().unwrap());
            assert!(bytes == message(number), "message {number} is in pieces");
            number
        });
        let mut last = None;
        let certain = self.certain.take();
        let n_given_up = N_MESSAGES as usize - certain.len();
        for certain in certain {
            // Others may have arrived as well, each once.
            loop {
                let number = numbers.next().unwrap_or_else(|| panic!("{certain} is lost"));
                assert!(last < Some(number), "{number} comes after {last:?}");
                last = Some(number);
                if number == certain {
                    break;
                }
                assert!(number < certain, "{certain} is lost");
            }
        }
        n_given_up
    }
}

/// Reads with one green thread after the other: each is killed after a while.
fn read_with_kills<T: Transport + 'static>(
    stream: Rc<TlsStream<T>>,
    direction: Rc<Direction>,
    seed: u64,
) -> GreenThread<()> {
    spawn(move || {
        let mut random = Random::new(seed);
        while !direction.is_over.get() {
            let (stream, direction) = (stream.clone(), direction.clone());
            let own = Random::new(random.next());
            let reader = spawn(move || direction.read(&stream, own));
            sleep(ms(random.below(5) as u64));
            reader.kill();
            if let Err(exit) = reader.wait() {
                assert!(exit.is_killed(), "{exit:?}");
            }
        }
    })
}

/// Says how many writes were given up.
fn both_ways<A, B>(left: TlsStream<A>, right: TlsStream<B>, seed: u64) -> usize
where
    A: Transport + 'static,
    B: Transport + 'static,
{
    let (left, right) = (Rc::new(left), Rc::new(right));
    let (there, back) = (Rc::new(Direction::default()), Rc::new(Direction::default()));
    let threads = [
        read_with_kills(left.clone(), back.clone(), seed),
        read_with_kills(right.clone(), there.clone(), seed + 1),
        spawn({
            let there = there.clone();
            move || there.write(&left, &mut Random::new(seed + 2))
        }),
        spawn({
            let back = back.clone();
            move || back.write(&right, &mut Random::new(seed + 3))
        }),
    ];
    for thread in threads {
        thread.wait().unwrap();
    }
    there.verify() + back.verify()
}

#[test]
fn over_tcp() {
    check_within(ms(60_000), || {
        let tls = Tls::new();
        for seed in 0..3 {
            let (client, server) = tls.pair();
            both_ways(client, server, seed);
        }
    });
}

/// There is less room in these, so that writes have to wait.
#[test]
fn over_unix_sockets() {
    check_within(ms(60_000), || {
        let tls = Tls::new();
        let n_given_up = (10..13).map(|seed| {
            let (near, far) = UnixStream::pair().unwrap();
            let (client, server) = tls.over(near, far);
            both_ways(client, server, seed)
        });
        assert!(n_given_up.sum::<usize>() > 0);
    });
}

#[test]
fn through_tls_in_tls() {
    check_within(ms(60_000), || {
        let tls = Tls::new();
        let n_given_up = (20..23).map(|seed| {
            let (near, far) = UnixStream::pair().unwrap();
            let (near, far) = tls.over(near, far);
            let (client, server) = tls.over(near, far);
            both_ways(client, server, seed)
        });
        assert!(n_given_up.sum::<usize>() > 0);
    });
}

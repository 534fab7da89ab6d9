//! Random and damaged bytes against the handshake and against receiving: nothing panics, nothing
//! hangs, and memory stays within the limits.
//!
//! `EVENTLET_FUZZ_CASES` says how many cases there are, `EVENTLET_FUZZ_SEED` where they begin:
//! `EVENTLET_FUZZ_CASES=1000000 cargo test --release -p eventlet-http-tests --test websocket_fuzz`.

use std::alloc::{GlobalAlloc, Layout, System};
use std::env;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use eventlet::green::os::unix::net::UnixStream;
use eventlet::websocket::{Config, Message};
use eventlet::{spawn, with_timeout};
use eventlet_http_tests::websocket::{
    BINARY, CLOSE, CONTINUE, PING, PONG, REQUEST, TEXT, masked, unmasked,
};
use eventlet_tests::{check_within, ms};

const MAX_FRAME: usize = 8 * 1024;
const MAX_MESSAGE: usize = 32 * 1024;
/// What one connection may have at a time: its buffers, a message that grows by doubling, and one
/// that is being handed over, besides what the case itself and its green threads have.
const MOST_MEMORY: usize = 512 * 1024;

/// The system's allocator, which tells how much is in use, and how much has been at most.
struct Measuring;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

fn add(n: usize) {
    let now = IN_USE.fetch_add(n, Relaxed) + n;
    MOST.fetch_max(now, Relaxed);
}

#[allow(unsafe_code, reason = "an allocator is unsafe by nature")]
// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Measuring {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size());
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Measuring = Measuring;

/// Numbers that look random: xorshift.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() >> 11) as usize % n.max(1)
    }

    fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| (self.next() >> 32) as u8).collect()
    }
}

/// Streams that are right, or wrong in a way that is known: what random ones are made of.
fn corpus() -> Vec<Vec<u8>> {
    let text = "ünï".as_bytes();
    let fragments = [masked(TEXT, false, &text[..1]), masked(CONTINUE, true, &text[1..])].concat();
    let mut frames = vec![
        masked(TEXT, true, b"hello"),
        masked(TEXT, true, text),
        masked(BINARY, true, &[0; 126]),
        masked(BINARY, true, &[1; MAX_FRAME]),
        masked(BINARY, true, &[1; MAX_FRAME + 1]),
        masked(BINARY, true, &[2; 70_000]),
        masked(PING, true, b"ping"),
        masked(PING, true, &[0; 125]),
        masked(PONG, true, b""),
        masked(CLOSE, true, &[0x03, 0xe8]),
        masked(CLOSE, true, b""),
        unmasked(TEXT, true, b"hello"),
        fragments.clone(),
        masked(BINARY, false, &[3; MAX_FRAME]),
        masked(CONTINUE, false, &[3; MAX_FRAME]),
        masked(CONTINUE, true, b"end"),
        vec![0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ];
    let many_pings: Vec<u8> = (0..50).flat_map(|n| masked(PING, true, &[n; 100])).collect();
    let large = masked(BINARY, false, &[3; MAX_FRAME]);
    let more = masked(CONTINUE, false, &[4; MAX_FRAME]);
    frames.push(many_pings);
    frames.push([&large[..], &more, &more, &masked(CONTINUE, true, b"")].concat());
    frames.push([&large[..], &more, &more, &more, &more].concat());
    frames
}

/// Makes a stream of what the corpus has, and damages it.
fn stream(random: &mut Random, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = REQUEST.as_bytes().to_vec();
    if random.below(8) == 0 {
        damage(random, &mut bytes);
    }
    for _ in 0..random.below(6) {
        if random.below(10) == 0 {
            let n = random.below(64);
            bytes.extend(random.bytes(n));
        } else {
            bytes.extend(&corpus[random.below(corpus.len())]);
        }
    }
    if random.below(2) == 0 {
        let head = REQUEST.len().min(bytes.len());
        let mut frames = bytes.split_off(head);
        damage(random, &mut frames);
        bytes.extend(frames);
    }
    bytes
}

/// Changes, removes, repeats or inserts something, several times.
fn damage(random: &mut Random, bytes: &mut Vec<u8>) {
    for _ in 0..=random.below(4) {
        if bytes.is_empty() {
            return;
        }
        // Heads of frames are what is most worth damaging, and the first is in front.
        let is_in_front = random.below(2) == 0;
        let at = random.below(if is_in_front { bytes.len().min(16) } else { bytes.len() });
        let end = (at + 1 + random.below(32)).min(bytes.len());
        match random.below(6) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = (random.next() >> 32) as u8,
            2 => drop(bytes.drain(at..end)),
            3 => bytes.truncate(at),
            4 => bytes.extend_from_within(at..end),
            _ => {
                let n = random.below(8);
                let new = random.bytes(n);
                bytes.splice(at..at, new);
            }
        }
    }
}

/// Receives what a client sends in pieces, in whatever way the case says.
fn run(random: &mut Random, bytes: &[u8]) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let config = Config::new()
        .max_frame(MAX_FRAME)
        .max_message(MAX_MESSAGE)
        .handshake_within(ms(200))
        .close_within(ms(200))
        .control_messages(random.below(2) == 0);
    let echoes = random.below(2) == 0;
    let server = spawn(move || {
        let Ok(ws) = config.accept(ours) else { return };
        for message in &ws {
            assert!(message.bytes().len() <= MAX_MESSAGE);
            if echoes && matches!(message, Message::Text(_)) && ws.send(message).is_err() {
                break;
            }
        }
        let close = ws.closed().expect("it has ended, or cannot be written to");
        assert!(close.code.may_be_sent() || [1005, 1006].contains(&close.code.0), "{close}");
    });
    let reads = random.below(4) > 0;
    let mut reading = theirs.try_clone().unwrap();
    let reader = spawn(move || {
        if reads {
            drop(reading.read_to_end(&mut Vec::new()))
        }
    });
    let longest = [3, 100, 100_000][random.below(3)];
    let piece = 1 + random.below(longest);
    for piece in bytes.chunks(piece.max(bytes.len() / 200)) {
        // It fails if the server has had enough.
        if (&theirs).write_all(piece).is_err() {
            break;
        }
        if random.below(4) == 0 {
            eventlet::sleep(Duration::ZERO);
        }
    }
    let how = if random.below(4) == 0 { Shutdown::Both } else { Shutdown::Write };
    let _ = theirs.shutdown(how);
    if !reads {
        drop(theirs);
    }
    server.wait().expect("it does not panic");
    reader.wait().unwrap();
}

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().expect("it is a number"))
}

#[test]
fn damaged_streams_do_no_damage() {
    let n_cases = number("EVENTLET_FUZZ_CASES", 3000);
    let seed = number("EVENTLET_FUZZ_SEED", 1);
    let limit = Duration::from_secs(60 + n_cases / 50);
    check_within(limit, || {
        let corpus = corpus();
        for case in seed..seed + n_cases {
            let mut random = Random(case.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
            let bytes = stream(&mut random, &corpus);
            let before = IN_USE.load(Relaxed);
            MOST.store(before, Relaxed);
            let done = with_timeout(Duration::from_secs(20), || run(&mut random, &bytes));
            assert!(done.is_ok(), "case {case} hangs");
            let used = MOST.load(Relaxed) - before;
            assert!(used < MOST_MEMORY, "case {case} takes {used} bytes");
        }
        // Pongs that could not be sent any more.
        eventlet::sleep(Duration::ZERO);
    });
}

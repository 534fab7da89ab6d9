//! What a connection keeps in memory while it is idle, whatever it was used for before.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{Read, Write};

use eventlet::green::net::TcpStream;
use eventlet::http::{Request, Server};
use eventlet_tests::check;

/// The system's allocator, and how many bytes each OS thread has in use.
struct Counting;

thread_local! {
    static N_BYTES: Cell<isize> = const { Cell::new(0) };
}

fn add(n: isize) {
    // A thread that ends may allocate after its thread-locals are gone.
    let _ = N_BYTES.try_with(|bytes| bytes.set(bytes.get() + n));
}

#[allow(unsafe_code, reason = "an allocator is unsafe by nature")]
// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        add(layout.size() as isize);
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        add(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const N: isize = 50;

/// How many bytes each of some connections keeps after it has asked `request` and been answered.
fn kept_after(request: &str) -> isize {
    let mut kept = 0;
    check(|| {
        let echo = |request: &mut Request| request.headers().len().to_string();
        let listener = eventlet::listen("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::new(echo).start(listener).unwrap();
        let ask = || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            assert!(stream.read(&mut [0; 1024]).unwrap() > 0);
            stream
        };
        drop(ask());
        let before = N_BYTES.get();
        let clients: Vec<_> = (0..N).map(|_| ask()).collect();
        kept = (N_BYTES.get() - before) / N;
        drop(clients);
        server.stop();
    });
    kept
}

#[test]
fn a_large_head_leaves_no_more_than_a_small_one() {
    let small = kept_after("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let headers = format!("X: {}\r\n", "y".repeat(6000)).repeat(10);
    let large = kept_after(&format!("GET / HTTP/1.1\r\nHost: a\r\n{headers}\r\n"));
    println!("{small} bytes are kept after a small head, {large} after one of 60,000");
    assert!(large < small + 4096, "{large} bytes, {small} after a small one");
}

//! What a connection keeps in memory while it is idle, whatever it was used for before.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{Read, Write};

use eventlet::green::net::TcpStream;
use eventlet::http::{Request, Response, Server};
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

fn count(request: &mut Request) -> Response {
    Response::text(request.headers().len().to_string())
}

/// Reads all that comes from whoever has connected.
fn take_over(request: &mut Request) -> Response {
    assert!(request.headers().len() > 1);
    let response = Response::new(101).with_header("upgrade", "nothing");
    request.upgrade(
        response,
        |mut stream| {
            while stream.read(&mut [0; 1000]).is_ok_and(|n| n > 0) {}
        },
    )
}

/// How many bytes each of some connections keeps after it has asked `request` and been answered by `app`.
fn kept_after(app: fn(&mut Request) -> Response, request: &str) -> isize {
    let mut kept = 0;
    check(|| {
        let listener = eventlet::listen("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::new(app).start(listener).unwrap();
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

fn assert_alike(what: &str, small: isize, large: isize) {
    println!("{small} bytes are kept after a small {what}, {large} after a large one");
    assert!(large < small + 4096, "{large} bytes, {small} after a small {what}");
}

#[test]
fn a_large_head_leaves_no_more_than_a_small_one() {
    let headers = format!("X: {}\r\n", "y".repeat(6000)).repeat(10);
    let kept = |headers| kept_after(count, &format!("GET / HTTP/1.1\r\nHost: a\r\n{headers}\r\n"));
    assert_alike("head", kept(""), kept(&headers));
}

const UPGRADE: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: nothing\r\n";

#[test]
fn who_takes_over_keeps_nothing_of_the_request() {
    let headers = format!("X: {}\r\n", "y".repeat(6000)).repeat(10);
    let kept = |headers| kept_after(take_over, &format!("{UPGRADE}{headers}\r\n"));
    assert_alike("head", kept(""), kept(&headers));
}

#[test]
fn what_came_with_the_request_is_not_kept_when_it_has_been_read() {
    let kept = |ahead: &str| kept_after(take_over, &format!("{UPGRADE}\r\n{ahead}"));
    assert_alike("beginning", kept(""), kept(&"z".repeat(8000)));
}

//! What green threads keep in thread-local variables is given back: nothing stays for those that ended.

use std::cell::RefCell;
use std::panic::resume_unwind;
use std::thread;
use std::time::Duration;

use eventlet::patcher::MonkeyPatch;
use eventlet::{sleep, spawn};
use eventlet_tests::ms;

/// How many bytes are in use of the C library's memory. std takes the handles of threads from there
/// even if the program has an allocator of its own.
#[allow(unsafe_code, reason = "a function of the C library")]
fn n_bytes_in_use() -> usize {
    // SAFETY: it has no conditions.
    unsafe { libc::mallinfo2() }.uordblks
}

/// Has threads that start from now on take their memory from the one place that is counted.
#[allow(unsafe_code, reason = "a function of the C library")]
fn use_one_arena() {
    // SAFETY: it may be called at any time.
    assert_eq!(unsafe { libc::mallopt(libc::M_ARENA_MAX, 1) }, 1);
}

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static WORDS: RefCell<Vec<String>> = RefCell::new(vec!["word".to_owned()]);
}

/// Uses variables that are to be dropped, and std's handle of the current thread.
fn use_variables(n: u64) {
    BUFFER.with_borrow_mut(|buffer| buffer.resize(100, 0));
    WORDS.with_borrow_mut(|words| words.push("another".to_owned()));
    let id = thread::current().id();
    sleep(ms(n % 3));
    assert_eq!(thread::current().id(), id);
    match n % 4 {
        // Like a panic, and the hook prints nothing.
        0 => resume_unwind(Box::new(())),
        1 => sleep(Duration::from_secs(60)),
        _ => {}
    }
}

const N: usize = 400;

/// Lets green threads live and end in all ways.
fn round() {
    let start = |n| (n, spawn(move || use_variables(n)));
    let threads = (0..N as u64).map(start);
    let (stuck, others): (Vec<_>, Vec<_>) = threads.partition(|(n, _)| n % 4 == 1);
    for (n, thread) in others {
        assert_eq!(thread.wait().is_ok(), n % 4 != 0);
    }
    for (_, thread) in stuck {
        thread.kill();
        assert!(thread.wait().unwrap_err().is_killed());
    }
}

#[test]
fn nothing_stays() {
    use_one_arena();
    MonkeyPatch::none().thread(true).apply();
    let test = || {
        eventlet_tests::check(|| {
            const ROUNDS: usize = 20;
            // Stacks, records and timers have their number after some rounds.
            (0..5).for_each(|_| round());
            let before = n_bytes_in_use();
            (0..ROUNDS).for_each(|_| round());
            let n_more = n_bytes_in_use().saturating_sub(before);
            // The smallest piece of memory has 24 bytes.
            assert!(n_more < ROUNDS * N * 24 / 2, "{n_more} bytes");
        });
    };
    thread::scope(|scope| scope.spawn(test).join().unwrap());
}

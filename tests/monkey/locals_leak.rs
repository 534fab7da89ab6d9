//! What green threads keep in thread-local variables is given back: nothing stays for those that ended.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::RefCell;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::thread;
use std::time::Duration;

use eventlet::patcher::MonkeyPatch;
use eventlet::{sleep, spawn};
use eventlet_tests::ms;

/// The system's allocator, and how many bytes are in use.
struct Counting;

static N_BYTES: AtomicIsize = AtomicIsize::new(0);

#[allow(unsafe_code, reason = "an allocator is unsafe by nature")]
// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        N_BYTES.fetch_add(layout.size() as isize, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        N_BYTES.fetch_sub(layout.size() as isize, Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static WORDS: RefCell<Vec<String>> = RefCell::new(vec!["word".to_owned()]);
}

/// Uses variables, std's handle of the current thread, and a lot of destructors' worth of them.
fn use_variables(n: u64) {
    BUFFER.with_borrow_mut(|buffer| buffer.resize(1000, 0));
    WORDS.with_borrow_mut(|words| words.push("another".to_owned()));
    let id = thread::current().id();
    sleep(ms(n % 3));
    assert_eq!(thread::current().id(), id);
    match n % 4 {
        0 => panic!("as it should"),
        1 => sleep(Duration::from_secs(60)),
        _ => {}
    }
}

#[test]
fn nothing_stays() {
    MonkeyPatch::none().thread(true).apply();
    eventlet_tests::check(|| {
        std::panic::set_hook(Box::new(|_| ()));
        let round = || {
            let threads: Vec<_> = (0..400).map(|n| spawn(move || use_variables(n))).collect();
            sleep(ms(5));
            threads.iter().for_each(|thread| thread.kill());
            for (n, thread) in threads.into_iter().enumerate() {
                assert_eq!(thread.wait().is_ok(), n % 4 > 1);
            }
            N_BYTES.load(Ordering::Relaxed)
        };
        // Stacks, records and timers have their number after some rounds.
        (0..3).for_each(|_| drop(round()));
        let before = round();
        let after = (0..20).map(|_| round()).last().unwrap();
        // A handle that stays for each would be 400 times as much, and more.
        assert!(after - before < 20 * 400, "{} bytes", after - before);
    });
}

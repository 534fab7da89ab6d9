//! What allocates, counted: a switch and a wait nothing, a spawn once. And what is given back.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::poll_fn;
use std::io::{Read, Write};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use eventlet::green::net::{TcpListener, TcpStream};
use eventlet::{LifoQueue, LightQueue, PriorityQueue, Queue, sleep, spawn, with_timeout};
use eventlet_tests::check;

/// The system's allocator, and how often each OS thread has called it.
struct Counting;

thread_local! {
    static N_ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
    /// How many bytes are in use.
    static N_BYTES: Cell<isize> = const { Cell::new(0) };
}

fn count(n_bytes: isize) {
    // A thread that ends may allocate after its thread-locals are gone.
    let _ = N_ALLOCATIONS.try_with(|n| n.set(n.get() + 1));
    add_bytes(n_bytes);
}

fn add_bytes(n_bytes: isize) {
    let _ = N_BYTES.try_with(|n| n.set(n.get() + n_bytes));
}

#[allow(unsafe_code, reason = "an allocator is unsafe by nature")]
// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller keeps the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        add_bytes(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `f` allocates when it is done for the third time: queues have their size by then, and
/// stacks and records that can be used again are there.
fn n_allocations(mut f: impl FnMut()) -> u64 {
    f();
    f();
    let before = N_ALLOCATIONS.get();
    f();
    N_ALLOCATIONS.get() - before
}

#[test]
fn a_spawn_allocates_once() {
    check(|| {
        let one_by_one = n_allocations(|| {
            for i in 0..100 {
                assert_eq!(spawn(move || i).wait().unwrap(), i);
            }
        });
        assert_eq!(one_by_one, 100);
        let mut threads = Vec::with_capacity(100);
        let together = n_allocations(|| {
            threads.extend((0..100).map(|i| spawn(move || i)));
            let sum: i32 = threads.drain(..).map(|thread| thread.wait().unwrap()).sum();
            assert_eq!(sum, 4950);
        });
        assert_eq!(together, 100);
    });
}

#[test]
fn a_yield_and_a_sleep_allocate_nothing() {
    check(|| {
        let other = spawn(|| {
            for _ in 0..1000 {
                sleep(Duration::ZERO);
            }
        });
        let in_main = n_allocations(|| (0..100).for_each(|_| sleep(Duration::ZERO)));
        assert_eq!(in_main, 0);
        other.wait().unwrap();
        let in_thread = spawn(|| {
            n_allocations(|| {
                sleep(Duration::ZERO);
                sleep(Duration::from_micros(100));
            })
        });
        assert_eq!(in_thread.wait().unwrap(), 0);
    });
}

#[test]
fn putting_and_getting_allocate_nothing() {
    check(|| {
        let (there, back) = (LightQueue::new(Some(1)), Queue::new(Some(0)));
        let (theirs, ours) = (there.clone(), back.clone());
        let echo = spawn(move || theirs.iter().for_each(|item| ours.put(item).unwrap()));
        let waiting = n_allocations(|| {
            for i in 0..100 {
                there.put(i).unwrap();
                assert_eq!(back.get(), Ok(i));
            }
        });
        there.shutdown();
        echo.wait().unwrap();
        let (smallest, newest) = (PriorityQueue::new(None), LifoQueue::new(None));
        let storing = n_allocations(|| {
            (0..100).for_each(|i| smallest.put(i).unwrap());
            (0..100).for_each(|_| newest.put(smallest.get().unwrap()).unwrap());
            (0..100).for_each(|_| _ = newest.get().unwrap());
        });
        assert_eq!((waiting, storing), (0, 0));
    });
}

#[test]
fn a_limit_allocates_nothing() {
    check(|| {
        let thread = spawn(|| {
            n_allocations(|| {
                for limit in [Duration::from_millis(500), Duration::from_secs(5)] {
                    with_timeout(limit, || ()).unwrap();
                    with_timeout(limit, || sleep(Duration::ZERO)).unwrap();
                    with_timeout(limit, || with_timeout(limit, || ())).unwrap().unwrap();
                }
            })
        });
        assert_eq!(thread.wait().unwrap(), 0);
    });
}

#[test]
fn a_read_that_waits_allocates_nothing() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut byte = [0];
            while stream.read(&mut byte).unwrap() > 0 {
                stream.write_all(&byte).unwrap();
            }
        });
        let mut client = TcpStream::connect(address).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let echoes = n_allocations(|| {
            for byte in 0..20 {
                client.write_all(&[byte]).unwrap();
                let mut answer = [0];
                client.read_exact(&mut answer).unwrap();
                assert_eq!(answer, [byte]);
            }
        });
        assert_eq!(echoes, 0);
        drop(client);
        server.wait().unwrap();
    });
}

/// Whether it wakes itself or waits for another green thread.
#[test]
fn a_future_allocates_its_waker() {
    check(|| {
        let kept = Rc::new(Cell::new(None::<Waker>));
        let theirs = kept.clone();
        let waking = spawn(move || {
            loop {
                if let Some(waker) = theirs.take() {
                    waker.wake();
                }
                sleep(Duration::ZERO);
            }
        });
        let waits = n_allocations(|| {
            let mut n_polls = 0;
            eventlet::future::block_on(poll_fn(|context| {
                n_polls += 1;
                match n_polls {
                    20 => return Poll::Ready(()),
                    1..10 => context.waker().wake_by_ref(),
                    _ => kept.set(Some(context.waker().clone())),
                }
                Poll::Pending
            }));
        });
        assert_eq!(waits, 1);
        waking.kill();
    });
}

/// The records of fibers are kept to be used again, but not with large results or closures.
#[test]
fn a_burst_with_large_results_is_given_back() {
    const LARGE: usize = 16 * 1024;

    check(|| {
        spawn(|| ()).wait().unwrap();
        let before = N_BYTES.get();
        let threads: Vec<_> = (0..500).map(|n| spawn(move || [n as u8; LARGE])).collect();
        for thread in threads {
            assert_eq!(thread.wait().unwrap().len(), LARGE);
        }
        let left = N_BYTES.get() - before;
        assert!(left < 500_000, "{left} bytes are left");
    });
}

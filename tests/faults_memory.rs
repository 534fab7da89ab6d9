//! Stacks that cannot be had: sizes out of range, too many mappings, too little memory.

use std::cell::Cell;
use std::hint::black_box;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use eventlet::{Builder, GreenThread, debug, sleep, spawn};
use eventlet_tests::child::Child;
use eventlet_tests::{check, panic_of, sys, yield_now};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn sizes_out_of_range_are_refused() {
    check(|| {
        for bytes in [0, 1, 8 * 1024 - 1, (1 << 30) + 1, 1 << 40, usize::MAX] {
            let error = Builder::new().stack_size(bytes).spawn(|| ()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{bytes}");
            let text = error.to_string();
            let expected = format!("a green thread cannot have a stack of {bytes} bytes: at ");
            assert!(text.starts_with(&expected), "{text}");
        }
    });
}

#[test]
fn the_smallest_size_can_run_and_switch() {
    check(|| {
        let thread = Builder::new().stack_size(8 * 1024).spawn(|| {
            yield_now();
            7
        });
        assert_eq!(thread.unwrap().wait().unwrap(), 7);
    });
}

/// Spawns until that is refused; all that were spawned have begun and sleep.
fn spawn_until_refused(stack_size: usize, woken: &Rc<Cell<u32>>) -> (u32, io::Error) {
    for n_spawned in 0.. {
        let counter = woken.clone();
        let spawned = Builder::new().stack_size(stack_size).spawn(move || {
            sleep(HOUR);
            counter.set(counter.get() + 1);
        });
        match spawned {
            Ok(_detached) => yield_now(),
            Err(error) => return (n_spawned, error),
        }
    }
    unreachable!("the memory is limited")
}

fn assert_all_works_again(n_spawned: u32, woken: &Cell<u32>) {
    sleep(HOUR * 2);
    assert_eq!(woken.get(), n_spawned, "nobody was lost");
    let again: Vec<_> = (0..100_u32).map(|n| spawn(move || n)).collect();
    assert_eq!(again.into_iter().map(|t| t.wait().unwrap()).sum::<u32>(), 99 * 50);
}

#[test]
fn at_the_mapping_limit_spawn_fails_and_all_goes_on() {
    let ended = Child::new().env("EVENTLET_GUARD_REGIONS", "0").run(|| {
        // What the library leaves to others, and room for some two thousand stacks.
        sys::use_up_mappings(4096 + 4000);
        debug::pause_clock();
        let woken = Rc::new(Cell::new(0));
        let (n_spawned, error) = spawn_until_refused(16 * 1024, &woken);
        assert!((1000..=2000).contains(&n_spawned), "{n_spawned}");
        assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
        let text = error.to_string();
        assert!(text.contains("raise the sysctl vm.max_map_count"), "{text}");
        let refusal = panic_of(|| spawn(|| ()));
        assert_eq!(refusal, format!("spawn: {text}"));
        assert_all_works_again(n_spawned, &woken);
    });
    ended.expect_success();
}

/// Spawned at once, more than can have stacks: the rest starts as stacks come back.
#[test]
fn green_threads_beyond_the_mapping_limit_start_later() {
    let ended = Child::new().env("EVENTLET_GUARD_REGIONS", "0").run(|| {
        sys::use_up_mappings(4096 + 2000);
        debug::pause_clock();
        let before = debug::now();
        let threads: Vec<_> = (0..3000_u32)
            .map(|number| {
                spawn(move || {
                    sleep(HOUR);
                    number
                })
            })
            .collect();
        let sum: u32 = threads.into_iter().map(|thread| thread.wait().unwrap()).sum();
        assert_eq!(sum, 2999 * 1500);
        assert!(debug::now() - before > HOUR * 2, "they did not all fit at once");
    });
    ended.expect_success();
}

#[test]
fn at_the_memory_limit_spawn_fails_and_all_goes_on() {
    let ended = Child::new().run(|| {
        spawn(|| ()).wait().unwrap();
        debug::pause_clock();
        sys::limit_memory(256 * 1024 * 1024);
        let woken = Rc::new(Cell::new(0));
        let (n_spawned, error) = spawn_until_refused(4 * 1024 * 1024, &woken);
        sys::unlimit_memory();
        assert!((30..=64).contains(&n_spawned), "{n_spawned}");
        assert_eq!(error.kind(), io::ErrorKind::OutOfMemory);
        let text = error.to_string();
        assert!(text.starts_with("no stack of 4194304 bytes can be mapped"), "{text}");
        assert!(text.contains("raise the memory limit"), "{text}");
        assert_all_works_again(n_spawned, &woken);
    });
    ended.expect_success();
    assert_eq!(ended.stderr, "", "the refusal is an error, not a message");
}

/// Needs more than the 256 KiB of a default stack and less than 1 MiB.
fn use_half_a_mebibyte() -> u8 {
    let big = black_box([7_u8; 250 * 1024]);
    big[black_box(1000)]
}

#[test]
fn the_environment_sets_the_default_size() {
    let ended = Child::new().env("EVENTLET_STACK_SIZE", "1048576").run(|| {
        assert_eq!(spawn(use_half_a_mebibyte).wait().unwrap(), 7);
    });
    ended.expect_success();
    assert_eq!(ended.stderr, "");
}

#[test]
fn bad_sizes_in_the_environment_are_reported_and_ignored() {
    let body = || {
        let threads: Vec<GreenThread<()>> = (0..3).map(|_| spawn(|| ())).collect();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
    };
    let ended = Child::new().env("EVENTLET_STACK_SIZE", "plenty").run(body);
    assert_eq!(
        ended.expect_success().stderr,
        "eventlet: EVENTLET_STACK_SIZE is ignored: \"plenty\" is no number of bytes\n"
    );
}

#[test]
fn sizes_out_of_range_in_the_environment_are_reported_and_ignored() {
    let ended = Child::new().env("EVENTLET_STACK_SIZE", "100").run(|| {
        assert_eq!(spawn(|| 7).wait().unwrap(), 7);
    });
    assert_eq!(
        ended.expect_success().stderr,
        "eventlet: EVENTLET_STACK_SIZE is ignored: a green thread cannot have a stack of 100 \
         bytes: at least 8192 bytes (8 KiB) are needed\n"
    );
}

/// Whoever spawns in another hub cannot be told that there is no stack: the green thread begins
/// when another one ends.
#[test]
fn without_memory_what_others_spawn_waits_for_a_stack() {
    let ended = Child::new().run(|| {
        check(|| {
            let hub = eventlet::hubs::spawn_hub().unwrap();
            hub.spawn(|| ()).wait().unwrap();
            // Room for some hundred stacks of 256 KiB.
            sys::limit_memory(32 << 20);
            let job = || {
                sleep(Duration::from_millis(1));
                eventlet::hubs::get_hub().stats().stacks_in_use
            };
            let threads: Vec<_> = (0..1000).map(|_| hub.spawn(job)).collect();
            let most = threads.into_iter().map(|thread| thread.wait().unwrap()).max().unwrap();
            assert!((20..500).contains(&most), "{most} at once");
            sys::unlimit_memory();
            assert!(hub.shutdown(Duration::from_secs(1)).is_clean());
        });
    });
    ended.expect_success();
}

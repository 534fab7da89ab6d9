//! Stack overflows: the right message for every kind of thread, and the end of the process.

use std::hint::black_box;

use eventlet::{Builder, spawn};
use eventlet_tests::child::{Child, main_thread};
use eventlet_tests::{sys, yield_now};

/// Needs more stack than any thread has.
fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    if depth == 0 { frame[0] } else { recurse(depth - 1) + frame[63] }
}

const ADVICE: &str = "bytes: give it more with Builder::stack_size, \
                      #[green(spawn, stack_size = \"1MiB\")] or EVENTLET_STACK_SIZE\n";

#[test]
fn in_a_named_green_thread() {
    let ended = Child::new().run(|| {
        let thread = Builder::new().name("deep").stack_size(64 * 1024).spawn(|| recurse(u64::MAX));
        println!("{:?}", thread.unwrap().wait());
    });
    ended
        .expect_abort()
        .expect_stderr("\nthread 'deep' (green) has overflowed its stack\nits stack has 65536 ")
        .expect_stderr(ADVICE);
}

#[test]
fn in_an_unnamed_green_thread() {
    let ended = Child::new().run(|| {
        let thread = spawn(|| recurse(u64::MAX));
        println!("its id is {}", thread.id());
        println!("{:?}", thread.wait());
    });
    let (_, id) = ended.expect_abort().stdout.split_once("its id is ").unwrap();
    let id = id.lines().next().unwrap();
    ended
        .expect_stderr(&format!("thread 'green-{id}' (green) has overflowed its stack"))
        .expect_stderr("its stack has 262144 bytes");
}

/// Without guard regions the guard is a mapping of its own; the report is the same.
#[test]
fn with_a_mapped_guard() {
    let ended = Child::new().env("EVENTLET_GUARD_REGIONS", "0").run(|| {
        let thread = Builder::new().name("deep").spawn(|| recurse(u64::MAX)).unwrap();
        println!("{:?}", thread.wait());
    });
    ended.expect_abort().expect_stderr("thread 'deep' (green) has overflowed its stack");
}

#[test]
fn on_a_stack_that_was_used_before() {
    let ended = Child::new().run(|| {
        for _ in 0..3 {
            Builder::new().name("before").spawn(yield_now).unwrap().wait().unwrap();
        }
        let thread = Builder::new().name("after").spawn(|| recurse(u64::MAX)).unwrap();
        println!("{:?}", thread.wait());
    });
    ended.expect_abort().expect_stderr("thread 'after' (green)").refuse_stderr("before");
}

/// Among many stacks in one mapping, a guard still lies below each.
#[test]
fn in_one_of_many_green_threads() {
    let ended = Child::new().run(|| {
        let threads: Vec<_> = (0..1000)
            .map(|number| {
                let builder = Builder::new().name(format!("number-{number}"));
                let body = move || {
                    yield_now();
                    if number == 567 { recurse(u64::MAX) } else { number }
                };
                builder.spawn(body).unwrap()
            })
            .collect();
        threads.into_iter().for_each(|thread| println!("{:?}", thread.wait()));
    });
    ended.expect_abort().expect_stderr("thread 'number-567' (green) has overflowed its stack");
}

#[test]
fn in_the_main_thread() {
    let ended = main_thread(env!("CARGO_BIN_EXE_main_thread"), "overflow");
    ended.expect_abort().expect_stderr("thread 'main'").expect_stderr("has overflowed its stack");
    ended.refuse_stderr("(green)");
}

#[test]
fn in_a_plain_os_thread() {
    let ended = Child::new().run(|| {
        spawn(|| ()).wait().unwrap();
        let thread = std::thread::Builder::new().name("plain".into());
        let thread = thread.spawn(|| {
            // It has a hub, too, but the overflow is not in a green thread.
            spawn(yield_now).wait().unwrap();
            recurse(u64::MAX)
        });
        println!("{:?}", thread.unwrap().join());
    });
    ended.expect_abort().expect_stderr("thread 'plain'").expect_stderr("has overflowed its stack");
    ended.refuse_stderr("(green)");
}

extern "C" fn foreign(_: *mut libc::c_void) -> *mut libc::c_void {
    let thread = Builder::new().name("guest").spawn(|| recurse(u64::MAX)).unwrap();
    println!("{:?}", thread.wait());
    std::ptr::null_mut()
}

/// A thread that C code has started has no alternate signal stack of its own.
#[test]
fn in_a_green_thread_of_a_foreign_os_thread() {
    let ended = Child::new().run(|| sys::on_foreign_thread(foreign));
    ended.expect_abort().expect_stderr("thread 'guest' (green) has overflowed its stack");
}

/// A fault that is no overflow is nothing the library reports.
#[test]
fn another_fault_is_not_called_an_overflow() {
    let ended = Child::new().run(|| {
        let thread = spawn(sys::touch_unmapped_memory);
        println!("{:?}", thread.wait());
    });
    use std::os::unix::process::ExitStatusExt;
    assert_eq!(ended.status.signal(), Some(libc::SIGSEGV), "{ended:#?}");
    ended.refuse_stderr("overflowed");
}

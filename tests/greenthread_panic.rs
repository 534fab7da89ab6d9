//! What is printed when a green thread panics.

use std::time::Duration;

use eventlet::{Builder, Timeout, sleep, spawn, spawn_n};
use eventlet_tests::child::{Child, main_thread};
use eventlet_tests::yield_now;

#[test]
fn a_panic_prints_the_name() {
    let ended = Child::new().run(|| {
        let thread = Builder::new().name("parser").spawn(|| panic!("no {}", "luck")).unwrap();
        assert!(thread.wait().map(|(): ()| ()).unwrap_err().is_panic());
    });
    let place = format!("panicked at tests/{}:", "greenthread_panic.rs");
    ended
        .expect_success()
        .expect_stderr("\nthread 'parser' (green) ")
        .expect_stderr(&place)
        .expect_stderr(":\nno luck\nnote: run with `RUST_BACKTRACE=1` environment variable");
}

#[test]
fn a_panic_without_a_name_prints_the_id() {
    let ended = Child::new().run(|| {
        let thread = spawn(|| panic!("no luck"));
        println!("its id is {}", thread.id());
        assert!(thread.wait().map(|(): ()| ()).unwrap_err().is_panic());
    });
    let (_, id) = ended.expect_success().stdout.split_once("its id is ").unwrap();
    let id = id.lines().next().unwrap();
    ended.expect_stderr(&format!("thread 'green-{id}' (green) panicked at"));
}

#[test]
fn a_panic_of_the_main_context_prints_as_ever() {
    let ended = main_thread(env!("CARGO_BIN_EXE_main_thread"), "panic");
    ended.expect_panic().expect_stderr("thread 'main' (").refuse_stderr("(green)");
}

/// A stack that is used again must not print under the name of an earlier user.
#[test]
fn names_do_not_stick_to_stacks() {
    let ended = Child::new().run(|| {
        Builder::new().name("first").spawn(|| ()).unwrap().wait().unwrap();
        spawn_n(|| panic!("unnamed"));
        yield_now();
    });
    ended.expect_success().expect_stderr("thread 'green-").refuse_stderr("first");
}

#[test]
fn a_switch_does_not_mix_up_names() {
    let ended = Child::new().run(|| {
        let named = |name: &str| Builder::new().name(name);
        let outer = named("outer").spawn(|| {
            yield_now();
            panic!("from outer");
        });
        named("inner").spawn(yield_now).unwrap().wait().unwrap();
        assert!(outer.unwrap().wait().map(|(): ()| ()).unwrap_err().is_panic());
    });
    ended.expect_success().expect_stderr("thread 'outer' (green)").refuse_stderr("'inner'");
}

#[test]
fn kills_and_caught_timeouts_print_nothing() {
    let ended = Child::new().run(|| {
        let thread = spawn(|| sleep(Duration::from_secs(3600)));
        yield_now();
        thread.kill();
        drop(thread);
        spawn(|| unreachable!("killed before it began")).kill();
        let late = eventlet::with_timeout(Duration::ZERO, yield_now);
        assert!(late.is_err());
        let thread = spawn(|| {
            let _limit = Timeout::new(Duration::ZERO);
            yield_now();
        });
        assert!(thread.wait().unwrap_err().is_timeout());
    });
    assert_eq!(ended.expect_success().stderr, "");
}

#[test]
fn a_timeout_that_nobody_sees_is_printed() {
    let ended = Child::new().run(|| {
        let thread = Builder::new().name("slow").spawn(|| {
            let _limit = Timeout::new(Duration::ZERO);
            yield_now();
        });
        drop(thread);
        yield_now();
        yield_now();
    });
    ended
        .expect_success()
        .expect_stderr("the green thread 'slow' spawned at tests/greenthread_panic.rs:")
        .expect_stderr("was ended by a Timeout that nothing caught");
}

#[test]
fn a_backtrace_is_printed_if_asked_for() {
    let ended = Child::new().env("RUST_BACKTRACE", "1").run(|| {
        spawn_n(recognisable_function_name);
        yield_now();
    });
    ended
        .expect_success()
        .expect_stderr("stack backtrace:")
        .expect_stderr("recognisable_function_name")
        .refuse_stderr("note: run with");
}

#[inline(never)]
fn recognisable_function_name() {
    panic!("no luck");
}

/// A hook of the program's own is called, and it alone, for green threads as for all others.
#[test]
fn a_hook_set_before_the_first_green_thread_is_called() {
    let ended = Child::new().run(|| {
        std::panic::set_hook(Box::new(|info| {
            eprintln!("my own hook: {}", info.payload_as_str().unwrap_or("?"));
        }));
        spawn_n(|| panic!("from a green thread"));
        yield_now();
        assert!(std::panic::catch_unwind(|| panic!("from main")).is_err());
    });
    ended.expect_success();
    assert_eq!(ended.stderr, "my own hook: from a green thread\nmy own hook: from main\n");
}

#[test]
fn a_hook_set_later_replaces_the_report() {
    let ended = Child::new().run(|| {
        spawn(|| ()).wait().unwrap();
        std::panic::set_hook(Box::new(|_| eprintln!("my own hook")));
        spawn_n(|| panic!("from a green thread"));
        yield_now();
    });
    ended.expect_success();
    assert_eq!(ended.stderr, "my own hook\n");
}

//! Whether this process is patched, and the frame of a test.

use std::env;
use std::panic::resume_unwind;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use eventlet_tests::{LIMIT, Watchdog, check_within};

/// Says whether to patch: `0` if not.
const PATCHED: &str = "EVENTLET_TEST_PATCHED";

/// The time limit of each test: one of them starts the server that all of them use.
const EACH: Duration = LIMIT.saturating_mul(2);

/// Whether the calls of this process are patched, and its tests run in green threads.
pub fn is_patched() -> bool {
    env::var(PATCHED).map_or(true, |patched| patched != "0")
}

/// Runs the body of a test under a time limit, and no other at the same time, which would be in its way.
/// In a patched process it has a hub, which must be empty afterwards.
pub fn check(body: impl FnOnce() + Send) {
    let _turn = wait_for_turn();
    if is_patched() {
        eventlet::monkey_patch();
        on_a_thread_of_its_own(|| check_within(EACH, body));
    } else {
        let _watchdog = Watchdog::start(name(), EACH);
        body();
    }
}

/// The hub of the test ends with this thread: none of its descriptors is there for the next test to
/// count.
fn on_a_thread_of_its_own(test: impl FnOnce() + Send) {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name(name()).spawn_scoped(scope, test);
        if let Err(panic) = thread.expect("there can be another thread").join() {
            resume_unwind(panic);
        }
    });
}

/// The test's name, which is that of its OS thread.
fn name() -> String {
    thread::current().name().unwrap_or("?").to_owned()
}

/// Runs all other tests of this binary in a process that is not patched: the same code works there as
/// ever. This is what the test called `without_the_patch` does.
pub fn check_without_the_patch() {
    const NAME: &str = "without_the_patch";
    assert!(is_patched(), "the other process does not run this test");
    let _turn = wait_for_turn();
    let _watchdog = Watchdog::start(NAME.to_owned(), 20 * EACH);
    let mut tests = Command::new(env::current_exe().expect("the test binary has a path"));
    tests.args(["--exact", "--skip", NAME]).env(PATCHED, "0").stdin(Stdio::null());
    let output = tests.output().expect("it can be started again");
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
}

fn wait_for_turn() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    // A test that has failed is no concern of the next one.
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The size of the native thread pool as the environment has it.

use std::thread;

use eventlet::spawn;
use eventlet::tpool::{self, execute};
use eventlet_tests::child::Child;
use eventlet_tests::jobs::most_at_once;

/// `isolated/env_tpool_size`: more than the default.
#[test]
fn env_tpool_size() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "40").run(|| {
        assert_eq!(tpool::stats().size, 40);
        assert_eq!(most_at_once(80, 40), 40);
    });
    ended.expect_success();
}

#[test]
fn env_tpool_size_by_default() {
    Child::new().run(|| assert_eq!(most_at_once(40, 20), 20)).expect_success();
}

/// `isolated/env_tpool_zero`: calls run in place, and there is a warning, once.
#[test]
fn env_tpool_zero() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "0").run(|| {
        let here = thread::current().id();
        assert_eq!(execute(|| thread::current().id()), here);
        assert_eq!(spawn(|| execute(|| thread::current().id())).wait().unwrap(), here);
        assert_eq!(tpool::stats().threads, 0);
    });
    ended.expect_success();
    let warnings: Vec<_> = ended.stderr.lines().filter(|line| line.contains("tpool")).collect();
    let expected = "eventlet: zero threads in tpool: calls run in place and hold up their hub; see \
                    tpool::set_num_threads and EVENTLET_THREADPOOL_SIZE";
    assert_eq!(warnings, [expected]);
}

/// `isolated/env_tpool_negative`: there an assertion fails, here it is reported and ignored.
#[test]
fn env_tpool_negative() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "-1").run(|| {
        assert_eq!(execute(|| 5), 5);
        assert_eq!(tpool::stats().size, 20);
    });
    ended
        .expect_success()
        .expect_stderr("EVENTLET_THREADPOOL_SIZE is ignored: \"-1\" is no number of threads");
}

#[test]
fn a_bad_number_of_threads_is_reported_and_ignored() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "many").run(|| {
        assert_eq!(execute(|| 5), 5);
        assert_eq!(tpool::stats().size, 20);
    });
    ended
        .expect_success()
        .expect_stderr("EVENTLET_THREADPOOL_SIZE is ignored: \"many\" is no number of threads");
}

/// What the program says counts, and the environment is not even looked at.
#[test]
fn the_program_has_the_last_word() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "many").run(|| {
        tpool::set_num_threads(3);
        assert_eq!(tpool::stats().size, 3);
        assert_eq!(most_at_once(9, 3), 3);
    });
    ended.expect_success().refuse_stderr("EVENTLET_THREADPOOL_SIZE");
}

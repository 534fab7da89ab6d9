//! tokio keeps in thread-local variables which runtime a thread is in, and who polls.

use std::rc::Rc;
use std::time::Duration;

use eventlet::patcher::MonkeyPatch;
use eventlet::{sleep, spawn};
use eventlet_tests::ms;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::yield_now;

fn check(body: impl FnOnce()) {
    MonkeyPatch::none().thread(true).apply();
    eventlet_tests::check(body);
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

/// Each is in a runtime of its own while the others run.
#[test]
fn hundreds_are_in_runtimes_of_their_own() {
    check(|| {
        let inside = Rc::new(std::cell::Cell::new(0));
        let most = Rc::new(std::cell::Cell::new(0));
        let run = |i: u64| {
            let (inside, most) = (inside.clone(), most.clone());
            spawn(move || {
                let runtime = runtime();
                let id = runtime.handle().id();
                let result = runtime.block_on(async {
                    inside.set(inside.get() + 1);
                    most.set(most.get().max(inside.get()));
                    for step in 0..5 {
                        sleep(ms((i + step) % 5));
                        assert_eq!(Handle::current().id(), id);
                        yield_now().await;
                        let task = tokio::spawn(async move {
                            assert_eq!(Handle::current().id(), id);
                            i
                        });
                        sleep(Duration::ZERO);
                        assert_eq!(task.await.unwrap(), i);
                    }
                    inside.set(inside.get() - 1);
                    i
                });
                assert!(Handle::try_current().is_err());
                result
            })
        };
        let threads: Vec<_> = (0..300).map(run).collect();
        for (i, thread) in (0..300).zip(threads) {
            assert_eq!(thread.wait().unwrap(), i);
        }
        assert_eq!(most.get(), 300);
        assert!(Handle::try_current().is_err());
    });
}

/// The main context is in one, too.
#[test]
fn the_main_context_may_be_in_one() {
    check(|| {
        runtime().block_on(async {
            let outer = Handle::current().id();
            let inner = spawn(move || {
                assert!(Handle::try_current().is_err());
                runtime().block_on(async move {
                    sleep(ms(1));
                    assert_ne!(Handle::current().id(), outer);
                });
            });
            inner.wait().unwrap();
            assert_eq!(Handle::current().id(), outer);
        });
    });
}

/// One is killed inside, and leaves; its runtime can be dropped.
#[test]
fn a_kill_leaves_the_runtime() {
    check(|| {
        let threads: Vec<_> = (0..20)
            .map(|i| {
                spawn(move || {
                    let runtime = runtime();
                    runtime.block_on(async move {
                        tokio::spawn(std::future::pending::<()>());
                        yield_now().await;
                        sleep(if i % 2 == 0 { ms(60_000) } else { ms(5) });
                    });
                })
            })
            .collect();
        sleep(ms(1));
        for (i, thread) in threads.iter().enumerate() {
            if i % 2 == 0 {
                thread.kill();
            }
        }
        for (i, thread) in threads.into_iter().enumerate() {
            assert_eq!(thread.wait().is_ok(), i % 2 == 1);
        }
        runtime().block_on(async { sleep(ms(1)) });
    });
}

/// A runtime with OS threads of its own goes on beside.
#[test]
fn a_runtime_on_other_os_threads_is_undisturbed() {
    check(|| {
        let runtime = Builder::new_multi_thread().worker_threads(2).build().unwrap();
        let tasks: Vec<_> = (0..100).map(|i| runtime.spawn(async move { i })).collect();
        let threads: Vec<_> = (0..20).map(|_| spawn(|| sleep(ms(2)))).collect();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        let sum = runtime.block_on(async {
            let mut sum = 0;
            for task in tasks {
                sum += task.await.unwrap();
            }
            sum
        });
        assert_eq!(sum, 4950);
    });
}

//! Green threads with std's names: every result is dropped once, every token arrives, and what is made
//! once is made, whoever is killed meanwhile.

use std::cell::Cell;
use std::rc::Rc;

use eventlet::green::sync::OnceLock;
use eventlet::green::thread;
use eventlet::sleep;

use super::soak::{Soak, Subject};

thread_local! {
    /// Results that are there.
    static N_RESULTS: Cell<i64> = const { Cell::new(0) };
}

/// A result that is counted.
struct Counted(usize);

impl Counted {
    fn new(number: usize) -> Self {
        N_RESULTS.set(N_RESULTS.get() + 1);
        Counted(number)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        N_RESULTS.set(N_RESULTS.get() - 1);
    }
}

/// Nothing is shared here.
pub struct StdThreads;

/// Some make a value, and some of those are killed; whoever is left has the same.
fn make_once(soak: &Rc<Soak>) {
    let lock = Rc::new(OnceLock::new());
    let makers: Vec<_> = (0..1 + soak.below(4))
        .map(|number| {
            let (lock, soak) = (lock.clone(), soak.clone());
            thread::spawn(move || {
                let make = || {
                    sleep(soak.short_time());
                    number
                };
                Counted::new(*lock.get_or_init(make))
            })
        })
        .collect();
    sleep(soak.short_time());
    if soak.below(2) == 0
        && let Some(victim) = makers[0].green_handle()
    {
        victim.kill();
    }
    for maker in makers {
        match maker.join() {
            Ok(made) => assert_eq!(Some(&made.0), lock.get()),
            Err(why) => assert!(why.is::<String>(), "it was killed and has not panicked"),
        }
    }
}

/// One parks until it may go on; in a scope, so that it ends with the caller.
fn hand_over_a_token(soak: &Rc<Soak>) {
    let may_pass = Cell::new(false);
    thread::scope(|s| {
        let parked = s.spawn(|| {
            while !may_pass.get() {
                thread::park();
            }
            Counted::new(1)
        });
        sleep(soak.short_time());
        may_pass.set(true);
        parked.thread().unpark();
        assert!(parked.join().is_ok_and(|passed| passed.0 == 1));
    });
}

impl Subject for StdThreads {
    fn round(&self, soak: &Rc<Soak>) {
        make_once(soak);
        hand_over_a_token(soak);
    }

    fn verify(&self) {
        assert_eq!(N_RESULTS.get(), 0, "a result was not dropped, or twice");
    }
}

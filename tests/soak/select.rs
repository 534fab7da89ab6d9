//! `select!` and `wait_any`: exactly one thing is taken, and a wait that is broken off takes none.

use std::rc::Rc;

use eventlet::select::{after, wait_any, wait_any_timeout};
use eventlet::{Event, Semaphore, sleep, spawn};

use super::soak::{Soak, Subject};

const TOKENS: usize = 3;

/// Two pools of tokens, which are carried from the one to the other.
pub struct Selects {
    left: Semaphore,
    right: Semaphore,
}

impl Selects {
    /// All tokens are on the left.
    pub fn new() -> Self {
        Selects { left: Semaphore::new(TOKENS), right: Semaphore::new(0) }
    }

    /// Nobody is killed between taking a token and giving it away.
    fn carry(&self, soak: &Soak) {
        eventlet::select! {
            token = self.left => {
                token.forget();
                self.right.release();
            }
            token = self.right => {
                token.forget();
                self.left.release();
            }
            () = after(soak.short_time()) => {}
        }
    }

    /// Holds a token for a while, so that the others have to wait.
    fn hold(&self, soak: &Soak) {
        let _token = eventlet::select! {
            token = self.right => token,
            token = self.left => token,
        };
        sleep(soak.short_time());
    }

    fn watch(&self, soak: &Soak) {
        let things: [&dyn eventlet::select::Waitable; 2] = [&self.left, &self.right];
        if let Some(ready) = wait_any_timeout(&things, soak.short_time()) {
            assert!([&self.left, &self.right][ready].balance() > 0, "what is ready can be taken");
        }
    }
}

/// A green thread and an event, which come in either order.
fn race(soak: &Soak) {
    let event = Event::new();
    let (theirs, pauses) = (event.clone(), [soak.short_time(), soak.short_time()]);
    let thread = spawn(move || {
        sleep(pauses[0]);
        theirs.send(7);
        sleep(pauses[1]);
    });
    if soak.below(2) == 0 {
        match wait_any(&[&thread, &event]) {
            0 => assert!(thread.is_dead()),
            _ => assert!(event.is_ready()),
        }
    } else {
        eventlet::select! {
            value = event => assert_eq!(value.unwrap(), 7),
            status = thread => assert!(status.is_success()),
        }
    }
    thread.wait().unwrap();
}

impl Subject for Selects {
    fn round(&self, soak: &Rc<Soak>) {
        match soak.below(5) {
            0 => self.hold(soak),
            1 => self.watch(soak),
            2 => race(soak),
            _ => self.carry(soak),
        }
    }

    fn verify(&self) {
        let (left, right) = (self.left.balance(), self.right.balance());
        assert_eq!(left + right, TOKENS as isize, "tokens are lost or made");
    }
}

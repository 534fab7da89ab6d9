//! Another hub: green threads there, and channels between here and there.

use std::rc::Rc;
use std::time::Duration;

use eventlet::green::sync::mpsc::{self, channel};
use eventlet::hubs::{HubHandle, spawn_hub};
use eventlet::sleep;

use super::soak::{Soak, Subject};

/// The other hub.
pub struct Remote {
    hub: HubHandle,
}

impl Remote {
    /// Starts the other hub.
    pub fn start() -> Self {
        Remote { hub: spawn_hub().unwrap() }
    }

    /// What is sent comes in order and whole, or the receiver is gone.
    fn receive(&self, soak: &Soak) {
        let (sender, receiver) = channel();
        let (n_sent, pause) = (soak.below(50), soak.short_time());
        let sending = self.hub.spawn(move || {
            for number in 0..n_sent {
                if sender.send(number).is_err() {
                    return;
                }
                if number % 8 == 0 {
                    sleep(pause);
                }
            }
        });
        if soak.below(4) == 0 {
            let first = receiver.recv_timeout(soak.short_time());
            assert!(matches!(first, Ok(0) | Err(mpsc::RecvTimeoutError::Timeout)) || n_sent == 0);
            return;
        }
        assert!(receiver.iter().eq(0..n_sent), "what was sent came otherwise");
        sending.wait().unwrap();
    }
}

impl Subject for Remote {
    fn round(&self, soak: &Rc<Soak>) {
        if soak.below(2) == 0 {
            return self.receive(soak);
        }
        let (number, pause) = (soak.below(1000), soak.short_time());
        let thread = self.hub.spawn(move || {
            sleep(pause);
            number * 2
        });
        assert_eq!(thread.wait().unwrap(), number * 2);
    }

    fn stop(&self) {
        let outcome = self.hub.shutdown(Duration::from_secs(10));
        assert_eq!((outcome.killed, outcome.abandoned), (0, 0), "{outcome:?}");
    }
}

//! Events, flags and wait groups: everyone is told, and told the right thing.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use eventlet::event::{Flag, WaitGroup};
use eventlet::{Event, sleep, spawn};
use eventlet_tests::ms;

use super::soak::{Soak, Subject};

/// An event that has not happened, which is replaced when it has.
pub struct Events {
    current: RefCell<(usize, Event<usize>)>,
    n_sent: Cell<usize>,
}

impl Events {
    /// With the first event.
    pub fn new() -> Self {
        Events { current: RefCell::new((0, Event::new())), n_sent: Cell::new(0) }
    }

    fn send(&self) {
        let next = self.n_sent.get() + 1;
        self.n_sent.set(next);
        let (number, event) = self.current.replace((next, Event::new()));
        event.send(number);
        assert_eq!(event.try_send(0), Err(0));
    }

    fn wait(&self, soak: &Soak) {
        let (number, event) = self.current.borrow().clone();
        // It may be the last of all, which is never sent.
        match event.wait_timeout(soak.short_time() * 10) {
            Some(value) => assert_eq!(value.unwrap(), number),
            None => assert!(!event.is_ready()),
        }
    }
}

/// Waits for those it has given a hold, however they end.
fn wait_for_group(soak: &Soak) {
    let group = WaitGroup::new();
    let n_members = soak.below(5);
    for _ in 0..n_members {
        let (hold, pause) = (group.hold(), soak.short_time());
        let is_killed = soak.below(2) == 0;
        let member = spawn(move || {
            let _hold = hold;
            sleep(pause);
        });
        if is_killed {
            member.kill();
        }
    }
    group.wait();
    assert_eq!(group.count(), 0);
}

fn wait_for_flag(soak: &Soak) {
    let flag = Flag::new();
    let (theirs, pause) = (flag.clone(), soak.short_time());
    let setter = spawn(move || {
        sleep(pause);
        theirs.set();
    });
    assert!(flag.wait_timeout(ms(20_000)) && flag.is_set());
    flag.clear();
    setter.wait().unwrap();
}

impl Subject for Events {
    fn round(&self, soak: &Rc<Soak>) {
        match soak.below(5) {
            0 => self.send(),
            1 => wait_for_group(soak),
            2 => wait_for_flag(soak),
            _ => self.wait(soak),
        }
    }
}

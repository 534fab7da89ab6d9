//! `thread_local!` gives each green thread a value of its own, however it is written.
#![deny(warnings)]

use eventlet::green;

#[green]
mod patched {
    use std::cell::{Cell, RefCell};
    use std::thread::{self, LocalKey};

    thread_local! {
        static PLAIN: Cell<u32> = const { Cell::new(1) };
        /// The name of whoever asks.
        static NAME: RefCell<Option<std::net::Ipv4Addr>> = RefCell::new(None);
    }
    std::thread_local!(static FULL: Cell<u32> = Cell::new(1));

    macro_rules! local {
        ($name:ident) => {
            thread_local! { static $name: Cell<u32> = Cell::new(1) }
        };
    }
    local!(BY_MACRO);

    fn add(key: &'static LocalKey<Cell<u32>>) -> u32 {
        let before = key.get();
        thread::yield_now();
        key.set(before + 1);
        key.get()
    }

    pub fn sums() -> Vec<u32> {
        NAME.with_borrow_mut(|name| *name = Some(std::net::Ipv4Addr::LOCALHOST));
        let threads: Vec<_> = [&PLAIN, &FULL, &BY_MACRO, &PLAIN, &FULL, &BY_MACRO]
            .into_iter()
            .map(|key| {
                thread::spawn(move || {
                    assert!(NAME.take().is_none());
                    add(key) + add(key)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    }
}

fn main() {
    assert_eq!(patched::sums(), [5; 6]);
}

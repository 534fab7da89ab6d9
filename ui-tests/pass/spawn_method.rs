//! Methods that own `self` can start green threads, in an `impl` as in a trait.
#![deny(warnings)]

use std::rc::Rc;

use eventlet::{GreenThread, green};

struct Worker {
    name: String,
    load: u32,
}

impl Worker {
    #[green(spawn)]
    fn work(mut self) -> u32 {
        self.load *= 2;
        self.load
    }

    #[green(spawn)]
    fn share(self: Rc<Self>, suffix: &'static str) -> String {
        format!("{}{suffix}", self.name)
    }
}

trait Job: Sized {
    fn start(self) -> GreenThread<String>;

    #[green(spawn)]
    fn start_later(self) -> bool
    where
        Self: 'static,
    {
        drop(self);
        true
    }
}

impl Job for Worker {
    #[green(spawn)]
    fn start(self) -> String {
        self.name
    }
}

fn worker() -> Worker {
    Worker { name: "w".to_owned(), load: 21 }
}

fn main() {
    assert_eq!(worker().work().wait().unwrap(), 42);
    assert_eq!(Rc::new(worker()).share("!").wait().unwrap(), "w!");
    assert_eq!(worker().start().wait().unwrap(), "w");
    assert!(worker().start_later().wait().unwrap());
}

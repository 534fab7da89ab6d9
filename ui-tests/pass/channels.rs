//! Channels of std become green: both ends are in one OS thread, and neither holds it up.
#![deny(warnings)]

use eventlet::green;

#[green]
mod pipeline {
    use std::sync::mpsc::{self, Receiver, SendError, Sender, SyncSender};
    use std::sync::{Arc, Mutex};
    use std::thread;

    fn square(from: Receiver<u32>, to: SyncSender<u32>) -> Result<(), SendError<u32>> {
        for n in from {
            to.send(n * n)?;
        }
        Ok(())
    }

    fn numbers(to: Sender<u32>) {
        (1..=3).for_each(|n| to.send(n).unwrap());
    }

    pub fn run() -> Vec<u32> {
        let (to_square, numbered) = mpsc::channel();
        let (to_sum, squared) = mpsc::sync_channel(0);
        let sums = Arc::new(Mutex::new(Vec::new()));
        let squaring = thread::spawn(move || square(numbered, to_sum));
        let theirs = sums.clone();
        let summing = thread::spawn(move || theirs.lock().unwrap().extend(squared.iter()));
        numbers(to_square);
        squaring.join().unwrap().unwrap();
        summing.join().unwrap();
        let sums = sums.lock().unwrap();
        sums.clone()
    }
}

fn main() {
    assert_eq!(pipeline::run(), [1, 4, 9]);
}

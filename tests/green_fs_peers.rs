//! FIFOs, devices and locks: what waits for someone does not hold up the pool.

use std::cell::Cell;
use std::io::{Read, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::green::fs::{self, File};
use eventlet::{GreenThread, sleep, spawn, tpool};
use eventlet_tests::child::alone;
use eventlet_tests::jobs::wait_until;
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{check, ms, yield_now};

/// More than the pool has threads.
const MANY: usize = 50;

#[test]
fn fifos_without_writers_do_not_stop_the_pool() {
    check(|| {
        let scratch = Scratch::new();
        let fifos: Vec<_> = (0..MANY).map(|n| scratch.fifo(&n.to_string())).collect();
        let readers: Vec<GreenThread<String>> = fifos
            .iter()
            .cloned()
            .map(|path| {
                spawn(move || {
                    let mut text = String::new();
                    File::open(path).unwrap().read_to_string(&mut text).unwrap();
                    text
                })
            })
            .collect();
        sleep(ms(5));
        let path = scratch.file("file", "abc");
        assert_eq!(fs::read(&path).unwrap(), b"abc", "while they all wait to be opened");
        let mut writers: Vec<_> =
            fifos.iter().map(|path| File::options().write(true).open(path).unwrap()).collect();
        sleep(ms(5));
        assert_eq!(fs::read(&path).unwrap(), b"abc", "while they all wait for text");
        for (number, writer) in writers.iter_mut().enumerate() {
            write!(writer, "text {number}").unwrap();
        }
        drop(writers);
        for (number, reader) in readers.into_iter().enumerate() {
            assert_eq!(reader.wait().unwrap(), format!("text {number}"));
        }
    });
}

#[test]
fn whole_files_that_are_fifos_do_not_stop_the_pool() {
    check(|| {
        let scratch = Scratch::new();
        let fifos: Vec<_> = (0..MANY).map(|n| scratch.fifo(&n.to_string())).collect();
        let readers: Vec<_> =
            fifos.iter().cloned().map(|path| spawn(move || fs::read(path))).collect();
        yield_now();
        let writers: Vec<_> =
            fifos.into_iter().map(|path| spawn(move || fs::write(path, "abc"))).collect();
        readers.into_iter().for_each(|reader| assert_eq!(reader.wait().unwrap().unwrap(), b"abc"));
        writers.into_iter().for_each(|writer| writer.wait().unwrap().unwrap());
    });
}

/// A pipe that is full waits for its reader in the hub.
#[test]
fn a_full_fifo_lets_others_run() {
    alone(|| {
        check(|| {
            let scratch = Scratch::new();
            let path = scratch.fifo("fifo");
            let theirs = path.clone();
            let writer = spawn(move || {
                let mut fifo = File::options().write(true).open(theirs).unwrap();
                fifo.write_all(&[7; 1_000_000]).unwrap();
            });
            let mut fifo = File::open(&path).unwrap();
            sleep(ms(5));
            // Those of the pool have opened it, and none of them waits for a reader.
            wait_until(|| tpool::stats().idle == tpool::stats().threads);
            assert!(!writer.is_dead());
            let mut bytes = Vec::new();
            assert_eq!(fifo.read_to_end(&mut bytes).unwrap(), 1_000_000);
            writer.wait().unwrap();
        })
    });
}

#[test]
fn a_killed_reader_of_a_fifo_is_free_at_once() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.fifo("fifo");
        let fifo = Rc::new(File::options().read(true).write(true).open(path).unwrap());
        let theirs = fifo.clone();
        let reader = spawn(move || (&*theirs).read(&mut [0; 1]));
        yield_now();
        sleep(ms(2));
        reader.kill();
        assert!(reader.wait().map(|_| ()).unwrap_err().is_killed());
        (&*fifo).write_all(b"x").unwrap();
        let mut byte = [0; 1];
        (&*fifo).read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"x", "the one that was killed has not taken it");
    });
}

#[test]
fn the_clock_of_a_test_goes_on_while_a_fifo_waits() {
    check(|| {
        eventlet::debug::pause_clock();
        let scratch = Scratch::new();
        let path = scratch.fifo("fifo");
        let theirs = path.clone();
        let reader = spawn(move || fs::read(theirs).unwrap());
        sleep(Duration::from_secs(3600));
        fs::write(path, "abc").unwrap();
        assert_eq!(reader.wait().unwrap(), b"abc");
    });
}

#[test]
fn a_hundred_wait_for_a_lock_and_all_get_it() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("counter", "0");
        let is_held = Rc::new(Cell::new(false));
        let threads: Vec<_> = (0..100)
            .map(|_| {
                let (path, is_held) = (path.clone(), is_held.clone());
                spawn(move || {
                    let lock = File::open(&path).unwrap();
                    lock.lock().unwrap();
                    assert!(!is_held.replace(true));
                    // The holder needs the pool, which those who wait must not keep.
                    let count: u32 = fs::read_to_string(&path).unwrap().parse().unwrap();
                    fs::write(&path, (count + 1).to_string()).unwrap();
                    is_held.set(false);
                    lock.unlock().unwrap();
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "100");
    });
}

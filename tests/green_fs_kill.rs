//! What is left when a caller of a green file is killed or times out.

use std::io::{ErrorKind, Read, Seek, Write};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use eventlet::green::fs::{self, File, TryLockError};
use eventlet::{GreenThread, spawn, tpool, with_timeout};
use eventlet_tests::child::alone;
use eventlet_tests::jobs::{Hold, held_job, wait_until};
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{check, ms, yield_now};

/// A pool of one thread, which is busy until this is dropped.
struct Busy {
    held: Option<(Hold, GreenThread<()>)>,
}

impl Busy {
    fn new() -> Self {
        tpool::set_num_threads(1);
        let (hold, job) = held_job();
        let caller = spawn(move || tpool::execute(job));
        hold.wait_until_begun();
        Busy { held: Some((hold, caller)) }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some((hold, caller)) = self.held.take() {
            drop(hold);
            caller.wait().unwrap();
            tpool::set_num_threads(20);
        }
    }
}

#[test]
fn a_call_that_has_not_begun_is_not_made() {
    alone(|| {
        check(|| {
            let scratch = Scratch::new();
            let path = scratch.file("file", "abc");
            let file = Rc::new(File::options().append(true).open(&path).unwrap());
            let busy = Busy::new();
            let theirs = file.clone();
            let writer = spawn(move || (&*theirs).write_all(b"def"));
            yield_now();
            writer.kill();
            assert!(writer.wait().map(|_| ()).unwrap_err().is_killed());
            drop(busy);
            (&*file).write_all(b"ghi").unwrap();
            assert_eq!(fs::read(&path).unwrap(), b"abcghi");
        })
    });
}

#[test]
fn a_timeout_leaves_the_file_usable() {
    alone(|| {
        check(|| {
            let scratch = Scratch::new();
            let path = scratch.file("file", [7; 100_000]);
            let mut file = File::open(&path).unwrap();
            let busy = Busy::new();
            // More than is read in place.
            assert!(with_timeout(ms(20), || file.read(&mut vec![0; 100_000])).is_err());
            assert!(with_timeout(ms(20), || file.seek(std::io::SeekFrom::End(0))).is_err());
            assert!(with_timeout(ms(20), || file.metadata()).is_err());
            drop(busy);
            assert_eq!(file.stream_position().unwrap(), 0);
            let mut bytes = Vec::new();
            assert_eq!(file.read_to_end(&mut bytes).unwrap(), 100_000);
        })
    });
}

#[test]
fn a_timeout_leaves_the_buffer_as_it_was() {
    alone(|| {
        check(|| {
            let scratch = Scratch::new();
            let mut file = File::open(scratch.file("file", "abc")).unwrap();
            let mut text = String::from("before");
            let busy = Busy::new();
            assert!(with_timeout(ms(20), || file.read_to_string(&mut text)).is_err());
            assert_eq!(text, "before");
            drop(busy);
            file.read_to_string(&mut text).unwrap();
            assert_eq!(text, "beforeabc");
        })
    });
}

#[test]
fn a_timeout_loses_no_entries_of_a_directory() {
    alone(|| {
        check(|| {
            let scratch = Scratch::new();
            for number in 0..1000 {
                scratch.file(&number.to_string(), "");
            }
            let mut entries = fs::read_dir(scratch.dir()).unwrap();
            let mut n_entries = 0;
            let busy = Busy::new();
            while let Ok(entry) = with_timeout(ms(20), || entries.next()) {
                n_entries += usize::from(entry.unwrap().is_ok());
            }
            drop(busy);
            assert!(n_entries < 1000, "they are not all read at once");
            assert_eq!(n_entries + entries.count(), 1000);
        })
    });
}

#[test]
fn kills_at_any_time_lose_no_entries_of_a_directory() {
    check(|| {
        let scratch = Scratch::new();
        for number in 0..700 {
            scratch.file(&number.to_string(), "");
        }
        let mut entries = fs::read_dir(scratch.dir()).unwrap();
        let mut names = Vec::new();
        loop {
            match with_timeout(Duration::from_micros(30), || entries.next()) {
                Ok(Some(entry)) => names.push(entry.unwrap().file_name()),
                Ok(None) => break,
                Err(_) => {}
            }
        }
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 700);
    });
}

#[test]
fn a_file_that_is_opened_for_nobody_is_closed() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.fifo("fifo");
        let theirs = path.clone();
        let opener = spawn(move || File::open(theirs));
        // It gets an OS thread, which waits for someone who writes.
        (0..10).for_each(|_| eventlet::sleep(ms(1)));
        opener.kill();
        assert!(opener.wait().map(|_| ()).unwrap_err().is_killed());
        let mut options = File::options();
        let mut writer = options.write(true).open(&path).unwrap();
        wait_until(|| {
            let written = writer.write(b"x");
            written.is_err_and(|error| error.kind() == ErrorKind::BrokenPipe)
        });
    });
}

#[test]
fn one_who_waits_for_a_lock_and_is_killed_has_none() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "");
        let (holder, third) = (File::open(&path).unwrap(), File::open(&path).unwrap());
        let file = Rc::new(File::open(&path).unwrap());
        holder.lock().unwrap();
        let theirs = file.clone();
        let waiter = spawn(move || theirs.lock());
        eventlet::sleep(ms(5));
        waiter.kill();
        assert!(waiter.wait().map(|_| ()).unwrap_err().is_killed());
        holder.unlock().unwrap();
        third.try_lock().unwrap();
    });
}

/// Wherever the kill comes, the lock is not left with a file that nobody thinks is locked.
#[test]
fn a_lock_that_comes_too_late_is_given_back() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "");
        let file = Rc::new(File::open(&path).unwrap());
        let other = File::open(&path).unwrap();
        for round in 0..20_000 {
            let locked = with_timeout(Duration::from_nanos(50 * (round % 1000)), || file.lock());
            if locked.is_ok() {
                assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
                file.unlock().unwrap();
            }
            // Whoever hears of the timeout has it no more, nor will an attempt that was under way
            // take it later, or give back what is taken now.
            other.try_lock().unwrap();
            other.unlock().unwrap();
            if locked.is_err() {
                file.lock().unwrap();
                thread::sleep(Duration::from_micros(50));
                assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
                file.unlock().unwrap();
            }
        }
    });
}

#[test]
fn a_lock_is_waited_for_while_unwinding() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "");
        let holder = File::open(&path).unwrap();
        holder.lock().unwrap();
        let waiter = File::open(&path).unwrap();
        let killed = spawn(move || {
            let _locks = eventlet_tests::OnDrop(move || {
                waiter.lock().unwrap();
                waiter.unlock().unwrap();
            });
            eventlet::sleep(Duration::from_secs(3600));
        });
        yield_now();
        killed.kill();
        eventlet::sleep(ms(5));
        assert!(!killed.is_dead(), "it waits for the lock");
        holder.unlock().unwrap();
        assert!(killed.wait().unwrap_err().is_killed());
    });
}

#[test]
fn a_file_in_use_by_a_killed_caller_can_be_given_away() {
    alone(|| {
        check(|| {
            let scratch = Scratch::new();
            let file = Rc::new(File::open(scratch.file("file", "abc")).unwrap());
            let busy = Busy::new();
            let theirs = file.clone();
            let reader = spawn(move || theirs.metadata().map(drop));
            yield_now();
            reader.kill();
            let _ = reader.wait();
            let file = Rc::into_inner(file).unwrap();
            let mut text = String::new();
            std::fs::File::from(file).read_to_string(&mut text).unwrap();
            assert_eq!(text, "abc");
            drop(busy);
        })
    });
}

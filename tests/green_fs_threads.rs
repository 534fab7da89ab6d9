//! Green files where there is no hub, and where the system has nothing more to give.

use std::cell::RefCell;
use std::io::{Read, Seek, Write};
use std::thread;
use std::time::Duration;

use eventlet::green::fs::{self, File, OpenOptions};
use eventlet::{sleep, spawn, tpool};
use eventlet_tests::child::alone;
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{check, ms, sys, yield_now};

/// What programs do with files, one thing after the other.
fn use_files(scratch: &Scratch) {
    let path = scratch.path("file");
    fs::write(&path, "abc").unwrap();
    let mut file = OpenOptions::new().read(true).append(true).open(&path).unwrap();
    file.lock().unwrap();
    file.write_all(b"def").unwrap();
    file.rewind().unwrap();
    file.read_exact(&mut [0; 3]).unwrap();
    let mut rest = String::new();
    file.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "def");
    file.sync_all().unwrap();
    file.unlock().unwrap();
    let entry = fs::read_dir(scratch.dir()).unwrap().next().unwrap().unwrap();
    assert_eq!(entry.metadata().unwrap().len(), 6);
    let mut zero = OpenOptions::new().read(true).write(true).open("/dev/zero").unwrap();
    zero.read_exact(&mut [1; 3]).unwrap();
    zero.write_all(b"abc").unwrap();
}

/// Uses files when its thread-local is destroyed.
struct AtEnd(Scratch);

impl Drop for AtEnd {
    fn drop(&mut self) {
        use_files(&self.0);
    }
}

thread_local! {
    static AT_END: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
}

#[test]
fn destructors_of_thread_locals_use_files() {
    alone(|| {
        let end = || {
            // Before the hub is made, so that it is destroyed after it.
            AT_END.set(None);
            sleep(Duration::ZERO);
            AT_END.set(Some(AtEnd(Scratch::new())));
        };
        thread::spawn(end).join().unwrap();
    });
}

#[test]
fn os_threads_without_a_hub_get_none() {
    alone(|| {
        use_files(&Scratch::new());
        assert_eq!(tpool::stats().threads, 0);
        let scratch = Scratch::new();
        let path = scratch.fifo("fifo");
        let theirs = path.clone();
        let reader = thread::spawn(move || fs::read(theirs).unwrap());
        fs::write(path, "abc").unwrap();
        assert_eq!(reader.join().unwrap(), b"abc");
        let is_poller = |fd: std::io::Result<std::fs::DirEntry>| {
            let target = std::fs::read_link(fd.unwrap().path());
            target.is_ok_and(|target| target.to_string_lossy().contains("[eventpoll]"))
        };
        assert!(!std::fs::read_dir("/proc/self/fd").unwrap().any(is_poller));
    });
}

/// It has none of the threads of its parent's pool.
#[test]
fn a_new_thread_of_a_forked_child_has_a_pool_of_its_own() {
    alone(|| {
        thread::spawn(|| assert_eq!(tpool::execute(|| 5), 5)).join().unwrap();
        let code = sys::in_fork(|| {
            let there = thread::spawn(|| {
                use_files(&Scratch::new());
                let code = tpool::execute(|| 7);
                tpool::killall();
                code
            });
            there.join().unwrap()
        });
        assert_eq!(code, 7);
        thread::spawn(|| assert_eq!(tpool::execute(|| 5), 5)).join().unwrap();
    });
}

#[test]
fn where_no_thread_can_be_started_files_are_used_in_place() {
    alone(|| {
        check(|| {
            let (scratch, fifos) = (Scratch::new(), Scratch::new());
            let path = fifos.fifo("fifo");
            let both_ends = std::fs::File::options().read(true).write(true).open(&path).unwrap();
            sys::limit_memory(1024 * 1024);
            use_files(&scratch);
            drop(File::open(&path).unwrap());
            sys::unlimit_memory();
            drop(both_ends);
            assert_eq!(tpool::stats().threads, 0);
        })
    });
}

#[test]
fn where_no_descriptor_is_left_a_fifo_is_waited_for() {
    alone(|| {
        check(|| {
            let scratch = Scratch::new();
            let path = scratch.fifo("fifo");
            let mut fifo = OpenOptions::new().read(true).write(true).open(path).unwrap();
            let mut theirs = fifo.try_clone().unwrap();
            let all = sys::take_all_descriptors();
            let reader = spawn(move || {
                let mut bytes = [0; 3];
                theirs.read_exact(&mut bytes).map(|()| bytes)
            });
            yield_now();
            sleep(ms(2));
            fifo.write_all(b"abc").unwrap();
            assert_eq!(&reader.wait().unwrap().unwrap(), b"abc");
            drop(all);
        })
    });
}

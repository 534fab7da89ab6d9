//! Files: what is in them is what was written, whoever is broken off in the middle of it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::rc::Rc;

use eventlet::green::fs::{self, File, OpenOptions, TryLockError};
use eventlet::green::os::unix::fs::FileExt;
use eventlet::{sleep, spawn, tpool};
use eventlet_tests::net::pattern;
use eventlet_tests::scratch::Scratch;

use super::soak::{Soak, Subject};

/// Records of the log have this length, which is more than is moved in place.
const RECORD: usize = 70_000;

/// A log is left for a new one when it is as long as that.
const LONGEST_LOG: u64 = 50 * RECORD as u64;

/// A directory for all, and files in it.
pub struct Files {
    /// What all append to, and where it is.
    log: RefCell<(Rc<File>, Own)>,
    scratch: Scratch,
    /// Whether anyone has the lock of the file that is there to be locked.
    is_locked: Cell<bool>,
    n_names: Cell<u64>,
}

/// Something in the directory that belongs to one round, and is removed with it.
struct Own(PathBuf);

impl Drop for Own {
    fn drop(&mut self) {
        // A call that made it may still be under way, if the round was broken off.
        let _ = fs::remove_file(&self.0).or_else(|_| fs::remove_dir_all(&self.0));
    }
}

/// Gives a lock back, wherever the round is broken off.
struct Locked<'a> {
    file: &'a File,
    is_locked: &'a Cell<bool>,
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.is_locked.set(false);
        self.file.unlock().unwrap();
    }
}

fn new_log(own: Own) -> (Rc<File>, Own) {
    let mut options = std::fs::OpenOptions::new();
    let log = options.read(true).append(true).create_new(true).open(&own.0).unwrap();
    (Rc::new(File::from(log)), own)
}

impl Files {
    /// With an empty log.
    pub fn new() -> Self {
        let scratch = Scratch::new();
        scratch.file("lock", "");
        let log = RefCell::new(new_log(Own(scratch.path("log"))));
        Files { log, scratch, is_locked: Cell::new(false), n_names: Cell::new(0) }
    }

    fn own(&self) -> Own {
        self.n_names.set(self.n_names.get() + 1);
        Own(self.scratch.path(&self.n_names.get().to_string()))
    }

    /// Writes and reads anywhere in a file, and knows what must be in it.
    fn anywhere(&self, soak: &Soak) {
        let own = self.own();
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).create_new(true).open(&own.0).unwrap();
        let mut model: Vec<u8> = Vec::new();
        for _ in 0..8 {
            let place = soak.below(100_000);
            match soak.below(5) {
                0 => {
                    let bytes = pattern(soak.below(1000) as u64, 1 + soak.below(100_000));
                    model.resize(model.len().max(place + bytes.len()), 0);
                    model[place..place + bytes.len()].copy_from_slice(&bytes);
                    file.seek(SeekFrom::Start(place as u64)).unwrap();
                    file.write_all(&bytes).unwrap();
                }
                1 => {
                    model.resize(place, 0);
                    file.set_len(place as u64).unwrap();
                }
                2 => {
                    let mut bytes = vec![0; soak.below(100_000)];
                    let n_read = file.read_at(&mut bytes, place as u64).unwrap();
                    let there = &model[place.min(model.len())..];
                    assert_eq!(n_read, there.len().min(bytes.len()));
                    assert!(bytes[..n_read] == there[..n_read], "other bytes are there");
                }
                3 => {
                    let end = file.seek(SeekFrom::End(0)).unwrap();
                    assert_eq!(end, model.len() as u64);
                    assert_eq!(file.metadata().unwrap().len(), end);
                }
                _ => {
                    file.rewind().unwrap();
                    let mut all = Vec::new();
                    file.read_to_end(&mut all).unwrap();
                    assert!(all == model, "other bytes are in the file");
                }
            }
        }
        assert!(fs::read(&own.0).unwrap() == model);
    }

    /// Records are there as a whole or not at all, and never change.
    fn append(&self, soak: &Soak) {
        let record = vec![b'a' + soak.below(26) as u8; RECORD];
        let log = self.log.borrow().0.clone();
        (&*log).write_all(&record).unwrap();
        let length = log.metadata().unwrap().len();
        let place = soak.below(length as usize / RECORD) * RECORD;
        let mut read = vec![0; RECORD];
        log.read_exact_at(&mut read, place as u64).unwrap();
        assert!(read.iter().all(|byte| *byte == read[0]), "a record is torn");
        if length > LONGEST_LOG && Rc::ptr_eq(&log, &self.log.borrow().0) {
            let full = self.log.replace(new_log(self.own()));
            drop(full);
        }
    }

    /// One at a time has the lock, and nobody who was broken off.
    fn lock(&self, soak: &Soak) {
        let path = self.scratch.path("lock");
        let (file, other) = (File::open(&path).unwrap(), File::open(&path).unwrap());
        file.lock().unwrap();
        assert!(!self.is_locked.replace(true), "two have the lock");
        let _locked = Locked { file: &file, is_locked: &self.is_locked };
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        sleep(soak.short_time());
    }

    /// A directory has what has been put into it.
    fn directory(&self, soak: &Soak) {
        let own = self.own();
        let dir = own.0.join("a/b");
        fs::create_dir_all(&dir).unwrap();
        let names: BTreeSet<_> = (0..soak.below(300)).map(|n| n.to_string()).collect();
        for name in &names {
            fs::hard_link(self.scratch.path("lock"), dir.join(name)).unwrap();
        }
        let there = fs::read_dir(&dir).unwrap();
        let there = there.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(names, there);
        fs::remove_dir_all(&own.0).unwrap();
        assert!(!fs::exists(&own.0).unwrap());
    }

    /// Lines come out of a FIFO as they went in.
    fn fifo(&self, soak: &Soak) {
        let own = self.own();
        eventlet_tests::sys::make_fifo(&own.0);
        // Open for both, so that nobody waits for someone who was broken off.
        let fifo = OpenOptions::new().read(true).write(true).open(&own.0).unwrap();
        let (mut theirs, n_lines) = (fifo.try_clone().unwrap(), soak.below(300));
        let writing = spawn(move || (0..n_lines).try_for_each(|n| writeln!(theirs, "line {n}")));
        let lines = BufReader::new(fifo).lines().take(n_lines);
        lines.enumerate().for_each(|(n, line)| assert_eq!(line.unwrap(), format!("line {n}")));
        writing.wait().unwrap().unwrap();
    }
}

impl Subject for Files {
    fn round(&self, soak: &Rc<Soak>) {
        match soak.below(5) {
            0 => self.anywhere(soak),
            1 => self.append(soak),
            2 => self.lock(soak),
            3 => self.directory(soak),
            _ => self.fifo(soak),
        }
    }

    fn verify(&self) {
        // After that no call is under way any more.
        tpool::killall();
        let path = self.scratch.path("lock");
        assert!(std::fs::File::open(path).unwrap().try_lock().is_ok());
        let log = std::fs::read(&self.log.borrow().1.0).unwrap();
        assert_eq!(log.len() % RECORD, 0);
        assert!(log.chunks(RECORD).all(|record| record.iter().all(|byte| *byte == record[0])));
    }
}

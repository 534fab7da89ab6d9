//! Green files among green threads.

use std::cell::Cell;
use std::io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::green::fs::{self, File, OpenOptions};
use eventlet::green::os::unix::fs::FileExt;
use eventlet::{hubs, sleep, spawn, tpool};
use eventlet_tests::child::{Child, alone};
use eventlet_tests::jobs::held_job;
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{OnDrop, check, yield_now};

/// Keeps every thread of the pool busy until what it returns is dropped.
fn occupy_pool() -> impl Drop {
    let (holds, callers): (Vec<_>, Vec<_>) = (0..tpool::stats().size)
        .map(|_| {
            let (hold, job) = held_job();
            let caller = spawn(move || tpool::execute(job));
            hold.wait_until_begun();
            (hold, caller)
        })
        .unzip();
    let mut held = Some((holds, callers));
    OnDrop(move || {
        let Some((holds, callers)) = held.take() else { return };
        drop(holds);
        callers.into_iter().for_each(|caller| caller.wait().unwrap());
    })
}

#[test]
fn others_run_while_one_waits_for_the_disk() {
    alone(|| {
        check(|| {
            let scratch = Scratch::new();
            let path = scratch.file("file", "abc");
            let occupied = occupy_pool();
            let reader = spawn(move || fs::read(path));
            let n_turns = Rc::new(Cell::new(0));
            let theirs = n_turns.clone();
            spawn(move || {
                for turn in 1..=10 {
                    theirs.set(turn);
                    sleep(Duration::from_micros(100));
                }
            })
            .wait()
            .unwrap();
            assert_eq!(n_turns.get(), 10);
            assert!(!reader.is_dead());
            drop(occupied);
            assert_eq!(reader.wait().unwrap().unwrap(), b"abc");
        })
    });
}

#[test]
fn a_thousand_green_threads_have_a_file_each() {
    check(|| {
        let scratch = Scratch::new();
        let dir = scratch.dir().to_owned();
        let threads: Vec<_> = (0..1000)
            .map(|number| {
                let path = dir.join(number.to_string());
                spawn(move || {
                    let mut file = File::create_new(&path).unwrap();
                    writeln!(file, "the file of {number}").unwrap();
                    file.rewind().unwrap();
                    let mut text = String::new();
                    file.read_to_string(&mut text).unwrap();
                    assert_eq!(text, format!("the file of {number}\n"));
                    drop(file);
                    fs::remove_file(path).unwrap();
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
    });
}

/// What is in the page cache needs no thread of the pool.
#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn lines_that_are_in_memory_are_read_in_place() {
    alone(|| {
        check(|| {
            let scratch = Scratch::new();
            let path = scratch.file("log", "a line of a log\n".repeat(10_000));
            let mut file = File::open(&path).unwrap();
            if !can_read_at_once(&mut file) {
                eprintln!("skipped: the file system cannot read at once");
                return;
            }
            let mut log = BufReader::new(file).lines();
            let occupied = occupy_pool();
            // All but the end of the file, which only the pool can tell for certain.
            assert_eq!(log.by_ref().take(9_999).filter(|line| line.is_ok()).count(), 9_999);
            drop(occupied);
            assert_eq!(log.count(), 1);
        })
    });
}

/// Whether a read of the file, which is in memory, gets along without the pool.
fn can_read_at_once(file: &mut File) -> bool {
    file.read_exact(&mut [0; 1]).unwrap();
    file.rewind().unwrap();
    let occupied = occupy_pool();
    let clone = file.try_clone().unwrap();
    let reader = spawn(move || clone.read_at(&mut [0; 1], 0).unwrap());
    yield_now();
    let at_once = reader.is_dead();
    drop(occupied);
    reader.wait().unwrap();
    at_once
}

#[test]
fn one_who_finds_everything_in_memory_lets_others_run() {
    check(|| {
        let scratch = Scratch::new();
        let file = File::open(scratch.file("file", [7; 10_000])).unwrap();
        let is_over = Rc::new(Cell::new(false));
        let theirs = is_over.clone();
        let other = spawn(move || {
            (0..3).for_each(|_| yield_now());
            theirs.set(true);
        });
        let mut n_reads = 0;
        while !is_over.get() {
            file.read_exact_at(&mut [0; 100], 0).unwrap();
            n_reads += 1;
            assert!(n_reads < 10_000, "nobody else runs");
        }
        other.wait().unwrap();
    });
}

#[test]
fn a_file_goes_from_hub_to_hub() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = File::create_new(scratch.path("file")).unwrap();
        file.write_all(b"abcdef").unwrap();
        let hub = hubs::spawn_hub().unwrap();
        let there = hub.spawn(move || {
            file.seek(SeekFrom::Start(3)).unwrap();
            let mut text = String::new();
            file.read_to_string(&mut text).unwrap();
            (file, text)
        });
        let (mut file, text) = there.wait().unwrap();
        assert_eq!(text, "def");
        assert_eq!(file.stream_position().unwrap(), 6);
        hub.shutdown(Duration::from_secs(10));
    });
}

#[test]
fn files_of_std_become_green_and_back() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "abcdef");
        let mut green = File::from(std::fs::File::open(path).unwrap());
        let mut buf = [0; 2];
        green.read_exact(&mut buf).unwrap();
        let mut back = std::fs::File::from(green);
        back.read_exact(&mut buf).unwrap();
        assert_eq!(&buf, b"cd");
    });
}

#[test]
fn calls_on_the_pool_are_made_in_place() {
    alone(|| {
        check(|| {
            let scratch = Scratch::new();
            let path = scratch.file("file", "abc");
            tpool::set_num_threads(1);
            let text = tpool::execute(move || {
                let mut text = String::new();
                File::open(path)?.read_to_string(&mut text)?;
                Ok::<_, std::io::Error>(text)
            });
            tpool::set_num_threads(20);
            assert_eq!(text.unwrap(), "abc");
        })
    });
}

#[test]
fn without_a_pool_everything_is_done_in_place() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "0").run(|| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        fs::write(&path, "abc").unwrap();
        assert_eq!(fs::read_dir(scratch.dir()).unwrap().count(), 1);
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.lock().unwrap();
        file.write_all(b"d").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "abcd");
        assert_eq!(tpool::stats().threads, 0);
    });
    ended.expect_success();
}

#[test]
fn while_one_seeks_and_reads_others_use_the_same_file() {
    check(|| {
        let scratch = Scratch::new();
        let file = Rc::new(File::open(scratch.file("file", [7; 4096])).unwrap());
        let readers: Vec<_> = (0..50)
            .map(|n| {
                let file = file.clone();
                spawn(move || {
                    let mut file = &*file;
                    // Too much to be read in place, so that calls are under way.
                    let mut buf = vec![0; if n % 2 == 0 { 100_000 } else { 10 }];
                    for _ in 0..20 {
                        file.seek(SeekFrom::Start(n)).unwrap();
                        let n_read = file.read(&mut buf).unwrap();
                        assert!(buf[..n_read].iter().all(|byte| *byte == 7));
                    }
                })
            })
            .collect();
        readers.into_iter().for_each(|reader| reader.wait().unwrap());
    });
}

#[test]
fn a_buffered_writer_that_is_killed_writes_what_it_has() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        let theirs = path.clone();
        let writer = spawn(move || {
            let mut file = BufWriter::new(File::create(theirs).unwrap());
            file.write_all(b"not lost").unwrap();
            sleep(Duration::from_secs(3600));
        });
        while !fs::exists(&path).unwrap() {
            yield_now();
        }
        // It may not have been told yet that the file is open.
        while hubs::get_hub().stats().timers == 0 {
            yield_now();
        }
        writer.kill();
        assert!(writer.wait().unwrap_err().is_killed());
        assert_eq!(fs::read(&path).unwrap(), b"not lost");
    });
}

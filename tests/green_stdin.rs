//! Standard input among green threads: who waits for it holds up nobody, and may give up.

use std::fs::File;
use std::io::{self, BufRead, Write};

use eventlet::green::io::stdin;
use eventlet::hubs::get_hub;
use eventlet::{sleep, spawn, with_timeout};
use eventlet_tests::input::{Feed, reading};
use eventlet_tests::{check, ms};

/// The end of the pipe that is our input where something can be written.
fn other_end() -> File {
    File::options().write(true).open("/dev/stdin").unwrap()
}

#[test]
fn others_run_while_one_reads() {
    reading(Feed::Pipe(b""), || {
        check(|| {
            let mut other = other_end();
            let reader = spawn(|| {
                let mut line = String::new();
                stdin().read_line(&mut line).map(|_| line)
            });
            for _ in 0..5 {
                sleep(ms(1));
                assert!(!reader.is_dead());
            }
            other.write_all(b"line\n").unwrap();
            assert_eq!(reader.wait().unwrap().unwrap(), "line\n");
        });
    });
}

#[test]
fn a_read_that_is_given_up_loses_nothing() {
    reading(Feed::Slowly(&[b"be", b"gun and ", b"done\n", b"rest"]), || {
        check(|| {
            let mut bytes = Vec::new();
            loop {
                let more = with_timeout(ms(3), || {
                    let mut input = stdin().lock();
                    let read = input.fill_buf().unwrap().to_vec();
                    input.consume(read.len());
                    read
                });
                match more {
                    Ok(read) if read.is_empty() => break,
                    Ok(read) => bytes.extend(read),
                    Err(_) => {}
                }
            }
            assert_eq!(bytes, b"begun and done\nrest");
        });
    });
}

#[test]
fn a_killed_reader_gives_the_input_back() {
    reading(Feed::Pipe(b""), || {
        check(|| {
            let mut other = other_end();
            let first = spawn(|| stdin().lock().read_line(&mut String::new()).unwrap());
            let second = spawn(|| stdin().lines().next().unwrap().unwrap());
            sleep(ms(1));
            first.kill();
            other.write_all(b"for the next\n").unwrap();
            assert_eq!(second.wait().unwrap(), "for the next");
        });
    });
}

/// A terminal cannot be asked for what is there at once.
#[test]
fn a_terminal_is_waited_for_and_read() {
    reading(Feed::Terminal(b"typed\n"), || {
        check(|| {
            let reader = spawn(|| stdin().lines().map(Result::unwrap).collect::<Vec<_>>());
            sleep(ms(1));
            assert_eq!(reader.wait().unwrap(), ["typed"]);
            assert_eq!(get_hub().stats().descriptors, 0);
        });
    });
}

/// Several hubs share the input, a line for each.
#[test]
fn hubs_take_turns() {
    reading(Feed::Slowly(&[b"0\n1\n", b"2\n3\n", b"4\n"]), || {
        let read = || {
            let mut line = String::new();
            stdin().read_line(&mut line).unwrap();
            line
        };
        let threads: Vec<_> = (0..5).map(|_| std::thread::spawn(read)).collect();
        let mut lines: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        lines.sort();
        assert_eq!(lines.concat(), "0\n1\n2\n3\n4\n");
        assert_eq!(io::read_to_string(stdin()).unwrap(), "");
    });
}

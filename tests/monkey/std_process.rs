//! Plain `std::process`: children's pipes. Waiting for children is tested in `subprocess.rs`.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use eventlet_monkey_tests::{at_once, check, check_without_the_patch};
use eventlet_tests::ms;

const N: usize = 50;

fn shell(script: String) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", &script]);
    command
}

#[test]
fn output() {
    check(|| {
        let script = |i| format!("sleep 1; echo {i}; sleep 0; echo 2x{i} >&2");
        let run = at_once(N, |i| {
            let output = shell(script(i)).output().unwrap();
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap())
        });
        for (i, texts) in run.like_the_slowest(ms(1000)).into_iter().enumerate() {
            assert_eq!(texts, [format!("{i}\n"), format!("2x{i}\n")]);
        }
    });
}

/// More than the pipes hold: the child cannot go on unless somebody reads, nor can we.
#[test]
fn pipes() {
    check(|| {
        let cats: Vec<_> = (0..10)
            .map(|_| {
                let mut cat = Command::new("cat");
                let mut cat = cat.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
                let ends = (cat.stdin.take().unwrap(), cat.stdout.take().unwrap());
                (std::sync::Mutex::new(Some(ends.0)), std::sync::Mutex::new(ends.1), cat)
            })
            .collect();
        let run = at_once(20, |i| {
            let (stdin, stdout, _) = &cats[i / 2];
            let bytes = vec![i as u8 / 2; 1 << 20];
            if i % 2 == 0 {
                let mut stdin = stdin.lock().unwrap().take().unwrap();
                return stdin.write_all(&bytes).is_ok();
            }
            let mut read = Vec::new();
            stdout.lock().unwrap().read_to_end(&mut read).unwrap();
            read == bytes
        });
        assert_eq!(run.results, [true; 20]);
        cats.into_iter().for_each(|(_, _, mut cat)| assert!(cat.wait().unwrap().success()));
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}

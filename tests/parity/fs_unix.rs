//! What std documents about `std::os::unix::fs` and its prelude.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, Write};
use std::os::unix::fs::{chown, chroot, fchown, lchown, symlink};
use std::os::unix::prelude::*;
use std::process::Stdio;

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

fn new_file(scratch: &Scratch, contents: &[u8]) -> File {
    let file = File::create_new(scratch.path("file")).unwrap();
    file.write_all_at(contents, 0).unwrap();
    file
}

#[test]
fn read_at_leaves_the_position() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"abcdef");
        let mut buf = [0; 3];
        assert_eq!(file.read_at(&mut buf, 2).unwrap(), 3);
        assert_eq!(&buf, b"cde");
        assert_eq!(file.stream_position().unwrap(), 0);
        assert_eq!(file.read_at(&mut buf, 5).unwrap(), 1);
        assert_eq!(file.read_at(&mut buf, 6).unwrap(), 0);
        assert_eq!(file.read_at(&mut buf, 1 << 40).unwrap(), 0);
    });
}

#[test]
fn places_that_cannot_be_are_refused() {
    check(|| {
        let scratch = Scratch::new();
        let file = new_file(&scratch, b"abc");
        for offset in [u64::MAX, 1 << 63] {
            let error = file.read_at(&mut [0; 1], offset).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            let error = file.write_at(b"x", offset).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
        }
    });
}

#[test]
fn write_at_leaves_the_position_and_fills_up() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"ab");
        assert_eq!(file.write_at(b"xy", 4).unwrap(), 2);
        assert_eq!(file.stream_position().unwrap(), 0);
        file.write_all(b"A").unwrap();
        assert_eq!(fs::read(scratch.path("file")).unwrap(), b"Ab\0\0xy");
    });
}

#[test]
fn read_exact_at_needs_enough() {
    check(|| {
        let scratch = Scratch::new();
        let file = new_file(&scratch, b"abcdef");
        let mut buf = [0; 4];
        file.read_exact_at(&mut buf, 2).unwrap();
        assert_eq!(&buf, b"cdef");
        let error = file.read_exact_at(&mut buf, 3).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
        assert_eq!(error.to_string(), "failed to fill whole buffer");
    });
}

#[test]
fn write_all_at_takes_megabytes() {
    check(|| {
        let scratch = Scratch::new();
        let bytes: Vec<u8> = (0..3_000_000_u32).map(|n| (n / 3) as u8).collect();
        let file = new_file(&scratch, b"");
        file.write_all_at(&bytes, 5).unwrap();
        let mut back = vec![0; bytes.len()];
        file.read_exact_at(&mut back, 5).unwrap();
        assert!(back == bytes);
    });
}

#[test]
fn threads_read_and_write_at_their_own_places() {
    check(|| {
        let scratch = Scratch::new();
        let file = std::sync::Arc::new(new_file(&scratch, b""));
        let writers: Vec<_> = (0..8_u8)
            .map(|n| {
                let file = file.clone();
                std::thread::spawn(move || {
                    for row in 0..10 {
                        file.write_all_at(&[n], row * 8 + u64::from(n)).unwrap();
                    }
                })
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        let bytes = fs::read(scratch.path("file")).unwrap();
        assert_eq!(bytes.len(), 80);
        assert!(bytes.chunks(8).all(|row| row == [0, 1, 2, 3, 4, 5, 6, 7]));
    });
}

#[test]
fn a_fifo_has_no_places() {
    check(|| {
        let scratch = Scratch::new();
        let fifo = OpenOptions::new().read(true).write(true).open(scratch.fifo("fifo")).unwrap();
        let espipe = Some(eventlet_tests::sys::ESPIPE);
        assert_eq!(fifo.read_at(&mut [0; 1], 0).unwrap_err().raw_os_error(), espipe);
        assert_eq!(fifo.write_at(b"x", 0).unwrap_err().raw_os_error(), espipe);
        assert_eq!((&fifo).stream_position().unwrap_err().raw_os_error(), espipe);
    });
}

#[test]
fn what_goes_into_a_fifo_comes_out() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.fifo("fifo");
        let theirs = path.clone();
        let writer = std::thread::spawn(move || {
            let mut fifo = OpenOptions::new().write(true).open(theirs).unwrap();
            fifo.write_all(&[7; 300_000]).unwrap();
        });
        let mut fifo = File::open(&path).unwrap();
        let mut bytes = Vec::new();
        assert_eq!(fifo.read_to_end(&mut bytes).unwrap(), 300_000);
        writer.join().unwrap();
        assert_eq!(fifo.read(&mut [0; 1]).unwrap(), 0, "nobody writes any more");
    });
}

#[test]
fn a_fifo_is_read_and_written_whole() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.fifo("fifo");
        let theirs = path.clone();
        let writer = std::thread::spawn(move || fs::write(theirs, "through the pipe"));
        assert_eq!(fs::read_to_string(&path).unwrap(), "through the pipe");
        writer.join().unwrap().unwrap();
    });
}

#[test]
fn a_fifo_without_readers_is_broken() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.fifo("fifo");
        let theirs = path.clone();
        let reader = std::thread::spawn(move || drop(File::open(theirs).unwrap()));
        let mut fifo = OpenOptions::new().write(true).open(&path).unwrap();
        reader.join().unwrap();
        assert_eq!(fifo.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_fifo_that_does_not_block_says_so() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.fifo("fifo");
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(eventlet_tests::sys::O_NONBLOCK);
        let mut fifo = options.open(&path).unwrap();
        assert_eq!(fifo.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock);
        let full = std::iter::repeat_with(|| fifo.write(&[0; 4096])).find_map(Result::err);
        assert_eq!(full.unwrap().kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn devices_are_read_and_written() {
    check(|| {
        let mut null = OpenOptions::new().read(true).write(true).open("/dev/null").unwrap();
        assert_eq!(null.write(&[0; 100_000]).unwrap(), 100_000);
        assert_eq!(null.read(&mut [0; 10]).unwrap(), 0);
        let mut buf = [1; 1000];
        File::open("/dev/zero").unwrap().read_exact(&mut buf).unwrap();
        assert_eq!(buf, [0; 1000]);
        File::open("/dev/urandom").unwrap().read_exact(&mut buf).unwrap();
        assert_ne!(buf, [0; 1000]);
    });
}

#[test]
fn owners_are_left_alone() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "");
        let before = fs::metadata(&path).unwrap();
        chown(&path, None, None).unwrap();
        chown(&path, Some(before.uid()), Some(before.gid())).unwrap();
        fchown(File::open(&path).unwrap(), Some(before.uid()), None).unwrap();
        let after = fs::metadata(&path).unwrap();
        assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
    });
}

#[test]
fn lchown_is_about_the_link() {
    check(|| {
        let scratch = Scratch::new();
        let link = scratch.path("link");
        symlink("nowhere", &link).unwrap();
        lchown(&link, None, None).unwrap();
        assert_eq!(chown(&link, None, None).unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn chroot_needs_a_directory() {
    check(|| {
        let scratch = Scratch::new();
        let error = chroot(scratch.path("none")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    });
}

#[test]
fn names_need_not_be_text() {
    check(|| {
        let scratch = Scratch::new();
        let name = OsString::from_vec(vec![b'a', 0xff, b'b']);
        fs::write(scratch.dir().join(&name), "abc").unwrap();
        let entry = fs::read_dir(scratch.dir()).unwrap().next().unwrap().unwrap();
        assert_eq!(entry.file_name(), name);
        assert_eq!(entry.file_name().as_bytes(), b"a\xffb");
        assert_eq!(fs::read(entry.path()).unwrap(), b"abc");
        assert_eq!(OsStr::from_bytes(b"a\xffb"), name);
    });
}

#[test]
fn a_file_becomes_a_stdio() {
    check(|| {
        let scratch = Scratch::new();
        let _stdio = Stdio::from(new_file(&scratch, b"abc"));
    });
}

#[test]
fn a_file_knows_that_it_is_no_terminal() {
    use std::io::IsTerminal;
    check(|| {
        let scratch = Scratch::new();
        assert!(!new_file(&scratch, b"abc").is_terminal());
    });
}

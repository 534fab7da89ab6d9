//! What std documents about `std::io::pipe`.

use std::io::{
    self, BufRead, BufReader, ErrorKind, IoSlice, IoSliceMut, PipeWriter, Read, Write, pipe,
};
use std::os::fd::AsRawFd;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use eventlet_tests::check;

/// More than any pipe holds.
const MUCH: usize = 1 << 20;

fn read_all(mut reader: impl Read) -> String {
    let mut text = String::new();
    reader.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn gives_what_was_written() {
    check(|| {
        let (mut reader, mut writer) = pipe().unwrap();
        assert_eq!(writer.write(b"hello").unwrap(), 5);
        let mut bytes = [0; 10];
        assert_eq!(reader.read(&mut bytes).unwrap(), 5);
        assert_eq!(&bytes[..5], b"hello");
    });
}

#[test]
fn ends_when_the_writer_is_dropped() {
    check(|| {
        let (mut reader, mut writer) = pipe().unwrap();
        writer.write_all(b"last").unwrap();
        drop(writer);
        assert_eq!(read_all(&mut reader), "last");
        assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
        assert_eq!(reader.read(&mut [0; 4]).unwrap(), 0);
    });
}

#[test]
fn ends_when_the_last_clone_of_the_writer_is_dropped() {
    check(|| {
        let (reader, mut writer) = pipe().unwrap();
        let mut other = writer.try_clone().unwrap();
        let waiting = thread::spawn(move || read_all(reader));
        writer.write_all(b"one ").unwrap();
        drop(writer);
        other.write_all(b"two").unwrap();
        drop(other);
        assert_eq!(waiting.join().unwrap(), "one two");
    });
}

/// The error of writing when all readers of this process have been dropped: processes that are being
/// started have them as well, for a moment.
fn broken(writer: &mut PipeWriter) -> io::Error {
    loop {
        match writer.write_all(b"x") {
            Ok(()) => thread::sleep(Duration::from_millis(1)),
            Err(error) => return error,
        }
    }
}

#[test]
fn is_broken_when_the_reader_is_dropped() {
    check(|| {
        let (reader, mut writer) = pipe().unwrap();
        drop(reader);
        let error = broken(&mut writer);
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        assert_eq!(error.raw_os_error(), Some(libc::EPIPE));
    });
}

#[test]
fn is_broken_when_the_last_clone_of_the_reader_is_dropped() {
    check(|| {
        let (reader, mut writer) = pipe().unwrap();
        let other = reader.try_clone().unwrap();
        drop(reader);
        writer.write_all(b"x").unwrap();
        drop(other);
        assert_eq!(broken(&mut writer).kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_writer_that_waits_fails_when_the_reader_is_dropped() {
    check(|| {
        let (mut reader, mut writer) = pipe().unwrap();
        let writing = thread::spawn(move || writer.write_all(&vec![1; MUCH]));
        reader.read_exact(&mut [0; 100]).unwrap();
        drop(reader);
        assert_eq!(writing.join().unwrap().unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_reader_waits_for_a_writer() {
    check(|| {
        let (reader, mut writer) = pipe().unwrap();
        let (say, hear) = mpsc::channel();
        let reading = thread::spawn(move || {
            say.send(()).unwrap();
            let mut byte = [0];
            (&reader).read_exact(&mut byte).unwrap();
            byte[0]
        });
        hear.recv().unwrap();
        writer.write_all(&[7]).unwrap();
        assert_eq!(reading.join().unwrap(), 7);
    });
}

#[test]
fn takes_more_than_it_holds() {
    check(|| {
        let (reader, mut writer) = pipe().unwrap();
        let data: Vec<u8> = (0..MUCH).map(|n| n as u8).collect();
        let expected = data.clone();
        let writing = thread::spawn(move || writer.write_all(&data));
        let mut read = Vec::new();
        { reader }.read_to_end(&mut read).unwrap();
        assert!(read == expected);
        writing.join().unwrap().unwrap();
    });
}

#[test]
fn two_readers_share_what_comes() {
    check(|| {
        let (reader, mut writer) = pipe().unwrap();
        let readers = [reader.try_clone().unwrap(), reader].map(|reader| {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                { reader }.read_to_end(&mut bytes).unwrap();
                bytes.len()
            })
        });
        writer.write_all(&vec![1; MUCH]).unwrap();
        drop(writer);
        let lengths = readers.map(|reader| reader.join().unwrap());
        assert_eq!(lengths.iter().sum::<usize>(), MUCH);
    });
}

#[test]
fn two_writers_do_not_break_up_each_others_lines() {
    check(|| {
        let (reader, writer) = pipe().unwrap();
        let writers = [(writer.try_clone().unwrap(), "a"), (writer, "b")].map(|(writer, name)| {
            thread::spawn(move || {
                let line = name.repeat(99) + "\n";
                for _ in 0..2000 {
                    (&writer).write_all(line.as_bytes()).unwrap();
                }
            })
        });
        let mut n_lines = 0;
        for line in BufReader::new(reader).lines() {
            let line = line.unwrap();
            assert!(line == "a".repeat(99) || line == "b".repeat(99), "{line}");
            n_lines += 1;
        }
        assert_eq!(n_lines, 4000);
        for writer in writers {
            writer.join().unwrap();
        }
    });
}

#[test]
fn reading_into_nothing_does_not_wait() {
    check(|| {
        let (mut reader, _writer) = pipe().unwrap();
        assert_eq!(reader.read(&mut []).unwrap(), 0);
    });
}

#[test]
fn writing_nothing_does_not_wait() {
    check(|| {
        let (_reader, mut writer) = pipe().unwrap();
        assert_eq!(writer.write(&[]).unwrap(), 0);
        writer.flush().unwrap();
    });
}

#[test]
fn reads_and_writes_several_buffers() {
    check(|| {
        let (mut reader, mut writer) = pipe().unwrap();
        let parts = [IoSlice::new(b"abc"), IoSlice::new(b""), IoSlice::new(b"de")];
        assert_eq!(writer.write_vectored(&parts).unwrap(), 5);
        let (mut first, mut second) = ([0; 2], [0; 9]);
        let parts = &mut [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
        assert_eq!(reader.read_vectored(parts).unwrap(), 5);
        assert_eq!((&first, &second[..3]), (b"ab", &b"cde"[..]));
    });
}

#[test]
fn reads_through_a_reference() {
    check(|| {
        let (reader, writer) = pipe().unwrap();
        (&writer).write_all(b"xy").unwrap();
        let mut byte = [0];
        (&reader).read_exact(&mut byte).unwrap();
        (&reader).read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"y");
    });
}

#[test]
fn a_child_writes_to_it() {
    check(|| {
        let (reader, writer) = pipe().unwrap();
        let mut child = Command::new("echo").arg("from the child").stdout(writer).spawn().unwrap();
        assert_eq!(read_all(reader), "from the child\n");
        assert!(child.wait().unwrap().success());
    });
}

#[test]
fn a_child_writes_both_streams_to_it() {
    check(|| {
        let (reader, writer) = pipe().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2"]);
        command.stdout(writer.try_clone().unwrap()).stderr(writer);
        let mut child = command.spawn().unwrap();
        drop(command);
        assert_eq!(read_all(reader), "out\nerr\n");
        assert!(child.wait().unwrap().success());
    });
}

#[test]
fn a_child_reads_from_it() {
    check(|| {
        let (reader, mut writer) = pipe().unwrap();
        let child = Command::new("cat").stdin(reader).stdout(Stdio::piped()).spawn().unwrap();
        writer.write_all(b"for the child").unwrap();
        drop(writer);
        assert_eq!(child.wait_with_output().unwrap().stdout, b"for the child");
    });
}

/// A child that gets a descriptor that cannot wait complains or stops short.
#[test]
fn a_child_and_its_parent_write_to_it() {
    check(|| {
        let (reader, mut writer) = pipe().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "head -c 1000000 /dev/zero"]).stdout(writer.try_clone().unwrap());
        let mut child = command.spawn().unwrap();
        drop(command);
        let reading = thread::spawn(move || {
            let mut bytes = Vec::new();
            { reader }.read_to_end(&mut bytes).unwrap();
            bytes.len()
        });
        writer.write_all(&vec![0; MUCH]).unwrap();
        assert!(child.wait().unwrap().success());
        drop(writer);
        assert_eq!(reading.join().unwrap(), 1_000_000 + MUCH);
    });
}

#[test]
fn may_go_through_several_children() {
    check(|| {
        let mut first = Command::new("echo").arg("b\na").stdout(Stdio::piped()).spawn().unwrap();
        let out = first.stdout.take().unwrap();
        let second = Command::new("sort").stdin(out).stdout(Stdio::piped()).spawn().unwrap();
        assert_eq!(second.wait_with_output().unwrap().stdout, b"a\nb\n");
        assert!(first.wait().unwrap().success());
    });
}

#[test]
fn copies() {
    check(|| {
        let (mut reader, mut writer) = pipe().unwrap();
        let copying = thread::spawn(move || {
            let mut sink = Vec::new();
            io::copy(&mut reader, &mut sink).unwrap();
            sink
        });
        assert_eq!(
            io::copy(&mut io::repeat(3).take(MUCH as u64), &mut writer).unwrap(),
            MUCH as u64
        );
        drop(writer);
        assert_eq!(copying.join().unwrap().len(), MUCH);
    });
}

#[test]
fn debugs_like_a_descriptor() {
    check(|| {
        let (reader, writer) = pipe().unwrap();
        assert!(format!("{reader:?}").starts_with("PipeReader("));
        assert!(format!("{writer:?}").contains(&writer.as_raw_fd().to_string()));
    });
}

#[test]
fn may_be_sent_and_shared() {
    fn is_like_stds<T: Send + Sync + Unpin + std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {
    }
    is_like_stds::<io::PipeReader>();
    is_like_stds::<io::PipeWriter>();
}

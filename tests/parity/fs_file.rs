//! What std documents about `std::fs::File`: reading, writing, seeking.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, LineWriter};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, IntoRawFd, OwnedFd};
use std::sync::Arc;
use std::thread;

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

/// A file that can be read and written.
fn new_file(scratch: &Scratch, contents: &[u8]) -> File {
    let mut file = File::create_new(scratch.path("file")).unwrap();
    file.write_all(contents).unwrap();
    file.rewind().unwrap();
    file
}

#[test]
fn reads_what_was_written() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"hello");
        let mut buf = [0; 10];
        assert_eq!(file.read(&mut buf).unwrap(), 5);
        assert_eq!(&buf[..5], b"hello");
        assert_eq!(file.read(&mut buf).unwrap(), 0);
    });
}

#[test]
fn reads_nothing_into_nothing() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"hello");
        assert_eq!(file.read(&mut []).unwrap(), 0);
        assert_eq!(file.write(&[]).unwrap(), 0);
        assert_eq!(file.stream_position().unwrap(), 0);
    });
}

#[test]
fn reads_piece_by_piece() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"abcdefg");
        let mut buf = [0; 3];
        for piece in ["abc", "def", "g"] {
            let n_read = file.read(&mut buf).unwrap();
            assert_eq!(&buf[..n_read], piece.as_bytes());
        }
    });
}

#[test]
fn read_exact_needs_enough() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"abc");
        let mut buf = [0; 2];
        file.read_exact(&mut buf).unwrap();
        assert_eq!(&buf, b"ab");
        assert_eq!(file.read_exact(&mut buf).unwrap_err().kind(), ErrorKind::UnexpectedEof);
    });
}

#[test]
fn read_to_end_appends() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"abc");
        let mut bytes = b"before ".to_vec();
        assert_eq!(file.read_to_end(&mut bytes).unwrap(), 3);
        assert_eq!(bytes, b"before abc");
        assert_eq!(file.read_to_end(&mut bytes).unwrap(), 0);
        assert_eq!(bytes, b"before abc");
    });
}

#[test]
fn read_to_end_begins_where_the_file_is() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"abcdef");
        file.seek(SeekFrom::Start(4)).unwrap();
        let mut bytes = Vec::new();
        assert_eq!(file.read_to_end(&mut bytes).unwrap(), 2);
        assert_eq!(bytes, b"ef");
        assert!(bytes.capacity() < 100, "only what is needed: {}", bytes.capacity());
    });
}

#[test]
fn read_to_string_appends() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, "grün".as_bytes());
        let mut text = String::from("so ");
        assert_eq!(file.read_to_string(&mut text).unwrap(), 5);
        assert_eq!(text, "so grün");
    });
}

#[test]
fn read_to_string_leaves_the_buffer_if_it_is_no_text() {
    check(|| {
        let scratch = Scratch::new();
        for before in ["", "so "] {
            let mut file =
                File::create_new(scratch.path(&format!("file{}", before.len()))).unwrap();
            file.write_all(b"ab\xff\xfecd").unwrap();
            file.rewind().unwrap();
            let mut text = String::from(before);
            let error = file.read_to_string(&mut text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidData);
            assert_eq!(error.to_string(), "stream did not contain valid UTF-8");
            assert_eq!(text, before);
        }
    });
}

#[test]
fn seeks_from_everywhere() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"abcdef");
        assert_eq!(file.seek(SeekFrom::Start(2)).unwrap(), 2);
        assert_eq!(file.seek(SeekFrom::Current(3)).unwrap(), 5);
        assert_eq!(file.seek(SeekFrom::Current(-1)).unwrap(), 4);
        assert_eq!(file.seek(SeekFrom::End(-6)).unwrap(), 0);
        file.seek_relative(1).unwrap();
        assert_eq!(file.stream_position().unwrap(), 1);
        file.rewind().unwrap();
        assert_eq!(file.stream_position().unwrap(), 0);
    });
}

#[test]
fn seeking_before_the_beginning_is_an_error() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"abc");
        for place in [SeekFrom::Current(-1), SeekFrom::End(-4), SeekFrom::Start(u64::MAX)] {
            assert_eq!(file.seek(place).unwrap_err().kind(), ErrorKind::InvalidInput);
        }
        assert_eq!(file.stream_position().unwrap(), 0);
    });
}

#[test]
fn writing_past_the_end_leaves_zeros() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"ab");
        assert_eq!(file.seek(SeekFrom::End(2)).unwrap(), 4);
        assert_eq!(file.read(&mut [0; 4]).unwrap(), 0);
        file.write_all(b"c").unwrap();
        assert_eq!(fs::read(scratch.path("file")).unwrap(), b"ab\0\0c");
    });
}

#[test]
fn set_len_cuts_and_fills_up() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"abcdef");
        file.seek(SeekFrom::End(0)).unwrap();
        file.set_len(2).unwrap();
        assert_eq!(file.stream_position().unwrap(), 6, "the position stays");
        file.set_len(4).unwrap();
        assert_eq!(fs::read(scratch.path("file")).unwrap(), b"ab\0\0");
        assert_eq!(file.set_len(u64::MAX).unwrap_err().kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn clones_share_the_position() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"abcdef");
        let mut clone = file.try_clone().unwrap();
        let mut buf = [0; 2];
        file.read_exact(&mut buf).unwrap();
        clone.read_exact(&mut buf).unwrap();
        assert_eq!(&buf, b"cd");
        drop(file);
        assert_eq!(clone.stream_position().unwrap(), 4);
    });
}

#[test]
fn files_opened_twice_have_two_positions() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "abc");
        let (mut one, mut other) = (File::open(&path).unwrap(), File::open(&path).unwrap());
        one.read_exact(&mut [0; 2]).unwrap();
        assert_eq!(other.stream_position().unwrap(), 0);
        let mut text = String::new();
        other.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
    });
}

#[test]
fn a_reference_reads_and_writes() {
    check(|| {
        let scratch = Scratch::new();
        let file = new_file(&scratch, b"");
        (&file).write_all(b"abc").unwrap();
        (&file).rewind().unwrap();
        let mut text = String::new();
        (&file).read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
        (&file).flush().unwrap();
    });
}

#[test]
fn threads_share_a_file() {
    check(|| {
        let scratch = Scratch::new();
        let file = Arc::new(new_file(&scratch, &[7; 10_000]));
        let readers: Vec<_> = (0..4)
            .map(|_| {
                let file = file.clone();
                thread::spawn(move || {
                    let mut n_read = 0;
                    while (&*file).read(&mut [0; 1]).unwrap() == 1 {
                        n_read += 1;
                    }
                    n_read
                })
            })
            .collect();
        let n_read: usize = readers.into_iter().map(|reader| reader.join().unwrap()).sum();
        assert_eq!(n_read, 10_000, "each byte is read once");
    });
}

#[test]
fn buffered_readers_go_line_by_line() {
    check(|| {
        let scratch = Scratch::new();
        let text: String = (0..5000).map(|n| format!("line {n}\n")).collect();
        let file = BufReader::new(new_file(&scratch, text.as_bytes()));
        for (number, line) in file.lines().enumerate() {
            assert_eq!(line.unwrap(), format!("line {number}"));
        }
    });
}

#[test]
fn a_buffered_reader_seeks() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = BufReader::new(new_file(&scratch, b"abcdefgh"));
        file.read_exact(&mut [0; 2]).unwrap();
        assert_eq!(file.stream_position().unwrap(), 2);
        file.seek(SeekFrom::Start(6)).unwrap();
        let mut rest = String::new();
        file.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "gh");
    });
}

#[test]
fn buffered_writers_write_when_dropped() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        let mut writer = BufWriter::new(File::create(&path).unwrap());
        writer.write_all(b"abc").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
        drop(writer);
        assert_eq!(fs::read(&path).unwrap(), b"abc");
    });
}

#[test]
fn line_writers_write_lines() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        let mut writer = LineWriter::new(File::create(&path).unwrap());
        writer.write_all(b"one\ntw").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\n");
        writer.write_all(b"o\n").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one\ntwo\n");
    });
}

#[test]
fn io_copy_moves_a_file() {
    check(|| {
        let scratch = Scratch::new();
        let mut from = new_file(&scratch, &[7; 300_000]);
        let mut to = File::create(scratch.path("other")).unwrap();
        assert_eq!(io::copy(&mut from, &mut to).unwrap(), 300_000);
        assert_eq!(fs::metadata(scratch.path("other")).unwrap().len(), 300_000);
    });
}

#[test]
fn descriptors_go_in_and_out() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"abc");
        assert_eq!(file.as_fd().as_raw_fd(), file.as_raw_fd());
        file.read_exact(&mut [0; 1]).unwrap();
        let fd = OwnedFd::from(file);
        let raw = File::from(fd).into_raw_fd();
        // SAFETY: the descriptor has just been given up by the file that had it.
        #[allow(unsafe_code, reason = "the method is unsafe")]
        let mut file = unsafe { File::from_raw_fd(raw) };
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "bc");
    });
}

#[test]
fn debug_shows_descriptor_path_and_access() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "");
        let file = File::open(&path).unwrap();
        let path = fs::canonicalize(path).unwrap();
        let expected = format!(
            "File {{ fd: {}, path: {path:?}, read: true, write: false }}",
            file.as_raw_fd()
        );
        assert_eq!(format!("{file:?}"), expected);
    });
}

#[test]
fn syncing_works() {
    check(|| {
        let scratch = Scratch::new();
        let file = new_file(&scratch, b"abc");
        file.sync_data().unwrap();
        file.sync_all().unwrap();
    });
}

#[test]
fn files_are_shared_between_threads() {
    fn is_shared<T: Send + Sync + Unpin + std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {}
    is_shared::<File>();
    is_shared::<OpenOptions>();
    is_shared::<fs::ReadDir>();
    is_shared::<fs::DirEntry>();
    is_shared::<fs::DirBuilder>();
}

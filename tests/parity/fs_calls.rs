//! What one call of `std::fs::File` moves, and how.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, IoSlice, IoSliceMut, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::thread;

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;
use eventlet_tests::sys::{O_DIRECT, O_NONBLOCK, forget_what_follows};

/// A file that can be read and written.
fn new_file(scratch: &Scratch, contents: &[u8]) -> File {
    let mut file = File::create_new(scratch.path("file")).unwrap();
    file.write_all(contents).unwrap();
    file.rewind().unwrap();
    file
}

#[test]
fn megabytes_come_through() {
    check(|| {
        let scratch = Scratch::new();
        let bytes: Vec<u8> = (0..5_000_003_u32).map(|n| (n * 7 / 5) as u8).collect();
        let mut file = new_file(&scratch, &bytes);
        let mut half = vec![0; 2_500_000];
        file.read_exact(&mut half).unwrap();
        assert!(half == bytes[..2_500_000]);
        let mut rest = Vec::new();
        assert_eq!(file.read_to_end(&mut rest).unwrap(), 2_500_003);
        assert!(rest == bytes[2_500_000..]);
    });
}

#[test]
fn vectored_reads_fill_one_buffer_after_the_other() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"abcdefg");
        let (mut one, mut none, mut two) = ([0; 3], [0; 0], [b'-'; 6]);
        let mut bufs =
            [IoSliceMut::new(&mut one), IoSliceMut::new(&mut none), IoSliceMut::new(&mut two)];
        assert_eq!(file.read_vectored(&mut bufs).unwrap(), 7);
        assert_eq!((&one, &two), (b"abc", b"defg--"));
    });
}

#[test]
fn vectored_writes_take_one_buffer_after_the_other() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = new_file(&scratch, b"");
        let bufs = [IoSlice::new(b"abc"), IoSlice::new(b""), IoSlice::new(b"de")];
        assert_eq!(file.write_vectored(&bufs).unwrap(), 5);
        assert_eq!(fs::read(scratch.path("file")).unwrap(), b"abcde");
    });
}

#[test]
fn writers_that_append_do_not_overwrite() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("log");
        let writers: Vec<_> = (b'a'..=b'e')
            .map(|letter| {
                let mut log = OpenOptions::new().append(true).create(true).open(&path).unwrap();
                thread::spawn(move || {
                    for _ in 0..50 {
                        log.write_all(&[letter; 20]).unwrap();
                    }
                })
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        let text = fs::read(&path).unwrap();
        assert_eq!(text.len(), 5 * 50 * 20);
        assert!(text.chunks(20).all(|record| record.iter().all(|byte| *byte == record[0])));
    });
}

#[test]
fn one_call_moves_megabytes() {
    check(|| {
        let scratch = Scratch::new();
        let bytes: Vec<u8> = (0..5_000_003_u32).map(|n| (n * 7 / 5) as u8).collect();
        let mut file = new_file(&scratch, b"");
        assert_eq!(file.write(&bytes).unwrap(), bytes.len());
        file.rewind().unwrap();
        let mut read = vec![0; 6_000_000];
        assert_eq!(file.read(&mut read).unwrap(), bytes.len());
        assert!(read[..bytes.len()] == bytes);
    });
}

/// The system need not have in memory what follows.
#[test]
fn one_call_reads_on_from_the_disk() {
    check(|| {
        let scratch = Scratch::new();
        let bytes: Vec<u8> = (0..60_000_u32).map(|n| (n * 7 / 5) as u8).collect();
        let mut file = new_file(&scratch, &bytes);
        for _ in 0..20 {
            file.sync_all().unwrap();
            forget_what_follows(&file, 8192);
            file.rewind().unwrap();
            let mut read = vec![0; bytes.len()];
            assert_eq!(file.read(&mut read).unwrap(), bytes.len());
            assert!(read == bytes);
        }
    });
}

#[test]
fn long_records_are_appended_in_one_piece() {
    check(|| {
        const LENGTH: usize = 3_000_000;
        let scratch = Scratch::new();
        let path = scratch.path("log");
        let writers: Vec<_> = (b'a'..=b'd')
            .map(|letter| {
                let mut log = OpenOptions::new().append(true).create(true).open(&path).unwrap();
                let record = vec![letter; LENGTH];
                thread::spawn(move || (0..2).for_each(|_| log.write_all(&record).unwrap()))
            })
            .collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        let text = fs::read(&path).unwrap();
        assert_eq!(text.len(), 4 * 2 * LENGTH);
        assert!(text.chunks(LENGTH).all(|record| record.iter().all(|byte| *byte == record[0])));
    });
}

/// Past the system's memory, from and to buffers that lie where a disk needs them.
#[test]
fn buffers_may_be_aligned_for_the_disk() {
    const BLOCK: usize = 4096;
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", [1; 2 * BLOCK]);
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(O_DIRECT);
        let mut file = match options.open(&path) {
            Err(error) if error.kind() == ErrorKind::InvalidInput => {
                return eprintln!("skipped: the file system cannot do that");
            }
            opened => opened.unwrap(),
        };
        let mut memory = vec![0; 4 * BLOCK];
        let start = memory.as_ptr().align_offset(BLOCK);
        let block = &mut memory[start..start + BLOCK];
        assert_eq!(file.read(block).unwrap(), BLOCK);
        assert!(block.iter().all(|byte| *byte == 1));
        block.fill(2);
        assert_eq!(file.write(block).unwrap(), BLOCK);
        let (one, other) = memory[start..start + 2 * BLOCK].split_at_mut(BLOCK);
        file.rewind().unwrap();
        let mut bufs = [IoSliceMut::new(one), IoSliceMut::new(other)];
        assert_eq!(file.read_vectored(&mut bufs).unwrap(), 2 * BLOCK);
        assert_eq!((one[0], other[0]), (1, 2));
        drop(file);
        assert!(fs::read(&path).unwrap() == [[1; BLOCK], [2; BLOCK]].concat());
    });
}

#[test]
fn a_fifo_that_never_waits_takes_what_it_has_room_for() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.fifo("fifo");
        let mut options = OpenOptions::new();
        let mut reader = options.read(true).custom_flags(O_NONBLOCK).open(&path).unwrap();
        assert_eq!(reader.read(&mut [0; 10]).unwrap(), 0, "nobody writes");
        let mut options = OpenOptions::new();
        let mut writer = options.write(true).custom_flags(O_NONBLOCK).open(&path).unwrap();
        assert_eq!(reader.read(&mut [0; 10]).unwrap_err().kind(), ErrorKind::WouldBlock);
        let n_written = writer.write(&[7; 1_000_000]).unwrap();
        assert!((8192..1_000_000).contains(&n_written), "{n_written}");
        assert_eq!(writer.write(&[7; 10]).unwrap_err().kind(), ErrorKind::WouldBlock);
        drop(writer);
        let mut bytes = Vec::new();
        assert_eq!(reader.read_to_end(&mut bytes).unwrap(), n_written);
    });
}

//! What std documents about `std::fs::OpenOptions`.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;
use eventlet_tests::sys::{O_DIRECTORY, O_WRONLY};

#[test]
fn open_needs_a_file() {
    check(|| {
        let scratch = Scratch::new();
        let error = File::open(scratch.path("none")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.raw_os_error(), Some(2));
    });
}

#[test]
fn create_empties_what_there_is() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "a long text");
        let mut file = File::create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), 0);
        file.write_all(b"short").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"short");
    });
}

#[test]
fn create_is_for_writing_alone() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = File::create(scratch.path("file")).unwrap();
        assert_eq!(file.read(&mut [0; 1]).unwrap_err().raw_os_error(), Some(9));
    });
}

#[test]
fn open_is_for_reading_alone() {
    check(|| {
        let scratch = Scratch::new();
        let mut file = File::open(scratch.file("file", "abc")).unwrap();
        assert_eq!(file.write(b"x").unwrap_err().raw_os_error(), Some(9));
        assert_eq!(file.set_len(0).unwrap_err().kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn create_needs_the_directory() {
    check(|| {
        let scratch = Scratch::new();
        let error = File::create(scratch.path("none/file")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    });
}

#[test]
fn create_new_needs_a_new_name() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        let mut file = File::create_new(&path).unwrap();
        file.write_all(b"abc").unwrap();
        file.rewind().unwrap();
        file.read_exact(&mut [0; 3]).unwrap();
        assert_eq!(File::create_new(&path).unwrap_err().kind(), ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"abc");
    });
}

#[test]
fn create_new_counts_links_that_lead_nowhere() {
    check(|| {
        let scratch = Scratch::new();
        let link = scratch.path("link");
        std::os::unix::fs::symlink(scratch.path("none"), &link).unwrap();
        assert_eq!(File::create_new(&link).unwrap_err().kind(), ErrorKind::AlreadyExists);
        File::create(&link).unwrap();
        assert!(fs::exists(scratch.path("none")).unwrap());
    });
}

#[test]
fn options_that_make_no_sense_are_refused() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "abc");
        let refused = |options: &OpenOptions| {
            let error = options.open(&path).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{options:?}");
        };
        refused(&OpenOptions::new());
        refused(OpenOptions::new().create(true));
        refused(OpenOptions::new().read(true).create(true));
        refused(OpenOptions::new().read(true).truncate(true));
        refused(OpenOptions::new().read(true).create_new(true));
        refused(OpenOptions::new().append(true).truncate(true));
        refused(OpenOptions::new().write(true).append(true).truncate(true));
        assert_eq!(fs::read(&path).unwrap(), b"abc");
    });
}

#[test]
fn write_overwrites_in_place() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "hello");
        OpenOptions::new().write(true).open(&path).unwrap().write_all(b"J").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"Jello");
    });
}

#[test]
fn truncate_empties() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "hello");
        let mut file =
            OpenOptions::new().read(true).write(true).truncate(true).open(&path).unwrap();
        assert_eq!(file.read(&mut [0; 5]).unwrap(), 0);
    });
}

#[test]
fn append_writes_at_the_end_wherever_the_file_is() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "abc");
        let mut file = OpenOptions::new().read(true).append(true).open(&path).unwrap();
        let mut first = [0; 1];
        file.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"a");
        file.seek(SeekFrom::Start(0)).unwrap();
        file.write_all(b"d").unwrap();
        assert_eq!(file.stream_position().unwrap(), 4);
        assert_eq!(fs::read(&path).unwrap(), b"abcd");
    });
}

#[test]
fn what_two_append_is_all_there() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("log");
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        let (mut one, mut other) = (options.open(&path).unwrap(), options.open(&path).unwrap());
        for text in ["a", "c"] {
            one.write_all(text.as_bytes()).unwrap();
            other.write_all(b"b").unwrap();
        }
        assert_eq!(fs::read(&path).unwrap(), b"abcb");
    });
}

#[test]
fn the_last_setting_counts() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        let mut options = OpenOptions::new();
        options.write(true).create(true).create(false);
        assert_eq!(options.open(&path).unwrap_err().kind(), ErrorKind::NotFound);
        let mut clone = options.clone();
        clone.create(true).open(&path).unwrap();
        assert!(options.open(&path).is_ok());
    });
}

#[test]
fn options_are_used_again() {
    check(|| {
        let scratch = Scratch::new();
        let mut options = File::options();
        options.write(true).create_new(true);
        options.open(scratch.path("one")).unwrap();
        options.open(scratch.path("two")).unwrap();
        assert_eq!(options.open(scratch.path("two")).unwrap_err().kind(), ErrorKind::AlreadyExists);
    });
}

#[test]
fn debug_shows_the_options() {
    let mut options = OpenOptions::new();
    options.read(true).append(true).mode(0o600).custom_flags(1);
    let text = format!("{options:?}");
    for part in
        ["OpenOptions", "read: true", "write: false", "append: true", "custom_flags: 1", "600"]
    {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn mode_is_what_a_new_file_gets() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        let mut options = OpenOptions::new();
        options.write(true).create(true).mode(0o600);
        let mode = |file: File| file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(options.open(&path).unwrap()), 0o600);
        options.mode(0o400);
        assert_eq!(mode(options.open(&path).unwrap()), 0o600, "it is not new any more");
    });
}

#[test]
fn custom_flags_are_passed_on() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "");
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(O_DIRECTORY);
        assert_eq!(options.open(&path).unwrap_err().kind(), ErrorKind::NotADirectory);
        let directory = options.open(scratch.dir()).unwrap();
        assert!(directory.metadata().unwrap().is_dir());
    });
}

#[test]
fn custom_flags_do_not_change_the_access() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "");
        let mut options = OpenOptions::new();
        let mut file = options.read(true).custom_flags(O_WRONLY).open(&path).unwrap();
        assert_eq!(file.write(b"x").unwrap_err().raw_os_error(), Some(9));
    });
}

#[test]
fn names_with_zeros_are_refused() {
    check(|| {
        for error in [
            File::open("a\0b").unwrap_err(),
            fs::metadata("a\0b").unwrap_err(),
            fs::create_dir("a\0b").unwrap_err(),
            fs::rename("a", "a\0b").unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert_eq!(error.to_string(), "file name contained an unexpected NUL byte");
        }
    });
}

#[test]
fn a_directory_is_opened_and_not_read() {
    check(|| {
        let scratch = Scratch::new();
        let mut directory = File::open(scratch.dir()).unwrap();
        assert!(directory.metadata().unwrap().is_dir());
        assert_eq!(directory.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::IsADirectory);
        let mut text = String::new();
        let error = directory.read_to_string(&mut text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IsADirectory);
        assert_eq!(File::create(scratch.dir()).unwrap_err().kind(), ErrorKind::IsADirectory);
    });
}

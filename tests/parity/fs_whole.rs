//! What std documents about whole files in `std::fs`: read, write, copy.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

#[test]
fn read_has_everything() {
    check(|| {
        let scratch = Scratch::new();
        let bytes: Vec<u8> = (0..3_000_000).map(|n| n as u8).collect();
        assert!(fs::read(scratch.file("file", &bytes)).unwrap() == bytes);
        assert_eq!(fs::read(scratch.file("empty", "")).unwrap(), b"");
    });
}

#[test]
fn read_finds_files_alone() {
    check(|| {
        let scratch = Scratch::new();
        assert_eq!(fs::read(scratch.path("none")).unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(fs::read(scratch.dir()).unwrap_err().kind(), ErrorKind::IsADirectory);
        let below = scratch.file("file", "").join("x");
        assert_eq!(fs::read(below).unwrap_err().kind(), ErrorKind::NotADirectory);
    });
}

#[test]
fn read_reads_files_whose_size_is_not_known() {
    check(|| {
        let bytes = fs::read("/proc/self/status").unwrap();
        assert!(bytes.starts_with(b"Name:"));
        assert_eq!(fs::metadata("/proc/self/status").unwrap().len(), 0);
        assert_eq!(fs::read("/dev/null").unwrap(), b"");
    });
}

#[test]
fn read_to_string_reads_text() {
    check(|| {
        let scratch = Scratch::new();
        assert_eq!(fs::read_to_string(scratch.file("file", "grün")).unwrap(), "grün");
        let error = fs::read_to_string(scratch.file("file", b"\xff")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(error.to_string(), "stream did not contain valid UTF-8");
    });
}

#[test]
fn write_replaces_everything() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        fs::write(&path, "a long text").unwrap();
        fs::write(&path, [1, 2]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), [1, 2]);
        let many = vec![7; 3_000_000];
        fs::write(&path, &many).unwrap();
        assert!(fs::read(&path).unwrap() == many);
    });
}

#[test]
fn write_needs_a_directory_and_not_to_be_one() {
    check(|| {
        let scratch = Scratch::new();
        let error = fs::write(scratch.path("none/file"), "x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        let error = fs::write(scratch.dir(), "x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IsADirectory);
    });
}

#[test]
fn copy_has_contents_size_and_permissions() {
    check(|| {
        let scratch = Scratch::new();
        let (from, to) = (scratch.file("from", [7; 200_000]), scratch.file("to", "old"));
        fs::set_permissions(&from, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(fs::copy(&from, &to).unwrap(), 200_000);
        assert!(fs::read(&to).unwrap() == [7; 200_000]);
        assert_eq!(fs::metadata(&to).unwrap().permissions().mode() & 0o777, 0o640);
    });
}

#[test]
fn copy_is_for_files() {
    check(|| {
        let scratch = Scratch::new();
        let to = scratch.path("to");
        let error = fs::copy(scratch.dir(), &to).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let error = fs::copy(scratch.path("none"), &to).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(!fs::exists(&to).unwrap());
        let error = fs::copy(scratch.file("from", ""), scratch.dir()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::IsADirectory);
    });
}

#[test]
fn copy_follows_links() {
    check(|| {
        let scratch = Scratch::new();
        scratch.file("from", "abc");
        std::os::unix::fs::symlink("from", scratch.path("link")).unwrap();
        assert_eq!(fs::copy(scratch.path("link"), scratch.path("to")).unwrap(), 3);
        assert!(fs::symlink_metadata(scratch.path("to")).unwrap().is_file());
    });
}

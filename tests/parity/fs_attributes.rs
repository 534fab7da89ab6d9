//! What std documents about metadata, permissions and times in `std::fs`.

use std::fs::{self, File, FileTimes, OpenOptions, Permissions};
use std::io::{ErrorKind, Read};
use std::os::linux::fs::MetadataExt as LinuxMetadataExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::time::{Duration, SystemTime};

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

fn day(number: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(86_400 * number)
}

#[test]
fn metadata_tells_size_and_type() {
    check(|| {
        let scratch = Scratch::new();
        let file = fs::metadata(scratch.file("file", "abc")).unwrap();
        assert!(file.is_file() && !file.is_dir() && !file.is_symlink());
        assert_eq!((file.len(), file.size(), file.st_size()), (3, 3, 3));
        assert!(fs::metadata(scratch.dir()).unwrap().is_dir());
        let error = fs::metadata(scratch.path("none")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    });
}

#[test]
fn a_file_knows_what_its_name_leads_to() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "abc");
        let (of_file, of_path) =
            (File::open(&path).unwrap().metadata().unwrap(), fs::metadata(&path).unwrap());
        assert_eq!(MetadataExt::ino(&of_file), MetadataExt::ino(&of_path));
        assert_eq!(of_file.modified().unwrap(), of_path.modified().unwrap());
    });
}

#[test]
fn types_of_other_things() {
    check(|| {
        let scratch = Scratch::new();
        let fifo = scratch.fifo("fifo");
        assert!(fs::metadata(&fifo).unwrap().file_type().is_fifo());
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        let entry = fs::read_dir(scratch.dir()).unwrap().next().unwrap().unwrap();
        assert!(entry.file_type().unwrap().is_fifo());
    });
}

#[test]
fn permissions_are_set() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        fs::set_permissions(&path, Permissions::from_mode(0o751)).unwrap();
        assert_eq!(mode(), 0o751);
        let file = File::open(&path).unwrap();
        file.set_permissions(Permissions::from_mode(0o600)).unwrap();
        assert_eq!(mode(), 0o600);
        let error = fs::set_permissions(scratch.path("none"), Permissions::from_mode(0o600));
        assert_eq!(error.unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn readonly_takes_the_write_bits() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "");
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        assert!(!permissions.readonly());
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert!(fs::metadata(&path).unwrap().permissions().readonly());
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o222, 0);
    });
}

#[test]
fn what_is_forbidden_is_denied() {
    check(|| {
        // Even to root.
        let error = fs::remove_file("/proc/self/status").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        let error = fs::set_permissions("/proc/self/status", Permissions::from_mode(0o777));
        assert_eq!(error.unwrap_err().kind(), ErrorKind::PermissionDenied);
    });
}

#[test]
fn times_are_set() {
    check(|| {
        let scratch = Scratch::new();
        let file = File::create(scratch.path("file")).unwrap();
        file.set_times(FileTimes::new().set_accessed(day(1)).set_modified(day(2))).unwrap();
        let metadata = file.metadata().unwrap();
        assert_eq!(metadata.accessed().unwrap(), day(1));
        assert_eq!(metadata.modified().unwrap(), day(2));
        assert_eq!((metadata.atime(), metadata.mtime()), (86_400, 2 * 86_400));
    });
}

#[test]
fn set_modified_leaves_the_other_time() {
    check(|| {
        let scratch = Scratch::new();
        let file = File::create(scratch.path("file")).unwrap();
        file.set_times(FileTimes::new().set_accessed(day(1)).set_modified(day(2))).unwrap();
        file.set_modified(day(3)).unwrap();
        let metadata = file.metadata().unwrap();
        assert_eq!(metadata.accessed().unwrap(), day(1));
        assert_eq!(metadata.modified().unwrap(), day(3));
    });
}

#[test]
fn times_of_directories_are_set_through_a_file() {
    check(|| {
        let scratch = Scratch::new();
        let directory = File::open(scratch.dir()).unwrap();
        directory.set_modified(day(5)).unwrap();
        assert_eq!(fs::metadata(scratch.dir()).unwrap().modified().unwrap(), day(5));
    });
}

#[test]
fn writing_changes_size_and_time() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "abc");
        let file = OpenOptions::new().append(true).open(&path).unwrap();
        file.set_modified(day(1)).unwrap();
        std::io::Write::write_all(&mut &file, b"d").unwrap();
        let metadata = file.metadata().unwrap();
        assert_eq!(metadata.len(), 4);
        assert!(metadata.modified().unwrap() > day(1));
    });
}

#[test]
fn what_may_not_be_read_can_still_be_open() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "abc");
        let mut file = File::open(&path).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
    });
}

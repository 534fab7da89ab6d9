//! What std documents about names and links in `std::fs`.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::Path;

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

#[test]
fn a_hard_link_is_another_name() {
    check(|| {
        let scratch = Scratch::new();
        let (file, link) = (scratch.file("file", "abc"), scratch.path("link"));
        fs::hard_link(&file, &link).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().nlink(), 2);
        assert_eq!(fs::metadata(&file).unwrap().ino(), fs::metadata(&link).unwrap().ino());
        fs::remove_file(&file).unwrap();
        assert_eq!(fs::read(&link).unwrap(), b"abc");
    });
}

#[test]
fn hard_links_need_a_file_and_a_free_name() {
    check(|| {
        let scratch = Scratch::new();
        let (file, other) = (scratch.file("file", ""), scratch.file("other", ""));
        assert_eq!(fs::hard_link(&file, &other).unwrap_err().kind(), ErrorKind::AlreadyExists);
        let none = scratch.path("none");
        assert_eq!(
            fs::hard_link(&none, scratch.path("x")).unwrap_err().kind(),
            ErrorKind::NotFound
        );
        let error = fs::hard_link(scratch.dir(), scratch.path("x")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "not for directories");
    });
}

#[test]
fn a_symbolic_link_leads_to_its_file() {
    check(|| {
        let scratch = Scratch::new();
        let (file, link) = (scratch.file("file", "abc"), scratch.path("link"));
        symlink("file", &link).unwrap();
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("file"));
        assert_eq!(fs::read(&link).unwrap(), b"abc");
        assert!(fs::metadata(&link).unwrap().is_file());
        fs::remove_file(&link).unwrap();
        assert!(fs::exists(&file).unwrap(), "the link was removed, not the file");
    });
}

#[test]
fn metadata_of_links_is_that_of_the_link_if_asked_for() {
    check(|| {
        let scratch = Scratch::new();
        let link = scratch.path("link");
        symlink("some where", &link).unwrap();
        let metadata = fs::symlink_metadata(&link).unwrap();
        assert!(metadata.is_symlink() && !metadata.is_file());
        assert_eq!(metadata.len(), "some where".len() as u64);
        assert_eq!(fs::metadata(&link).unwrap_err().kind(), ErrorKind::NotFound);
        assert!(!fs::exists(&link).unwrap());
    });
}

#[test]
fn links_need_a_free_name() {
    check(|| {
        let scratch = Scratch::new();
        let file = scratch.file("file", "");
        assert_eq!(symlink("x", &file).unwrap_err().kind(), ErrorKind::AlreadyExists);
        let error = symlink("x", scratch.path("none/link")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    });
}

#[test]
fn loops_of_links_are_found() {
    check(|| {
        let scratch = Scratch::new();
        let (one, other) = (scratch.path("one"), scratch.path("other"));
        symlink(&one, &other).unwrap();
        symlink(&other, &one).unwrap();
        // std has no stable kind for it.
        const ELOOP: Option<i32> = Some(eventlet_tests::sys::ELOOP);
        assert_eq!(File::open(&one).unwrap_err().raw_os_error(), ELOOP);
        assert_eq!(fs::metadata(&one).unwrap_err().raw_os_error(), ELOOP);
        assert_eq!(fs::canonicalize(&one).unwrap_err().raw_os_error(), ELOOP);
        assert_eq!(fs::exists(&one).unwrap_err().raw_os_error(), ELOOP);
        assert_eq!(fs::read_link(&one).unwrap(), other);
    });
}

#[test]
fn read_link_is_for_links() {
    check(|| {
        let scratch = Scratch::new();
        let file = scratch.file("file", "");
        assert_eq!(fs::read_link(&file).unwrap_err().kind(), ErrorKind::InvalidInput);
        let error = fs::read_link(scratch.path("none")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    });
}

#[test]
#[allow(deprecated)]
fn soft_link_makes_a_symbolic_one() {
    check(|| {
        let scratch = Scratch::new();
        fs::soft_link("anywhere", scratch.path("link")).unwrap();
        assert_eq!(fs::read_link(scratch.path("link")).unwrap(), Path::new("anywhere"));
    });
}

#[test]
fn canonicalize_finds_the_real_path() {
    check(|| {
        let scratch = Scratch::new();
        scratch.subdir("dir");
        let file = scratch.file("dir/file", "");
        symlink("dir", scratch.path("link")).unwrap();
        let real = fs::canonicalize(&file).unwrap();
        assert!(real.is_absolute());
        assert_eq!(fs::canonicalize(scratch.path("link/../link/./file")).unwrap(), real);
    });
}

#[test]
fn canonicalize_needs_all_of_it() {
    check(|| {
        let scratch = Scratch::new();
        scratch.file("file", "");
        let kind = |name| fs::canonicalize(scratch.path(name)).unwrap_err().kind();
        assert_eq!(kind("none"), ErrorKind::NotFound);
        assert_eq!(kind("file/x"), ErrorKind::NotADirectory);
    });
}

#[test]
fn rename_moves_a_file() {
    check(|| {
        let scratch = Scratch::new();
        let (from, to) = (scratch.file("from", "abc"), scratch.path("to"));
        let mut open = File::open(&from).unwrap();
        fs::rename(&from, &to).unwrap();
        assert!(!fs::exists(&from).unwrap());
        assert_eq!(fs::read(&to).unwrap(), b"abc");
        let mut text = String::new();
        open.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
        assert_eq!(fs::rename(&from, &to).unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn rename_replaces() {
    check(|| {
        let scratch = Scratch::new();
        let (from, to) = (scratch.file("from", "new"), scratch.file("to", "old"));
        fs::rename(&from, &to).unwrap();
        assert_eq!(fs::read(&to).unwrap(), b"new");
        let (one, other) = (scratch.subdir("one"), scratch.subdir("other"));
        fs::rename(&one, &other).unwrap();
        assert!(fs::exists(&other).unwrap() && !fs::exists(&one).unwrap());
    });
}

#[test]
fn rename_does_not_mix_files_and_directories() {
    check(|| {
        let scratch = Scratch::new();
        let (file, dir, full) =
            (scratch.file("file", ""), scratch.subdir("dir"), scratch.subdir("full"));
        scratch.file("full/file", "");
        assert_eq!(fs::rename(&file, &dir).unwrap_err().kind(), ErrorKind::IsADirectory);
        assert_eq!(fs::rename(&dir, &file).unwrap_err().kind(), ErrorKind::NotADirectory);
        assert_eq!(fs::rename(&dir, &full).unwrap_err().kind(), ErrorKind::DirectoryNotEmpty);
        let inside = full.join("inside");
        assert_eq!(fs::rename(&full, inside).unwrap_err().kind(), ErrorKind::InvalidInput);
    });
}

#[test]
fn exists_says_what_there_is() {
    check(|| {
        let scratch = Scratch::new();
        let file = scratch.file("file", "");
        assert!(fs::exists(&file).unwrap());
        assert!(fs::exists(scratch.dir()).unwrap());
        assert!(!fs::exists(scratch.path("none")).unwrap());
        let error = fs::exists(file.join("x")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotADirectory);
    });
}

#[test]
fn a_removed_file_is_there_until_it_is_closed() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "abc");
        let mut file = File::open(&path).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(fs::remove_file(&path).unwrap_err().kind(), ErrorKind::NotFound);
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
        assert_eq!(file.metadata().unwrap().nlink(), 0);
    });
}

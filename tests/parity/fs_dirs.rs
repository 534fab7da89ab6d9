//! What std documents about directories in `std::fs`.

use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, DirEntry};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, DirEntryExt, MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

fn names(path: &Path) -> BTreeSet<String> {
    let name = |entry: std::io::Result<DirEntry>| entry.unwrap().file_name().into_string().unwrap();
    fs::read_dir(path).unwrap().map(name).collect()
}

#[test]
fn create_dir_makes_one() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("one");
        fs::create_dir(&path).unwrap();
        assert!(fs::metadata(&path).unwrap().is_dir());
        assert_eq!(fs::create_dir(&path).unwrap_err().kind(), ErrorKind::AlreadyExists);
        let error = fs::create_dir(scratch.path("none/one")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    });
}

#[test]
fn create_dir_all_makes_parents() {
    check(|| {
        let scratch = Scratch::new();
        fs::create_dir_all(scratch.path("a/b/c")).unwrap();
        fs::create_dir_all(scratch.path("a/b/c")).unwrap();
        fs::create_dir_all("").unwrap();
        assert!(fs::metadata(scratch.path("a/b/c")).unwrap().is_dir());
    });
}

#[test]
fn create_dir_all_stops_at_a_file() {
    check(|| {
        let scratch = Scratch::new();
        scratch.file("file", "");
        let error = fs::create_dir_all(scratch.path("file")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        let error = fs::create_dir_all(scratch.path("file/a")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotADirectory);
    });
}

#[test]
fn create_dir_all_by_many_at_once() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("a/b/c/d/e");
        let makers: Vec<_> = (0..10)
            .map(|_| {
                let path = path.clone();
                std::thread::spawn(move || fs::create_dir_all(path))
            })
            .collect();
        makers.into_iter().for_each(|maker| maker.join().unwrap().unwrap());
        assert!(fs::exists(path).unwrap());
    });
}

#[test]
fn a_builder_has_a_mode() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("dir");
        DirBuilder::new().mode(0o700).create(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    });
}

#[test]
fn a_builder_makes_parents_if_told_so() {
    check(|| {
        let scratch = Scratch::new();
        let mut builder = DirBuilder::new();
        let error = builder.create(scratch.path("a/b")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        builder.recursive(true).create(scratch.path("a/b")).unwrap();
        builder.create(scratch.path("a/b")).unwrap();
        let error = builder.recursive(false).create(scratch.path("a/b")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    });
}

#[test]
fn debug_shows_the_builder() {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    let text = "DirBuilder { inner: DirBuilder { mode: 0o000777 }, recursive: true }";
    assert_eq!(format!("{builder:?}"), text);
}

#[test]
fn remove_dir_needs_an_empty_one() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.subdir("dir");
        scratch.file("dir/file", "");
        let error = fs::remove_dir(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::DirectoryNotEmpty);
        fs::remove_file(path.join("file")).unwrap();
        fs::remove_dir(&path).unwrap();
        assert_eq!(fs::remove_dir(&path).unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn remove_dir_is_for_directories() {
    check(|| {
        let scratch = Scratch::new();
        let file = scratch.file("file", "");
        assert_eq!(fs::remove_dir(&file).unwrap_err().kind(), ErrorKind::NotADirectory);
        assert_eq!(fs::remove_file(scratch.dir()).unwrap_err().kind(), ErrorKind::IsADirectory);
    });
}

#[test]
fn remove_dir_all_removes_everything_in_it() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("tree");
        fs::create_dir_all(path.join("a/b/c")).unwrap();
        fs::write(path.join("a/file"), "").unwrap();
        fs::write(path.join("a/b/c/file"), "").unwrap();
        fs::remove_dir_all(&path).unwrap();
        assert!(!fs::exists(&path).unwrap());
        assert_eq!(fs::remove_dir_all(&path).unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn remove_dir_all_does_not_follow_links() {
    check(|| {
        let scratch = Scratch::new();
        let (kept, tree) = (scratch.subdir("kept"), scratch.subdir("tree"));
        scratch.file("kept/file", "");
        symlink(&kept, tree.join("link")).unwrap();
        fs::remove_dir_all(&tree).unwrap();
        assert!(fs::exists(kept.join("file")).unwrap());
        symlink(&kept, &tree).unwrap();
        fs::remove_dir_all(&tree).unwrap();
        assert!(fs::exists(kept.join("file")).unwrap(), "only the link is gone");
    });
}

#[test]
fn read_dir_has_every_entry_once() {
    check(|| {
        let scratch = Scratch::new();
        scratch.file("file", "");
        scratch.subdir("dir");
        scratch.file("dir/inner", "");
        symlink("file", scratch.path("link")).unwrap();
        let expected = ["dir", "file", "link"].map(str::to_owned);
        assert_eq!(names(scratch.dir()), expected.into());
        assert_eq!(fs::read_dir(scratch.dir()).unwrap().count(), 3);
    });
}

#[test]
fn read_dir_has_thousands() {
    check(|| {
        let scratch = Scratch::new();
        for number in 0..1000 {
            scratch.file(&format!("{number}"), "");
        }
        let expected: BTreeSet<_> = (0..1000).map(|number| number.to_string()).collect();
        assert_eq!(names(scratch.dir()), expected);
    });
}

#[test]
fn read_dir_ends_and_stays_there() {
    check(|| {
        let scratch = Scratch::new();
        let mut entries = fs::read_dir(scratch.dir()).unwrap();
        assert!(entries.next().is_none());
        scratch.file("late", "");
        assert!(entries.next().is_none());
    });
}

#[test]
fn read_dir_needs_a_directory() {
    check(|| {
        let scratch = Scratch::new();
        let file = scratch.file("file", "");
        assert_eq!(fs::read_dir(&file).unwrap_err().kind(), ErrorKind::NotADirectory);
        let none = scratch.path("none");
        assert_eq!(fs::read_dir(&none).unwrap_err().kind(), ErrorKind::NotFound);
    });
}

#[test]
fn entries_know_what_they_are() {
    check(|| {
        let scratch = Scratch::new();
        scratch.file("file", "abc");
        scratch.subdir("dir");
        symlink("file", scratch.path("link")).unwrap();
        for entry in fs::read_dir(scratch.dir()).unwrap() {
            let entry = entry.unwrap();
            let file_type = entry.file_type().unwrap();
            let kinds = [file_type.is_file(), file_type.is_dir(), file_type.is_symlink()];
            let name = entry.file_name();
            assert_eq!(kinds, [name == "file", name == "dir", name == "link"]);
            assert_eq!(entry.path(), scratch.dir().join(&name));
            assert_eq!(entry.metadata().unwrap().file_type(), file_type);
            assert_eq!(entry.ino(), entry.metadata().unwrap().ino());
        }
    });
}

#[test]
fn entries_of_what_is_gone_have_no_metadata() {
    check(|| {
        let scratch = Scratch::new();
        let file = scratch.file("file", "abc");
        let entry = fs::read_dir(scratch.dir()).unwrap().next().unwrap().unwrap();
        fs::remove_file(file).unwrap();
        assert_eq!(entry.metadata().unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(entry.file_name(), "file");
    });
}

#[test]
fn entries_outlive_the_iterator() {
    check(|| {
        let scratch = Scratch::new();
        scratch.file("one", "abc");
        scratch.file("two", "abc");
        let entries: Vec<_> = fs::read_dir(scratch.dir()).unwrap().collect();
        for entry in entries {
            assert_eq!(entry.unwrap().metadata().unwrap().len(), 3);
        }
    });
}

#[test]
fn debug_shows_the_paths() {
    check(|| {
        let scratch = Scratch::new();
        let file = scratch.file("file", "");
        let mut entries = fs::read_dir(scratch.dir()).unwrap();
        assert_eq!(format!("{entries:?}"), format!("ReadDir({:?})", scratch.dir()));
        let entry = entries.next().unwrap().unwrap();
        assert_eq!(format!("{entry:?}"), format!("DirEntry({file:?})"));
    });
}

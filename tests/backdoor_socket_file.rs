//! The file of a door's Unix socket: who may use it, what it replaces, and what is never touched.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, symlink};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::Path;
use std::sync::Barrier;
use std::thread;

use eventlet::backdoor::{Address, Backdoor};
use eventlet_tests::console::Client;
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{check, child, sys};

/// What lies in a directory.
fn entries(scratch: &Scratch) -> Vec<String> {
    let names = fs::read_dir(scratch.dir()).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

fn refused(path: &Path) -> ErrorKind {
    Backdoor::new().listen_unix(path).unwrap_err().kind()
}

#[test]
fn only_its_owner_may_use_it() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("door");
        let door = Backdoor::new().listen_unix(&path).unwrap();
        assert_eq!(fs::symlink_metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(*door.address(), Address::Unix(path.clone()));
        assert!(Client::of(&door).ask("threads").starts_with("ID"));
        door.close();
        assert_eq!(entries(&scratch), [""; 0]);
    });
}

#[test]
fn what_an_owner_that_is_gone_has_left_is_replaced() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("door");
        drop(UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        for _ in 0..3 {
            let door = Backdoor::new().listen_unix(&path).unwrap();
            Client::of(&door);
            assert_eq!(entries(&scratch), ["door"]);
            // As if the process had been killed.
            std::mem::forget(fs::hard_link(&path, scratch.path("left")));
            door.close();
            fs::rename(scratch.path("left"), &path).unwrap();
        }
    });
}

#[test]
fn where_somebody_listens_nothing_changes() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("door");
        let first = Backdoor::new().listen_unix(&path).unwrap();
        assert_eq!(refused(&path), ErrorKind::AddrInUse);
        Client::of(&first);
        first.close();

        let theirs = UnixListener::bind(&path).unwrap();
        assert_eq!(refused(&path), ErrorKind::AddrInUse);
        let datagrams = UnixDatagram::bind(scratch.path("datagrams")).unwrap();
        assert_eq!(refused(&scratch.path("datagrams")), ErrorKind::AddrInUse);
        assert_eq!(entries(&scratch), ["datagrams", "door"]);
        drop((theirs, datagrams));
    });
}

/// Not even if it is too busy to accept.
#[test]
fn a_listener_whose_queue_is_full_is_alive() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("door");
        let theirs = UnixListener::bind(&path).unwrap();
        sys::set_backlog(&theirs, 0);
        let _waiting = std::os::unix::net::UnixStream::connect(&path).unwrap();
        assert_eq!(refused(&path), ErrorKind::AddrInUse);
        assert!(path.exists());
    });
}

#[test]
fn what_is_no_socket_is_left_alone() {
    check(|| {
        let scratch = Scratch::new();
        let file = scratch.file("file", "precious");
        assert_eq!(refused(&file), ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&file).unwrap(), "precious");
        let dir = scratch.subdir("dir");
        assert_eq!(refused(&dir), ErrorKind::AlreadyExists);
        // Not what it leads to, either.
        drop(UnixListener::bind(scratch.path("stale")).unwrap());
        let link = scratch.path("link");
        symlink(scratch.path("stale"), &link).unwrap();
        assert_eq!(refused(&link), ErrorKind::AlreadyExists);
        let dangling = scratch.path("dangling");
        symlink(scratch.path("nowhere"), &dangling).unwrap();
        assert_eq!(refused(&dangling), ErrorKind::AlreadyExists);
        assert_eq!(entries(&scratch), ["dangling", "dir", "file", "link", "stale"]);
    });
}

#[test]
fn what_has_taken_its_place_stays() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("door");
        let door = Backdoor::new().listen_unix(&path).unwrap();
        fs::remove_file(&path).unwrap();
        scratch.file("door", "precious");
        door.close();
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");

        fs::remove_file(&path).unwrap();
        let door = Backdoor::new().listen_unix(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let other = UnixListener::bind(&path).unwrap();
        door.close();
        assert!(path.exists());
        drop(other);
    });
}

#[test]
fn a_relative_path_is_kept_where_it_was() {
    child::alone(|| {
        let scratch = Scratch::new();
        let elsewhere = scratch.subdir("elsewhere");
        std::env::set_current_dir(scratch.dir()).unwrap();
        let door = Backdoor::new().listen_unix("door").unwrap();
        assert_eq!(door.address().to_string(), scratch.path("door").display().to_string());
        std::env::set_current_dir(elsewhere).unwrap();
        door.close();
        assert!(!scratch.path("door").exists());
    });
}

#[test]
fn a_forked_child_does_not_remove_it() {
    child::alone(|| {
        let scratch = Scratch::new();
        let path = scratch.path("door");
        let door = std::cell::Cell::new(Some(Backdoor::new().listen_unix(&path).unwrap()));
        let status = sys::in_fork(|| {
            drop(door.take());
            0
        });
        assert_eq!(status, 0);
        assert!(path.exists());
        drop(door.take());
        assert!(!path.exists());
    });
}

/// Of several that replace the same stale socket at once, one gets it, and keeps it.
#[test]
fn several_that_start_at_once_agree() {
    check(|| {
        for _ in 0..100 {
            let scratch = Scratch::new();
            let path = scratch.path("door");
            drop(UnixListener::bind(&path).unwrap());
            let (start, opened) = (Barrier::new(4), Barrier::new(4));
            let open = || {
                start.wait();
                let door = Backdoor::new().listen_unix(&path);
                opened.wait();
                let works = door.as_ref().map(|door| Client::of(door).ask("quit-not")).is_ok();
                opened.wait();
                works
            };
            let n_open = thread::scope(|scope| {
                let threads: Vec<_> = (0..4).map(|_| scope.spawn(open)).collect();
                threads.into_iter().map(|t| t.join().unwrap()).filter(|o| *o).count()
            });
            assert_eq!(n_open, 1);
            assert_eq!(entries(&scratch), [""; 0]);
        }
    });
}

//! Looking up names, by std and by the C library.
#![allow(unsafe_code, reason = "calls of C functions")]

use std::ffi::{CStr, CString, c_char, c_int};
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::ptr::{null, null_mut};
use std::sync::mpsc::{self, Sender};

use eventlet::patcher::original;
use eventlet::{GreenThread, tpool};
use eventlet_monkey_tests::{at_once, check, is_patched};
use eventlet_tests::child::{Child, alone};
use eventlet_tests::{ms, yield_now};
use libc::{addrinfo, hostent, sockaddr_in};

const N: usize = 200;
/// A name that nobody can have, so that no server is asked: a part of it is too long.
const NOBODY: &str = "nobodynobodynobodynobodynobodynobodynobodynobodynobodynobodynobody.invalid";

type GetAddrInfo =
    unsafe fn(*const c_char, *const c_char, *const addrinfo, *mut *mut addrinfo) -> c_int;

/// What `getaddrinfo` says: of each address the family, the kind, the bytes, and the canonical name.
type Found = Result<Vec<(c_int, c_int, Vec<u8>, Option<CString>)>, c_int>;

fn patched(
    host: *const c_char,
    service: *const c_char,
    hints: *const addrinfo,
    found: *mut *mut addrinfo,
) -> c_int {
    // SAFETY: the caller passes strings, hints and a place.
    unsafe { libc::getaddrinfo(host, service, hints, found) }
}

fn find(
    by: GetAddrInfo,
    host: Option<&CStr>,
    service: Option<&CStr>,
    hints: Option<[c_int; 3]>,
) -> Found {
    let text = |text: Option<&CStr>| text.map_or(null(), CStr::as_ptr);
    // SAFETY: an all-zero structure is valid; strings, hints and place are there; the list is used
    // until it is freed.
    unsafe {
        let mut all: addrinfo = std::mem::zeroed();
        let hints = hints.map_or(null(), |[flags, family, kind]| {
            (all.ai_flags, all.ai_family, all.ai_socktype) = (flags, family, kind);
            &raw const all
        });
        let mut list = null_mut();
        let status = by(text(host), text(service), hints, &mut list);
        if status != 0 {
            return Err(status);
        }
        let (mut found, mut next) = (Vec::new(), list);
        while let Some(entry) = next.as_ref() {
            let address =
                std::slice::from_raw_parts(entry.ai_addr.cast::<u8>(), entry.ai_addrlen as usize);
            let name = (!entry.ai_canonname.is_null())
                .then(|| CStr::from_ptr(entry.ai_canonname).to_owned());
            found.push((entry.ai_family, entry.ai_socktype, address.to_vec(), name));
            next = entry.ai_next;
        }
        libc::freeaddrinfo(list);
        Ok(found)
    }
}

fn errno() -> c_int {
    io::Error::last_os_error().raw_os_error().unwrap()
}

fn h_errno() -> c_int {
    unsafe extern "C" {
        fn __h_errno_location() -> *mut c_int;
    }
    // SAFETY: the location belongs to this thread.
    unsafe { *__h_errno_location() }
}

/// Keeps the pool, which has one thread, until the sender is dropped.
fn fill_pool() -> (GreenThread<()>, Sender<()>) {
    tpool::set_num_threads(1);
    let (release, released) = mpsc::channel();
    let filler = eventlet::spawn(|| tpool::execute(move || released.recv().unwrap_or(())));
    yield_now();
    (filler, release)
}

#[test]
fn many_at_once() {
    check(|| {
        let run =
            at_once(N, |i| ("localhost", i as u16).to_socket_addrs().unwrap().collect::<Vec<_>>());
        for (i, addresses) in run.results.into_iter().enumerate() {
            assert!(addresses.contains(&SocketAddr::from((Ipv4Addr::LOCALHOST, i as u16))));
        }
    });
}

#[test]
fn connecting_by_name() {
    check(|| {
        let listener = TcpListener::bind("localhost:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        at_once(20, |_| assert!(TcpStream::connect(("localhost", port)).is_ok()));
    });
}

#[test]
fn nobody() {
    check(|| {
        let run =
            at_once(20, |_| (NOBODY, 80).to_socket_addrs().map(drop).unwrap_err().to_string());
        let name = CString::new(NOBODY).unwrap();
        let status = find(original::getaddrinfo, Some(&name), None, None).unwrap_err();
        // SAFETY: the text is the C library's own.
        let text = unsafe { CStr::from_ptr(libc::gai_strerror(status)) }.to_str().unwrap();
        for error in run.results {
            assert!(error.contains(text), "{error:?} is not for {text:?}");
        }
    });
}

#[test]
fn a_name_that_servers_do_not_know() {
    // Where there is no server, the C library would wait for long.
    let body = || {
        check(|| drop(at_once(3, |_| assert!(("nobody.invalid", 80).to_socket_addrs().is_err()))))
    };
    Child::new().env("RES_OPTIONS", "timeout:1 attempts:1").run(body).expect_success();
}

#[test]
fn what_the_original_finds() {
    check(|| {
        let hosts = [None, Some(c"localhost"), Some(c"127.0.0.1"), Some(c"::1"), Some(c"127.1")];
        let services = [None, Some(c"80"), Some(c"http"), Some(c"no such service"), Some(c"")];
        let stream = libc::SOCK_STREAM;
        let hints = [
            None,
            Some([0, libc::AF_INET, stream]),
            Some([libc::AI_NUMERICHOST, libc::AF_INET6, stream]),
            Some([libc::AI_CANONNAME, libc::AF_INET, libc::SOCK_DGRAM]),
            Some([libc::AI_NUMERICHOST, 0, 0]),
            Some([libc::AI_PASSIVE | libc::AI_NUMERICSERV, 0, stream]),
            Some([-1, 0, 0]),
            Some([0, 12345, 0]),
        ];
        at_once(10, |_| {
            for host in hosts {
                for service in services {
                    for hints in hints {
                        let expected = find(original::getaddrinfo, host, service, hints);
                        let found = find(patched, host, service, hints);
                        assert_eq!(found, expected, "{host:?} {service:?} {hints:?}");
                    }
                }
            }
        });
    });
}

/// Calls `getnameinfo` for a port of this machine, with so much room for the names.
fn name_of(is_original: bool, room: [usize; 2], flags: c_int) -> Result<[CString; 2], c_int> {
    let [mut host, mut service] = room.map(|n| vec![0 as c_char; n]);
    // SAFETY: an all-zero address is valid, and address and buffers are as long as is said.
    unsafe {
        let mut address: sockaddr_in = std::mem::zeroed();
        address.sin_family = libc::AF_INET as _;
        address.sin_port = 80_u16.to_be();
        address.sin_addr.s_addr = u32::from(Ipv4Addr::LOCALHOST).to_be();
        let length = size_of::<sockaddr_in>() as u32;
        let (address, h, s) =
            ((&raw const address).cast(), host.as_mut_ptr(), service.as_mut_ptr());
        let (h_len, s_len) = (host.len() as u32, service.len() as u32);
        let status = if is_original {
            original::getnameinfo(address, length, h, h_len, s, s_len, flags)
        } else {
            libc::getnameinfo(address, length, h, h_len, s, s_len, flags)
        };
        let text = |text: Vec<c_char>| CString::from(CStr::from_ptr(text.as_ptr()));
        let or_empty =
            |name: Vec<c_char>| if name.is_empty() { CString::default() } else { text(name) };
        if status == 0 { Ok([or_empty(host), or_empty(service)]) } else { Err(status) }
    }
}

#[test]
fn names_of_addresses() {
    check(|| {
        at_once(20, |_| {
            for room in
                [[100, 100], [100, 0], [0, 100], [2, 100], [100, 1], [0, 0], [100_000, 100_000]]
            {
                for flags in [
                    0,
                    libc::NI_NUMERICHOST,
                    libc::NI_NUMERICSERV,
                    libc::NI_NAMEREQD,
                    libc::NI_DGRAM,
                    3,
                ] {
                    let expected = name_of(true, room, flags);
                    assert_eq!(name_of(false, room, flags), expected, "{room:?} {flags}");
                }
            }
        });
        let run = at_once(N, |_| name_of(false, [100, 100], libc::NI_NUMERICSERV).unwrap());
        assert!(run.results.iter().all(|[_, service]| service.as_c_str() == c"80"));
    });
}

/// What an entry says: names, family, length, addresses.
type Host = (Vec<CString>, c_int, c_int, Vec<Vec<u8>>);

fn read(entry: *const hostent) -> Option<Host> {
    // SAFETY: the entry is null or one of the C library's.
    unsafe {
        let entry = entry.as_ref()?;
        let all = |mut list: *mut *mut c_char| {
            let mut all = Vec::new();
            while !(*list).is_null() {
                all.push(*list);
                list = list.add(1);
            }
            all
        };
        let mut names = vec![CStr::from_ptr(entry.h_name).to_owned()];
        names.extend(all(entry.h_aliases).into_iter().map(|name| CStr::from_ptr(name).to_owned()));
        let length = entry.h_length as usize;
        let bytes =
            |address: *mut c_char| std::slice::from_raw_parts(address.cast(), length).to_vec();
        let addresses = all(entry.h_addr_list).into_iter().map(bytes).collect();
        Some((names, entry.h_addrtype, entry.h_length, addresses))
    }
}

#[test]
fn by_the_older_functions() {
    check(|| {
        let nobody = CString::new(NOBODY).unwrap();
        let this: [u8; 4] = [127, 0, 0, 1];
        // They keep their answers for their OS thread, so all that is to be asked is asked before.
        // SAFETY: the names are strings, and the addresses have four bytes.
        let (localhost, four, address, none, h_error) = unsafe {
            (
                read(original::gethostbyname(c"localhost".as_ptr())),
                read(original::gethostbyname2(c"localhost".as_ptr(), libc::AF_INET)),
                read(original::gethostbyaddr(this.as_ptr().cast(), 4, libc::AF_INET)),
                read(original::gethostbyname(nobody.as_ptr())),
                h_errno(),
            )
        };
        assert!(localhost.is_some() && none.is_none());
        if !is_patched() {
            return;
        }
        at_once(20, |_| {
            // SAFETY: as above.
            unsafe {
                assert_eq!(read(c::gethostbyname(c"localhost".as_ptr())), localhost);
                let found = c::gethostbyname2(c"localhost".as_ptr(), libc::AF_INET);
                assert_eq!(read(found), four);
                let found = c::gethostbyaddr(this.as_ptr().cast(), 4, libc::AF_INET);
                assert_eq!(read(found), address);
                // It is longer than an address can be.
                assert!(c::gethostbyaddr(this.as_ptr().cast(), 400, 2).is_null());
                assert_eq!(read(c::gethostbyname(nobody.as_ptr())), none);
                assert_eq!(h_errno(), h_error);
            }
        });
    });
}

/// The older functions, which the `libc` crate does not declare.
mod c {
    use super::*;
    use std::ffi::c_void;

    unsafe extern "C" {
        pub fn gethostbyname(name: *const c_char) -> *mut hostent;
        pub fn gethostbyname2(name: *const c_char, family: c_int) -> *mut hostent;
        pub fn gethostbyaddr(address: *const c_void, length: u32, family: c_int) -> *mut hostent;
        pub fn gethostbyname_r(
            name: *const c_char,
            entry: *mut hostent,
            buffer: *mut c_char,
            size: usize,
            found: *mut *mut hostent,
            error: *mut c_int,
        ) -> c_int;
    }
}

#[test]
fn an_answer_lasts_until_the_next_question() {
    check(|| {
        if !is_patched() {
            return;
        }
        let run = at_once(20, |i| {
            let name = CString::new(format!("127.0.0.{i}")).unwrap();
            // SAFETY: it is a string.
            let found = unsafe { c::gethostbyname(name.as_ptr()) };
            eventlet::sleep(ms(1));
            read(found).unwrap()
        });
        for (i, (names, family, length, addresses)) in run.results.into_iter().enumerate() {
            assert_eq!(names, [CString::new(format!("127.0.0.{i}")).unwrap()]);
            assert_eq!((family, length), (libc::AF_INET, 4));
            assert_eq!(addresses, [[127, 0, 0, i as u8]]);
        }
    });
}

/// Calls `gethostbyname_r` with a buffer of `size` bytes that does not begin evenly.
fn by_name_into(name: &CStr, size: usize) -> (c_int, Option<c_int>, c_int) {
    let mut buffer: Vec<c_char> = vec![0; size + 1];
    let (mut found, mut error) = (null_mut(), 0);
    // SAFETY: an all-zero entry is valid, and the buffer is as long as is said.
    unsafe {
        let mut entry: hostent = std::mem::zeroed();
        let buffer = buffer.as_mut_ptr().add(1);
        let (name, entry) = (name.as_ptr(), &mut entry);
        let status = c::gethostbyname_r(name, entry, buffer, size, &mut found, &mut error);
        (status, read(found).map(|(.., length, _)| length), error)
    }
}

#[test]
fn into_a_buffer() {
    check(|| {
        at_once(20, |_| {
            let (status, found, _) = by_name_into(c"localhost", 1 << 12);
            assert_eq!((status, found), (0, Some(4)));
            for size in [0, 1, 8, 20] {
                assert_eq!(by_name_into(c"localhost", size), (libc::ERANGE, None, -1));
            }
            let (_, found, error) = by_name_into(&CString::new(NOBODY).unwrap(), 1 << 12);
            assert!(found.is_none() && error > 0);
        });
    });
}

#[test]
fn numbers_ask_nobody() {
    alone(|| {
        check(|| {
            if !is_patched() {
                return;
            }
            let (filler, release) = fill_pool();
            for host in [None, Some(c"127.0.0.1"), Some(c"::1")] {
                assert!(find(patched, host, Some(c"80"), None).is_ok());
            }
            assert!(name_of(false, [100, 100], 3).is_ok());
            drop(release);
            filler.wait().unwrap();
        });
    });
}

#[test]
fn a_kill_or_a_limit_ends_a_lookup() {
    alone(|| {
        check(|| {
            if !is_patched() {
                return;
            }
            let (filler, release) = fill_pool();
            let limited = eventlet::with_timeout(ms(20), || {
                let error = ("localhost", 80).to_socket_addrs().map(drop).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::TimedOut);
            });
            assert!(limited.is_err());
            let killed = eventlet::spawn(|| {
                assert_eq!(find(patched, Some(c"localhost"), None, None), Err(libc::EAI_SYSTEM));
                assert_eq!(errno(), libc::ECANCELED);
                assert_eq!(name_of(false, [100, 100], 0), Err(libc::EAI_SYSTEM));
                // SAFETY: it is a string.
                let found = unsafe { c::gethostbyname(c"localhost".as_ptr()) };
                assert_eq!((found.is_null(), h_errno(), errno()), (true, 2, libc::ECANCELED));
                assert_eq!(by_name_into(c"localhost", 1 << 12), (libc::ECANCELED, None, 2));
                eventlet::sleep(ms(0));
                unreachable!("it was killed");
            });
            yield_now();
            killed.kill();
            assert!(killed.wait().unwrap_err().is_killed());
            drop(release);
            filler.wait().unwrap();
        });
    });
}

#[test]
fn lookups_that_go_on_by_themselves() {
    check(|| {
        if !is_patched() {
            return;
        }
        for round in 0..20 {
            let lookups: Vec<_> = (0..20)
                .map(|i| {
                    eventlet::spawn(move || {
                        let name = if i % 2 == 0 { NOBODY } else { "localhost" };
                        let _ = (name.to_owned(), 80).to_socket_addrs().map(drop);
                        let _ = name_of(false, [100, 100], 0);
                        let _ = by_name_into(c"localhost", 1 << 12);
                    })
                })
                .collect();
            eventlet::sleep(ms(round % 4));
            lookups.iter().for_each(GreenThread::kill);
            lookups.into_iter().for_each(|lookup| drop(lookup.wait()));
        }
        tpool::killall();
    });
}

#[test]
fn without_threads_in_the_pool() {
    alone(|| {
        check(|| {
            tpool::set_num_threads(0);
            at_once(3, |_| assert!(("localhost", 80).to_socket_addrs().is_ok()));
            assert_eq!(by_name_into(c"localhost", 1 << 12).1, Some(4));
        });
    });
}

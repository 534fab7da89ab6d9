//! `poll` and `select`, as C programs call them.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::net::UdpSocket;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use eventlet_monkey_tests::{at_once, c};
use eventlet_tests::{ms, timed};
use libc::{POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLPRI, POLLRDHUP};

const N: usize = 200;

fn check(body: impl FnOnce()) {
    eventlet::monkey_patch();
    eventlet_tests::check(body);
}

/// Lets the others run until they wait.
fn settle() {
    eventlet::sleep(Duration::ZERO);
}

#[test]
fn many_poll_at_once() {
    eventlet_monkey_tests::check(|| {
        let run = at_once(N, |i| {
            let (reader, writer) = io::pipe().unwrap();
            let mut requests = [c::request(&reader, POLLIN), c::request(&writer, 0)];
            let n_requests = 1 + i % 2;
            assert_eq!(c::poll(&mut requests[..n_requests], 500).unwrap(), 0);
        });
        run.like_the_slowest(ms(500));
    });
}

#[test]
fn a_mixture() {
    check(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        let (left, mut right) = UnixStream::pair().unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let event = c::eventfd(0);
        let mut requests = [
            c::request(&reader, POLLIN),
            c::request(&left, POLLIN | POLLPRI),
            c::request(&udp, POLLIN),
            c::request(&event, POLLIN),
            c::request(&-1, POLLIN),
        ];
        let poll = |mut requests: [libc::pollfd; 5]| {
            eventlet::spawn(move || {
                let n_ready = c::poll(&mut requests, -1).unwrap();
                (n_ready, requests.map(|request| request.revents))
            })
        };
        let first = poll(requests);
        settle();
        assert!(!first.is_dead());
        writer.write_all(b"x").unwrap();
        right.write_all(b"x").unwrap();
        assert_eq!(first.wait().unwrap(), (2, [POLLIN, POLLIN, 0, 0, 0]));

        (&reader).read_exact(&mut [0]).unwrap();
        (&left).read_exact(&mut [0]).unwrap();
        let second = poll(requests);
        settle();
        udp.send_to(b"x", udp.local_addr().unwrap()).unwrap();
        assert_eq!(second.wait().unwrap(), (1, [0, 0, POLLIN, 0, 0]));

        udp.recv(&mut [0]).unwrap();
        let third = poll(requests);
        settle();
        drop(writer);
        assert_eq!(third.wait().unwrap(), (1, [POLLHUP, 0, 0, 0, 0]));

        requests[0].fd = -1;
        let fourth = poll(requests);
        settle();
        c::write(event.as_raw_fd(), &1u64.to_ne_bytes()).unwrap();
        assert_eq!(fourth.wait().unwrap(), (1, [0, 0, 0, POLLIN, 0]));
    });
}

#[test]
fn room_to_write() {
    check(|| {
        let (mut reader, mut writer) = UnixStream::pair().unwrap();
        writer.set_nonblocking(true).unwrap();
        while writer.write(&[0; 4096]).is_ok() {}
        let mut requests = [c::request(&writer, POLLOUT | POLLIN)];
        let poll = eventlet::spawn(move || {
            let n_ready = c::poll(&mut requests, -1).unwrap();
            (n_ready, requests[0].revents)
        });
        settle();
        assert!(!poll.is_dead());
        reader.set_nonblocking(true).unwrap();
        while reader.read(&mut [0; 4096]).is_ok() {}
        assert_eq!(poll.wait().unwrap(), (1, POLLOUT));
    });
}

#[test]
fn what_is_not_asked_for_does_not_keep_the_processor_busy() {
    check(|| {
        // There is something to read all the time, and nobody asks for it.
        let (socket, mut peer) = UnixStream::pair().unwrap();
        peer.write_all(b"x").unwrap();
        for events in [0, POLLPRI] {
            let before = eventlet_tests::sys::thread_cpu_time();
            let mut requests = [c::request(&socket, events)];
            timed(ms(200), || assert_eq!(c::poll(&mut requests, 200).unwrap(), 0));
            let used = eventlet_tests::sys::thread_cpu_time() - before;
            assert!(used < ms(50), "{used:?}");
        }
        let mut requests = [c::request(&socket, 0)];
        let poll = eventlet::spawn(move || {
            c::poll(&mut requests, -1).unwrap();
            requests[0].revents
        });
        settle();
        drop(peer);
        assert_eq!(poll.wait().unwrap(), POLLHUP);
    });
}

#[test]
fn timeouts() {
    check(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut requests = [c::request(&reader, POLLIN)];
        assert_eq!(c::poll(&mut requests, 0).unwrap(), 0);
        timed(ms(20), || assert_eq!(c::poll(&mut requests, 20).unwrap(), 0));
        timed(ms(20), || assert_eq!(c::poll(&mut [], 20).unwrap(), 0));
        let time = libc::timespec { tv_sec: 0, tv_nsec: 20_000_000 };
        timed(ms(20), || assert_eq!(c::ppoll(&mut requests, Some(&time), None).unwrap(), 0));
        let wrong = libc::timespec { tv_sec: 0, tv_nsec: -1 };
        let error = c::ppoll(&mut requests, Some(&wrong), None).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
        writer.write_all(b"x").unwrap();
        assert_eq!(c::ppoll(&mut requests, None, None).unwrap(), 1);
        assert_eq!(requests[0].revents, POLLIN);
    });
}

#[test]
fn errors_are_the_systems() {
    check(|| {
        let mut requests = [c::request(&4_000, POLLIN)];
        assert_eq!(c::poll(&mut requests, -1).unwrap(), 1);
        assert_eq!(requests[0].revents, POLLNVAL);
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut requests = [c::request(&writer, 0)];
        assert_eq!(c::poll(&mut requests, -1).unwrap(), 1);
        assert_eq!(requests[0].revents, POLLERR);
        // Files are always ready; one of which that is not asked cannot be waited for.
        let file = std::fs::File::open("/proc/self/exe").unwrap();
        let mut requests = [c::request(&file, POLLIN)];
        assert_eq!(c::poll(&mut requests, -1).unwrap(), 1);
        let mut requests = [c::request(&file, POLLPRI)];
        timed(ms(10), || assert_eq!(c::poll(&mut requests, 10).unwrap(), 0));
    });
}

#[test]
fn closing_ends_a_poll() {
    check(|| {
        let (reader, _writer) = io::pipe().unwrap();
        let (other, _other_writer) = io::pipe().unwrap();
        let mut requests = [c::request(&reader, POLLIN), c::request(&other, POLLIN)];
        let poll = eventlet::spawn(move || {
            let n_ready = c::poll(&mut requests, -1).unwrap();
            (n_ready, requests[0].revents)
        });
        settle();
        drop(reader);
        assert_eq!(poll.wait().unwrap(), (1, POLLNVAL));
    });
}

#[test]
fn green_sockets_are_polled_beside_their_owners() {
    check(|| {
        let (left, mut right) = eventlet::green::os::unix::net::UnixStream::pair().unwrap();
        let mut reader = left.try_clone().unwrap();
        let read = eventlet::spawn(move || reader.read(&mut [0]).unwrap());
        settle();
        let mut requests = [c::request(&left, POLLIN)];
        let poll = eventlet::spawn(move || c::poll(&mut requests, -1).unwrap());
        settle();
        assert!(!read.is_dead() && !poll.is_dead());
        right.write_all(b"xx").unwrap();
        assert_eq!((read.wait().unwrap(), poll.wait().unwrap()), (1, 1));
    });
}

#[test]
fn asking_over_and_over_lets_others_run() {
    check(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        let write = eventlet::spawn(move || writer.write_all(b"x").unwrap());
        let mut requests = [c::request(&reader, POLLIN)];
        while c::poll(&mut requests, 0).unwrap() == 0 {}
        write.wait().unwrap();

        let (reader, mut writer) = UnixStream::pair().unwrap();
        reader.set_nonblocking(true).unwrap();
        let mut reader = std::fs::File::from(OwnedFd::from(reader));
        let write = eventlet::spawn(move || writer.write_all(b"x").unwrap());
        while reader.read(&mut [0]).is_err() {}
        write.wait().unwrap();
    });
}

#[test]
fn without_descriptors_to_spare() {
    eventlet_tests::child::alone(|| {
        check(|| {
            let pipes: Vec<_> = (0..3).map(|_| io::pipe().unwrap()).collect();
            let mut requests: Vec<_> =
                pipes.iter().map(|(reader, _)| c::request(reader, POLLIN)).collect();
            let poll = eventlet::spawn(move || c::poll(&mut requests, -1).unwrap());
            let files = eventlet_tests::sys::take_all_descriptors();
            settle();
            (&pipes[1].1).write_all(b"x").unwrap();
            assert_eq!(poll.wait().unwrap(), 1);
            drop(files);
        });
    });
}

#[test]
fn a_signal_that_only_the_call_lets_through_ends_it() {
    eventlet_tests::child::alone(|| {
        check(|| {
            let (reader, _writer) = io::pipe().unwrap();
            let mask = c::block_signal(libc::SIGUSR1);
            let mut requests = [c::request(&reader, POLLIN)];
            let poll = eventlet::spawn(move || {
                let error = c::ppoll(&mut requests, None, Some(&mask)).unwrap_err();
                error.kind()
            });
            settle();
            c::raise(libc::SIGUSR1);
            assert_eq!(poll.wait().unwrap(), io::ErrorKind::Interrupted);
        });
    });
}

#[test]
fn sets() {
    check(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        let (other, other_writer) = io::pipe().unwrap();
        let sets = [
            c::set(&[reader.as_raw_fd(), other.as_raw_fd()]),
            c::set(&[]),
            c::set(&[reader.as_raw_fd()]),
        ];
        let fds = (reader.as_raw_fd(), other.as_raw_fd());
        let select = eventlet::spawn(move || {
            let mut sets = sets;
            assert_eq!(c::select(&mut sets, None).unwrap(), 1);
            assert!(c::is_in(&fds.0, &sets[0]) && !c::is_in(&fds.1, &sets[0]));
            assert!(!c::is_in(&fds.0, &sets[2]));
        });
        settle();
        writer.write_all(b"x").unwrap();
        select.wait().unwrap();
        // At once, and both.
        let mut sets = [sets[0], c::set(&[other_writer.as_raw_fd()]), sets[2]];
        assert_eq!(c::select(&mut sets, None).unwrap(), 2);
        assert!(c::is_in(&reader, &sets[0]) && c::is_in(&other_writer, &sets[1]));
    });
}

#[test]
fn what_is_left_of_the_timeout() {
    check(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        let asked = [c::set(&[reader.as_raw_fd()]), c::set(&[]), c::set(&[])];
        let time = |seconds, micros| libc::timeval { tv_sec: seconds, tv_usec: micros };

        let mut left = time(0, 20_000);
        let mut sets = asked;
        timed(ms(20), || assert_eq!(c::select(&mut sets, Some(&mut left)).unwrap(), 0));
        assert!(!c::is_in(&reader, &sets[0]));
        assert_eq!((left.tv_sec, left.tv_usec), (0, 0));

        let write = eventlet::spawn_after(ms(20), move || {
            writer.write_all(b"x").unwrap();
            writer
        });
        let (mut left, start) = (time(100, 0), Instant::now());
        let mut sets = asked;
        assert_eq!(c::select(&mut sets, Some(&mut left)).unwrap(), 1);
        let waited = start.elapsed();
        let left = Duration::new(left.tv_sec as u64, left.tv_usec as u32 * 1000);
        let used = Duration::from_secs(100) - left;
        assert!(!used.is_zero() && used <= waited + ms(1), "{used:?} {waited:?}");
        write.wait().unwrap();

        let mut wrong = time(-1, 0);
        let error = c::select(&mut { asked }, Some(&mut wrong)).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
    });
}

#[test]
fn a_peer_that_says_no_more_ends_a_wait_for_room() {
    check(|| {
        let (mut near, far) = UnixStream::pair().unwrap();
        near.set_nonblocking(true).unwrap();
        while near.write(&[0; 4096]).is_ok() {}
        let polling = eventlet::spawn(move || {
            let mut requests = [c::request(&near, POLLOUT | POLLRDHUP)];
            c::poll(&mut requests, -1).unwrap();
            requests[0].revents
        });
        settle();
        far.shutdown(Shutdown::Write).unwrap();
        assert_eq!(polling.wait().unwrap(), POLLRDHUP);
    });
}

#[test]
fn the_number_of_descriptors_is_larger_than_the_sets() {
    check(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        let selecting = eventlet::spawn(move || c::select_at_the_edge(reader.as_raw_fd()).unwrap());
        settle();
        writer.write_all(b"x").unwrap();
        assert_eq!(selecting.wait().unwrap(), (1, true));
    });
}

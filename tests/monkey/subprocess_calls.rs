//! `waitpid`, `waitid`, `system` and their like.
#![allow(unsafe_code, reason = "calls of C functions")]

use std::collections::BTreeSet;
use std::ffi::{CString, c_int};
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicUsize, Ordering};

use eventlet_monkey_tests::{at_once, check, is_patched, sleep_until};
use eventlet_tests::child::alone;
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{ms, timed, yield_now};
use libc::{id_t, idtype_t, pid_t, rusage, siginfo_t};

const ALL: idtype_t = libc::P_ALL;

unsafe extern "C" {
    fn wait3(status: *mut c_int, options: c_int, usage: *mut rusage) -> pid_t;
}

fn errno() -> c_int {
    io::Error::last_os_error().raw_os_error().unwrap()
}

/// Starts a process by the shell.
fn start(command: &str) -> pid_t {
    start_in_group(command, None)
}

fn start_in_group(command: &str, group: Option<pid_t>) -> pid_t {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::null());
    group.map(|group| shell.process_group(group));
    #[allow(clippy::zombie_processes, reason = "the tests reap it by other means")]
    let child = shell.spawn().unwrap();
    child.id() as pid_t
}

fn waitpid(pid: pid_t, options: c_int) -> (pid_t, c_int) {
    let mut status = -1;
    // SAFETY: there is place for the status.
    (unsafe { libc::waitpid(pid, &mut status, options) }, status)
}

/// The answer of `waitid`: what happened to whom, with which status.
fn waitid(kind: idtype_t, id: id_t, options: c_int) -> Result<(c_int, pid_t, c_int), c_int> {
    // SAFETY: an all-zero structure is valid, and there is place for the answer.
    unsafe {
        let mut info: siginfo_t = std::mem::zeroed();
        match libc::waitid(kind, id, &mut info, options) {
            0 => Ok((info.si_code, info.si_pid(), info.si_status())),
            _ => Err(errno()),
        }
    }
}

fn pidfd_open(pid: pid_t, flags: c_int) -> c_int {
    // SAFETY: it takes numbers.
    unsafe { libc::syscall(libc::SYS_pidfd_open, pid, flags) as c_int }
}

fn close(fd: c_int) {
    // SAFETY: nobody else has it.
    assert_eq!(unsafe { libc::close(fd) }, 0);
}

fn send(pid: pid_t, signal: c_int) {
    // SAFETY: the process is a child that nobody has reaped.
    assert_eq!(unsafe { libc::kill(pid, signal) }, 0);
}

#[test]
fn each_waits_for_its_own() {
    check(|| {
        let run = at_once(50, |i| {
            let pid = start(&format!("sleep 0.3; exit {i}"));
            let (found, status) = waitpid(pid, 0);
            assert_eq!(found, pid);
            // It is reaped.
            assert_eq!((waitpid(pid, 0).0, errno()), (-1, libc::ECHILD));
            libc::WEXITSTATUS(status)
        });
        assert_eq!(run.like_the_slowest(ms(300)), (0..50).collect::<Vec<_>>());
    });
}

#[test]
fn without_waiting() {
    check(|| {
        let pid = start("sleep 60");
        assert_eq!(waitpid(pid, libc::WNOHANG), (0, -1));
        assert_eq!(waitid(libc::P_PID, pid as id_t, libc::WEXITED | libc::WNOHANG), Ok((0, 0, 0)));
        send(pid, libc::SIGKILL);
        assert_eq!(waitpid(pid, 0), (pid, libc::SIGKILL));
    });
}

#[test]
fn what_the_kernel_refuses() {
    check(|| {
        assert_eq!((waitpid(1, 0).0, errno()), (-1, libc::ECHILD));
        assert_eq!((waitpid(pid_t::MIN, 0).0, errno()), (-1, libc::ESRCH));
        assert_eq!((waitpid(-1, 0x1234_5670).0, errno()), (-1, libc::EINVAL));
        assert_eq!(waitid(libc::P_PID, 1, 0), Err(libc::EINVAL));
        assert_eq!(waitid(99, 1, libc::WEXITED), Err(libc::EINVAL));
        assert_eq!(waitid(libc::P_PIDFD, 9999, libc::WEXITED), Err(libc::EBADF));
    });
}

#[test]
fn one_of_two_who_wait_reaps() {
    check(|| {
        let (pid, answers) = timed(ms(300), || {
            let pid = start("sleep 0.3");
            let reap = |_| match waitpid(pid, 0) {
                (-1, _) => Err(errno()),
                (found, _) => Ok(found),
            };
            (pid, at_once(2, reap))
        });
        let answers: BTreeSet<_> = answers.results.into_iter().collect();
        assert_eq!(answers, BTreeSet::from([Ok(pid), Err(libc::ECHILD)]));
    });
}

#[test]
fn stops_and_goes_on() {
    check(|| {
        let run = at_once(20, |_| {
            let pid = start("sleep 1; kill -STOP $$; exit 3");
            let (found, status) = waitpid(pid, libc::WUNTRACED);
            assert!(found == pid && libc::WIFSTOPPED(status), "{status:x}");
            let stopped = libc::WSTOPPED | libc::WEXITED | libc::WNOWAIT;
            send(pid, libc::SIGCONT);
            let (found, status) = waitpid(pid, libc::WCONTINUED);
            // It may have ended before it was asked.
            if libc::WIFCONTINUED(status) {
                assert_eq!(found, pid);
                let (code, found, status) = waitid(libc::P_PID, pid as id_t, stopped).unwrap();
                assert_eq!((code, found, status), (libc::CLD_EXITED, pid, 3));
                assert_eq!(waitpid(pid, libc::WUNTRACED), (pid, 3 << 8));
            } else {
                assert_eq!((found, status), (pid, 3 << 8));
            }
        });
        run.like_the_slowest(ms(1000));
    });
}

#[test]
fn by_waitid() {
    check(|| {
        let run = at_once(20, |i| {
            let pid = start("sleep 1; exit 4");
            let ended = (libc::CLD_EXITED, pid, 4);
            if i % 2 == 0 {
                let id = pid as id_t;
                assert_eq!(waitid(libc::P_PID, id, libc::WEXITED | libc::WNOWAIT), Ok(ended));
                assert_eq!(waitid(libc::P_PID, id, libc::WEXITED), Ok(ended));
                assert_eq!(waitid(libc::P_PID, id, libc::WEXITED), Err(libc::ECHILD));
            } else {
                let fd = pidfd_open(pid, 0);
                let nonblocking = pidfd_open(pid, libc::O_NONBLOCK);
                let answer = waitid(libc::P_PIDFD, nonblocking as id_t, libc::WEXITED);
                assert_eq!(answer, Err(libc::EAGAIN));
                assert_eq!(waitid(libc::P_PIDFD, fd as id_t, libc::WEXITED), Ok(ended));
                close(fd);
                close(nonblocking);
            }
        });
        run.like_the_slowest(ms(1000));
    });
}

#[test]
fn without_place_for_the_answer() {
    check(|| {
        let wait = || {
            let pid = start("sleep 0.1");
            // SAFETY: the kernel takes null for "never mind".
            unsafe { libc::waitid(libc::P_PID, pid as id_t, null_mut(), libc::WEXITED) }
        };
        assert_eq!(timed(ms(100), wait), 0);
        let pid = start("sleep 0.1");
        // SAFETY: so does this one.
        assert_eq!(unsafe { libc::waitpid(pid, null_mut(), 0) }, pid);
    });
}

#[test]
fn what_it_has_used_up() {
    check(|| {
        let run = at_once(20, |_| {
            let pid = start("sleep 1; exit 1");
            // SAFETY: an all-zero structure is valid, and there is place for the answers.
            unsafe {
                let (mut status, mut usage): (c_int, rusage) = (0, std::mem::zeroed());
                assert_eq!(libc::wait4(pid, &mut status, 0, &mut usage), pid);
                assert!(usage.ru_maxrss > 0);
                libc::WEXITSTATUS(status)
            }
        });
        assert_eq!(run.like_the_slowest(ms(1000)), [1; 20]);
    });
}

#[test]
fn one_of_a_group() {
    check(|| {
        let (scratch, n_started) = (Scratch::new(), AtomicUsize::new(0));
        // They run until all are waited for.
        let go = scratch.path("go");
        let first = format!("until [ -e {} ]; do sleep 0.02; done; exit 1", go.display());
        at_once(6, |i| {
            if i == 5 {
                sleep_until(|| n_started.load(Ordering::SeqCst) == 5);
                return drop(File::create(&go).unwrap());
            }
            let leader = start_in_group(&first, Some(0));
            // The other one ends when the leader has been reaped.
            let second = format!("while kill -0 {leader} 2>/dev/null; do sleep 0.02; done; exit 2");
            let other = start_in_group(&second, Some(leader));
            n_started.fetch_add(1, Ordering::SeqCst);
            if i % 2 == 0 {
                assert_eq!(waitpid(-leader, 0), (leader, 1 << 8));
                assert_eq!(waitpid(-leader, 0), (other, 2 << 8));
            } else {
                let group = (libc::P_PGID, leader as id_t);
                let found = waitid(group.0, group.1, libc::WEXITED);
                assert_eq!(found, Ok((libc::CLD_EXITED, leader, 1)));
                let found = waitid(group.0, group.1, libc::WEXITED);
                assert_eq!(found, Ok((libc::CLD_EXITED, other, 2)));
            }
            assert_eq!((waitpid(-leader, 0).0, errno()), (-1, libc::ECHILD));
        });
    });
}

#[test]
fn any_child() {
    alone(|| {
        check(|| {
            let mut pids: BTreeSet<_> = (0..20).map(|_| start("sleep 0.3")).collect();
            let run = at_once(20, |i| {
                // SAFETY: null is for what nobody wants to know.
                let pid = unsafe {
                    match i % 4 {
                        0 => libc::wait(null_mut()),
                        1 => wait3(null_mut(), 0, null_mut()),
                        2 => waitpid(-1, 0).0,
                        _ => waitid(ALL, 0, libc::WEXITED).map_or(-1, |(_, pid, _)| pid),
                    }
                };
                assert!(pid > 0, "{:?}", io::Error::last_os_error());
                pid
            });
            for pid in run.results {
                assert!(pids.remove(&pid), "{pid} was reaped twice");
            }
            // SAFETY: as above.
            assert_eq!((unsafe { libc::wait(null_mut()) }, errno()), (-1, libc::ECHILD));
            let pid = start("sleep 0.1");
            assert_eq!(waitpid(0, 0).0, pid);
        });
    });
}

#[test]
fn any_child_one_after_the_other() {
    alone(|| {
        check(|| {
            let scratch = Scratch::new();
            let go = scratch.path("go");
            let fast = start("sleep 0.1");
            // It ends when the fast one has been reaped and, if they can run, the others have ended.
            let is_late = if is_patched() { go.display().to_string() } else { "/".to_owned() };
            let slow = start(&format!(
                "while kill -0 {fast} 2>/dev/null || [ ! -e {is_late} ]; do sleep 0.02; done"
            ));
            let others = eventlet::spawn(move || {
                let sleep = || {
                    timed(ms(10), || {
                        // SAFETY: it takes a number.
                        unsafe { libc::usleep(10_000) }
                    })
                };
                let sum = (0..20).map(|_| sleep()).sum::<c_int>();
                drop(File::create(go).unwrap());
                sum
            });
            assert_eq!([waitpid(-1, 0).0, waitpid(-1, 0).0], [fast, slow]);
            if is_patched() {
                assert!(others.is_dead(), "the others did not run");
            }
            assert_eq!(others.wait().unwrap(), 0);
        });
    });
}

#[test]
fn without_descriptors() {
    alone(|| {
        check(|| {
            let pids: Vec<_> = (0..5).map(|i| start(&format!("sleep 0.3; exit {i}"))).collect();
            // What is there already (a poller) stays open.
            yield_now();
            let limit = libc::rlimit { rlim_cur: 0, rlim_max: libc::RLIM_INFINITY };
            // SAFETY: the limit is only read.
            unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) };
            let waiters: Vec<_> = pids
                .into_iter()
                .map(|pid| eventlet::spawn(move || waitpid(pid, 0).1 >> 8))
                .collect();
            let codes: Vec<_> = waiters.into_iter().map(|waiter| waiter.wait().unwrap()).collect();
            assert_eq!(codes, [0, 1, 2, 3, 4]);
        });
    });
}

#[test]
fn a_kill_ends_waiting_for_a_group() {
    check(|| {
        if !is_patched() {
            return;
        }
        let leader = start_in_group("sleep 60", Some(0));
        let waiter = eventlet::spawn(move || {
            assert_eq!((waitpid(-leader, 0).0, errno()), (-1, libc::ECANCELED));
            assert_eq!((waitpid(leader, libc::WUNTRACED).0, errno()), (-1, libc::ECANCELED));
            eventlet::sleep(ms(0));
            unreachable!("it was killed");
        });
        yield_now();
        waiter.kill();
        assert!(waiter.wait().unwrap_err().is_killed());
        let limited = eventlet::with_timeout(ms(20), || {
            assert_eq!((waitpid(-leader, 0).0, errno()), (-1, libc::ETIMEDOUT));
            eventlet::sleep(ms(0));
        });
        assert!(limited.is_err());
        send(leader, libc::SIGKILL);
        assert_eq!(waitpid(leader, 0), (leader, libc::SIGKILL));
    });
}

#[test]
fn commands_of_the_c_library() {
    check(|| {
        let run = at_once(50, |i| {
            let command = CString::new(format!("sleep 0.3; exit {i}")).unwrap();
            // SAFETY: it is a string.
            libc::WEXITSTATUS(unsafe { libc::system(command.as_ptr()) })
        });
        assert_eq!(run.like_the_slowest(ms(300)), (0..50).collect::<Vec<_>>());
        let run = at_once(50, |i| {
            let command = CString::new(format!("sleep 0.3; exit {i}")).unwrap();
            // SAFETY: they are strings, and the stream is used once.
            unsafe {
                let stream = libc::popen(command.as_ptr(), c"r".as_ptr());
                assert!(!stream.is_null());
                libc::WEXITSTATUS(libc::pclose(stream))
            }
        });
        assert_eq!(run.like_the_slowest(ms(300)), (0..50).collect::<Vec<_>>());
        // SAFETY: null asks whether there is a shell.
        assert_ne!(unsafe { libc::system(std::ptr::null()) }, 0);
    });
}

#[test]
fn a_kill_leaves_a_command_to_itself() {
    check(|| {
        if !is_patched() {
            return;
        }
        let thread = eventlet::spawn(|| {
            // SAFETY: it is a string.
            let status = unsafe { libc::system(c"sleep 0.1".as_ptr()) };
            assert_eq!((status, errno()), (-1, libc::ECANCELED));
            eventlet::sleep(ms(0));
        });
        yield_now();
        thread.kill();
        assert!(thread.wait().unwrap_err().is_killed());
    });
}

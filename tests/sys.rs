//! What the tests ask of the system: CPU times, memory limits, forks.

use std::ffi::CString;
use std::fs;
use std::io::{self, PipeReader, PipeWriter, Write};
use std::mem::ManuallyDrop;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub use libc::{ELOOP, ESPIPE, O_DIRECT, O_DIRECTORY, O_NONBLOCK, O_WRONLY};

/// The CPU time that this OS thread has used.
pub fn thread_cpu_time() -> Duration {
    // SAFETY: an all-zero `rusage` is valid, and the call only fills it.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        assert_eq!(libc::getrusage(libc::RUSAGE_THREAD, &raw mut usage), 0);
        usage
    };
    duration(usage.ru_utime) + duration(usage.ru_stime)
}

fn duration(time: libc::timeval) -> Duration {
    Duration::from_micros(time.tv_sec as u64 * 1_000_000 + time.tv_usec as u64)
}

/// For how long this OS thread has been runnable and had no processor; zero where the system does
/// not say.
pub fn thread_run_delay() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split_whitespace().nth(1).and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.unwrap_or(0))
}

/// Lets this process map at most `bytes` more than it has mapped by now.
pub fn limit_memory(bytes: u64) {
    set_memory_limit(field_of_status("VmSize:") * 1024 + bytes);
}

/// Takes the limit back as far as this process may.
pub fn unlimit_memory() {
    set_memory_limit(libc::RLIM_INFINITY);
}

fn set_memory_limit(bytes: u64) {
    let limit = libc::rlimit { rlim_cur: bytes, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: the call only reads the limit.
    let failed = unsafe { libc::setrlimit(libc::RLIMIT_AS, &raw const limit) };
    assert_eq!(failed, 0, "the memory limit can be set");
}

/// Lets this process, and no other, have `n` open descriptors.
pub fn allow_descriptors(n: u64) {
    // SAFETY: an all-zero `rlimit` is valid; the calls fill and read it.
    unsafe {
        let mut limit: libc::rlimit = std::mem::zeroed();
        assert_eq!(libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit), 0);
        limit.rlim_cur = limit.rlim_cur.max(n.min(limit.rlim_max));
        assert_eq!(libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit), 0);
        assert!(limit.rlim_cur >= n, "{n} descriptors are needed");
    }
}

/// Puts something that is no poller in the place of the poller that was made last.
pub fn close_poller() {
    let is_poller = |fd: &i32| {
        let target = fs::read_link(format!("/proc/self/fd/{fd}"));
        target.is_ok_and(|target| target.to_string_lossy().contains("[eventpoll]"))
    };
    let last = (0..1024).filter(is_poller).max().expect("there is a hub");
    let null = fs::File::open("/dev/null").expect("it is always there");
    // SAFETY: both are open. Whoever uses the descriptor gets errors, which is what is asked for.
    assert_eq!(unsafe { libc::dup2(null.as_raw_fd(), last) }, last);
}

/// How many descriptors all pollers of this process watch.
pub fn n_watched() -> usize {
    let texts =
        (0..1024).filter_map(|fd| fs::read_to_string(format!("/proc/self/fdinfo/{fd}")).ok());
    texts.map(|text| text.lines().filter(|line| line.starts_with("tfd:")).count()).sum()
}

/// A listener that takes IPv6 connections only, at any address.
pub fn listen_only_v6() -> TcpListener {
    // SAFETY: the socket is new, and the option and the address live as long as the calls.
    unsafe {
        let socket = libc::socket(libc::AF_INET6, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0);
        let listener = TcpListener::from_raw_fd(socket);
        let yes: libc::c_int = 1;
        let length = size_of::<libc::c_int>() as libc::socklen_t;
        let (level, option) = (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY);
        let answer = libc::setsockopt(socket, level, option, (&raw const yes).cast(), length);
        assert_eq!(answer, 0);
        let mut any: libc::sockaddr_in6 = std::mem::zeroed();
        any.sin6_family = libc::AF_INET6 as libc::sa_family_t;
        let length = size_of::<libc::sockaddr_in6>() as libc::socklen_t;
        assert_eq!(libc::bind(socket, (&raw const any).cast(), length), 0);
        assert_eq!(libc::listen(socket, 500), 0);
        listener
    }
}

/// How many connections may wait in each of this process's listeners at `address`.
pub fn backlogs_at(address: SocketAddr) -> Vec<u32> {
    let backlog = |fd: i32| {
        // SAFETY: it is only asked for its address, and not dropped; if there is no such
        // descriptor, or it is no socket, it has none.
        let listener = ManuallyDrop::new(unsafe { TcpListener::from_raw_fd(fd) });
        if listener.local_addr().ok()? != address {
            return None;
        }
        // SAFETY: all-zero is valid, and the call writes no more than there is room for.
        let info = unsafe {
            let mut info: libc::tcp_info = std::mem::zeroed();
            let mut length = size_of::<libc::tcp_info>() as libc::socklen_t;
            let place = (&raw mut info).cast();
            libc::getsockopt(fd, libc::IPPROTO_TCP, libc::TCP_INFO, place, &raw mut length);
            info
        };
        const LISTENING: u8 = 10;
        (info.tcpi_state == LISTENING).then_some(info.tcpi_sacked)
    };
    (0..1024).filter_map(backlog).collect()
}

/// How many sockets of the system listen at `address`, whoever has how many descriptors of them.
pub fn n_queues_at(address: SocketAddr) -> usize {
    let port = format!(":{:04X} 00000000:0000 0A", address.port());
    let text = fs::read_to_string("/proc/net/tcp").expect("the sockets can be read");
    text.lines().filter(|line| line.contains(&port)).count()
}

/// Becomes an ordinary user, if this process is the superuser's; says whether it was.
pub fn give_up_rights() -> bool {
    const NOBODY: libc::uid_t = 65534;
    // SAFETY: the calls take and return plain numbers.
    unsafe { libc::geteuid() == 0 && libc::seteuid(NOBODY) == 0 }
}

/// Takes all descriptors that this process may still have; they are free again when the files are
/// dropped.
pub fn take_all_descriptors() -> Vec<fs::File> {
    std::iter::from_fn(|| fs::File::open("/dev/null").ok()).collect()
}

/// Sends bytes, the last of them as urgent data.
pub fn send_urgent(socket: &impl AsRawFd, bytes: &[u8]) {
    let fd = socket.as_raw_fd();
    // SAFETY: the socket is open, and the bytes are as long as the call is told.
    let sent = unsafe { libc::send(fd, bytes.as_ptr().cast(), bytes.len(), libc::MSG_OOB) };
    assert_eq!(sent, bytes.len() as isize);
}

/// Makes standard error a file that takes nothing.
pub fn break_stderr() {
    let full = fs::File::options().write(true).open("/dev/full").expect("Linux has it");
    // SAFETY: it replaces one descriptor by another one that is open; nothing owns descriptor 2.
    assert_eq!(unsafe { libc::dup2(full.as_raw_fd(), 2) }, 2);
}

/// Closes descriptor 0, with which programs usually begin.
pub fn close_stdin() {
    // SAFETY: nobody owns it; whoever reads it gets an error, which is what is asked for.
    assert_eq!(unsafe { libc::close(libc::STDIN_FILENO) }, 0);
}

/// Both sides of a new terminal: the one where someone types, and the one that a program has.
pub fn terminal() -> (fs::File, fs::File) {
    let (mut typist, mut program) = (-1, -1);
    // SAFETY: the call fills both numbers, and takes no for an answer to the rest; the descriptors
    // are new.
    unsafe {
        let (no_name, none) = (std::ptr::null_mut(), std::ptr::null_mut());
        let none_either = std::ptr::null_mut();
        let answer = libc::openpty(&raw mut typist, &raw mut program, no_name, none, none_either);
        assert_eq!(answer, 0, "there are terminals");
        (fs::File::from_raw_fd(typist), fs::File::from_raw_fd(program))
    }
}

/// Has the system reap this process's children, so that nobody hears how they ended.
pub fn ignore_children() {
    // SAFETY: no handler is installed.
    unsafe { libc::signal(libc::SIGCHLD, libc::SIG_IGN) };
}

/// Makes a descriptor non-blocking behind everyone's back.
pub fn set_nonblocking(fd: &impl AsRawFd) {
    // SAFETY: the descriptor is open, and the command takes a number.
    let answer = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) };
    assert_eq!(answer, 0);
}

/// Whether a descriptor is non-blocking, whatever its owner makes of that.
pub fn is_nonblocking(fd: &impl AsRawFd) -> bool {
    // SAFETY: the descriptor is open, and the call only reads its flags.
    let flags = unsafe { libc::fcntl(fd.as_raw_fd(), libc::F_GETFL) };
    assert!(flags >= 0, "the flags can be read");
    flags & libc::O_NONBLOCK != 0
}

/// How much memory of this process is resident, in KiB.
pub fn resident_kib() -> u64 {
    field_of_status("VmRSS:")
}

/// How many mappings this process has.
pub fn n_mappings() -> usize {
    fs::read_to_string("/proc/self/maps").expect("the mappings can be read").lines().count()
}

fn field_of_status(name: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").expect("the status can be read");
    let line = text.lines().find_map(|line| line.strip_prefix(name)).expect("a line of the status");
    line.trim().trim_end_matches(" kB").parse().expect("a number of KiB")
}

/// Runs `body` in a forked copy of this process, which has only this thread, and returns its exit
/// code: what `body` returns, or 101 if it panics.
pub fn in_fork(body: impl FnOnce() -> i32) -> i32 {
    // SAFETY: the child runs `body` and exits without running anything of its parent's; glibc's
    // allocator works in a forked child.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let code = catch_unwind(AssertUnwindSafe(body)).unwrap_or(101);
        // SAFETY: ends the child at once.
        unsafe { libc::_exit(code) }
    }
    assert!(pid > 0, "the process can be forked");
    let mut status = 0;
    // SAFETY: the child is ours and has not been waited for.
    let waited = unsafe { libc::waitpid(pid, &raw mut status, 0) };
    assert_eq!(waited, pid);
    assert!(libc::WIFEXITED(status), "the forked child was ended by a signal: {status}");
    libc::WEXITSTATUS(status)
}

/// Calls `entry` on a thread that std has not started, and waits for its end.
pub fn on_foreign_thread(entry: extern "C" fn(*mut libc::c_void) -> *mut libc::c_void) {
    // SAFETY: the attributes may be null, the thread is joined, and it gets no argument.
    unsafe {
        let mut thread: libc::pthread_t = std::mem::zeroed();
        let none = std::ptr::null_mut();
        assert_eq!(libc::pthread_create(&raw mut thread, std::ptr::null(), entry, none), 0);
        assert_eq!(libc::pthread_join(thread, std::ptr::null_mut()), 0);
    }
}

/// Reads from an address where nothing is mapped.
pub fn touch_unmapped_memory() -> u8 {
    let nowhere: *const u8 = std::ptr::without_provenance(4096);
    // SAFETY: none; the fault is what is asked for, and it ends the process.
    unsafe { nowhere.read_volatile() }
}

/// Takes mappings, without memory, until this process may make only `spare` more.
pub fn use_up_mappings(spare: usize) {
    let text = fs::read_to_string("/proc/sys/vm/max_map_count").expect("the limit can be read");
    let limit: usize = text.trim().parse().expect("a number of mappings");
    let n_wanted = limit.saturating_sub(n_mappings() + spare);
    const PAGE: usize = 4096;
    let none = std::ptr::null_mut();
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: the new mapping is nobody else's, and each page lies inside it.
    unsafe {
        let start = libc::mmap(none, n_wanted * PAGE, libc::PROT_NONE, flags, -1, 0);
        assert_ne!(start, libc::MAP_FAILED, "address space can be reserved");
        // Every other page gets another protection, so that no two neighbours are alike.
        for index in (0..n_wanted).step_by(2) {
            let page = start.byte_add(index * PAGE);
            assert_eq!(libc::mprotect(page, PAGE, libc::PROT_READ), 0);
        }
    }
}

/// Whether the kernel can guard a page inside a mapping (Linux 6.13).
pub fn has_guard_regions() -> bool {
    const MADV_GUARD_INSTALL: libc::c_int = 102;
    // SAFETY: a mapping of our own is made, guarded and unmapped.
    unsafe {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let page = libc::mmap(std::ptr::null_mut(), 4096, libc::PROT_READ, flags, -1, 0);
        assert_ne!(page, libc::MAP_FAILED);
        let installed = libc::madvise(page, 4096, MADV_GUARD_INSTALL) == 0;
        libc::munmap(page, 4096);
        installed
    }
}

static N_SIGNALS: AtomicUsize = AtomicUsize::new(0);

extern "C" fn count_signal(_: libc::c_int) {
    N_SIGNALS.fetch_add(1, Ordering::Relaxed);
}

/// A thread that sends signals to another one, until it is stopped.
pub struct Signals {
    stop: Arc<AtomicBool>,
    sender: JoinHandle<()>,
}

/// Interrupts the system calls of this thread, several times in a millisecond.
pub fn interrupt_this_thread_often() -> Signals {
    // SAFETY: the action is complete, and its handler only adds to an atomic. Without SA_RESTART
    // the system calls it meets are interrupted.
    let target = unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = count_signal as *const () as libc::sighandler_t;
        assert_eq!(libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()), 0);
        libc::pthread_self()
    };
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = stop.clone();
    let sender = thread::spawn(move || {
        while !stopped.load(Ordering::Relaxed) {
            // SAFETY: the target lives for as long as this runs: it stops it and joins it.
            unsafe { libc::pthread_kill(target, libc::SIGUSR1) };
            thread::sleep(Duration::from_micros(200));
        }
    });
    Signals { stop, sender }
}

impl Signals {
    /// Ends it, and says how many signals have come.
    pub fn stop(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.sender.join().expect("sending signals does not panic");
        N_SIGNALS.load(Ordering::Relaxed)
    }
}

/// Where a byte is written for each `SIGTERM` that comes.
static TERMINATIONS: OnceLock<PipeWriter> = OnceLock::new();

extern "C" fn note_termination(_: libc::c_int) {
    if let Some(mut pipe) = TERMINATIONS.get() {
        // There is room for more than anyone sends.
        let _ = pipe.write_all(&[0]);
    }
}

/// From now on `SIGTERM` does not end this process, but makes a byte come out of this pipe.
pub fn terminations() -> PipeReader {
    let (reader, writer) = io::pipe().expect("a pipe");
    TERMINATIONS.set(writer).expect("this is called once");
    // SAFETY: the action is complete, and its handler only reads a value that is set already and
    // makes one system call. With SA_RESTART nobody else notices.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = note_termination as *const () as libc::sighandler_t;
        action.sa_flags = libc::SA_RESTART;
        assert_eq!(libc::sigaction(libc::SIGTERM, &raw const action, std::ptr::null_mut()), 0);
    }
    reader
}

/// Sends `SIGTERM` to a child of this process.
pub fn terminate(child: &process::Child) {
    // SAFETY: the call takes plain numbers; the child has not been waited for while it is borrowed,
    // so its id is nobody else's.
    assert_eq!(unsafe { libc::kill(child.id() as libc::pid_t, libc::SIGTERM) }, 0);
}

/// Makes a FIFO.
pub fn make_fifo(path: &Path) {
    let path = CString::new(path.as_os_str().as_bytes()).unwrap();
    // SAFETY: the path is a C string, which lives through the call.
    assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o600) }, 0);
}

/// Lets no more than `n` connections wait to be accepted, from now on.
pub fn set_backlog(listener: &impl AsRawFd, n: i32) {
    // SAFETY: the call takes plain numbers, and the descriptor is open for as long as it is
    // borrowed.
    assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), n) }, 0);
}

/// Has the system forget what it has in memory of a file from `offset` on, as far as it has been
/// written to the disk.
pub fn forget_what_follows(file: &impl AsRawFd, offset: i64) {
    let fd = file.as_raw_fd();
    // SAFETY: the call takes plain numbers, and the descriptor is open for as long as it is
    // borrowed.
    assert_eq!(unsafe { libc::posix_fadvise(fd, offset, 0, libc::POSIX_FADV_DONTNEED) }, 0);
}

//! Functions of the C library, as C programs call them.
#![allow(unsafe_code, reason = "C functions")]

use std::ffi::{CStr, CString, c_int};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

/// What a C function has returned, or the error that it has left.
fn checked(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// Reads from a descriptor that may have been closed.
pub fn read(fd: RawFd, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the buffer is as long as the call is told.
    checked(unsafe { libc::read(fd, buffer.as_mut_ptr().cast(), buffer.len()) })
}

/// Writes to a descriptor that may have been closed.
pub fn write(fd: RawFd, bytes: &[u8]) -> io::Result<usize> {
    // SAFETY: there are as many bytes as the call is told.
    checked(unsafe { libc::write(fd, bytes.as_ptr().cast(), bytes.len()) })
}

/// Closes a descriptor, whoever has it.
pub fn close(fd: RawFd) -> io::Result<()> {
    // SAFETY: the tests that call it know whose the descriptor is.
    checked(unsafe { libc::close(fd) } as isize).map(|_| ())
}

/// Closes the descriptors from `first` to `last`.
pub fn close_range(first: RawFd, last: RawFd) -> io::Result<()> {
    // SAFETY: as above.
    checked(unsafe { libc::close_range(first as u32, last as u32, 0) } as isize).map(|_| ())
}

/// Gives a file a second descriptor, in the place of another one.
pub fn dup2(old: &impl AsRawFd, new: RawFd) -> io::Result<()> {
    // SAFETY: as above.
    checked(unsafe { libc::dup2(old.as_raw_fd(), new) } as isize).map(|_| ())
}

/// The number of the last error.
pub fn errno() -> c_int {
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}

/// Sets the number of the last error.
pub fn set_errno(errno: c_int) {
    // SAFETY: the location is the thread's own.
    unsafe { *libc::__errno_location() = errno }
}

/// A counter that can be waited for.
pub fn eventfd(initial: u32) -> OwnedFd {
    // SAFETY: the call takes no pointers, and the descriptor is new.
    unsafe {
        let fd = libc::eventfd(initial, libc::EFD_CLOEXEC);
        assert!(fd >= 0, "{}", io::Error::last_os_error());
        OwnedFd::from_raw_fd(fd)
    }
}

/// Closes a descriptor as the C library does in `fclose`: not by a function that could be patched.
pub fn close_unseen(fd: RawFd) {
    let file = c"r".as_ptr();
    // SAFETY: the descriptor belongs to nobody else; the stream is closed once.
    unsafe {
        let stream = libc::fdopen(fd, file);
        assert!(!stream.is_null() && libc::fclose(stream) == 0);
    }
}

/// `poll`, with a timeout in milliseconds.
pub fn poll(requests: &mut [libc::pollfd], timeout: c_int) -> io::Result<usize> {
    // SAFETY: there are as many entries as the call is told.
    let n_ready = unsafe { libc::poll(requests.as_mut_ptr(), requests.len() as u64, timeout) };
    checked(n_ready as isize)
}

/// An entry for `poll`.
pub fn request(fd: &impl AsRawFd, events: i16) -> libc::pollfd {
    libc::pollfd { fd: fd.as_raw_fd(), events, revents: 0 }
}

/// `ppoll`, which lets a signal through.
pub fn ppoll(
    requests: &mut [libc::pollfd],
    timeout: Option<&libc::timespec>,
    mask: Option<&libc::sigset_t>,
) -> io::Result<usize> {
    let timeout = timeout.map_or(std::ptr::null(), std::ptr::from_ref);
    let mask = mask.map_or(std::ptr::null(), std::ptr::from_ref);
    let first = requests.as_mut_ptr();
    // SAFETY: there are as many entries as the call is told; the rest is null or valid.
    checked(unsafe { libc::ppoll(first, requests.len() as u64, timeout, mask) } as isize)
}

/// A set of descriptors.
pub fn set(fds: &[RawFd]) -> libc::fd_set {
    // SAFETY: zeroes are an empty set, and the descriptors fit into it.
    unsafe {
        let mut set: libc::fd_set = std::mem::zeroed();
        for &fd in fds {
            assert!((fd as usize) < libc::FD_SETSIZE);
            libc::FD_SET(fd, &raw mut set);
        }
        set
    }
}

/// Whether a descriptor is in a set.
pub fn is_in(fd: &impl AsRawFd, set: &libc::fd_set) -> bool {
    // SAFETY: the set is valid, and the descriptor fits into it.
    unsafe { libc::FD_ISSET(fd.as_raw_fd(), set) }
}

/// `select`, with what is left of the timeout afterwards.
pub fn select(
    sets: &mut [libc::fd_set; 3],
    timeout: Option<&mut libc::timeval>,
) -> io::Result<usize> {
    let timeout = timeout.map_or(std::ptr::null_mut(), std::ptr::from_mut);
    let [read, write, except] = sets.each_mut().map(std::ptr::from_mut);
    let n_fds = libc::FD_SETSIZE as c_int;
    // SAFETY: the sets have room for so many descriptors, and the timeout is null or valid.
    checked(unsafe { libc::select(n_fds, read, write, except, timeout) } as isize)
}

/// An epoll descriptor.
pub fn epoll() -> OwnedFd {
    // SAFETY: the call takes no pointers, and the descriptor is new.
    unsafe {
        let fd = libc::epoll_create1(libc::EPOLL_CLOEXEC);
        assert!(fd >= 0, "{}", io::Error::last_os_error());
        OwnedFd::from_raw_fd(fd)
    }
}

/// An event counter, such as runtimes are woken by, which is non-blocking.
pub fn counter() -> OwnedFd {
    // SAFETY: the call takes no pointers, and the descriptor is new.
    unsafe {
        let fd = libc::eventfd(0, libc::EFD_NONBLOCK | libc::EFD_CLOEXEC);
        assert!(fd >= 0, "{}", io::Error::last_os_error());
        OwnedFd::from_raw_fd(fd)
    }
}

/// Registers a descriptor with `epoll`; its events carry its number.
pub fn watch(epoll: &impl AsRawFd, fd: &impl AsRawFd, events: c_int) {
    let mut event = libc::epoll_event { events: events as u32, u64: fd.as_raw_fd() as u64 };
    // SAFETY: the event is valid.
    let status = unsafe {
        libc::epoll_ctl(epoll.as_raw_fd(), libc::EPOLL_CTL_ADD, fd.as_raw_fd(), &raw mut event)
    };
    assert_eq!(status, 0, "{}", io::Error::last_os_error());
}

/// The numbers in at most `n` events, waiting at most so many milliseconds.
pub fn epoll_wait(epoll: RawFd, n: usize, timeout: c_int) -> io::Result<Vec<RawFd>> {
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; n];
    // SAFETY: there is room for so many events.
    let n_events = unsafe { libc::epoll_wait(epoll, events.as_mut_ptr(), n as c_int, timeout) };
    let n_events = checked(n_events as isize)?;
    Ok(events[..n_events].iter().map(|event| event.u64 as RawFd).collect())
}

/// A signal is blocked in this thread; returns a mask that lets it through.
pub fn block_signal(signal: c_int) -> libc::sigset_t {
    // SAFETY: the sets are valid, and the handler does nothing.
    unsafe {
        extern "C" fn ignore(_: c_int) {}
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = ignore as *const () as usize;
        libc::sigaction(signal, &raw const action, std::ptr::null_mut());
        let (mut set, mut before) = (std::mem::zeroed(), std::mem::zeroed());
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, signal);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, &raw mut before);
        before
    }
}

/// Sends a signal to this thread.
pub fn raise(signal: c_int) {
    // SAFETY: it has a handler.
    assert_eq!(unsafe { libc::raise(signal) }, 0);
}

/// `sendfile`.
pub fn sendfile(
    to: &impl AsRawFd,
    from: &impl AsRawFd,
    offset: Option<&mut i64>,
    length: usize,
) -> io::Result<usize> {
    let offset = offset.map_or(std::ptr::null_mut(), std::ptr::from_mut);
    // SAFETY: the offset is null or valid.
    checked(unsafe { libc::sendfile(to.as_raw_fd(), from.as_raw_fd(), offset, length) })
}

/// `splice`, without offsets.
pub fn splice(from: &impl AsRawFd, to: &impl AsRawFd, length: usize) -> io::Result<usize> {
    let (from, to, none) = (from.as_raw_fd(), to.as_raw_fd(), std::ptr::null_mut());
    // SAFETY: null means that there are no offsets.
    checked(unsafe { libc::splice(from, none, to, none, length, 0) })
}

/// Closes a descriptor in a child that shares all memory with this process, but not its descriptors, as
/// children of `vfork` do. Returns when the child has ended.
pub fn close_in_vfork(fd: RawFd) {
    extern "C" fn child(fd: *mut std::ffi::c_void) -> c_int {
        i32::from(close(fd as usize as RawFd).is_err())
    }
    const SIZE: usize = 1 << 18;
    let mut stack = vec![0u128; SIZE / size_of::<u128>()];
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
    // SAFETY: the child has a stack of its own, and this thread waits until it is gone.
    unsafe {
        let top = stack.as_mut_ptr().add(stack.len()).cast();
        let id = libc::clone(child, top, flags, fd as usize as *mut std::ffi::c_void);
        assert!(id > 0, "{}", io::Error::last_os_error());
        let mut status = -1;
        assert_eq!(libc::waitpid(id, &raw mut status, 0), id);
        assert_eq!(status, 0);
    }
}

/// A descriptor that is readable after a while.
pub fn timer(after: Duration) -> OwnedFd {
    let zero = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let tv_nsec = after.subsec_nanos().into();
    let value = libc::timespec { tv_sec: after.as_secs() as libc::time_t, tv_nsec };
    let time = libc::itimerspec { it_interval: zero, it_value: value };
    // SAFETY: the time is valid, and the descriptor is new.
    unsafe {
        let fd = libc::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC);
        assert_eq!(libc::timerfd_settime(fd, 0, &raw const time, std::ptr::null_mut()), 0);
        OwnedFd::from_raw_fd(fd)
    }
}

/// A descriptor that tells of new files in a directory.
pub fn news_of(directory: &Path) -> OwnedFd {
    let path = CString::new(directory.as_os_str().as_bytes()).unwrap();
    // SAFETY: the path is a C string, and the descriptor is new.
    unsafe {
        let fd = libc::inotify_init1(libc::IN_CLOEXEC);
        assert!(libc::inotify_add_watch(fd, path.as_ptr(), libc::IN_CREATE) >= 0);
        OwnedFd::from_raw_fd(fd)
    }
}

/// A terminal: the end that shows and types, and the end of the program.
pub fn terminal() -> (File, File) {
    // SAFETY: the descriptors are new, and the name is copied before anyone else asks for one.
    unsafe {
        let master = libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY);
        assert!(master >= 0, "{}", io::Error::last_os_error());
        let master = File::from_raw_fd(master);
        assert_eq!(libc::grantpt(master.as_raw_fd()), 0);
        assert_eq!(libc::unlockpt(master.as_raw_fd()), 0);
        let name = CStr::from_ptr(libc::ptsname(master.as_raw_fd())).to_owned();
        let slave = libc::open(name.as_ptr(), libc::O_RDWR | libc::O_NOCTTY);
        assert!(slave >= 0, "{}", io::Error::last_os_error());
        (master, File::from_raw_fd(slave))
    }
}

/// Has a terminal change nothing of what it moves.
pub fn make_raw(terminal: &impl AsRawFd) {
    // SAFETY: the mode is written before it is read.
    unsafe {
        let mut mode: libc::termios = std::mem::zeroed();
        assert_eq!(libc::tcgetattr(terminal.as_raw_fd(), &raw mut mode), 0);
        libc::cfmakeraw(&raw mut mode);
        assert_eq!(libc::tcsetattr(terminal.as_raw_fd(), libc::TCSANOW, &raw const mode), 0);
    }
}

/// A duplicate that children inherit.
pub fn left_open(fd: &impl AsRawFd) -> OwnedFd {
    // SAFETY: the descriptor is new.
    unsafe {
        let fd = libc::dup(fd.as_raw_fd());
        assert!(fd >= 0, "{}", io::Error::last_os_error());
        OwnedFd::from_raw_fd(fd)
    }
}

/// Sets a descriptor non-blocking.
pub fn make_nonblocking(fd: &impl AsRawFd) {
    // SAFETY: the commands take numbers.
    unsafe {
        let flags = libc::fcntl(fd.as_raw_fd(), libc::F_GETFL);
        assert_eq!(libc::fcntl(fd.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK), 0);
    }
}

/// Has a function called when a signal comes, and system calls begun again after that.
pub fn handle(signal: c_int, handler: extern "C" fn(c_int)) {
    // SAFETY: the action is valid; the handler does what handlers may.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_RESTART;
        assert_eq!(libc::sigaction(signal, &raw const action, std::ptr::null_mut()), 0);
    }
}

/// `select` for one descriptor to be readable, with a set that ends where the memory does, and the number
/// of descriptors that there may ever be.
pub fn select_at_the_edge(fd: RawFd) -> io::Result<(usize, bool)> {
    const PAGE: usize = 1 << 16;
    // SAFETY: the mapping is new; the set is at the end of its first half, and zero.
    unsafe {
        let mode = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
        let page = libc::mmap(std::ptr::null_mut(), 2 * PAGE, mode, flags, -1, 0);
        assert_ne!(page, libc::MAP_FAILED);
        assert_eq!(libc::munmap(page.byte_add(PAGE), PAGE), 0);
        let set = page.byte_add(PAGE - size_of::<libc::fd_set>()).cast::<libc::fd_set>();
        libc::FD_SET(fd, set);
        let none = std::ptr::null_mut();
        let n_ready = libc::select(1 << 20, set, none, none, std::ptr::null_mut());
        let result = checked(n_ready as isize).map(|n_ready| (n_ready, libc::FD_ISSET(fd, set)));
        libc::munmap(page, PAGE);
        result
    }
}

//! Making unmodified crates, and the C libraries under them, cooperate.
//!
//! [`monkey_patch`] replaces the functions of the C library that wait: `recv`, `connect`, `poll`,
//! `nanosleep`, `getaddrinfo`, `waitpid`, the futexes under std's locks, and their like. A blocking
//! HTTP client or database driver from the registry, or a C library, then makes its green thread
//! wait and not the OS thread:
//!
//! ```
//! use std::io::{Read, Write};
//! use std::net::{TcpListener, TcpStream};
//!
//! eventlet::monkey_patch();
//!
//! // Plain std, all on one OS thread.
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let address = listener.local_addr()?;
//! let server = eventlet::spawn(move || -> std::io::Result<()> {
//!     let (mut peer, _) = listener.accept()?;
//!     peer.write_all(b"hello")
//! });
//! let mut text = String::new();
//! TcpStream::connect(address)?.read_to_string(&mut text)?;
//! assert_eq!(text, "hello");
//! server.wait().unwrap()?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`caveats`] has the list of what is patched and what is not, what kills and timeouts do, and how to
//! find out what blocks.
//!
//! Where you can choose, prefer [`import_patched!`](crate::import_patched) and
//! [`green`](macro@crate::green): they are checked by the compiler, cost less, and can be killed and
//! timed out by unwinding. Patching is for code that is not yours.

pub(crate) mod category;
mod thread_locals;

#[doc = include_str!("caveats.md")]
pub mod caveats {}

#[cfg(target_os = "linux")]
use crate::monkey::patches;
use category::Category;
pub use thread_locals::{ThreadLocals, thread_locals};

#[cfg(target_os = "linux")]
#[doc(inline)]
pub use crate::monkey::original;

/// Which categories of calls to patch.
///
/// | category | calls |
/// |---|---|
/// | `os` | reading and writing pipes and other descriptors that are not sockets; locks of whole files |
/// | `select` | `poll`, `select`, `epoll_wait` and their like |
/// | `socket` | all that sockets wait with, and so what TLS libraries do on them |
/// | `thread` | locks and conditions of std, parking_lot and C; every green thread has its own thread-locals |
/// | `time` | sleeping |
/// | `subprocess` | waiting for child processes |
/// | `dns` | looking up the names of hosts |
///
/// # Examples
///
/// ```
/// use eventlet::patcher::{MonkeyPatch, is_monkey_patched};
///
/// MonkeyPatch::none().socket(true).dns(true).apply();
/// assert!(is_monkey_patched("socket") && !is_monkey_patched("time"));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[must_use = "nothing is patched until `apply` is called"]
pub struct MonkeyPatch {
    /// A bit for each category.
    bits: u8,
}

macro_rules! categories {
    ($($name:ident: $category:ident, $what:literal;)+) => {
        $(
            #[doc = concat!("Whether to patch ", $what, ".")]
            ///
            /// # Examples
            ///
            /// ```
            /// use eventlet::patcher::{MonkeyPatch, is_monkey_patched};
            ///
            #[doc = concat!("MonkeyPatch::none().", stringify!($name), "(true).apply();")]
            #[doc = concat!("assert!(is_monkey_patched(\"", stringify!($name), "\"));")]
            /// ```
            pub const fn $name(self, is_patched: bool) -> Self {
                self.with(Category::$category, is_patched)
            }
        )+
    };
}

impl MonkeyPatch {
    /// All categories; leave out what is not to be patched.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::patcher::{MonkeyPatch, is_monkey_patched};
    ///
    /// MonkeyPatch::all().thread(false).apply();
    /// assert!(is_monkey_patched("socket") && !is_monkey_patched("thread"));
    /// ```
    pub const fn all() -> Self {
        let mut patch = Self::none();
        let mut i = 0;
        while i < Category::ALL.len() {
            patch = patch.with(Category::ALL[i], true);
            i += 1;
        }
        patch
    }

    /// No category; name what is to be patched.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::patcher::{MonkeyPatch, is_monkey_patched};
    ///
    /// MonkeyPatch::none().time(true).apply();
    /// assert!(is_monkey_patched("time"));
    /// ```
    pub const fn none() -> Self {
        MonkeyPatch { bits: 0 }
    }

    categories! {
        os: Os, "reading and writing pipes and other descriptors that are not sockets";
        select: Select, "waiting for several descriptors: `poll`, `select`, `epoll_wait` and their like";
        socket: Socket, "what sockets wait with";
        thread: Thread, "locks and conditions, and give every green thread thread-locals of its own";
        time: Time, "sleeping";
        subprocess: Subprocess, "waiting for child processes";
        dns: Dns, "looking up the names of hosts";
    }

    const fn with(self, category: Category, is_patched: bool) -> Self {
        let bit = category.bit();
        MonkeyPatch { bits: if is_patched { self.bits | bit } else { self.bits & !bit } }
    }

    /// Patches these categories, besides those that are patched already, for the rest of the process.
    ///
    /// Only OS threads that have a hub are affected, and there only green threads and the main
    /// context. It may be called at any time, also while other OS threads run; a call that waits
    /// already goes on as it began.
    ///
    /// # Panics
    ///
    /// Panics on systems other than Linux, where calls cannot be replaced like this.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    /// use eventlet::patcher::MonkeyPatch;
    ///
    /// MonkeyPatch::all().apply();
    /// let start = Instant::now();
    /// let nap = || std::thread::sleep(Duration::from_millis(20));
    /// let naps: Vec<_> = (0..100).map(|_| eventlet::spawn(nap)).collect();
    /// naps.into_iter().for_each(|nap| nap.wait().unwrap());
    /// assert!(start.elapsed() < Duration::from_millis(1000));
    /// ```
    pub fn apply(self) {
        #[cfg(target_os = "linux")]
        patches::add(self.bits);
        #[cfg(not(target_os = "linux"))]
        panic!("monkey_patch() needs Linux; import_patched! and #[green] work everywhere");
    }
}

impl std::fmt::Debug for MonkeyPatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let is_chosen = |category: &Category| self.bits & category.bit() != 0;
        let chosen = Category::ALL.into_iter().filter(is_chosen).map(Category::name);
        f.write_str("MonkeyPatch ")?;
        f.debug_set().entries(chosen).finish()
    }
}

/// Patches everything: unmodified blocking code cooperates from now on.
///
/// Call it first thing in `main`. See [`patcher`](self) for what it does, and [`MonkeyPatch`] for
/// patching less.
///
/// # Panics
///
/// Panics on systems other than Linux.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// eventlet::monkey_patch();
/// assert!(eventlet::patcher::is_monkey_patched("socket"));
/// ```
pub fn monkey_patch() {
    MonkeyPatch::all().apply();
}

/// Whether a category is patched, by its name in [`MonkeyPatch`]. No other name is.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use eventlet::patcher::is_monkey_patched;
///
/// assert!(!is_monkey_patched("socket"));
/// eventlet::monkey_patch();
/// assert!(is_monkey_patched("socket"));
/// assert!(!is_monkey_patched("builtins"));
/// ```
pub fn is_monkey_patched(name: &str) -> bool {
    #[cfg(target_os = "linux")]
    return Category::ALL.iter().any(|category| category.name() == name && patches::has(*category));
    #[cfg(not(target_os = "linux"))]
    return false;
}

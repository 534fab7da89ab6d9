//! What a hub tells other OS threads of who runs: whoever is resumed takes the hub's *seat*.
//!
//! ```text
//!   the hub's thread    take ──► (the fiber runs) ──► take ──► vacate ──► (asleep) ──► take
//!                         │                            │          │                     │
//!                         ▼                            ▼          ▼                     ▼
//!   the seat          version 2: A                 4: B      6: nobody              8: A
//!                         ▲         ▲       ▲
//!   a watchdog          look      look    look: still version 2, so A has run all the while
//! ```
//!
//! Nothing is written while nobody watches. The hub never waits for who looks: all of a seat is in
//! atomics, and a look during which they were written counts as none.

use std::panic::Location;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, fence};
use std::thread::{self, Thread};

use super::fiber::Fiber;
use super::time::Time;
use super::{Hub, clock, registry, try_with};
use crate::oslock::OnceLock;

/// The session of watching that is under way; 0 while nobody watches. What a seat says from an
/// earlier session, or from none, is out of date.
static SESSION: AtomicU64 = AtomicU64::new(0);

#[inline]
fn is_watched() -> bool {
    SESSION.load(Relaxed) != 0
}

/// The id of nobody.
const NOBODY: u64 = u64::MAX;

/// So many bytes of a name are told, in words of eight.
const NAME_WORDS: usize = 8;
const NAME_BYTES: usize = 8 * NAME_WORDS;

/// Lets all hubs tell who runs, from their next resume on and this thread's at once; 0 ends that.
pub(crate) fn watch(session: u64) {
    SESSION.store(session, Relaxed);
    try_with(|hub| {
        if let Some(fiber) = hub.try_current_fiber() {
            hub.take_seat(&fiber);
        }
    });
}

/// The seats of all hubs.
pub(crate) fn seats() -> Vec<Arc<Seat>> {
    registry::seats()
}

/// Who runs in a hub, readable by other OS threads.
///
/// Only the hub's own thread writes what `version` protects.
pub(crate) struct Seat {
    /// The hub's.
    pub(crate) hub: u64,
    /// The hub's OS thread, as std knows it when no green thread runs: those may have another handle.
    pub(crate) thread: Thread,
    /// What Linux calls that: found out when somebody first takes the seat.
    tid: OnceLock<Option<u32>>,
    /// Odd while the fields below are written. It is another one for each that takes the seat.
    version: AtomicU64,
    /// In which session they were written.
    session: AtomicU64,
    /// The fiber's id, or nobody's.
    id: AtomicU64,
    is_main: AtomicBool,
    /// Invariant PLACE: it always points to a `&'static Location`.
    spawned_at: AtomicPtr<Location<'static>>,
    name_length: AtomicUsize,
    name: [AtomicU64; NAME_WORDS],
    /// While the main context runs: whether others could, or may be able to.
    others_wait: AtomicBool,
    /// While the main context runs: when the next timer is due, by the system's clock.
    due: AtomicU64,
}

#[cfg(target_os = "linux")]
fn current_tid() -> Option<u32> {
    let link = std::fs::read_link("/proc/thread-self").ok()?;
    link.file_name()?.to_str()?.parse().ok()
}

#[cfg(not(target_os = "linux"))]
fn current_tid() -> Option<u32> {
    None
}

/// Whom a look at a seat has found there.
#[derive(Clone, Debug)]
pub(crate) struct Sitter {
    /// The same at two looks if nobody else has run in between.
    pub(crate) version: u64,
    pub(crate) id: u64,
    /// None for the main context.
    pub(crate) spawned_at: Option<&'static Location<'static>>,
    pub(crate) name: Option<String>,
}

impl Seat {
    /// That of a hub of the calling OS thread.
    pub(super) fn new(hub: u64) -> Self {
        Seat {
            hub,
            thread: thread::current(),
            tid: OnceLock::new(),
            version: AtomicU64::new(0),
            session: AtomicU64::new(0),
            id: AtomicU64::new(NOBODY),
            is_main: AtomicBool::new(false),
            spawned_at: AtomicPtr::new(ptr::from_ref(Location::caller()).cast_mut()),
            name_length: AtomicUsize::new(0),
            name: [const { AtomicU64::new(0) }; NAME_WORDS],
            others_wait: AtomicBool::new(false),
            due: AtomicU64::new(u64::MAX),
        }
    }

    /// What Linux calls the hub's thread; none before anybody has taken the seat.
    pub(crate) fn tid(&self) -> Option<u32> {
        self.tid.get().copied().flatten()
    }

    /// Who runs, if it is somebody that keeps others from running: a green thread always does, the
    /// main context if others wait.
    pub(crate) fn look(&self) -> Option<Sitter> {
        let version = self.version.load(Acquire);
        let session = self.session.load(Relaxed);
        let id = self.id.load(Relaxed);
        let is_main = self.is_main.load(Relaxed);
        let spawned_at = self.spawned_at.load(Relaxed);
        let name = self.read_name();
        let keeps_others = !is_main || self.others_wait() || self.due.load(Relaxed) <= clock::now();
        fence(Acquire);
        let is_whole = version.is_multiple_of(2) && self.version.load(Relaxed) == version;
        if !is_whole || id == NOBODY || session != SESSION.load(Relaxed) || !keeps_others {
            return None;
        }
        // SAFETY: it points to a `&'static Location` (PLACE).
        let spawned_at = unsafe { &*spawned_at };
        let name = name.filter(|_| !is_main);
        Some(Sitter { version, id, spawned_at: (!is_main).then_some(spawned_at), name })
    }

    fn others_wait(&self) -> bool {
        self.others_wait.load(Relaxed)
    }

    /// Writes what `write` does, so that a look during that counts as none.
    fn change(&self, write: impl FnOnce()) {
        let version = self.version.load(Relaxed);
        self.version.store(version + 1, Relaxed);
        fence(Release);
        write();
        self.version.store(version + 2, Release);
    }

    fn take(&self, fiber: &Fiber) {
        self.tid.get_or_init(current_tid);
        self.change(|| {
            self.session.store(SESSION.load(Relaxed), Relaxed);
            self.id.store(fiber.id, Relaxed);
            self.is_main.store(fiber.is_main, Relaxed);
            self.spawned_at.store(ptr::from_ref(fiber.spawned_at).cast_mut(), Relaxed);
            self.write_name(fiber.name.as_deref().unwrap_or_default());
        });
    }

    #[cold]
    fn vacate(&self) {
        if self.id.load(Relaxed) != NOBODY {
            self.change(|| self.id.store(NOBODY, Relaxed));
        }
    }

    fn write_name(&self, name: &str) {
        let name = &name.as_bytes()[..name.floor_char_boundary(NAME_BYTES)];
        self.name_length.store(name.len(), Relaxed);
        let (words, rest) = name.as_chunks();
        for (to, from) in self.name.iter().zip(words) {
            to.store(u64::from_ne_bytes(*from), Relaxed);
        }
        if !rest.is_empty() {
            let mut padded = [0; 8];
            padded[..rest.len()].copy_from_slice(rest);
            self.name[words.len()].store(u64::from_ne_bytes(padded), Relaxed);
        }
    }

    fn read_name(&self) -> Option<String> {
        let length = self.name_length.load(Relaxed);
        let mut bytes: Vec<u8> = Vec::new();
        for word in &self.name[..length.div_ceil(8)] {
            bytes.extend(word.load(Relaxed).to_ne_bytes());
        }
        bytes.truncate(length);
        // Not what was written if it was written meanwhile: then the look counts as none.
        String::from_utf8(bytes).ok().filter(|name| !name.is_empty())
    }

    /// Notes that somebody is runnable, or may be.
    #[inline]
    pub(super) fn let_wait(&self) {
        if is_watched() {
            self.others_wait.store(true, Release);
        }
    }
}

impl Hub {
    /// Tells who watches that this fiber is going to run.
    #[inline]
    pub(super) fn take_seat(&self, fiber: &Fiber) {
        if is_watched() {
            self.take_watched_seat(fiber);
        }
    }

    #[cold]
    fn take_watched_seat(&self, fiber: &Fiber) {
        if fiber.is_main {
            self.note_who_waits(fiber);
        }
        self.remote.seat.take(fiber);
    }

    /// Tells who watches that no fiber runs.
    #[inline]
    pub(super) fn vacate_seat(&self) {
        if is_watched() {
            self.remote.seat.vacate();
        }
    }

    /// Notes whether the main context keeps anyone from running. Green threads that it makes
    /// runnable from now on are noted then.
    fn note_who_waits(&self, main: &Fiber) {
        let seat = &self.remote.seat;
        // Before the look at the mail: who sends some notes it afterwards.
        seat.others_wait.swap(false, AcqRel);
        // A timer that its last wait has left would hide those of others.
        if let Some((key, _)) = main.timer.take() {
            self.timers.borrow_mut().cancel(key);
        }
        let next = self.timers.borrow().next_deadline();
        seat.due.store(self.clock.system_time(next.unwrap_or(Time::NEVER)), Relaxed);
        // Only the hub could find out what is ready.
        let is_io_waited_for = self.n_fibers.get() > 0 && self.poller.borrow().n_waiters() > 0;
        if self.has_runnable() || is_io_waited_for || self.remote.has_mail() {
            seat.others_wait.store(true, Relaxed);
        }
    }

    /// Notes that there is a timer that is due at `at`.
    #[inline]
    pub(super) fn note_timer(&self, at: Time) {
        if is_watched() {
            self.note_watched_timer(at);
        }
    }

    #[cold]
    fn note_watched_timer(&self, at: Time) {
        let due = &self.remote.seat.due;
        due.store(due.load(Relaxed).min(self.clock.system_time(at)), Relaxed);
    }
}

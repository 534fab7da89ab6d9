//! What one holds of a green thread besides its result.

use std::fmt;
use std::panic::Location;
use std::rc::{Rc, Weak};

use super::exit::{ExitStatus, Killed};
use super::links::Link;
use super::packet::Shared;
use crate::hub::{self, Fiber, FiberRc, State};

/// A green thread without its result: to kill it, link to it, or ask about it.
///
/// Handles can be cloned, and equal handles mean the same green thread. Like the green thread
/// they stay on its OS thread. Made by [`GreenThread::handle`](crate::GreenThread::handle), [`spawn_n`](crate::spawn_n) and
/// [`current`](crate::current).
///
/// # Examples
///
/// ```
/// let thread = eventlet::spawn(|| eventlet::current());
/// let handle = thread.handle();
/// assert_eq!(thread.wait().unwrap(), handle);
/// assert!(handle.is_dead());
/// ```
#[derive(Clone)]
pub struct Handle {
    fiber: FiberRc,
}

impl Handle {
    pub(super) fn new(fiber: FiberRc) -> Self {
        Handle { fiber }
    }

    /// Ends the green thread from outside.
    ///
    /// One that has not begun never runs. One that has begun unwinds from where it waits, and its
    /// destructors run, before this call returns; if it waits again on the way (in a lock-like
    /// wait of a destructor, or because it caught the unwind and goes on) this call returns then.
    /// What it has already been woken with is not taken from it: then it ends at its next wait.
    /// A green thread that kills itself unwinds at once. Dead ones are left alone, and so is one that
    /// has been killed and has not reached its next wait.
    ///
    /// A call that is patched (feature `monkey-patch`) cannot be unwound from: it fails with
    /// `ECANCELED`, and so does every further one that would have to wait; what need not wait works. The
    /// green thread unwinds at its next wait in this library. If its function returns or panics before, it
    /// was killed all the same, and its result is dropped.
    /// A wait for a lock of std or C goes on until it ends.
    ///
    /// A panic in a destructor that runs because of a kill aborts the process, as in every unwind.
    ///
    /// # Panics
    ///
    /// Panics if it is the handle of the main context.
    ///
    /// # Switching
    ///
    /// Switches to the green thread that is killed, unless it had not begun or has ended; the
    /// caller goes on after everyone who was runnable. It does not switch while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let thread = eventlet::spawn(|| eventlet::sleep(std::time::Duration::from_secs(60)));
    /// thread.handle().kill();
    /// assert!(thread.wait().unwrap_err().is_killed());
    /// ```
    pub fn kill(&self) {
        // If the hub is gone, its green threads have been abandoned and nothing is left to kill.
        hub::try_with(|hub| hub.throw(self.killable(), Killed::payload));
    }

    #[track_caller]
    pub(super) fn killable(&self) -> &FiberRc {
        assert!(
            self.shared().is_some(),
            "the main context cannot be killed: it ends by returning from `main`"
        );
        &self.fiber
    }

    /// Takes the green thread back if it has not begun, and says whether it did.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let later = eventlet::spawn_after(Duration::from_secs(60), || ()).handle();
    /// assert!(later.cancel());
    /// assert!(!eventlet::current().cancel());
    /// ```
    pub fn cancel(&self) -> bool {
        let is_new = self.fiber.state() == State::New;
        if is_new {
            self.kill();
        }
        is_new
    }

    /// Calls `callback` when the green thread ends, however it ends.
    ///
    /// Callbacks are called in the order they were linked, inside the green thread, which is not
    /// dead before the last one has returned. If it was killed before it had begun, they are called
    /// inside the killer. If it has ended, the callback is called at once, in the caller. A
    /// callback that panics does not keep the others from being called. The main context never
    /// ends, so it calls nothing.
    ///
    /// # Switching
    ///
    /// Never switches, unless the green thread has ended and the callback does.
    ///
    /// # Examples
    ///
    /// ```
    /// let ended = eventlet::Event::new();
    /// let theirs = ended.clone();
    /// let handle = eventlet::spawn_n(|| ());
    /// handle.link(move |status| theirs.send(*status));
    /// assert!(ended.wait().unwrap().is_success());
    /// ```
    pub fn link(&self, callback: impl FnOnce(&ExitStatus) + 'static) -> Link {
        match self.shared() {
            Some(shared) => shared.links.add(Box::new(callback)),
            None => super::links::Links::default().add(Box::new(callback)),
        }
    }

    /// Takes a callback back that has not been called, and says whether it could.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let handle = eventlet::spawn_n(|| ());
    /// let link = handle.link(|_status| println!("called"));
    /// eventlet::sleep(std::time::Duration::ZERO);
    /// assert!(!handle.unlink(link));
    /// ```
    pub fn unlink(&self, link: Link) -> bool {
        self.shared().is_some_and(|shared| shared.links.remove(link))
    }

    /// How the green thread ended, if its function has. Its result is there then; the links are
    /// perhaps still being called.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let thread = eventlet::spawn(|| 1);
    /// let handle = thread.handle();
    /// assert_eq!(handle.exit_status(), None);
    /// thread.wait().unwrap();
    /// assert!(handle.exit_status().unwrap().is_success());
    /// ```
    #[doc(alias = "successful")]
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.shared()?.links.status()
    }

    /// Where it is kept by the pool that spawned it, if one did.
    pub(crate) fn seat(&self) -> Option<u32> {
        self.shared().map(|shared| shared.seat.get())
    }

    /// Whether it is that of an OS thread's native stack.
    pub(crate) fn is_main(&self) -> bool {
        self.fiber.is_main
    }

    /// The same without keeping anything alive.
    pub(crate) fn downgrade(&self) -> WeakHandle {
        WeakHandle::of(&self.fiber)
    }

    fn shared(&self) -> Option<&Shared> {
        self.fiber.extension()?.downcast_ref()
    }

    /// Whether the green thread has ended and its links have been called.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let handle = eventlet::spawn_n(|| ());
    /// assert!(!handle.is_dead());
    /// handle.kill();
    /// assert!(handle.is_dead());
    /// ```
    pub fn is_dead(&self) -> bool {
        self.shared().is_some_and(|shared| shared.is_dead(&self.fiber))
    }

    /// Whether it has begun to run and not ended.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let handle = eventlet::spawn_n(|| eventlet::sleep(Duration::from_secs(60)));
    /// assert!(!handle.is_running());
    /// eventlet::sleep(Duration::ZERO);
    /// assert!(handle.is_running());
    /// handle.kill();
    /// assert!(!handle.is_running());
    /// ```
    pub fn is_running(&self) -> bool {
        !matches!(self.fiber.state(), State::New | State::Done)
    }

    /// A number that no other green thread of this process has or had.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let (one, other) = (eventlet::spawn_n(|| ()), eventlet::spawn_n(|| ()));
    /// assert_ne!(one.id(), other.id());
    /// assert_eq!(one.id(), one.clone().id());
    /// ```
    pub fn id(&self) -> u64 {
        self.fiber.id
    }

    /// The name it was given with [`Builder::name`](super::Builder::name); `main` for the main
    /// context.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(eventlet::current().name(), Some("main"));
    /// assert_eq!(eventlet::spawn_n(|| ()).name(), None);
    /// ```
    pub fn name(&self) -> Option<&str> {
        self.fiber.name.as_deref()
    }

    /// Where it was spawned.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let handle = eventlet::spawn_n(|| ());
    /// assert_eq!(handle.spawned_at().file(), file!());
    /// ```
    pub fn spawned_at(&self) -> &'static Location<'static> {
        self.fiber.spawned_at
    }
}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        self.fiber.id == other.fiber.id
    }
}

impl Eq for Handle {}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("id", &self.id()).field("name", &self.name()).finish()
    }
}

/// A handle that keeps nothing alive: a green thread that has not begun owns what its closure has
/// captured, perhaps the very thing that holds this.
#[derive(Default)]
pub(crate) struct WeakHandle {
    fiber: Weak<Fiber>,
}

impl WeakHandle {
    pub(super) fn of(fiber: &FiberRc) -> Self {
        WeakHandle { fiber: Rc::downgrade(fiber) }
    }

    /// The handle, while the green thread has not ended.
    pub(crate) fn upgrade(&self) -> Option<Handle> {
        self.fiber.upgrade().map(Handle::new)
    }

    /// Whether it means the same green thread. Both must be alive.
    pub(crate) fn is(&self, handle: &Handle) -> bool {
        self.fiber.as_ptr() == Rc::as_ptr(&handle.fiber)
    }
}

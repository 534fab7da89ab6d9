//! A green thread whose result is wanted.

use std::fmt;
use std::rc::Rc;

use super::exit::{Exit, ExitStatus};
use super::handle::{Handle, WeakHandle};
use super::joint::Joint;
use super::links::Link;
use super::packet::Joinable;
use crate::hub::FiberRc;

/// A green thread whose result can be waited for. Made by [`spawn`](crate::spawn).
///
/// Dropping it detaches the green thread. It stays on its OS thread, so it is not `Send`:
///
/// ```compile_fail
/// fn assert_send<T: Send>(_: T) {}
/// assert_send(eventlet::spawn(|| 1));
/// ```
///
/// # Examples
///
/// ```
/// let thread = eventlet::spawn(|| "hello".len());
/// assert!(!thread.is_dead());
/// assert_eq!(thread.wait().unwrap(), 5);
/// ```
pub struct GreenThread<T> {
    joint: Joint<'static, T>,
}

impl<T: 'static> GreenThread<T> {
    pub(super) fn new(fiber: FiberRc, packet: Rc<dyn Joinable<T>>) -> Self {
        GreenThread { joint: Joint::new(fiber, packet) }
    }

    /// Waits for the end and returns the result, or why there is none.
    ///
    /// # Errors
    ///
    /// Fails if the green thread was killed, panicked, or did not handle a timeout.
    ///
    /// # Panics
    ///
    /// Panics if a green thread waits for itself. Panics in the main context where the hub finds
    /// that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches unless the green thread has ended, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(eventlet::spawn(|| 1 + 1).wait().unwrap(), 2);
    /// ```
    #[doc(alias = "join")]
    #[inline(always)]
    pub fn wait(self) -> Result<T, Exit> {
        self.joint.wait()
    }

    /// The result, once, after the end.
    pub(crate) fn take_result(&mut self) -> Option<Result<T, Exit>> {
        self.joint.take_result()
    }

    /// Whether the result has been taken.
    pub(crate) fn is_collected(&self) -> bool {
        self.joint.is_collected()
    }

    /// Waits until the result is there.
    #[inline(always)]
    pub(crate) fn wait_for_end(&self) {
        self.joint.wait_for_end();
    }

    /// A handle that keeps nothing alive.
    pub(crate) fn downgrade(&self) -> WeakHandle {
        WeakHandle::of(&self.joint.fiber)
    }

    /// Notes where the pool that spawned it keeps it.
    pub(crate) fn set_seat(&self, seat: u32) {
        self.joint.shared().seat.set(seat);
    }

    /// An untyped handle to the same green thread.
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
    /// let thread = eventlet::spawn(|| eventlet::sleep(Duration::from_secs(60)));
    /// let handle = thread.handle();
    /// eventlet::spawn(move || handle.kill());
    /// assert!(thread.wait().unwrap_err().is_killed());
    /// ```
    pub fn handle(&self) -> Handle {
        Handle::new(self.joint.fiber.clone())
    }

    /// Ends the green thread from outside; see [`Handle::kill`].
    ///
    /// # Switching
    ///
    /// Switches as [`Handle::kill`] does.
    ///
    /// # Examples
    ///
    /// ```
    /// let thread = eventlet::spawn(|| "never begins");
    /// thread.kill();
    /// assert!(thread.is_dead());
    /// ```
    pub fn kill(&self) {
        self.handle().kill();
    }

    /// Takes the green thread back if it has not begun; see [`Handle::cancel`].
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let thread = eventlet::spawn(|| "never begins");
    /// assert!(thread.cancel());
    /// assert!(thread.wait().unwrap_err().is_killed());
    /// ```
    pub fn cancel(&self) -> bool {
        self.handle().cancel()
    }

    /// Calls `callback` when the green thread ends; see [`Handle::link`].
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
    /// let thread = eventlet::spawn(|| panic!("no luck"));
    /// thread.link(move |status| theirs.send(status.is_panic()));
    /// assert!(ended.wait().unwrap());
    /// ```
    pub fn link(&self, callback: impl FnOnce(&ExitStatus) + 'static) -> Link {
        self.joint.shared().links.add(Box::new(callback))
    }

    /// Takes a callback back; see [`Handle::unlink`].
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let thread = eventlet::spawn(|| ());
    /// let link = thread.link(|_status| println!("not called"));
    /// assert!(thread.unlink(link));
    /// assert!(!thread.unlink(link));
    /// ```
    pub fn unlink(&self, link: Link) -> bool {
        self.joint.shared().links.remove(link)
    }

    /// How the green thread ended, if it has; see [`Handle::exit_status`].
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let thread = eventlet::spawn(|| ());
    /// assert!(thread.exit_status().is_none());
    /// thread.kill();
    /// assert!(thread.exit_status().unwrap().is_killed());
    /// ```
    pub fn exit_status(&self) -> Option<ExitStatus> {
        self.joint.shared().links.status()
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
    /// let thread = eventlet::spawn(|| ());
    /// assert!(!thread.is_dead());
    /// eventlet::sleep(std::time::Duration::ZERO);
    /// assert!(thread.is_dead());
    /// ```
    pub fn is_dead(&self) -> bool {
        self.joint.is_dead()
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
    /// let thread = eventlet::spawn(|| eventlet::current().id());
    /// let id = thread.id();
    /// assert_eq!(thread.wait().unwrap(), id);
    /// ```
    pub fn id(&self) -> u64 {
        self.joint.fiber.id
    }

    /// The name it was given with [`Builder::name`](super::Builder::name).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let thread = eventlet::Builder::new().name("parser").spawn(|| ())?;
    /// assert_eq!(thread.name(), Some("parser"));
    /// assert_eq!(eventlet::spawn(|| ()).name(), None);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn name(&self) -> Option<&str> {
        self.joint.fiber.name.as_deref()
    }
}

impl<T> fmt::Debug for GreenThread<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.joint.fiber.name.as_deref();
        f.debug_struct("GreenThread")
            .field("id", &self.joint.fiber.id)
            .field("name", &name)
            .finish()
    }
}

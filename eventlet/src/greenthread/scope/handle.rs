//! The handle of a green thread that may borrow.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use super::children::Children;
use crate::greenthread::joint::Joint;
use crate::greenthread::{Exit, Handle, Identity};

/// A green thread of a [`scope`](crate::scope), whose result can be waited for. Made by
/// [`Scope::spawn`](crate::Scope::spawn).
///
/// Dropping it detaches the green thread; the scope waits for it all the same.
///
/// # Examples
///
/// ```
/// let text = String::from("hello");
/// let length = eventlet::scope(|s| {
///     let thread = s.spawn(|| text.len());
///     assert!(!thread.is_dead());
///     thread.wait().unwrap()
/// });
/// assert_eq!(length, 5);
/// ```
#[doc(alias = "ScopedJoinHandle")]
pub struct ScopedGreenThread<'scope, T> {
    joint: Joint<'scope, T>,
    /// Which are told that a panic has been seen.
    children: Rc<Children>,
}

impl<'scope, T> ScopedGreenThread<'scope, T> {
    pub(super) fn new(joint: Joint<'scope, T>, children: Rc<Children>) -> Self {
        ScopedGreenThread { joint, children }
    }

    /// What other OS threads know it by.
    pub(crate) fn identity(&self) -> Arc<Identity> {
        Identity::of(&self.joint.fiber).clone()
    }

    /// Waits for the end and returns the result, or why there is none.
    ///
    /// A panic that is returned here does not make the scope panic.
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
    /// eventlet::scope(|s| {
    ///     let exit = s.spawn(|| panic!("contained")).wait().unwrap_err();
    ///     assert!(exit.is_panic());
    /// });
    /// ```
    #[doc(alias = "join")]
    pub fn wait(self) -> Result<T, Exit> {
        let result = self.joint.wait();
        if result.as_ref().is_err_and(Exit::is_panic) {
            self.children.see_panic();
        }
        result
    }

    /// An untyped handle to the same green thread, which may outlive the scope.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let handle = eventlet::scope(|s| s.spawn(|| ()).handle());
    /// assert!(handle.is_dead());
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
    /// use std::time::Duration;
    ///
    /// eventlet::scope(|s| {
    ///     let thread = s.spawn(|| eventlet::sleep(Duration::from_secs(60)));
    ///     thread.kill();
    ///     assert!(thread.wait().unwrap_err().is_killed());
    /// });
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
    /// let mut has_run = false;
    /// eventlet::scope(|s| assert!(s.spawn(|| has_run = true).cancel()));
    /// assert!(!has_run);
    /// ```
    pub fn cancel(&self) -> bool {
        self.handle().cancel()
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
    /// eventlet::scope(|s| {
    ///     let thread = s.spawn(|| ());
    ///     assert!(!thread.is_dead());
    ///     eventlet::sleep(std::time::Duration::ZERO);
    ///     assert!(thread.is_dead());
    /// });
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
    /// eventlet::scope(|s| {
    ///     let thread = s.spawn(|| eventlet::current().id());
    ///     let id = thread.id();
    ///     assert_eq!(thread.wait().unwrap(), id);
    /// });
    /// ```
    pub fn id(&self) -> u64 {
        self.joint.fiber.id
    }

    /// The name it was given with [`Builder::name`](crate::Builder::name).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// eventlet::scope(|s| {
    ///     let thread = eventlet::Builder::new().name("counter").spawn_scoped(s, || ())?;
    ///     assert_eq!(thread.name(), Some("counter"));
    ///     Ok::<(), std::io::Error>(())
    /// })?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn name(&self) -> Option<&str> {
        self.joint.fiber.name.as_deref()
    }
}

impl<T> fmt::Debug for ScopedGreenThread<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, name) = (self.id(), self.name());
        f.debug_struct("ScopedGreenThread").field("id", &id).field("name", &name).finish()
    }
}

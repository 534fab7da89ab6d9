//! Spawning with a name or another stack size.

use std::io;
use std::panic::Location;
use std::time::Duration;

use super::{GreenThread, Scope, ScopedGreenThread, Start, launch};
use crate::coroutine::{StackSize, default_stack_size};
use crate::hub::Spec;

/// Spawns green threads with a name or with another stack size, and reports failure as an error.
///
/// # Examples
///
/// ```
/// let thread = eventlet::Builder::new()
///     .name("parser")
///     .stack_size(1024 * 1024)
///     .spawn(|| eventlet::current().name().map(str::to_owned))?;
/// assert_eq!(thread.wait().unwrap().as_deref(), Some("parser"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Default, Clone)]
#[must_use = "a builder does nothing until `spawn`"]
pub struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
    delay: Duration,
}

impl Builder {
    /// A builder without a name, with the default stack size.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let thread = eventlet::Builder::new().spawn(|| 1)?;
    /// assert_eq!(thread.wait().unwrap(), 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Names the green thread, for reports and [`Handle::name`](super::Handle::name).
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
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets how many bytes of stack it has, rounded up to whole pages.
    ///
    /// The default is 256 KiB, or what `EVENTLET_STACK_SIZE` says. 8 KiB to 1 GiB are allowed;
    /// the address space is reserved and only touched pages cost memory. With less than 64 KiB a
    /// panic is printed without a backtrace, for which there is no room.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let builder = eventlet::Builder::new().stack_size(2 << 20);
    /// let thread = builder.spawn(|| [0u8; 1 << 20].len())?;
    /// assert_eq!(thread.wait().unwrap(), 1 << 20);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.stack_size = Some(bytes);
        self
    }

    /// Lets it begin after `delay`, as [`spawn_after`](crate::spawn_after) does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::debug::{now, pause_clock};
    ///
    /// pause_clock();
    /// let before = now();
    /// let thread = eventlet::Builder::new().delay(Duration::from_secs(60)).spawn(now)?;
    /// assert_eq!(thread.wait().unwrap() - before, Duration::from_secs(60));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Starts the green thread, as [`spawn`](crate::spawn) does.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if the stack size is out of range,
    /// and with [`OutOfMemory`](io::ErrorKind::OutOfMemory) if no stack can be mapped. What is
    /// running goes on.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let refused = eventlet::Builder::new().stack_size(1).spawn(|| ());
    /// assert_eq!(refused.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
    /// ```
    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> io::Result<GreenThread<T>>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        self.spawn_for(Location::caller(), f)
    }

    /// Starts the green thread on behalf of a call elsewhere, which is where reports will point.
    pub(crate) fn spawn_for<F, T>(
        self,
        spawned_at: &'static Location<'static>,
        f: F,
    ) -> io::Result<GreenThread<T>>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        let (spec, start) = self.into_spec(spawned_at)?;
        launch(spec, start, f)
    }

    /// Starts a green thread that may borrow what `scope` does not outlive, as [`Scope::spawn`]
    /// does.
    ///
    /// # Errors
    ///
    /// Fails where [`spawn`](Builder::spawn) does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let text = String::from("borrowed");
    /// let length = eventlet::scope(|s| {
    ///     let builder = eventlet::Builder::new().name("counter");
    ///     builder.spawn_scoped(s, || text.len()).map(|thread| thread.wait().unwrap())
    /// })?;
    /// assert_eq!(length, 8);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn spawn_scoped<'scope, F, T>(
        self,
        scope: &'scope Scope<'scope, '_>,
        f: F,
    ) -> io::Result<ScopedGreenThread<'scope, T>>
    where
        F: FnOnce() -> T + 'scope,
        T: 'scope,
    {
        let (spec, start) = self.into_spec(Location::caller())?;
        scope.launch(spec, start, f)
    }

    pub(super) fn into_spec(
        self,
        spawned_at: &'static Location<'static>,
    ) -> io::Result<(Spec, Start)> {
        let stack_size =
            self.stack_size.map_or_else(|| Ok(default_stack_size()), StackSize::new)?;
        let spec = Spec { name: self.name.map(Into::into), stack_size, spawned_at };
        Ok((spec, Start::After(self.delay)))
    }
}

//! How the shutdown of a hub went.

/// How the shutdown of a hub went; see [`HubHandle::shutdown`](super::HubHandle::shutdown).
///
/// # Examples
///
/// ```
/// let hub = eventlet::hubs::spawn_hub()?;
/// let outcome = hub.shutdown(std::time::Duration::from_secs(1));
/// assert!(outcome.is_clean());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct Shutdown {
    /// Green threads that had not ended when the limit passed, and were killed.
    pub killed: usize,
    /// Green threads that had not ended when the OS thread did.
    pub abandoned: usize,
    /// The panic that the hub itself has ended by, if it has.
    pub panic: Option<String>,
    /// The hub does not react, and its OS thread has not ended.
    pub is_stuck: bool,
}

impl Shutdown {
    /// Whether every green thread has ended by itself, and then the OS thread.
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
    /// let hub = eventlet::hubs::spawn_hub()?;
    /// hub.spawn(|| eventlet::sleep(Duration::from_secs(3600)));
    /// assert!(!hub.shutdown(Duration::from_millis(1)).is_clean());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_clean(&self) -> bool {
        *self == Shutdown::default()
    }
}

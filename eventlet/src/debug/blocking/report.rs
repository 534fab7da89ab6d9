//! What the watchdog tells.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

use super::Activity;
use crate::hub::Sitter;

/// What [`BlockingDetection`](super::BlockingDetection) tells of a hub that is stuck, or was.
///
/// It prints as one line.
///
/// # Examples
///
/// ```
/// use std::sync::mpsc;
/// use std::time::Duration;
/// use eventlet::debug::{BlockingDetection, hub_blocking_detection};
///
/// let (sender, reports) = mpsc::channel();
/// BlockingDetection::new()
///     .resolution(Duration::from_millis(20))
///     .report_to(move |report| drop(sender.send(report.clone())))
///     .start()?;
/// let thread = eventlet::spawn(move || (reports.recv().unwrap(), reports));
/// let id = thread.id();
/// let (first, reports) = thread.wait().unwrap();
/// assert_eq!(first.green_thread(), Some(id));
/// assert!(!first.is_over());
/// assert!(first.to_string().contains(&format!("green thread {id}, spawned at ")));
///
/// // Now it has given way.
/// let last = reports.iter().find(|report| report.is_over()).unwrap();
/// assert!(last.duration() >= first.duration());
/// hub_blocking_detection(false);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BlockingReport {
    pub(super) hub: u64,
    pub(super) os_thread: Option<String>,
    pub(super) sitter: Sitter,
    pub(super) duration: Duration,
    pub(super) activity: Option<Activity>,
    pub(super) is_over: bool,
}

impl BlockingReport {
    /// The id of the hub.
    pub fn hub(&self) -> u64 {
        self.hub
    }

    /// The name of the hub's OS thread, if it has one.
    pub fn os_thread(&self) -> Option<&str> {
        self.os_thread.as_deref()
    }

    /// The id of the green thread that does not give way; none if it is the main context.
    pub fn green_thread(&self) -> Option<u64> {
        self.sitter.spawned_at.map(|_| self.sitter.id)
    }

    /// The name of the green thread, if it has one: the first 64 bytes of it.
    pub fn name(&self) -> Option<&str> {
        self.sitter.name.as_deref()
    }

    /// Where the green thread was spawned; none if it is the main context.
    pub fn spawned_at(&self) -> Option<&'static Location<'static>> {
        self.sitter.spawned_at
    }

    /// For how long the hub has been stuck, or was if that is over.
    ///
    /// While it lasts, this is never more than the truth. At the end it may be as much as the
    /// watchdog's pause between two looks, a quarter of the resolution, too long or too short.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Whether the green thread has given way. Then this is the last report about it.
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// What the OS thread does, where the system tells, unless it is over.
    pub fn activity(&self) -> Option<Activity> {
        self.activity
    }
}

impl fmt::Display for BlockingReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hub {}", self.hub)?;
        if let Some(name) = &self.os_thread {
            write!(f, " (OS thread '{name}')")?;
        }
        let how = if self.is_over { "was stuck" } else { "has been stuck" };
        write!(f, " {how} for {:.2?}: ", self.duration)?;
        self.fmt_sitter(f)?;
        match self.activity {
            _ if self.is_over => f.write_str(" has given way at last"),
            Some(activity) => write!(f, " {activity}"),
            None => f.write_str(" does not give way"),
        }
    }
}

impl BlockingReport {
    /// Writes who it is.
    fn fmt_sitter(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(place) = self.spawned_at() else {
            return f.write_str("the main context, while others wait,");
        };
        let id = self.sitter.id;
        match self.name() {
            Some(name) => write!(f, "green thread '{name}' ({id})")?,
            None => write!(f, "green thread {id}")?,
        }
        write!(f, ", spawned at {place},")
    }
}

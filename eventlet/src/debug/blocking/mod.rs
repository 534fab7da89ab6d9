//! Blocking detection: switching it on and off.

mod activity;
mod calls;
mod report;
mod session;
#[cfg(test)]
mod tests;
mod watchdog;

use std::io::{self, Write};
use std::time::Duration;

pub use activity::Activity;
pub use report::BlockingReport;

use watchdog::Watchdog;

/// How long a hub may be stuck before it is reported, unless something else is asked for.
const RESOLUTION: Duration = Duration::from_secs(1);

/// Turns blocking detection on, with a resolution of a second and reports on standard error, or off.
///
/// While it is on, a watchdog, an OS thread of its own, looks at all hubs of the process, those
/// that are made later included. A hub is *stuck* while one green thread runs in it and does not
/// give way. After a second this is reported, with the green thread's name and id, the place where
/// it was spawned, and on Linux with what its OS thread does: it computes, or waits in a system
/// call. While it lasts it is reported again, after twice the time, four times and so on; when it
/// is over, once more.
///
/// ```text
/// eventlet: hub 0 (OS thread 'main') has been stuck for 1.00s: green thread 'parser' (17), \
/// spawned at src/main.rs:10:5, waits in the system call futex
/// ```
///
/// A computation can [yield now and then](crate::yield_if_needed) or run in
/// [`tpool::execute`](crate::tpool::execute). A system call comes from code that is not green: use
/// what [`green`](mod@crate::green) has in its place, or, again, `tpool::execute`. `futex` is what
/// std's locks, channels and joins wait in.
///
/// The **main context** may compute for as long as it likes if that keeps nobody waiting. It is
/// reported if a green thread of its hub is runnable, a timer is due, another OS thread has sent
/// something, or a green thread waits for I/O: whether that is ready, only the hub could find out.
/// A hub that has nothing to do is not stuck, and neither is one that sleeps in its poller.
///
/// The watchdog only looks. It interrupts nobody and raises nothing, where Eventlet raises an
/// exception in the green thread at fault. While it is on, a switch costs some 15 ns more,
/// and twice that if the green thread has a name; while it is off, nothing that could be measured.
///
/// Turned off, it makes no more reports; one that is under way may still arrive. What other hubs
/// are doing at the moment when it is turned on is known from their next switch on.
/// [`BlockingDetection`] has the settings.
///
/// # Panics
///
/// Panics if there can be no other OS thread.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use eventlet::debug::hub_blocking_detection;
///
/// hub_blocking_detection(true);
/// // ... the program ...
/// hub_blocking_detection(false);
/// ```
pub fn hub_blocking_detection(state: bool) {
    if state {
        BlockingDetection::new().start().expect("an OS thread for the watchdog");
    } else {
        session::end();
    }
}

/// Blocking detection with settings of one's own; see [`hub_blocking_detection`].
///
/// # Examples
///
/// A green thread that blocks until the watchdog has told of it:
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
///
/// let parser = eventlet::Builder::new().name("parser").spawn(move || reports.recv().unwrap())?;
/// let report = parser.wait().unwrap();
/// assert_eq!(report.name(), Some("parser"));
/// assert!(report.duration() >= Duration::from_millis(20));
/// hub_blocking_detection(false);
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "nothing is watched before `start`"]
pub struct BlockingDetection {
    resolution: Duration,
    report: Report,
}

/// What is done with reports.
type Report = Box<dyn FnMut(&BlockingReport) + Send>;

impl Default for BlockingDetection {
    fn default() -> Self {
        Self::new()
    }
}

impl BlockingDetection {
    /// The settings of [`hub_blocking_detection`].
    pub fn new() -> Self {
        BlockingDetection { resolution: RESOLUTION, report: Box::new(print) }
    }

    /// Sets how long a hub must be stuck to be reported; a second unless set.
    ///
    /// The watchdog looks four times in this time, though not more often than once in a millisecond.
    /// That is how exact the times that it tells are, and a report comes so much later. The shorter
    /// the resolution, the more often a busy system will be to blame and not the green thread.
    ///
    /// # Panics
    ///
    /// Panics if it is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::debug::{BlockingDetection, hub_blocking_detection};
    ///
    /// BlockingDetection::new().resolution(Duration::from_millis(100)).start()?;
    /// hub_blocking_detection(false);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn resolution(mut self, resolution: Duration) -> Self {
        assert!(!resolution.is_zero(), "the resolution of blocking detection must not be zero");
        self.resolution = resolution;
        self
    }

    /// Sets what is done with reports; unless set, they are printed on standard error.
    ///
    /// `report` is called on the watchdog's own OS thread, while the hub is stuck: what it waits for
    /// must not need that hub. It may call anything in this module. If it panics, that is contained,
    /// and the next report is made all the same.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::debug::{BlockingDetection, hub_blocking_detection};
    ///
    /// BlockingDetection::new().report_to(|report| println!("{report}")).start()?;
    /// hub_blocking_detection(false);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn report_to(mut self, report: impl FnMut(&BlockingReport) + Send + 'static) -> Self {
        self.report = Box::new(report);
        self
    }

    /// Turns blocking detection on. If it is on already, these settings take the place of those.
    ///
    /// # Errors
    ///
    /// Fails if there can be no other OS thread. Then it is as it was.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::debug::{BlockingDetection, hub_blocking_detection};
    ///
    /// BlockingDetection::new().start()?;
    /// hub_blocking_detection(false);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn start(self) -> io::Result<()> {
        session::begin(|session| Watchdog::new(session, self.resolution, self.report).start())
    }
}

fn print(report: &BlockingReport) {
    // Nothing can be done about it, and nobody told.
    let _ = writeln!(io::stderr(), "eventlet: {report}");
}

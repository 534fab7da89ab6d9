//! The OS thread that watches.

use std::collections::HashMap;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use super::{Activity, BlockingReport, Report, session};
use crate::hub::{self, Seat, Sitter};
use crate::unwind;

/// So many looks in the time that a hub may be stuck.
const LOOKS: u32 = 4;

/// At least so long between two looks.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

/// What watches the hubs for one session.
pub(super) struct Watchdog {
    session: u64,
    resolution: Duration,
    report: Report,
    /// Who was found in each hub's seat at the last look, by the hub's id.
    found: HashMap<u64, Found>,
}

/// Who runs in a hub, and for how long this is known.
struct Found {
    sitter: Sitter,
    stuck: Duration,
    /// What it was last reported as.
    reported: Option<BlockingReport>,
    /// It is reported when it has been stuck for so long.
    next_report: Duration,
}

impl Watchdog {
    pub(super) fn new(session: u64, resolution: Duration, report: Report) -> Self {
        Watchdog { session, resolution, report, found: HashMap::new() }
    }

    pub(super) fn start(self) -> io::Result<()> {
        let thread = thread::Builder::new().name("eventlet-watch".into());
        thread.spawn(move || self.run()).map(drop)
    }

    fn run(mut self) {
        let pause = (self.resolution / LOOKS).max(SHORTEST_PAUSE);
        let mut looked = Instant::now();
        while session::goes_on_after(self.session, pause) {
            let passed = looked.elapsed();
            looked += passed;
            // After a pause like this the process had been stopped, or the system was so busy that
            // nothing can be said of the hubs.
            let counted = if passed > pause + self.resolution { pause } else { passed };
            self.look(counted);
        }
        unwind::drop_contained(self.report);
    }

    /// Looks at all hubs, after `passed`.
    fn look(&mut self, passed: Duration) {
        let mut before = std::mem::take(&mut self.found);
        for seat in hub::seats() {
            let found = before.remove(&seat.hub);
            let sitter = seat.look().filter(|_| !is_own(&seat));
            if let Some(found) = self.follow(&seat, found, sitter, passed) {
                self.found.insert(seat.hub, found);
            }
        }
        // Those of hubs that have ended.
        for (_, found) in before {
            self.tell_end(found, passed);
        }
    }

    /// Goes on from what was found in a seat to what is found there now.
    fn follow(
        &mut self,
        seat: &Seat,
        found: Option<Found>,
        sitter: Option<Sitter>,
        passed: Duration,
    ) -> Option<Found> {
        match (found, sitter) {
            (Some(mut found), Some(sitter)) if found.sitter.version == sitter.version => {
                found.stuck += passed;
                if found.stuck >= found.next_report {
                    self.tell(seat, &mut found);
                }
                Some(found)
            }
            (found, sitter) => {
                found.into_iter().for_each(|found| self.tell_end(found, passed));
                sitter.map(|sitter| Found::new(sitter, self.resolution))
            }
        }
    }

    fn tell(&mut self, seat: &Seat, found: &mut Found) {
        while found.next_report <= found.stuck {
            found.next_report = found.next_report.saturating_mul(2);
        }
        let report = BlockingReport {
            hub: seat.hub,
            os_thread: seat.thread.name().map(str::to_owned),
            sitter: found.sitter.clone(),
            duration: found.stuck,
            activity: seat.tid().and_then(Activity::of),
            is_over: false,
        };
        self.hand_out(&report);
        found.reported = Some(report);
    }

    /// Tells that a hub is not stuck any more, if it has been told that it was.
    fn tell_end(&mut self, found: Found, passed: Duration) {
        let Some(report) = found.reported else { return };
        let duration = found.stuck + passed;
        self.hand_out(&BlockingReport { duration, activity: None, is_over: true, ..report });
    }

    fn hand_out(&mut self, report: &BlockingReport) {
        if !session::is_current(self.session) {
            return;
        }
        // The panic hook has told of it.
        if let Err(payload) = unwind::catch(|| (self.report)(report)) {
            unwind::dispose(payload);
        }
    }
}

impl Found {
    fn new(sitter: Sitter, resolution: Duration) -> Self {
        Found { sitter, stuck: Duration::ZERO, reported: None, next_report: resolution }
    }
}

/// Whether it is the seat of a hub that a callback has made on this thread: it does nothing but
/// watch in between.
fn is_own(seat: &Seat) -> bool {
    seat.thread.id() == thread::current().id()
}

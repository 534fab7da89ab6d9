//! Sessions: from switching detection on until it is switched off, or on with other settings.

use std::io;
use std::time::Duration;

use crate::hub;
use crate::oslock::{Condvar, Mutex, MutexGuard};

/// Which session is under way. Each has a watchdog, which ends when it is not its session any more.
#[derive(Default)]
struct Sessions {
    /// 0 while detection is off.
    current: u64,
    n_begun: u64,
}

static SESSIONS: Mutex<Sessions> = Mutex::new(Sessions { current: 0, n_begun: 0 });
static HAS_CHANGED: Condvar = Condvar::new();

fn sessions() -> MutexGuard<'static, Sessions> {
    SESSIONS.lock()
}

impl Sessions {
    fn set(&mut self, session: u64) {
        self.current = session;
        hub::watch(session);
        HAS_CHANGED.notify_all();
    }
}

/// Begins a session, if its watchdog can be started.
pub(super) fn begin(start_watchdog: impl FnOnce(u64) -> io::Result<()>) -> io::Result<()> {
    let mut sessions = sessions();
    let session = sessions.n_begun + 1;
    start_watchdog(session)?;
    sessions.n_begun = session;
    sessions.set(session);
    Ok(())
}

/// Ends the session that is under way, if there is one.
pub(super) fn end() {
    sessions().set(0);
}

/// Whether this session is under way.
pub(super) fn is_current(session: u64) -> bool {
    sessions().current == session
}

/// Waits for `pause`, or until the session is over; says whether it goes on.
pub(super) fn goes_on_after(session: u64, pause: Duration) -> bool {
    let is_on = |sessions: &mut Sessions| sessions.current == session;
    HAS_CHANGED.wait_timeout_while(sessions(), pause, is_on).1
}

//! All hubs of the process, and how they hear of a descriptor that was closed on another thread.

use std::collections::HashMap;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::inbox::Remote;
use super::io::IoId;
use super::{Hub, try_with};

type Hubs = HashMap<u64, Weak<Remote>>;

static HUBS: Mutex<Option<Hubs>> = Mutex::new(None);

fn hubs() -> MutexGuard<'static, Option<Hubs>> {
    HUBS.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn enter(hub: &Hub) {
    let remote = Arc::downgrade(&hub.remote);
    hubs().get_or_insert_default().insert(hub.id, remote);
}

pub(super) fn leave(id: u64) {
    if let Some(hubs) = &mut *hubs() {
        hubs.remove(&id);
    }
}

/// In which hubs a descriptor may be registered.
#[derive(Default)]
pub(crate) struct Homes {
    /// 0 for none, `MANY`, or one more than the number of the hub.
    home: AtomicU64,
}

/// More than one hub; which ones is not kept.
const MANY: u64 = u64::MAX;

impl Homes {
    /// Notes that the descriptor has been registered in this hub.
    pub(super) fn add(&self, hub: &Hub) {
        let this = hub.id + 1;
        let first = self.home.compare_exchange(0, this, Ordering::Relaxed, Ordering::Relaxed);
        if first.is_err_and(|home| home != this) {
            self.home.store(MANY, Ordering::Relaxed);
        }
    }

    /// Lets the hubs forget the descriptor, which is about to be closed or given away: this
    /// thread's at once, others when they next read their mail.
    pub(crate) fn forget(&self, fd: RawFd, id: IoId, explicitly: bool) {
        let home = self.home.load(Ordering::Relaxed);
        if home == 0 {
            return;
        }
        let this = try_with(|hub| {
            hub.forget(fd, id, explicitly);
            hub.id + 1
        });
        if this != Some(home) {
            forget_elsewhere(home, fd, id, explicitly);
        }
    }
}

#[cold]
fn forget_elsewhere(home: u64, fd: RawFd, id: IoId, explicitly: bool) {
    let hubs = hubs();
    let Some(hubs) = &*hubs else { return };
    let tell = |remote: &Weak<Remote>| {
        if let Some(remote) = remote.upgrade() {
            remote.instruct(Box::new(move |hub| hub.forget(fd, id, explicitly)));
        }
    };
    match home {
        MANY => hubs.values().for_each(tell),
        home => hubs.get(&(home - 1)).into_iter().for_each(tell),
    }
}

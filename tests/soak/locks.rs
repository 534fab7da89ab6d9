//! The locks of `green::sync`, shared with another hub: never two where one belongs, nothing left locked.

use std::rc::Rc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Arc, LockResult, PoisonError, TryLockError};
use std::time::Duration;

use eventlet::green::sync::{Condvar, Mutex, RwLock, RwLockWriteGuard};
use eventlet::hubs::{HubHandle, spawn_hub};
use eventlet::{sleep, with_timeout};
use eventlet_tests::OnDrop;
use eventlet_tests::net::Random;

use super::soak::{Soak, Subject};

/// What the hubs share.
#[derive(Default)]
struct Shared {
    mutex: Mutex<u64>,
    changed: Condvar,
    lock: RwLock<u64>,
    /// How many use the mutex, and the lock; who writes counts as a thousand.
    n_inside: [AtomicI32; 2],
}

const WRITER: i32 = 1000;

/// The locks, and the other hub.
pub struct Locks {
    shared: Arc<Shared>,
    hub: HubHandle,
}

/// Kills poison the locks, which is of no importance here.
fn any<G>(guard: LockResult<G>) -> G {
    guard.unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    /// Uses what is locked, for `pause`, together with at most so many others.
    fn inside(&self, which: usize, weight: i32, most: i32, pause: Duration) {
        let n_inside = &self.n_inside[which];
        let n = n_inside.fetch_add(weight, Ordering::SeqCst) + weight;
        let _out = OnDrop(|| {
            n_inside.fetch_sub(weight, Ordering::SeqCst);
        });
        assert!(n <= most, "too many are inside: {n}");
        sleep(pause);
    }

    fn use_one(&self, what: usize, pause: Duration) {
        match what {
            0 => {
                let mut guard = any(self.mutex.lock());
                self.inside(0, 1, 1, pause);
                *guard += 1;
                self.changed.notify_one();
            }
            1 => {
                let guard = any(self.mutex.lock());
                let before = *guard;
                let is_same = |now: &mut u64| *now == before;
                let (guard, _) = any(self.changed.wait_timeout_while(guard, pause, is_same));
                self.inside(0, 1, 1, pause);
                drop(guard);
            }
            2 => {
                let _guard = any(self.lock.read());
                self.inside(1, 1, WRITER - 1, pause);
            }
            3 => {
                let guard = any(self.lock.write());
                self.inside(1, WRITER, WRITER, pause);
                let _guard = RwLockWriteGuard::downgrade(guard);
                self.inside(1, 1, WRITER - 1, pause);
            }
            _ => match self.lock.try_write() {
                Ok(_guard) => self.inside(1, WRITER, WRITER, pause),
                Err(TryLockError::Poisoned(_guard)) => self.lock.clear_poison(),
                Err(TryLockError::WouldBlock) => self.changed.notify_all(),
            },
        }
    }
}

impl Locks {
    /// Starts the other hub.
    pub fn start() -> Self {
        Locks { shared: Arc::default(), hub: spawn_hub().unwrap() }
    }

    /// Starts a green thread there that uses the locks, and kills it now and then.
    fn use_there(&self, soak: &Soak) {
        let (shared, seed) = (self.shared.clone(), soak.below(1 << 20) as u64);
        let thread = self.hub.spawn(move || {
            let mut random = Random::new(seed);
            for _ in 0..5 {
                let [what, pause, limit] = [5, 300, 1000].map(|n| random.below(n));
                let [pause, limit] = [pause, limit].map(|n| Duration::from_micros(n as u64));
                let _ = with_timeout(limit, || shared.use_one(what, pause));
            }
        });
        sleep(soak.short_time());
        if soak.below(2) == 0 {
            return thread.kill();
        }
        thread.wait().unwrap();
    }
}

impl Subject for Locks {
    fn round(&self, soak: &Rc<Soak>) {
        match soak.below(4) {
            0 => self.use_there(soak),
            _ => self.shared.use_one(soak.below(5), soak.short_time()),
        }
    }

    fn stop(&self) {
        let outcome = self.hub.shutdown(Duration::from_secs(10));
        assert_eq!((outcome.killed, outcome.abandoned), (0, 0), "{outcome:?}");
    }

    fn verify(&self) {
        self.shared.mutex.clear_poison();
        self.shared.lock.clear_poison();
        assert!(self.shared.mutex.try_lock().is_ok(), "the mutex is locked by nobody");
        assert!(self.shared.lock.try_write().is_ok(), "the lock is locked by nobody");
        assert!(self.shared.n_inside.iter().all(|n| n.load(Ordering::SeqCst) == 0));
    }
}

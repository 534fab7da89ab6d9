//! Random use of one mutex, one `RwLock` and one `Condvar` by green threads of several hubs, and by OS
//! threads: never two at once where one belongs, and nobody waits for ever, whoever is killed or
//! times out on the way.

use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use eventlet::green::sync::{Condvar, Mutex, RwLock, RwLockWriteGuard};
use eventlet::hubs::spawn_hub;
use eventlet::{sleep, spawn, with_timeout};
use eventlet_tests::net::Random;
use eventlet_tests::{OnDrop, check_within};

/// What all share. Poison is expected, and says nothing here.
#[derive(Default)]
struct World {
    /// How many units there are to take.
    mutex: Mutex<u64>,
    more: Condvar,
    lock: RwLock<u64>,
    /// Who is inside, as the guards' holders count: a writer is -1.
    n_in_mutex: AtomicI32,
    n_in_lock: AtomicI32,
    n_steps: AtomicU64,
}

/// A moment of others' time, or none.
fn linger(random: &mut Random) {
    if random.below(3) == 0 {
        sleep(Duration::from_micros([0, 0, 1, 50][random.below(4)]));
    }
}

impl World {
    /// In the place of the one who holds the mutex.
    fn hold(&self, random: &mut Random) {
        assert_eq!(self.n_in_mutex.swap(1, Ordering::SeqCst), 0, "two hold the mutex");
        let _out = OnDrop(|| self.n_in_mutex.store(0, Ordering::SeqCst));
        linger(random);
    }

    fn read(&self, random: &mut Random) {
        assert!(self.n_in_lock.fetch_add(1, Ordering::SeqCst) >= 0, "it reads beside a writer");
        let _out = OnDrop(|| {
            self.n_in_lock.fetch_sub(1, Ordering::SeqCst);
        });
        linger(random);
    }

    fn write(&self, random: &mut Random) {
        assert_eq!(self.n_in_lock.swap(-1, Ordering::SeqCst), 0, "it writes beside someone");
        let _out = OnDrop(|| self.n_in_lock.store(0, Ordering::SeqCst));
        linger(random);
    }

    fn step(&self, random: &mut Random) {
        let (mutex, lock) = (&self.mutex, &self.lock);
        match random.below(8) {
            0 => {
                let guard = mutex.lock().unwrap_or_else(PoisonError::into_inner);
                self.hold(random);
                drop(guard);
            }
            1 => match mutex.try_lock() {
                Ok(_guard) => self.hold(random),
                Err(TryLockError::Poisoned(_guard)) => self.hold(random),
                Err(TryLockError::WouldBlock) => {}
            },
            2 => {
                let _guard = lock.read().unwrap_or_else(PoisonError::into_inner);
                self.read(random);
            }
            3 => {
                let _guard = lock.write().unwrap_or_else(PoisonError::into_inner);
                self.write(random);
            }
            4 => {
                let guard = lock.write().unwrap_or_else(PoisonError::into_inner);
                self.write(random);
                let _guard = RwLockWriteGuard::downgrade(guard);
                self.read(random);
            }
            5 => {
                if let Ok(_guard) = lock.try_write() {
                    self.write(random);
                }
            }
            6 => {
                *mutex.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                self.more.notify_one();
            }
            _ => self.take_unit(random),
        }
        self.n_steps.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits for a unit, for a little while; poison ends the wait as well.
    fn take_unit(&self, random: &mut Random) {
        let units = self.mutex.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = Duration::from_micros(random.below(300) as u64);
        let waited = self.more.wait_timeout_while(units, limit, |units| *units == 0);
        let (mut units, _) = waited.unwrap_or_else(PoisonError::into_inner);
        self.hold(random);
        *units = units.saturating_sub(1);
    }

    fn steps(&self, random: &mut Random, n: usize) {
        for _ in 0..n {
            self.step(random);
        }
    }
}

/// Steps, of which some have a limit; the green thread itself may be killed.
fn wander(world: &World, random: &mut Random, n: usize) {
    for _ in 0..n {
        if random.below(4) == 0 {
            let limit = Duration::from_micros(random.below(200) as u64);
            let _ = with_timeout(limit, || world.steps(random, 3));
        } else {
            world.step(random);
        }
    }
}

/// Starts green threads in this OS thread's hub, and kills half of them somewhere on their way.
fn crowd(world: &Arc<World>, seed: u64) {
    let mut random = Random::new(seed);
    let threads: Vec<_> = (0..6)
        .map(|n| {
            let world = world.clone();
            spawn(move || wander(&world, &mut Random::new(seed * 100 + n), 40))
        })
        .collect();
    for thread in threads.iter().step_by(2) {
        sleep(Duration::from_micros(random.below(2000) as u64));
        thread.kill();
    }
    for thread in threads {
        if let Err(exit) = thread.wait() {
            assert!(exit.is_killed(), "{exit}");
        }
    }
}

#[test]
fn nobody_is_let_in_too_early_or_never() {
    check_within(Duration::from_secs(120), || {
        for seed in 1..=12 {
            let world = Arc::new(World::default());
            let hubs = [spawn_hub().unwrap(), spawn_hub().unwrap()];
            let remote: Vec<_> = (0..2u64)
                .map(|n| {
                    let world = world.clone();
                    hubs[n as usize].spawn(move || crowd(&world, seed * 10 + n))
                })
                .collect();
            let theirs = world.clone();
            let os_thread = thread::spawn(move || {
                theirs.steps(&mut Random::new(seed * 10 + 7), 100);
            });
            crowd(&world, seed * 10 + 5);
            remote.into_iter().for_each(|thread| thread.wait().unwrap());
            os_thread.join().unwrap();
            let is_locked = matches!(world.mutex.try_lock(), Err(TryLockError::WouldBlock))
                || matches!(world.lock.try_write(), Err(TryLockError::WouldBlock));
            assert!(!is_locked, "seed {seed}: something is locked by nobody");
            assert!(world.n_steps.load(Ordering::SeqCst) > 100);
        }
    });
}

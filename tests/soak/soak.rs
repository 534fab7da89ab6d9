//! The soak itself: workers that do random rounds, and who interrupts them.

use std::cell::{Cell, RefCell};
use std::panic::resume_unwind;
use std::rc::Rc;
use std::time::{Duration, Instant};

use eventlet::hubs::get_hub;
use eventlet::{GreenThread, Handle, current, sleep, spawn, with_timeout};
use eventlet_tests::ms;
use eventlet_tests::net::Random;

use super::footprint::Footprints;

/// A part of the library under random use.
pub trait Subject {
    /// One random thing that users do with it, and what must hold of it at once.
    ///
    /// It may be killed or timed out wherever it waits. What it has spawned ends by itself.
    fn round(&self, soak: &Rc<Soak>);

    /// Ends what [`round`](Subject::round) does not: servers, other hubs.
    fn stop(&self) {}

    /// What must hold when every green thread has ended.
    fn verify(&self) {}
}

/// A subject by its name, in how many green threads at once it is used, and how it begins.
pub type Row = (&'static str, usize, fn() -> Box<dyn Subject>);

/// What all subjects share.
pub struct Soak {
    random: RefCell<Random>,
    until: Instant,
    /// For each worker, the green thread that does its rounds, while it may be killed.
    victims: RefCell<Vec<Option<Handle>>>,
    n_kills: Cell<u64>,
    n_timeouts: Cell<u64>,
}

/// A subject, and how many rounds have been begun and how many came to their end.
struct Tally {
    name: &'static str,
    subject: Box<dyn Subject>,
    n_begun: Cell<u64>,
    n_ended: Cell<u64>,
}

impl Soak {
    /// Soaks the subjects of these rows.
    pub fn run(seed: u64, duration: Duration, rows: &[Row]) {
        let soak = Rc::new(Soak {
            random: RefCell::new(Random::new(seed)),
            until: Instant::now() + duration,
            victims: RefCell::default(),
            n_kills: Cell::new(0),
            n_timeouts: Cell::new(0),
        });
        let mut tallies = Vec::new();
        let mut supervisors = vec![soak.start_killer()];
        for &(name, n_workers, begin) in rows {
            let subject = begin();
            let tally = Tally { name, subject, n_begun: Cell::new(0), n_ended: Cell::new(0) };
            let tally = Rc::new(tally);
            supervisors.extend((0..n_workers).map(|_| soak.start_worker(&tally)));
            tallies.push(tally);
        }
        let mut footprints = Footprints::new(duration);
        while soak.goes_on() {
            sleep(duration / 50);
            footprints.take();
        }
        for supervisor in supervisors {
            supervisor.wait().unwrap_or_else(|exit| exit.resume());
        }
        soak.finish(&tallies, &footprints);
    }

    /// Whether there is time left.
    pub fn goes_on(&self) -> bool {
        Instant::now() < self.until
    }

    /// A random number below `limit`.
    pub fn below(&self, limit: usize) -> usize {
        self.random.borrow_mut().below(limit)
    }

    /// A short time, now and then none.
    pub fn short_time(&self) -> Duration {
        Duration::from_micros([0, 1, 20, 200, 1000][self.below(5)])
    }

    /// Kills one of the workers now and then, wherever it waits.
    fn start_killer(self: &Rc<Self>) -> GreenThread<()> {
        let soak = self.clone();
        spawn(move || {
            while soak.goes_on() {
                sleep(soak.short_time());
                let index = soak.below(soak.victims.borrow().len());
                let victim = soak.victims.borrow_mut()[index].take();
                if let Some(victim) = victim {
                    victim.kill();
                    soak.n_kills.set(soak.n_kills.get() + 1);
                }
            }
        })
    }

    /// Keeps a worker going; whatever ends one but a kill is an error.
    fn start_worker(self: &Rc<Self>, tally: &Rc<Tally>) -> GreenThread<()> {
        let index = self.victims.borrow().len();
        self.victims.borrow_mut().push(None);
        let (soak, tally) = (self.clone(), tally.clone());
        spawn(move || {
            while soak.goes_on() {
                let (theirs, its) = (soak.clone(), tally.clone());
                let worker = spawn(move || theirs.do_rounds(&its, index));
                match worker.wait() {
                    Err(exit) if exit.is_panic() => resume_unwind(exit.into_panic()),
                    Err(exit) => assert!(exit.is_killed(), "{} ended by {exit}", tally.name),
                    Ok(()) => {}
                }
            }
        })
    }

    /// Of the rounds a half may be killed, and a quarter has a limit.
    fn do_rounds(self: &Rc<Self>, tally: &Tally, index: usize) {
        while self.goes_on() {
            tally.n_begun.set(tally.n_begun.get() + 1);
            self.victims.borrow_mut()[index] = (self.below(2) == 0).then(current);
            let is_over = if self.below(4) == 0 {
                let limit = self.short_time() * [1, 10, 100][self.below(3)];
                with_timeout(limit, || tally.subject.round(self)).is_ok()
            } else {
                tally.subject.round(self);
                true
            };
            self.victims.borrow_mut()[index] = None;
            let counter = if is_over { &tally.n_ended } else { &self.n_timeouts };
            counter.set(counter.get() + 1);
            sleep(Duration::ZERO);
        }
    }

    fn finish(&self, tallies: &[Rc<Tally>], footprints: &Footprints) {
        for tally in tallies {
            tally.subject.stop();
        }
        let deadline = Instant::now() + Duration::from_secs(20);
        while get_hub().stats().green_threads > 0 {
            assert!(Instant::now() < deadline, "somebody was left waiting: {:?}", get_hub());
            sleep(ms(1));
        }
        println!("{} kills, {} timeouts", self.n_kills.get(), self.n_timeouts.get());
        for tally in tallies {
            let (begun, ended) = (tally.n_begun.get(), tally.n_ended.get());
            println!("{:>12}: {begun} rounds, {ended} undisturbed", tally.name);
            assert!(ended > 0, "no round of {} came to its end", tally.name);
            tally.subject.verify();
        }
        let timers = get_hub().stats().timers;
        assert!(timers <= 1, "{timers} timers are left, of which one is the main context's");
        footprints.assert_no_growth();
    }
}

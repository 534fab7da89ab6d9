//! Random programs of limits, kills and waits, patched and not, by green threads that ignore every
//! error; and a model of what each limit and each kill must come to.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::thread;
use std::time::Duration;

use eventlet::{Event, GreenThread, debug, sleep, spawn, with_timeout};
use eventlet_monkey_tests::Silence;
use eventlet_tests::net::Random;
use eventlet_tests::{check_within, ms, yield_now};

const N_RUNS: u64 = 200;
const N_THREADS: usize = 12;

/// A limit that is set.
struct Limit {
    /// When it is due.
    at: Duration,
    /// Whether a patched call has failed because of it.
    is_felt: bool,
}

/// What is known of a green thread.
#[derive(Default)]
struct Model {
    /// Its limits, the outermost first.
    limits: RefCell<Vec<Limit>>,
    was_killed: Cell<bool>,
    /// Whether a patched call has failed because of the kill.
    has_felt_kill: Cell<bool>,
    n_late: Cell<u32>,
}

impl Model {
    /// The limit that is due first, of those due at once the outermost.
    fn first_due(&self) -> usize {
        let limits = self.limits.borrow();
        (0..limits.len()).min_by_key(|i| limits[*i].at).expect("there is a limit")
    }

    /// A patched call has failed because of a limit.
    fn feel_limit(&self) {
        let first = self.first_due();
        let limit = &mut self.limits.borrow_mut()[first];
        assert!(limit.at <= debug::now(), "a call has failed before the limit was due");
        limit.is_felt = true;
    }

    fn feel_kill(&self) {
        assert!(self.was_killed.get(), "a call was cancelled, and nobody has killed");
        self.has_felt_kill.set(true);
    }
}

/// Ends a limit of the model, also by unwinding.
struct Ends<'a>(&'a Model);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.limits.borrow_mut().pop();
    }
}

/// A green thread's program.
struct Program {
    random: Random,
    silence: Silence,
    model: Rc<Model>,
}

impl Program {
    /// Odd nanoseconds, so that no two things are due at the same moment.
    fn length(&mut self) -> Duration {
        Duration::from_nanos((self.random.next() % 20_000_000) | 1)
    }

    fn run(&mut self, depth: u32) {
        for _ in 0..self.random.next() % 6 {
            match self.random.next() % 8 {
                0..3 if depth < 5 => self.limit(depth),
                3 => self.sleep(),
                4 => self.sleep_patched(),
                5 => {
                    self.silence.write("data");
                    assert_eq!(self.silence.read().unwrap(), 4, "it need not wait");
                }
                6 => yield_now(),
                _ => self.read(),
            }
        }
    }

    fn read(&mut self) {
        // Without a limit it would wait for the kill.
        if self.model.limits.borrow().is_empty() && !self.model.was_killed.get() {
            return;
        }
        match self.silence.read_error() {
            libc::ETIMEDOUT => self.model.feel_limit(),
            libc::ECANCELED => self.model.feel_kill(),
            error => panic!("it failed with {error}"),
        }
    }

    fn sleep_patched(&mut self) {
        let (length, before) = (self.length(), debug::now());
        let was_killed = self.model.was_killed.get();
        thread::sleep(length);
        if debug::now() - before >= length && !was_killed {
            return;
        }
        // It does not say why it was interrupted.
        if self.model.was_killed.get() {
            self.model.feel_kill();
        } else {
            self.model.feel_limit();
        }
    }

    /// A wait of the library, which unwinds.
    fn sleep(&mut self) {
        let (length, before) = (self.length(), debug::now());
        let was_killed = self.model.was_killed.get();
        if self.random.next().is_multiple_of(2) {
            sleep(length);
            assert!(debug::now() - before >= length);
        } else {
            assert!(Event::<()>::new().wait_timeout(length).is_none());
        }
        assert!(!was_killed, "a kill was not raised");
    }

    fn limit(&mut self, depth: u32) {
        let model = self.model.clone();
        let length = self.length();
        let (at, mut ends) = (debug::now() + length, None);
        let result = with_timeout(length, || {
            model.limits.borrow_mut().push(Limit { at, is_felt: false });
            ends = Some(Ends(&model));
            self.run(depth + 1);
            model.limits.borrow().last().unwrap().is_felt
        });
        match result {
            Ok(is_felt) => assert!(!is_felt, "a limit was felt and not reported"),
            Err(late) => {
                assert_eq!(late.limit(), length);
                assert!(at <= debug::now(), "a limit was reported before it was due");
                assert_eq!(model.limits.borrow().len() - 1, depth as usize);
                assert!(
                    model.limits.borrow()[depth as usize].is_felt
                        || model.first_due() == depth as usize
                );
                model.n_late.set(model.n_late.get() + 1);
            }
        }
    }
}

fn start(seed: u64) -> (GreenThread<()>, Rc<Model>) {
    let model = Rc::new(Model::default());
    let theirs = model.clone();
    let thread = spawn(move || {
        let random = Random::new(seed);
        Program { random, silence: Silence::new(), model: theirs }.run(0);
    });
    (thread, model)
}

/// Kills some while they run, and looks how all have ended.
fn run(seed: u64, n_late: &mut u32, n_felt_kills: &mut u32) {
    let threads: Vec<_> = (0..N_THREADS as u64).map(|i| start(seed * 1000 + i)).collect();
    let mut random = Random::new(seed);
    for _ in 0..random.next() % 8 {
        sleep(Duration::from_nanos(random.next() % 10_000_000));
        let (thread, model) = &threads[random.next() as usize % N_THREADS];
        if !thread.is_dead() {
            model.was_killed.set(true);
            thread.kill();
        }
    }
    for (thread, model) in threads {
        let ended = thread.wait();
        match ended {
            Ok(()) => assert!(!model.has_felt_kill.get(), "a kill was felt and not reported"),
            Err(exit) => {
                assert!(exit.is_killed(), "{exit}");
                assert!(model.was_killed.get());
            }
        }
        assert!(model.limits.borrow().is_empty());
        *n_late += model.n_late.get();
        *n_felt_kills += u32::from(model.has_felt_kill.get());
    }
}

#[test]
fn nothing_thrown_is_lost_or_reported_by_another() {
    eventlet::monkey_patch();
    check_within(ms(120_000), || {
        debug::pause_clock();
        let (mut n_late, mut n_felt_kills) = (0, 0);
        for seed in 0..N_RUNS {
            run(seed, &mut n_late, &mut n_felt_kills);
        }
        assert!(n_late > 100 && n_felt_kills > 20, "{n_late} limits, {n_felt_kills} kills");
    });
}

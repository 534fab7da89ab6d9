//! The loop: run what is runnable, and every so often collect what has happened outside.

use std::thread::panicking;
use std::time::Duration;

use super::fiber::{FiberRc, Outcome, State, UNREGISTERED};
use super::park::SLEEP;
use super::queue::RECORD_AHEAD;
use super::time::Time;
use super::{Hub, library_runs, program_runs, with};
use crate::coroutine::{self, Coroutine};

/// With more fibers than this in all, what the next ones need is hardly in the cache.
const CACHED: usize = 64;

/// What every coroutine runs as its job: the fiber that the hub has just made current.
pub(super) fn run_current() {
    let fiber = with(Hub::current_fiber);
    fiber.body().run(&fiber);
    // Those that the body has used after it had ended its own.
    fiber.end_locals();
}

impl Hub {
    /// Runs other fibers until the main one is runnable again. Called on the native stack only.
    pub(super) fn drive(&self) {
        self.current.replace(None);
        library_runs();
        loop {
            if self.turn.has_ended(self.n_resumes.get()) {
                self.collect();
            }
            let next = self.queue.borrow_mut().pop(self.n_fibers.get() > CACHED);
            let Some(fiber) = next else {
                self.collect();
                continue;
            };
            self.n_resumes.set(self.n_resumes.get() + 1);
            self.take_seat(&fiber);
            if fiber.is_main {
                fiber.state.set(State::Running);
                self.current.replace(Some(fiber));
                program_runs();
                return;
            }
            self.run(fiber);
        }
    }

    /// Runs a fiber until it gives way or ends.
    #[inline]
    fn run(&self, fiber: FiberRc) {
        let mut coroutine = match fiber.coroutine.take() {
            Some(coroutine) => coroutine,
            None => match self.begin(&fiber) {
                Some(coroutine) => coroutine,
                None => return,
            },
        };
        fiber.state.set(State::Running);
        let locals = fiber.locals.place();
        self.current.replace(Some(fiber));
        locals.run(|| {
            program_runs();
            coroutine.resume();
            library_runs();
        });
        self.is_misled.set(panicking() && self.n_unwinding.get() == 0);
        let fiber = self.current.take().expect("the fiber that ran is current");
        if coroutine.is_idle() {
            self.finish(fiber, coroutine);
            return;
        }
        fiber.coroutine.set(Some(coroutine));
        if fiber.key.get() == UNREGISTERED {
            self.register(&fiber);
        }
        if fiber.state.get() == State::Queued {
            self.queue.borrow_mut().push(fiber);
        }
    }

    /// Keeps a fiber alive that has given way, whoever else holds it.
    #[cold]
    pub(super) fn register(&self, fiber: &FiberRc) {
        let key = self.fibers.borrow_mut().insert(fiber.clone());
        fiber.key.set(u32::try_from(key).expect("fewer than 2^32 green threads"));
    }

    /// Every fiber that has not ended, but the main one, oldest first.
    pub(crate) fn live_fibers(&self) -> Vec<FiberRc> {
        let mut live: Vec<FiberRc> = self.starved.borrow().iter().cloned().collect();
        live.extend(self.queue.borrow().iter().cloned());
        live.extend(self.timers.borrow().items().cloned());
        // A fiber that is registered may be in one of those places too.
        live.retain(|fiber| fiber.state.get() == State::New && fiber.key.get() == UNREGISTERED);
        // One that runs and has never given way is in no place at all.
        let current = self.current.borrow();
        let is_nowhere = |fiber: &&FiberRc| !fiber.is_main && fiber.key.get() == UNREGISTERED;
        live.extend(current.iter().filter(is_nowhere).cloned());
        live.extend(self.fibers.borrow().iter().map(|(_, fiber)| fiber.clone()));
        live.sort_unstable_by_key(|fiber| fiber.id);
        live
    }

    /// Gives a new fiber a stack.
    fn begin(&self, fiber: &FiberRc) -> Option<Coroutine> {
        let taken = self.stacks.borrow_mut().take(fiber.stack_size);
        match taken {
            Ok(coroutine) => {
                coroutine.label(fiber.id, fiber.name.as_ref());
                fiber.locals.begin();
                Some(coroutine)
            }
            Err(_) => {
                self.starved.borrow_mut().push_back(fiber.clone());
                None
            }
        }
    }

    /// Files away a fiber whose body has ended.
    #[inline]
    fn finish(&self, fiber: FiberRc, coroutine: Coroutine) {
        self.stacks.borrow_mut().give_back(coroutine);
        self.retire(&fiber);
        self.keep_record(fiber);
        let starved = self.starved.borrow_mut().pop_front();
        if let Some(starved) = starved {
            self.enqueue_new(starved);
        }
    }

    /// Forgets a fiber that will not run any more.
    #[inline]
    pub(super) fn retire(&self, fiber: &FiberRc) {
        fiber.state.set(State::Done);
        self.n_fibers.set(self.n_fibers.get() - 1);
        if let Some((key, _)) = fiber.timer.take() {
            self.timers.borrow_mut().cancel(key);
        }
        let key = fiber.key.replace(UNREGISTERED);
        if key != UNREGISTERED {
            self.fibers.borrow_mut().remove(key as usize);
        }
    }

    pub(super) fn has_runnable(&self) -> bool {
        !self.queue.borrow().is_empty()
    }

    /// Takes in what has happened outside: mail, events, deadlines. Waits for something to happen
    /// if no fiber is runnable.
    ///
    /// Timers fire only after a poll that began when they were due, so that data which was there
    /// in time wins over the timeout.
    #[cold]
    fn collect(&self) {
        self.vacate_seat();
        self.take_mail();
        let next = self.timers.borrow().next_deadline();
        let now = next.map(|_| self.clock.read());
        self.note_births(now);
        self.turn.begin(self.n_resumes.get(), now);
        let due = next.zip(now).is_some_and(|(next, now)| next <= now);
        if due || self.has_runnable() || self.trim_stacks() {
            // Without waiters an event can wake nobody, and the system keeps it.
            if self.poller.borrow().n_waiters() > 0 {
                self.poll(Some(Duration::ZERO));
            }
        } else {
            self.sleep_until(next, now.unwrap_or(Time::START));
            self.turn.has_slept();
        }
        if due && let Some(now) = now {
            self.fire_timers(now);
        }
    }

    /// Unmaps some of the stacks that a burst has left over; says whether there are more.
    fn trim_stacks(&self) -> bool {
        let mut stacks = self.stacks.borrow_mut();
        let swollen = stacks.is_swollen();
        if swollen {
            stacks.trim();
        }
        swollen
    }

    /// Waits for events, mail or the next deadline.
    fn sleep_until(&self, next: Option<Time>, now: Time) {
        if let Some(next) = next
            && self.clock.is_paused()
            && !self.remote_waits.borrow().has_certain()
        {
            self.poll(Some(Duration::ZERO));
            if !self.has_runnable() {
                self.clock.advance_to(next);
            }
            return;
        }
        if self.starved_can_start() {
            return;
        }
        if next.is_none() && self.is_deadlocked() {
            self.report_deadlock();
        }
        if self.remote.fall_asleep() {
            // A paused clock does not move by itself: then other threads are waited for.
            let timed = next.filter(|_| !self.clock.is_paused());
            self.poll(timed.map(|next| next.since(now)));
            self.remote.wake_up();
        }
    }

    /// Tries once more to start a fiber that had no stack, if none will be given back.
    fn starved_can_start(&self) -> bool {
        let mut stacks = self.stacks.borrow_mut();
        if stacks.n_in_use() > 0 {
            return false;
        }
        let Some(fiber) = self.starved.borrow_mut().pop_front() else { return false };
        let can_start = stacks.provide(fiber.stack_size).is_ok();
        if can_start {
            self.enqueue_new(fiber);
        } else {
            self.starved.borrow_mut().push_front(fiber);
        }
        can_start
    }

    fn poll(&self, timeout: Option<Duration>) {
        let polled = self.poller.borrow_mut().poll(timeout);
        if let Err(error) = polled {
            self.surface();
            panic!("the hub cannot poll: {error}");
        }
    }

    /// Ends the wait of the main context, which is about to panic.
    pub(super) fn surface(&self) {
        self.main.state.set(State::Running);
        self.main.outcome.set(Outcome::None);
        self.current.replace(Some(self.main.clone()));
        program_runs();
        self.take_seat(&self.main);
    }

    /// Ends the waits whose time has come, and starts what was to start by now.
    ///
    /// Those that only slept run before those that are runnable already, which may be many. They
    /// must not take all the time, though: timers that are left over fire in a later turn.
    fn fire_timers(&self, now: Time) {
        let n_resumes = self.n_resumes.get();
        let n_favoured = self.turn.n_favoured(n_resumes, self.has_runnable());
        let mut n_first = 0;
        while n_first < n_favoured {
            let Some(fiber) = self.pop_due(now) else { break };
            fiber.timer.set(None);
            match fiber.state.get() {
                State::New => {}
                State::Parked if self.expire(&fiber, now) => {}
                // It is awake, and sets a new timer when it waits again.
                _ => continue,
            }
            if fiber.state.get() == State::New || fiber.waits_for.get() == SLEEP {
                self.queue.borrow_mut().insert(n_first, fiber);
                n_first += 1;
            } else {
                self.queue.borrow_mut().push(fiber);
            }
        }
        self.turn.favour(n_resumes, n_first);
    }

    /// Takes the next timer that is due. Of a crowd, others are loaded meanwhile.
    fn pop_due(&self, now: Time) -> Option<FiberRc> {
        let mut timers = self.timers.borrow_mut();
        let due = timers.pop_due(now);
        if let Some(fiber) = timers.peek_ahead(RECORD_AHEAD) {
            coroutine::prefetch(&**fiber);
        }
        due
    }

    /// Ends the wait of a parked fiber if its deadline has come, else sets the timer anew.
    fn expire(&self, fiber: &FiberRc, now: Time) -> bool {
        let deadline = self.effective_deadline(fiber, fiber.unwinding.get());
        if deadline > now {
            if deadline < Time::NEVER {
                self.arm(fiber, deadline);
            }
            return false;
        }
        let expires = fiber.outcome.get() == Outcome::Pending;
        if expires {
            fiber.outcome.set(Outcome::Expired);
            fiber.state.set(State::Queued);
        }
        expires
    }
}

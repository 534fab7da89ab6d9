//! What a hub shows of itself to whoever looks after the program: copies, which may go to other OS
//! threads.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::os::fd::RawFd;
use std::panic::Location;
use std::thread;
use std::time::Duration;

use super::births::Age;
use super::fiber::{Fiber, FiberRc, State};
use super::time::Time;
use super::{Hub, Load};
use crate::coroutine::{self, StackUse};

/// A fiber, as others see it.
#[derive(Clone, Debug)]
pub(crate) struct FiberView {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    pub(crate) spawned_at: &'static Location<'static>,
    pub(crate) state: State,
    /// If it waits.
    pub(crate) waits_for: Option<&'static str>,
    /// How long it will wait at most; if it has not begun, how long until it does.
    pub(crate) remaining: Option<Duration>,
    /// None if nobody has wanted to know.
    pub(crate) age: Option<Age>,
    pub(crate) is_main: bool,
}

/// The stack of a fiber, if it has one of its own.
#[derive(Clone, Debug)]
pub(crate) struct StackView {
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    pub(crate) stack: StackUse,
}

/// A timer.
#[derive(Clone, Debug)]
pub(crate) struct TimerView {
    pub(crate) due: Duration,
    pub(crate) id: u64,
    pub(crate) name: Option<String>,
    pub(crate) what: TimerUse,
}

/// What a timer is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TimerUse {
    /// The fiber begins.
    Begin,
    /// The wait for this ends.
    Wait(&'static str),
    /// A limit over several waits is reached.
    Limit,
    /// Nothing: left from an earlier wait, for the next one.
    Left,
}

/// A registered descriptor.
#[derive(Clone, Debug)]
pub(crate) struct DescriptorView {
    pub(crate) fd: RawFd,
    /// Whether trying to read, or to write, may be worth it.
    pub(crate) may_read: bool,
    pub(crate) may_write: bool,
    pub(crate) hung_up: bool,
    /// The ids of those who wait.
    pub(crate) readers: Vec<u64>,
    pub(crate) writers: Vec<u64>,
}

/// Numbers of a hub.
#[derive(Clone, Debug)]
pub(crate) struct HubView {
    /// The name of its OS thread.
    pub(crate) thread: Option<String>,
    pub(crate) uptime: Duration,
    pub(crate) n_resumes: u64,
    /// Fibers that wait for a stack.
    pub(crate) n_starved: usize,
    pub(crate) load: Load,
}

/// Fibers that were spawned at the same place and are in the same state.
#[derive(Clone, Debug)]
pub(crate) struct GroupView {
    pub(crate) n: usize,
    pub(crate) spawned_at: &'static Location<'static>,
    pub(crate) state: State,
    pub(crate) waits_for: Option<&'static str>,
}

/// The beginning of a list that may be long.
#[derive(Clone, Debug)]
pub(crate) struct Excerpt<T> {
    pub(crate) shown: Vec<T>,
    /// How many are left out.
    pub(crate) n_more: usize,
}

impl<T> Excerpt<T> {
    /// Shows the first `most`.
    fn of<U>(all: &[U], most: usize, show: impl FnMut(&U) -> T) -> Self {
        let shown: Vec<T> = all.iter().take(most).map(show).collect();
        let n_more = all.len() - shown.len();
        Excerpt { shown, n_more }
    }
}

impl Fiber {
    fn visible_name(&self) -> Option<String> {
        self.name.as_deref().map(str::to_owned)
    }

    fn visible_wait(&self) -> Option<&'static str> {
        (self.state.get() == State::Parked).then(|| self.waits_for.get())
    }

    /// When something happens to it if nobody wakes it.
    fn visible_deadline(&self) -> Time {
        match self.state.get() {
            State::New => self.timer.get().map_or(Time::NEVER, |(_, at)| at),
            State::Parked => self.deadline.get().min(self.alarms.earliest()),
            _ => Time::NEVER,
        }
    }

    fn timer_use(&self) -> TimerUse {
        match self.state.get() {
            State::New => TimerUse::Begin,
            State::Parked if self.alarms.earliest() <= self.deadline.get() => TimerUse::Limit,
            State::Parked if self.deadline.get() < Time::NEVER => {
                TimerUse::Wait(self.waits_for.get())
            }
            _ => TimerUse::Left,
        }
    }

    fn stack_use(&self) -> Option<StackUse> {
        if self.state.get() == State::Running && !self.is_main {
            return coroutine::active_stack_use();
        }
        let coroutine = self.coroutine.take();
        let stack = coroutine.as_ref().map(coroutine::Coroutine::stack_use);
        self.coroutine.set(coroutine);
        stack
    }
}

impl Hub {
    /// The main context, then all others that have not ended, oldest first.
    fn visible_fibers(&self) -> Vec<FiberRc> {
        let mut fibers = vec![self.main.clone()];
        fibers.append(&mut self.live_fibers());
        fibers
    }

    /// Whether this is the id of the main context.
    pub(crate) fn is_main(&self, id: u64) -> bool {
        self.main.id == id
    }

    /// Reads the clock, by which ages and remaining times are told.
    fn begin_view(&self) -> Time {
        let now = self.clock.read();
        self.note_births(Some(now));
        now
    }

    pub(crate) fn view_fibers(&self, most: usize) -> Excerpt<FiberView> {
        let now = self.begin_view();
        Excerpt::of(&self.visible_fibers(), most, |fiber| self.view_of(fiber, now))
    }

    /// One fiber, with its stack.
    pub(crate) fn view_fiber(&self, id: u64) -> Option<(FiberView, Option<StackUse>)> {
        let now = self.begin_view();
        let fiber = self.visible_fibers().into_iter().find(|fiber| fiber.id == id)?;
        Some((self.view_of(&fiber, now), fiber.stack_use()))
    }

    fn view_of(&self, fiber: &Fiber, now: Time) -> FiberView {
        let deadline = fiber.visible_deadline();
        FiberView {
            id: fiber.id,
            name: fiber.visible_name(),
            spawned_at: fiber.spawned_at,
            state: fiber.state.get(),
            waits_for: fiber.visible_wait(),
            remaining: (deadline < Time::NEVER).then(|| deadline.since(now)),
            age: self.age(fiber.id, now),
            is_main: fiber.is_main,
        }
    }

    /// How many there are of each kind, most first.
    pub(crate) fn view_groups(&self) -> Vec<GroupView> {
        let mut groups = HashMap::new();
        for fiber in self.live_fibers() {
            let (state, waits_for) = (fiber.state.get(), fiber.visible_wait());
            let group = groups.entry((fiber.spawned_at, state, waits_for)).or_insert(GroupView {
                n: 0,
                spawned_at: fiber.spawned_at,
                state,
                waits_for,
            });
            group.n += 1;
        }
        let mut groups: Vec<_> = groups.into_values().collect();
        groups.sort_by_key(|group| (Reverse(group.n), group.spawned_at, group.waits_for));
        groups
    }

    pub(crate) fn view_stacks(&self, most: usize) -> Excerpt<StackView> {
        let mut begun = self.live_fibers();
        begun.retain(|fiber| fiber.state.get() != State::New);
        let view = |fiber: &FiberRc| {
            let stack = fiber.stack_use()?;
            Some(StackView { id: fiber.id, name: fiber.visible_name(), stack })
        };
        let views = Excerpt::of(&begun, most, view);
        Excerpt { shown: views.shown.into_iter().flatten().collect(), n_more: views.n_more }
    }

    /// The timers, by the time when they are due.
    pub(crate) fn view_timers(&self, most: usize) -> Excerpt<TimerView> {
        let now = self.clock.read();
        let timers = self.timers.borrow();
        let mut entries: Vec<_> = timers.entries().collect();
        entries.sort_by_key(|(at, fiber)| (*at, fiber.id));
        Excerpt::of(&entries, most, |(at, fiber)| TimerView {
            due: at.since(now),
            id: fiber.id,
            name: fiber.visible_name(),
            what: fiber.timer_use(),
        })
    }

    pub(crate) fn view_descriptors(&self, most: usize) -> Excerpt<DescriptorView> {
        let poller = self.poller.borrow();
        let all: Vec<_> = poller.views().collect();
        Excerpt::of(&all, most, DescriptorView::clone)
    }

    pub(crate) fn view(&self) -> HubView {
        HubView {
            thread: thread::current().name().map(str::to_owned),
            uptime: self.clock.real(),
            n_resumes: self.n_resumes.get(),
            n_starved: self.starved.borrow().len(),
            load: self.load(),
        }
    }
}

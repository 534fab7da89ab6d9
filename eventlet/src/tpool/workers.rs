//! The threads of the pool and their jobs.
//!
//! ```text
//!   submit ──► queue of the crew ──► worker ──► worker ...
//!   killall ─► the crew does what it has and ends; the next job is for a new crew
//! ```

use std::cell::OnceCell;
use std::collections::VecDeque;
use std::io;
use std::mem;
use std::sync::Arc;
use std::thread;

use slab::Slab;

use super::{Stats, size};
use crate::hub::{self, RemoteWaiter, Time};
use crate::oslock::{Condvar, Mutex, MutexGuard};

/// What a worker is to do. It must not unwind.
pub(super) type Job = Box<dyn FnOnce() + Send>;

/// The crews of this process. Locked before the state of a crew, never after it.
struct Pool {
    /// Takes new jobs; there is none before the first one.
    crew: Option<Arc<Crew>>,
    /// Crews that have been told to end, and have not yet.
    ending: Vec<Arc<Crew>>,
    /// In which process the crews live, counted in forks: a forked child has none of their threads.
    n_forks: u32,
}

static POOL: Mutex<Pool> = Mutex::new(Pool { crew: None, ending: Vec::new(), n_forks: 0 });

/// Threads that share a queue.
#[derive(Default)]
pub(super) struct Crew {
    state: Mutex<State>,
    /// Tells idle workers that there is a job, or that they are to end.
    news: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    /// Workers that take jobs.
    n_threads: usize,
    /// Those of them that wait for one.
    n_idle: usize,
    /// One of these has been told that there is a job, and has not looked yet. It will tell the next
    /// one if there are more, so that a burst of short jobs does not wake everyone.
    is_waking: bool,
    /// OS threads that are not gone: workers, and those whose thread-locals are being dropped.
    n_alive: usize,
    /// For the names of the threads.
    n_started: usize,
    /// `killall` was called: when the queue is empty, the workers end.
    is_ending: bool,
    /// Who waits for the last OS thread to be gone.
    waiters: Slab<RemoteWaiter>,
}

thread_local! {
    static MEMBER: OnceCell<Member> = const { OnceCell::new() };
}

/// The crew that a worker belongs to.
struct Member {
    crew: Arc<Crew>,
}

fn pool() -> MutexGuard<'static, Pool> {
    // Jobs run outside the lock, so a panic cannot leave the pool half-changed.
    let mut pool = POOL.lock();
    if pool.n_forks != hub::n_forks() {
        // What they have in hand is the parent's, and whoever had locked it is not here.
        mem::forget((pool.crew.take(), mem::take(&mut pool.ending)));
        pool.n_forks = hub::n_forks();
    }
    pool
}

/// Whether this is a thread of the pool.
pub(super) fn is_worker() -> bool {
    MEMBER.try_with(|member| member.get().is_some()).unwrap_or(true)
}

/// Queues a job; starts another thread if none is free for it and there may be more. Gives the job
/// back if there is no thread at all and none can be started.
pub(super) fn submit(job: Job) -> Result<(), (Job, io::Error)> {
    pool().crew.get_or_insert_default().submit(job)
}

/// Whether this worker has more to do than it is doing: other jobs wait, or it is to end.
pub(super) fn is_wanted_elsewhere() -> bool {
    let is_wanted = |member: &Member| {
        let state = member.crew.state();
        !state.queue.is_empty() || state.is_ending || state.has_surplus()
    };
    MEMBER.try_with(|member| member.get().is_some_and(is_wanted)).unwrap_or(false)
}

/// Lets the number of threads follow a new size.
pub(super) fn resize(n: usize) {
    let pool = pool();
    size::set(n);
    if let Some(crew) = &pool.crew {
        crew.follow_size();
    }
    // Those that are ending need no more threads than they have.
    pool.ending.iter().for_each(|crew| crew.news.notify_all());
}

/// Tells the workers to end when they have done what there is; returns all that are ending.
pub(super) fn end() -> Vec<Arc<Crew>> {
    let mut pool = pool();
    if let Some(crew) = pool.crew.take() {
        let n_alive = {
            let mut state = crew.state();
            state.is_ending = true;
            state.n_alive
        };
        crew.news.notify_all();
        if n_alive > 0 {
            pool.ending.push(crew);
        }
    }
    pool.ending.clone()
}

pub(super) fn stats() -> Stats {
    let pool = pool();
    let mut stats = Stats { size: size::get(), threads: 0, idle: 0, queued: 0 };
    for crew in pool.crew.iter().chain(&pool.ending) {
        let state = crew.state();
        stats.threads += state.n_alive;
        stats.idle += state.n_idle;
        stats.queued += state.queue.len();
    }
    stats
}

impl State {
    /// Whether there are more workers than there may be. One is kept: with none at all, those that
    /// come to an empty queue end by themselves.
    fn has_surplus(&self) -> bool {
        self.n_threads > size::get().max(1)
    }

    fn needs_thread(&self) -> bool {
        self.n_idle < self.queue.len() && self.n_threads < size::get().max(1)
    }
}

impl Crew {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    fn submit(self: &Arc<Self>, job: Job) -> Result<(), (Job, io::Error)> {
        let mut state = self.state();
        state.queue.push_back(job);
        if state.needs_thread()
            && let Err(error) = self.start_thread(&mut state)
            && state.n_threads == 0
        {
            let job = state.queue.pop_back().expect("it has just been put there");
            return Err((job, error));
        }
        // If no thread was started, those that there are will come to it.
        self.wake_one(state);
        Ok(())
    }

    /// Wakes an idle worker if there is anything to do, and unlocks the state before: it needs that.
    fn wake_one(&self, mut state: MutexGuard<'_, State>) {
        let wakes = !state.queue.is_empty() && state.n_idle > 0 && !state.is_waking;
        state.is_waking |= wakes;
        drop(state);
        if wakes {
            self.news.notify_one();
        }
    }

    fn start_thread(self: &Arc<Self>, state: &mut State) -> io::Result<()> {
        let crew = self.clone();
        let name = format!("eventlet-tpool-{}", state.n_started);
        thread::Builder::new().name(name).spawn(move || work(crew))?;
        state.n_started += 1;
        state.n_threads += 1;
        state.n_alive += 1;
        Ok(())
    }

    fn follow_size(self: &Arc<Self>) {
        let mut state = self.state();
        while state.needs_thread() && self.start_thread(&mut state).is_ok() {}
        self.news.notify_all();
    }

    /// The next job of a worker; none if it is to end.
    fn next_job(&self) -> Option<Job> {
        let mut state = self.state();
        while !state.has_surplus() {
            if let Some(job) = state.queue.pop_front() {
                self.wake_one(state);
                return Some(job);
            }
            if state.is_ending || size::get() == 0 {
                break;
            }
            state.n_idle += 1;
            state = self.news.wait(state);
            state.n_idle -= 1;
            state.is_waking = false;
        }
        state.n_threads -= 1;
        None
    }

    /// Waits until the last thread of a crew that is ending is gone.
    pub(super) fn wait_for_end(&self) {
        let mut place = Place { crew: self, key: None };
        let what = "the end of the threads of the native thread pool";
        let register = |waiter| {
            let mut state = self.state();
            let must_wait = state.n_alive > 0;
            if must_wait {
                place.key = Some(state.waiters.insert(waiter));
            }
            must_wait
        };
        hub::with(|hub| hub.wait_for_outside(what, Time::NEVER, register)).ready_or_raise();
    }
}

/// A place among those that wait for the end of a crew.
struct Place<'a> {
    crew: &'a Crew,
    key: Option<usize>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let waiter = self.key.and_then(|key| self.crew.state().waiters.try_remove(key));
        // Perhaps the last that holds its hub's inbox: dropped while nothing is locked.
        drop(waiter);
    }
}

/// The life of a thread of the pool.
fn work(crew: Arc<Crew>) {
    let member = Member { crew: crew.clone() };
    MEMBER.with(|cell| cell.set(member).ok().expect("a thread belongs to one crew"));
    while let Some(job) = crew.next_job() {
        job();
    }
}

impl Drop for Member {
    /// Made before all other thread-locals of its thread, it is dropped after them: then all but
    /// nothing is left of the OS thread.
    fn drop(&mut self) {
        let waiters = {
            let mut state = self.crew.state();
            state.n_alive -= 1;
            if state.n_alive > 0 || !state.is_ending {
                return;
            }
            mem::take(&mut state.waiters)
        };
        pool().ending.retain(|crew| !Arc::ptr_eq(crew, &self.crew));
        waiters.iter().for_each(|(_, waiter)| waiter.wake());
    }
}

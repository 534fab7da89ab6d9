//! Waiting for one of several things: green threads, events, semaphores, queues, moments.
//!
//! There are two doors. [`select!`](crate::select!) waits for one of several things, takes it, and
//! goes on accordingly. [`wait_any`] and [`iwait`] only say what is ready, and take nothing.

mod after;
mod any;
mod audience;
mod bell;
mod choose;
mod source;
mod threads;

pub use after::{After, after, at};
pub use any::{IWait, iwait, wait_any, wait_any_timeout};
pub(crate) use audience::{Audience, Condition};
pub(crate) use bell::Watcher;
pub(crate) use choose::choose_until;
#[doc(hidden)]
pub use choose::{arm, choose, try_choose};
pub(crate) use source::Source;

/// Something that can be waited for together with others.
///
/// Implemented by [`GreenThread`](crate::GreenThread) and [`Handle`](crate::Handle),
/// [`Event`](crate::Event), [`event::Flag`](crate::event::Flag),
/// [`event::WaitGroup`](crate::event::WaitGroup), [`Group`](crate::Group), [`Semaphore`](crate::Semaphore),
/// [`BoundedSemaphore`](crate::BoundedSemaphore), [`Lock`](crate::lock::Lock), the queues, [`After`] and
/// references to these. Only this crate can implement it.
///
/// # Examples
///
/// ```
/// use eventlet::select::{Waitable, wait_any_timeout};
/// use std::time::Duration;
///
/// /// Whether a thing is ready by now, whatever it is.
/// fn is_ready(thing: &dyn Waitable) -> bool {
///     wait_any_timeout(&[thing], Duration::ZERO).is_some()
/// }
///
/// assert!(is_ready(&eventlet::Queue::from_iter([1])));
/// assert!(!is_ready(&eventlet::Semaphore::new(0)));
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be waited for together with others")]
pub trait Waitable {
    #[doc(hidden)]
    fn source(&self) -> &dyn Source;
}

/// A [`Waitable`] that gives something to the one who waits for it by [`select!`](crate::select!).
///
/// # Examples
///
/// ```
/// use eventlet::select::{Select, after};
/// use std::time::Duration;
///
/// /// Takes what a thing gives, unless that takes too long.
/// fn take<S: Select>(thing: S, limit: Duration) -> Option<S::Output> {
///     eventlet::select! {
///         output = thing => Some(output),
///         _ = after(limit) => None,
///     }
/// }
///
/// let limit = Duration::from_millis(1);
/// assert_eq!(take(eventlet::Queue::from_iter([5]), limit), Some(Ok(5)));
/// assert!(take(eventlet::Semaphore::new(0), limit).is_none());
/// ```
#[diagnostic::on_unimplemented(message = "`{Self}` cannot be selected")]
pub trait Select: Waitable {
    /// What it gives: an item of a queue, a permit, the result of an event.
    type Output;

    /// What is kept from the beginning of the wait to its end.
    #[doc(hidden)]
    type Claim;

    /// Begins a wait.
    #[doc(hidden)]
    fn claim(&self) -> Self::Claim;

    /// Takes what has been reserved for the caller.
    #[doc(hidden)]
    fn take_reserved(&self, claim: Self::Claim) -> Self::Output;
}

impl<W: Waitable + ?Sized> Waitable for &W {
    fn source(&self) -> &dyn Source {
        (**self).source()
    }
}

impl<S: Select + ?Sized> Select for &S {
    type Output = S::Output;
    type Claim = S::Claim;

    fn claim(&self) -> S::Claim {
        (**self).claim()
    }

    fn take_reserved(&self, claim: S::Claim) -> S::Output {
        (**self).take_reserved(claim)
    }
}

/// Waits for the first of several things, takes it, and evaluates the expression behind it.
///
/// Each arm is `pattern = thing => expression`, where the thing is anything that is
/// [`Select`](select/trait.Select.html). What it gives is bound to the pattern, which must be irrefutable:
///
/// | thing | gives |
/// |---|---|
/// | a [queue] | `Result<T, Empty>`: the next item |
/// | [`queue::Put`] | `Result<(), Full<T>>`: it has been put |
/// | [`Semaphore`], [`BoundedSemaphore`], [`lock::Lock`] | a [`Permit`](semaphore/struct.Permit.html) |
/// | [`Event`] | `Result<T, EventError>` |
/// | [`event::Flag`], [`event::WaitGroup`], [`Group`] | `()` |
/// | [`GreenThread`], [`Handle`] | the [`ExitStatus`]; `wait` does not have to wait then |
/// | [`select::after`](select/fn.after.html), [`select::at`](select/fn.at.html) | `()` |
///
/// Exactly one thing is taken. In each line the caller stands where it would stand if it waited for
/// that thing alone, and what is given to it, it gets: a kill or a timeout that comes later is raised
/// at its next wait. If several are ready, the first arm of these is chosen. A last arm
/// `default => expression` is chosen if none is ready; then nothing waits.
///
/// # Panics
///
/// Panics in the main context where the hub finds that nothing can ever end the wait.
///
/// # Switching
///
/// Switches unless something is ready or there is a `default`, even while the caller unwinds.
///
/// # Examples
///
/// ```
/// use eventlet::select::after;
/// use eventlet::{Event, Queue, spawn};
/// use std::time::Duration;
///
/// let (work, stop) = (Queue::new(None), Event::new());
/// let (theirs, no_more) = (work.clone(), stop.clone());
/// spawn(move || {
///     theirs.put("sweep").unwrap();
///     theirs.put("wash").unwrap();
///     no_more.send("enough");
/// });
///
/// let mut done = Vec::new();
/// let why = loop {
///     eventlet::select! {
///         task = work => done.push(task.unwrap()),
///         why = stop => break why.unwrap(),
///         _ = after(Duration::from_secs(10)) => panic!("nothing happens"),
///     }
/// };
/// assert_eq!((done, why), (vec!["sweep", "wash"], "enough"));
/// ```
///
/// [queue]: queue/index.html
/// [`queue::Put`]: queue/struct.Put.html
/// [`Semaphore`]: struct.Semaphore.html
/// [`BoundedSemaphore`]: struct.BoundedSemaphore.html
/// [`lock::Lock`]: lock/struct.Lock.html
/// [`Event`]: event/struct.Event.html
/// [`event::Flag`]: event/struct.Flag.html
/// [`event::WaitGroup`]: event/struct.WaitGroup.html
/// [`Group`]: struct.Group.html
/// [`GreenThread`]: struct.GreenThread.html
/// [`Handle`]: struct.Handle.html
/// [`ExitStatus`]: struct.ExitStatus.html
#[macro_export]
macro_rules! select {
    ($($arms:tt)+) => {
        $crate::__select! { [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15] [] $($arms)+ }
    };
}

/// Reads the arms one by one, giving each the next number, and then writes the code.
#[doc(hidden)]
#[macro_export]
macro_rules! __select {
    // An arm that is a block needs no comma.
    ([$n:tt $($ns:tt)*] [$($read:tt)*] $value:pat = $thing:expr => $body:block, $($rest:tt)*) => {
        $crate::__select! { [$($ns)*] [$($read)* ($n, $value, $thing, $body)] $($rest)* }
    };
    ([$n:tt $($ns:tt)*] [$($read:tt)*] $value:pat = $thing:expr => $body:block $($rest:tt)*) => {
        $crate::__select! { [$($ns)*] [$($read)* ($n, $value, $thing, $body)] $($rest)* }
    };
    ([$n:tt $($ns:tt)*] [$($read:tt)*] $value:pat = $thing:expr => $body:expr, $($rest:tt)*) => {
        $crate::__select! { [$($ns)*] [$($read)* ($n, $value, $thing, $body)] $($rest)* }
    };
    ([$n:tt $($ns:tt)*] [$($read:tt)*] $value:pat = $thing:expr => $body:expr) => {
        $crate::__select! { [$($ns)*] [$($read)* ($n, $value, $thing, $body)] }
    };
    ([$($ns:tt)*] [$(($n:tt, $value:pat, $thing:expr, $body:expr))+] default => $default:expr $(,)?) => {{
        let things = ($(&$thing,)+);
        let arms = ($($crate::select::arm(things.$n),)+);
        match $crate::select::try_choose([$(arms.$n.source),+]) {
            $(::core::option::Option::Some($n) => {
                let $value = (arms.$n.take)(arms.$n.thing, arms.$n.claim);
                $body
            })+
            _ => $default,
        }
    }};
    ([$($ns:tt)*] [$(($n:tt, $value:pat, $thing:expr, $body:expr))+]) => {{
        let things = ($(&$thing,)+);
        let arms = ($($crate::select::arm(things.$n),)+);
        match $crate::select::choose([$(arms.$n.source),+]) {
            $($n => {
                let $value = (arms.$n.take)(arms.$n.thing, arms.$n.claim);
                $body
            })+
            _ => ::core::unreachable!(),
        }
    }};
    ([] [$($read:tt)*] $($rest:tt)+) => {
        ::core::compile_error!("select! takes at most 16 arms")
    };
    ($ns:tt $read:tt $($rest:tt)*) => {
        ::core::compile_error!(
            "an arm of select! is `pattern = thing => expression`; the last may be `default => expression`"
        )
    };
}

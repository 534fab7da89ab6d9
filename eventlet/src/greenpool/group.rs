//! Groups: any number of green threads that are waited for or killed together.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::greenthread::{self, GreenThread, Handle, Link, WeakHandle, current, kill_all};
use crate::hub::{Hub, Time};
use crate::select::{Audience, Condition, Select, Source, Waitable};

/// A set of green threads without a limit, to wait for them or kill them together.
///
/// A member leaves when it ends. What is ready, when the group is waited for with
/// [`select!`](crate::select!), is that it is empty.
///
/// A clone is the same group, and it belongs to its OS thread. When nobody holds the group any more,
/// its members run on; in a [`scope`](crate::scope) none outlives the scope.
///
/// # Examples
///
/// ```
/// use eventlet::{Group, sleep};
/// use std::time::Duration;
///
/// let group = Group::new();
/// for millis in 1..4 {
///     group.spawn(move || sleep(Duration::from_millis(millis)));
/// }
/// assert_eq!(group.len(), 3);
/// group.join();
/// assert!(group.is_empty());
/// ```
#[derive(Clone, Default)]
pub struct Group {
    inner: Rc<Inner>,
}

#[derive(Default)]
struct Inner {
    /// By their ids, so the oldest comes first.
    members: RefCell<BTreeMap<u64, Member>>,
    /// Those who wait until it is empty.
    audience: Audience,
}

struct Member {
    thread: WeakHandle,
    /// What takes it out of the group at its end.
    link: Link,
}

impl Group {
    /// Makes an empty group.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(eventlet::Group::new().is_empty());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts a green thread that is a member.
    ///
    /// # Panics
    ///
    /// Panics if no stack can be mapped.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::Group::new();
    /// assert_eq!(group.spawn(|| 1).wait().unwrap(), 1);
    /// ```
    #[track_caller]
    pub fn spawn<F, T>(&self, f: F) -> GreenThread<T>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        let thread = greenthread::spawn(f);
        self.add(&thread.handle());
        thread
    }

    /// Starts a green thread that is a member, and for whose result nobody waits.
    ///
    /// # Panics
    ///
    /// Panics if no stack can be mapped.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::Group::new();
    /// let handle = group.spawn_n(|| println!("hello"));
    /// group.join();
    /// assert!(handle.is_dead());
    /// ```
    #[track_caller]
    pub fn spawn_n<F>(&self, f: F) -> Handle
    where
        F: FnOnce() + 'static,
    {
        self.spawn(f).handle()
    }

    /// Makes a green thread a member, unless it has ended. It may be in several groups.
    ///
    /// # Panics
    ///
    /// Panics if it is the main context, which never ends.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let thread = eventlet::spawn(|| ());
    /// let group = eventlet::Group::new();
    /// group.add(&thread.handle());
    /// assert!(group.contains(&thread.handle()));
    /// # group.join();
    /// ```
    #[track_caller]
    pub fn add(&self, thread: &Handle) {
        assert!(!thread.is_main(), "the main context never ends, so no group can have it");
        if thread.exit_status().is_some() || self.contains(thread) {
            return;
        }
        let (id, group) = (thread.id(), Rc::downgrade(&self.inner));
        let link = thread.link(move |_| {
            if let Some(group) = group.upgrade() {
                group.remove(id);
            }
        });
        let member = Member { thread: thread.downgrade(), link };
        self.inner.members.borrow_mut().insert(id, member);
    }

    /// Takes a green thread out of the group, if it is a member. It runs on.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::Group::new();
    /// let thread = group.spawn(|| "not waited for");
    /// group.discard(&thread.handle());
    /// group.join();
    /// assert!(!thread.is_dead());
    /// # thread.wait().unwrap();
    /// ```
    pub fn discard(&self, thread: &Handle) {
        if let Some(member) = self.inner.remove(thread.id()) {
            thread.unlink(member.link);
        }
    }

    /// Whether a green thread is a member.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::Group::new();
    /// let member = group.spawn_n(|| ());
    /// assert!(group.contains(&member));
    /// group.join();
    /// assert!(!group.contains(&member));
    /// ```
    pub fn contains(&self, thread: &Handle) -> bool {
        self.inner.members.borrow().contains_key(&thread.id())
    }

    /// How many members there are.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::Group::new();
    /// group.spawn_n(|| ());
    /// group.spawn_n(|| ());
    /// assert_eq!(group.len(), 2);
    /// # group.join();
    /// ```
    pub fn len(&self) -> usize {
        self.inner.members.borrow().len()
    }

    /// Whether there are no members.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::Group::new();
    /// let member = group.spawn(|| ());
    /// assert!(!group.is_empty());
    /// member.wait().unwrap();
    /// assert!(group.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.inner.members.borrow().is_empty()
    }

    /// The members there are now, the oldest first.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::Group::new();
    /// let thread = group.spawn(|| ());
    /// assert_eq!(group.iter().collect::<Vec<_>>(), [thread.handle()]);
    /// # group.join();
    /// ```
    pub fn iter(&self) -> std::vec::IntoIter<Handle> {
        let members = self.inner.members.borrow();
        let threads = members.values().filter_map(|member| member.thread.upgrade());
        threads.collect::<Vec<_>>().into_iter()
    }

    /// Waits until there are no members. Those that are added meanwhile are waited for, too.
    ///
    /// # Panics
    ///
    /// Panics if a member calls it, since that would be a wait for its own end. Panics in the main
    /// context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches unless the group is empty, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let group = eventlet::Group::new();
    /// let inner = group.clone();
    /// group.spawn_n(move || {
    ///     inner.spawn_n(|| println!("the second"));
    /// });
    /// group.join();
    /// assert!(group.is_empty());
    /// ```
    #[track_caller]
    pub fn join(&self) {
        self.join_until(|_| Time::NEVER);
    }

    /// Like [`join`](Group::join), for no longer than `limit`; says whether the group was empty.
    ///
    /// # Panics
    ///
    /// Panics if a member calls it.
    ///
    /// # Switching
    ///
    /// Switches unless the group is empty, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{Group, sleep};
    /// use std::time::Duration;
    ///
    /// let group = Group::new();
    /// group.spawn(|| sleep(Duration::from_secs(60)));
    /// if !group.join_timeout(Duration::from_millis(1)) {
    ///     group.kill_all();
    /// }
    /// assert!(group.is_empty());
    /// ```
    #[track_caller]
    pub fn join_timeout(&self, limit: Duration) -> bool {
        self.join_until(|hub| hub.deadline_in(limit))
    }

    /// Like [`join`](Group::join), until `deadline`; says whether the group was empty.
    ///
    /// # Panics
    ///
    /// Panics if a member calls it.
    ///
    /// # Switching
    ///
    /// Switches unless the group is empty, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(eventlet::Group::new().join_deadline(std::time::Instant::now()));
    /// ```
    #[track_caller]
    pub fn join_deadline(&self, deadline: Instant) -> bool {
        self.join_until(|hub| hub.deadline_at(deadline))
    }

    #[track_caller]
    fn join_until(&self, deadline: impl FnOnce(&Hub) -> Time) -> bool {
        const WHAT: &str = "the end of all in a group";
        let is_member = self.contains(&current());
        assert!(!is_member, "a member of a group cannot wait for the end of all its members");
        self.is_empty() || self.inner.audience.wait(WHAT, deadline)
    }

    /// Kills all members; see [`kill_all`]. A member that calls it is killed last.
    ///
    /// # Switching
    ///
    /// Switches to those that are killed, unless they had not begun.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let group = eventlet::Group::new();
    /// let sleeper = group.spawn(|| eventlet::sleep(Duration::from_secs(60)));
    /// group.kill_all();
    /// assert!(sleeper.wait().unwrap_err().is_killed());
    /// ```
    #[doc(alias = "killall")]
    pub fn kill_all(&self) {
        kill_all(self);
    }
}

impl Inner {
    fn remove(&self, id: u64) -> Option<Member> {
        let member = self.members.borrow_mut().remove(&id);
        if self.is_ready() {
            self.audience.tell();
        }
        member
    }
}

impl IntoIterator for &Group {
    type Item = Handle;
    type IntoIter = std::vec::IntoIter<Handle>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Condition for Inner {
    fn audience(&self) -> &Audience {
        &self.audience
    }

    fn holds(&self) -> bool {
        self.members.borrow().is_empty()
    }
}

impl Waitable for Group {
    fn source(&self) -> &dyn Source {
        &*self.inner
    }
}

impl Select for Group {
    type Output = ();
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) {}
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group").field("len", &self.len()).finish()
    }
}

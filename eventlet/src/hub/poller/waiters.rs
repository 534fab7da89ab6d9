//! Who waits for one half of a descriptor.

use crate::hub::waiter::Waiter;

/// The waiters of one half of a descriptor, nearly always none or one, in the order in which they
/// are woken.
///
/// All are woken, and each tries for itself. Those who find nothing wait on, ahead of whoever has
/// got something and comes back for more: so several that share a descriptor take turns.
#[derive(Default)]
pub(super) struct Waiters {
    first: Option<Waiter>,
    more: Vec<Waiter>,
    /// So many of them, from the front, have found nothing when all were woken the last time.
    n_passed_over: usize,
}

impl Waiters {
    /// Adds one; `has_waited` if it found nothing when it was woken.
    #[inline]
    pub(super) fn push(&mut self, waiter: Waiter, has_waited: bool) {
        if self.first.is_none() {
            self.first = Some(waiter);
            self.n_passed_over = usize::from(has_waited);
        } else {
            self.push_more(waiter, has_waited);
        }
    }

    #[cold]
    fn push_more(&mut self, waiter: Waiter, has_waited: bool) {
        if !has_waited {
            self.more.push(waiter);
            return;
        }
        match self.n_passed_over {
            0 => self.more.splice(..0, self.first.replace(waiter)).for_each(drop),
            n_before => self.more.insert(n_before - 1, waiter),
        }
        self.n_passed_over += 1;
    }

    /// Takes one out; says whether it was there.
    pub(super) fn remove(&mut self, waiter: &Waiter) -> bool {
        let index = if self.first.as_ref().is_some_and(|first| first.is(waiter)) {
            self.first = (!self.more.is_empty()).then(|| self.more.remove(0));
            0
        } else if let Some(index) = self.more.iter().position(|other| other.is(waiter)) {
            self.more.remove(index);
            index + 1
        } else {
            return false;
        };
        if index < self.n_passed_over {
            self.n_passed_over -= 1;
        }
        true
    }

    /// The ids of those who wait, in order.
    pub(super) fn ids(&self) -> impl Iterator<Item = u64> {
        self.first.iter().chain(&self.more).filter(|w| w.is_waiting()).map(Waiter::id)
    }

    /// Wakes all, in order. Returns how many there were.
    #[inline]
    pub(super) fn wake_all(&mut self) -> usize {
        let Some(first) = self.first.take() else { return 0 };
        first.wake();
        1 + self.wake_more()
    }

    fn wake_more(&mut self) -> usize {
        let n_more = self.more.len();
        if n_more > 0 {
            for waiter in self.more.drain(..) {
                waiter.wake();
            }
        }
        n_more
    }
}

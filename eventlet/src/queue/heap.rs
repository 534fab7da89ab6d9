//! A heap whose smallest item is next, and of equal ones the oldest.

use super::store::Store;

/// Items are compared when one is taken, not when they are added: so only those who take run the
/// items' code. And an item is never outside of the heap while others are compared: a comparison
/// that panics spoils the order at most.
pub struct Heap<T> {
    /// The first `n_sorted` are a heap: the children of `i` are at `2 * i + 1` and `2 * i + 2`, and
    /// not smaller.
    entries: Vec<Entry<T>>,
    n_sorted: usize,
    next_number: u64,
}

struct Entry<T> {
    item: T,
    /// In the order they came.
    number: u64,
}

impl<T: Ord> Entry<T> {
    fn is_before(&self, other: &Self) -> bool {
        self.item.cmp(&other.item).then(self.number.cmp(&other.number)).is_lt()
    }
}

impl<T> Default for Heap<T> {
    fn default() -> Self {
        Heap { entries: Vec::new(), n_sorted: 0, next_number: 0 }
    }
}

impl<T: Ord> Heap<T> {
    /// Makes a heap of all that is there.
    fn sort_in(&mut self) {
        while self.n_sorted < self.entries.len() {
            self.sift_up(self.n_sorted);
            self.n_sorted += 1;
        }
    }

    fn sift_up(&mut self, mut index: usize) {
        while index > 0 {
            let parent = (index - 1) / 2;
            if !self.entries[index].is_before(&self.entries[parent]) {
                break;
            }
            self.entries.swap(index, parent);
            index = parent;
        }
    }

    /// Moves the first one down to its place among those that are sorted.
    fn sift_down(&mut self) {
        let entries = &mut self.entries[..self.n_sorted];
        let mut index = 0;
        loop {
            let (left, right) = (2 * index + 1, 2 * index + 2);
            let Some(mut child) = entries.get(left).map(|_| left) else { break };
            if right < entries.len() && entries[right].is_before(&entries[left]) {
                child = right;
            }
            if !entries[child].is_before(&entries[index]) {
                break;
            }
            entries.swap(index, child);
            index = child;
        }
    }
}

impl<T: Ord> Store<T> for Heap<T> {
    const COMPARES: bool = true;

    #[inline]
    fn push(&mut self, item: T) {
        self.entries.push(Entry { item, number: self.next_number });
        self.next_number += 1;
    }

    fn pop(&mut self) -> Option<T> {
        self.sort_in();
        let last = self.entries.len().checked_sub(1)?;
        // Until it is taken, the smallest is one that is still to be sorted in.
        self.n_sorted = last;
        self.entries.swap(0, last);
        self.sift_down();
        self.entries.pop().map(|entry| entry.item)
    }

    fn pop_any(&mut self) -> Option<T> {
        let entry = self.entries.pop()?;
        self.n_sorted = self.n_sorted.min(self.entries.len());
        Some(entry.item)
    }

    fn peek(&mut self) -> Option<&T> {
        self.sort_in();
        self.entries.first().map(|entry| &entry.item)
    }

    fn append(&mut self, later: Self) {
        for entry in later.entries {
            self.push(entry.item);
        }
    }

    fn len(&self) -> usize {
        self.entries.len()
    }
}

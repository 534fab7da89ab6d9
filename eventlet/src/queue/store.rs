//! Where the items of a queue lie, and which is next.

use std::collections::VecDeque;

/// The items of a queue that nobody has been given yet.
///
/// It is `pub` because the queues are generic over it; nobody outside can name it.
pub trait Store<T>: Default {
    /// Whether `pop` and `peek` call code of the items.
    const COMPARES: bool;

    /// Adds an item.
    fn push(&mut self, item: T);

    /// Takes the next item out.
    fn pop(&mut self) -> Option<T>;

    /// Takes an item out without calling its code: the next one, if that needs no such calls.
    fn pop_any(&mut self) -> Option<T> {
        self.pop()
    }

    /// The next item.
    fn peek(&mut self) -> Option<&T>;

    /// Adds items that have come later, in the order they came.
    fn append(&mut self, later: Self);

    /// How many items there are.
    fn len(&self) -> usize;
}

/// The oldest item is next.
pub struct Fifo<T> {
    items: VecDeque<T>,
}

impl<T> Default for Fifo<T> {
    fn default() -> Self {
        Fifo { items: VecDeque::new() }
    }
}

impl<T> Store<T> for Fifo<T> {
    const COMPARES: bool = false;

    #[inline]
    fn push(&mut self, item: T) {
        self.items.push_back(item);
    }

    #[inline]
    fn pop(&mut self) -> Option<T> {
        self.items.pop_front()
    }

    fn peek(&mut self) -> Option<&T> {
        self.items.front()
    }

    fn append(&mut self, mut later: Self) {
        self.items.append(&mut later.items);
    }

    fn len(&self) -> usize {
        self.items.len()
    }
}

/// The newest item is next.
pub struct Lifo<T> {
    items: Vec<T>,
}

impl<T> Default for Lifo<T> {
    fn default() -> Self {
        Lifo { items: Vec::new() }
    }
}

impl<T> Store<T> for Lifo<T> {
    const COMPARES: bool = false;

    #[inline]
    fn push(&mut self, item: T) {
        self.items.push(item);
    }

    #[inline]
    fn pop(&mut self) -> Option<T> {
        self.items.pop()
    }

    fn peek(&mut self) -> Option<&T> {
        self.items.last()
    }

    fn append(&mut self, mut later: Self) {
        self.items.append(&mut later.items);
    }

    fn len(&self) -> usize {
        self.items.len()
    }
}

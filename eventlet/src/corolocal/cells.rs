//! Shortcuts for values that are cells, as std has them.

use std::cell::{Cell, RefCell};

use super::LocalKey;

/// These panic where [`with`](LocalKey::with) does.
impl<T: 'static> LocalKey<Cell<T>> {
    /// Sets the value of this green thread. The first one is not made before.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::Cell;
    ///
    /// eventlet::green_local!(static USER: Cell<u32> = panic!("nobody is logged in"));
    /// USER.set(7);
    /// assert_eq!(USER.get(), 7);
    /// ```
    #[track_caller]
    pub fn set(&'static self, value: T) {
        self.assign(Cell::new(value), |cell, new| cell.set(new.into_inner()));
    }

    /// A copy of the value of this green thread.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::Cell;
    ///
    /// eventlet::green_local!(static DEPTH: Cell<u32> = const { Cell::new(1) });
    /// assert_eq!(DEPTH.get(), 1);
    /// ```
    #[track_caller]
    pub fn get(&'static self) -> T
    where
        T: Copy,
    {
        self.with(Cell::get)
    }

    /// Takes the value of this green thread and leaves the default one.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::Cell;
    ///
    /// eventlet::green_local!(static NOTE: Cell<Option<String>> = Cell::new(Some("once".into())));
    /// assert_eq!(NOTE.take().as_deref(), Some("once"));
    /// assert_eq!(NOTE.take(), None);
    /// ```
    #[track_caller]
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(Cell::take)
    }

    /// Sets the value of this green thread and returns the one before.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::Cell;
    ///
    /// eventlet::green_local!(static STEP: Cell<u32> = const { Cell::new(1) });
    /// assert_eq!(STEP.replace(2), 1);
    /// ```
    #[track_caller]
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

/// These panic where [`with`](LocalKey::with) does, and where the value is borrowed already.
impl<T: 'static> LocalKey<RefCell<T>> {
    /// Calls `f` with a shared borrow of the value of this green thread.
    ///
    /// # Switching
    ///
    /// Switches only where `f` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::RefCell;
    ///
    /// eventlet::green_local!(static ITEMS: RefCell<Vec<u32>> = RefCell::new(vec![1]));
    /// assert_eq!(ITEMS.with_borrow(Vec::len), 1);
    /// ```
    #[track_caller]
    pub fn with_borrow<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        self.with(|cell| f(&cell.borrow()))
    }

    /// Calls `f` with an exclusive borrow of the value of this green thread.
    ///
    /// # Switching
    ///
    /// Switches only where `f` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::RefCell;
    ///
    /// eventlet::green_local!(static ITEMS: RefCell<Vec<u32>> = RefCell::default());
    /// ITEMS.with_borrow_mut(|items| items.push(1));
    /// assert_eq!(ITEMS.take(), [1]);
    /// ```
    #[track_caller]
    pub fn with_borrow_mut<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&mut T) -> R,
    {
        self.with(|cell| f(&mut cell.borrow_mut()))
    }

    /// Sets the value of this green thread. The first one is not made before.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::RefCell;
    ///
    /// eventlet::green_local!(static USER: RefCell<String> = panic!("nobody is logged in"));
    /// USER.set("ada".to_owned());
    /// assert_eq!(USER.take(), "ada");
    /// ```
    #[track_caller]
    pub fn set(&'static self, value: T) {
        self.assign(RefCell::new(value), |cell, new| drop(cell.replace(new.into_inner())));
    }

    /// Takes the value of this green thread and leaves the default one.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::RefCell;
    ///
    /// eventlet::green_local!(static ITEMS: RefCell<Vec<u32>> = RefCell::new(vec![1]));
    /// assert_eq!(ITEMS.take(), [1]);
    /// assert!(ITEMS.take().is_empty());
    /// ```
    #[track_caller]
    pub fn take(&'static self) -> T
    where
        T: Default,
    {
        self.with(RefCell::take)
    }

    /// Sets the value of this green thread and returns the one before.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::RefCell;
    ///
    /// eventlet::green_local!(static NAME: RefCell<&'static str> = RefCell::new("first"));
    /// assert_eq!(NAME.replace("second"), "first");
    /// ```
    #[track_caller]
    pub fn replace(&'static self, value: T) -> T {
        self.with(|cell| cell.replace(value))
    }
}

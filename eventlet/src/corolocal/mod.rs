//! Values of which each green thread has one of its own.
//!
//! All green threads of an OS thread share its [`thread_local!`](std::thread_local) variables.
//! [`green_local!`](crate::green_local) makes variables in the same way of which every green
//! thread has its own, as Eventlet's `corolocal.local` does.

mod cells;
mod key;

pub use key::{AccessError, LocalKey};

/// The number of the green thread that makes this call, or of the main context.
///
/// It is the [`id`](crate::Handle::id) of [`current`](crate::current): no other green thread of the
/// process has or had it.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use eventlet::corolocal::get_ident;
///
/// let thread = eventlet::spawn(get_ident);
/// let id = thread.id();
/// assert_eq!(thread.wait().unwrap(), id);
/// assert_ne!(id, get_ident());
/// ```
#[doc(alias = "getcurrent")]
pub fn get_ident() -> u64 {
    crate::greenthread::current().id()
}

/// Declares variables of which each green thread has a value of its own.
///
/// It is written as [`thread_local!`](std::thread_local) is, and makes a static
/// [`LocalKey`](crate::corolocal::LocalKey) of each name. The main context of an OS thread has a
/// value, too. `eventlet::green::thread_local!` is another name for it, which code that is made green
/// finds in place of std's.
///
/// A value is made when its green thread first uses it, by the expression in the declaration. It
/// is dropped when the green thread ends, however it ends: on its own stack, after its function has
/// returned or unwound, and before anyone who waits for it is woken. Values are dropped in the
/// reverse order of their making. Their destructors may use other values and may wait; if one
/// panics, the others are dropped all the same. Callbacks that are
/// [linked](crate::Handle::link) to the end run after that. The values of the main context are
/// dropped when the OS thread ends, where std drops its own.
///
/// # Examples
///
/// ```
/// use std::cell::{Cell, RefCell};
///
/// eventlet::green_local! {
///     /// How many requests the green thread has served.
///     pub static N_SERVED: Cell<u32> = const { Cell::new(0) };
///     static PATH: RefCell<Vec<String>> = RefCell::default();
/// }
///
/// N_SERVED.set(5);
/// let thread = eventlet::spawn(|| {
///     PATH.with_borrow_mut(|path| path.push("index".to_owned()));
///     N_SERVED.replace(1)
/// });
/// assert_eq!(thread.wait().unwrap(), 0);
/// assert_eq!(N_SERVED.get(), 5);
/// assert!(PATH.with_borrow(Vec::is_empty));
/// ```
#[macro_export]
#[doc(alias = "local")]
macro_rules! green_local {
    () => {};
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $value:expr; $($rest:tt)*) => {
        $crate::green_local!($(#[$attribute])* $visibility static $name: $type = $value);
        $crate::green_local!($($rest)*);
    };
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $value:expr) => {
        $(#[$attribute])*
        $visibility static $name: $crate::corolocal::LocalKey<$type> =
            $crate::corolocal::LocalKey::new(|| $value);
    };
}

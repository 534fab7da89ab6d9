#[cfg(unix)]
#[path = "unix.rs"]
#[allow(dead_code)]
mod imp;
#[cfg(not(unix))]
mod imp;

#[cfg(windows)]
mod nowhere;

#[cfg(not(all()))]
mod never;

mod off;

pub use self::imp::name;

macro_rules! either {
    (if #[cfg($when:meta)] { $($then:tt)* } else { $($otherwise:tt)* }) => {
        either! { @ #[cfg($when)] $($then)* }
        either! { @ #[cfg(not($when))] $($otherwise)* }
    };
    (@ #[$when:meta] $($items:item)*) => { $(#[$when] $items)* };
}

either! {
    if #[cfg(unix)] {
        #[path = "unix.rs"]
        #[allow(dead_code)]
        mod chosen;
    } else {
        mod chosen;
    }
}

pub mod by_macro {
    pub use super::chosen::name;
}

//! One file in several private copies: plain, patched, and patched with another set. Each has its
//! own types and statics.
#![deny(warnings)]

#[path = "import_patched_twice/counter.rs"]
mod plain;

eventlet::import_patched! {
    #[path = "import_patched_twice/counter.rs"]
    mod green;

    #[path = "import_patched_twice/counter.rs"]
    mod green_again;
}

eventlet::import_patched! {
    #![only(time)]
    #[path = "import_patched_twice/counter.rs"]
    mod partly;
}

fn main() {
    assert_eq!(plain::stream(), std::any::type_name::<std::net::TcpStream>());
    assert_eq!(green::stream(), std::any::type_name::<eventlet::green::net::TcpStream>());
    assert_eq!(partly::stream(), std::any::type_name::<std::net::TcpStream>());
    assert_eq!(partly::instant(), green::instant());

    assert_eq!([plain::count(), plain::count(), plain::count()], [1, 2, 3]);
    assert_eq!([green::count(), green::count()], [1, 2]);
    assert_eq!([green_again::count(), partly::count()], [1, 1]);

    let ids = [
        std::any::TypeId::of::<plain::Own>(),
        std::any::TypeId::of::<green::Own>(),
        std::any::TypeId::of::<green_again::Own>(),
        std::any::TypeId::of::<partly::Own>(),
    ];
    for (at, id) in ids.iter().enumerate() {
        assert!(!ids[..at].contains(id));
    }
}

//! Macros that one patched module defines and others use, in every way there is.
#![deny(warnings)]

eventlet::import_patched! {
    #[macro_use]
    #[path = "import_patched_macros/rules.rs"]
    mod rules;

    #[path = "import_patched_macros/user.rs"]
    mod user;
}

mod nested {
    eventlet::import_patched! {
        #[allow(unused_macros)]
        #[path = "import_patched_macros/rules.rs"]
        mod nested_rules;
    }

    pub(crate) use nested_rules::by_path;
}

fn main() {
    for name in [user::textual(), user::by_path(), user::local(), textual!(), nested::by_path!()] {
        assert!(name.starts_with("eventlet::"), "{name}");
    }
    assert_eq!(user::hygiene(), (1, 2));
}

//! Where an invocation may stand: in a function, in a module, in a macro, in an included file.
#![deny(warnings)]

mod nested {
    pub mod deeper {
        eventlet::import_patched! {
            /// Documented.
            #[path = "import_patched_places/name.rs"]
            pub(in crate::nested) mod client;
        }

        pub fn name() -> &'static str {
            client::name()
        }
    }

    pub fn name() -> &'static str {
        deeper::client::name()
    }
}

macro_rules! patched {
    ($vis:vis $name:ident, $path:literal) => {
        eventlet::import_patched! {
            #[path = $path]
            $vis mod $name;
        }
    };
}

patched!(pub(crate) from_macro, "import_patched_places/name.rs");

include!("import_patched_places/invocation.in");

fn in_a_function() -> &'static str {
    eventlet::import_patched! {
        #[path = "import_patched_places/name.rs"]
        mod local;
    }
    local::name()
}

fn main() {
    let names = [
        nested::name(),
        nested::deeper::name(),
        from_macro::name(),
        from_include::name(),
        from_include::beside::name(),
        in_a_function(),
    ];
    for name in names {
        assert!(name.starts_with("eventlet::"), "{name}");
    }
    assert_eq!(from_macro::module(), concat!(module_path!(), "::from_macro"));
    assert_eq!(from_macro::file(), file!());
}

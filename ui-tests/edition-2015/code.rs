//! Code of 2015: paths from the crate's root, `extern crate`, names that are keywords today, traits
//! whose functions do not name their parameters, and trait objects without `dyn`.
#![allow(bare_trait_objects, anonymous_parameters, deprecated, keyword_idents)]
#![allow(clippy::let_and_return)]

extern crate eventlet;

use eventlet::green;
use std::any::type_name;

#[green]
mod attribute {
    extern crate std as s;
    use std::io::{self, Read};
    use std::net::{TcpListener, TcpStream};
    use std::thread;

    pub trait Source {
        fn open(&self, &'static str, Option<thread::Result<()>>) -> Box<Read + Send>;
        fn async(u8) -> u8 {
            let await = 1;
            await
        }
    }

    pub struct Local;

    impl Source for Local {
        fn open(&self, text: &'static str, _: Option<thread::Result<()>>) -> Box<Read + Send> {
            Box::new(text.as_bytes())
        }
    }

    pub fn names() -> Vec<&'static str> {
        vec![
            ::std::any::type_name::<TcpStream>(),
            ::type_name::<::std::net::TcpListener>(),
            ::type_name::<s::thread::Thread>(),
            ::attribute::inner::name(),
        ]
    }

    pub mod inner {
        use attribute::TcpListener;

        pub fn name() -> &'static str {
            ::std::any::type_name::<TcpListener>()
        }
    }

    pub fn echo() -> io::Result<String> {
        let listener = try!(TcpListener::bind("127.0.0.1:0"));
        let addr = try!(listener.local_addr());
        let server = thread::spawn(move || -> io::Result<()> {
            let (mut stream, _) = try!(listener.accept());
            io::Write::write_all(&mut stream, b"2015")
        });
        let mut text = String::new();
        try!(try!(TcpStream::connect(addr)).read_to_string(&mut text));
        server.join().unwrap().map(|()| text)
    }
}

eventlet::import_patched! {
    mod old;

    mod inline {
        use std::thread::Thread;

        pub fn name() -> &'static str {
            let async = ::std::any::type_name::<Thread>();
            async
        }
    }
}

#[test]
fn attributes_and_macros_take_it() {
    use attribute::Source;

    let names = attribute::names();
    assert!(names.iter().all(|name| name.starts_with("eventlet::")), "{:?}", names);
    assert!(inline::name().starts_with("eventlet::"));
    assert_eq!(attribute::Local::async(2), 1);
    let mut text = String::new();
    attribute::Local.open("text", None).read_to_string(&mut text).unwrap();
    assert_eq!(text, "text");
    assert_eq!(attribute::echo().unwrap(), "2015");
}

#[test]
fn files_are_of_the_edition_of_their_crate() {
    use old::Source;

    for name in &old::names() {
        assert!(name.starts_with("eventlet::"), "{}", name);
    }
    let mut byte = [0];
    1u8.try(1).read_exact(&mut byte).unwrap();
    assert_eq!(byte, [2]);
}

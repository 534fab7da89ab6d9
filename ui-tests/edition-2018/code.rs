//! Code of 2018: paths of one kind, and trait objects that may still lack their `dyn`.
#![allow(bare_trait_objects)]

use eventlet::green;

#[green]
mod attribute {
    use net::{TcpListener as Listener, ToSocketAddrs};
    use std::any::type_name;
    use std::{io, net, thread};

    pub fn names() -> Vec<&'static str> {
        use thread::JoinHandle;
        vec![
            type_name::<Listener>(),
            type_name::<JoinHandle<()>>(),
            type_name::<::std::net::TcpStream>(),
            type_name::<self::net::TcpStream>(),
            type_name::<crate::attribute::net::TcpStream>(),
        ]
    }

    pub fn boxed(text: &'static str) -> Box<io::Read + Send> {
        Box::new(text.as_bytes())
    }

    pub fn gen(address: &impl ToSocketAddrs) -> io::Result<usize> {
        let r#try = address.to_socket_addrs()?;
        Ok(r#try.count())
    }
}

#[test]
fn attributes_and_macros_take_it() {
    let names = attribute::names();
    assert!(names.iter().all(|name| name.starts_with("eventlet::")), "{:?}", names);
    let mut text = String::new();
    attribute::boxed("text").read_to_string(&mut text).unwrap();
    assert_eq!(text, "text");
    assert_eq!(attribute::gen(&"127.0.0.1:80").unwrap(), 1);
}

eventlet::import_patched! {
    mod old;
}

#[test]
fn files_are_of_the_edition_of_their_crate() {
    assert!(old::gen().starts_with("eventlet::"));
    assert_eq!(old::order(), [1, 2]);
    assert_eq!(old::sum(), 6);
}

//! What a server may listen on.

use std::io;
use std::rc::Rc;

use super::room::Taken;
use crate::green::net::TcpListener;
use crate::green::os::unix::net::UnixListener;
use crate::http::stream::Stream;
use private::FindRoom;

/// What a server can listen on: TCP or a Unix socket. It cannot be implemented elsewhere.
pub trait Listener: private::Listener {}

impl<L: private::Listener> Listener for L {}

pub(super) mod private {
    use super::{Stream, Taken, io};

    /// Takes room for a connection, if there is some.
    pub type FindRoom<'a> = &'a mut dyn FnMut() -> Option<Taken>;

    pub trait Listener: 'static {
        /// The next connection.
        fn accept(&self) -> io::Result<Stream>;
        /// The next connection for which there is room; none if there is no room. While nobody wants
        /// to connect, no room is held.
        fn accept_into(&self, room: FindRoom<'_>) -> io::Result<Option<(Stream, Taken)>>;
        /// Refuses connections from now on, by whatever descriptor, and wakes who waits for them.
        fn close(&self);
        /// Whether the server's user has it, too. Otherwise the end of the server is its end, and those
        /// who have its socket by another descriptor can go on with that.
        fn is_shared(&self) -> bool {
            false
        }
        fn set_nonblocking(&self, is_on: bool) -> io::Result<()>;
    }
}

macro_rules! listener {
    ($listener:ident) => {
        impl private::Listener for $listener {
            fn accept(&self) -> io::Result<Stream> {
                $listener::accept(self).map(|(stream, _)| stream.into())
            }

            fn accept_into(&self, room: FindRoom<'_>) -> io::Result<Option<(Stream, Taken)>> {
                let accepted = $listener::accept_into(self, room)?;
                Ok(accepted.map(|(stream, taken)| (stream.into(), taken)))
            }

            fn close(&self) {
                // It can only be closed already.
                let _ = $listener::close(self);
            }

            fn set_nonblocking(&self, is_on: bool) -> io::Result<()> {
                $listener::set_nonblocking(self, is_on)
            }
        }
    };
}

listener!(TcpListener);
listener!(UnixListener);

impl<L: private::Listener> private::Listener for Rc<L> {
    fn accept(&self) -> io::Result<Stream> {
        (**self).accept()
    }

    fn accept_into(&self, room: FindRoom<'_>) -> io::Result<Option<(Stream, Taken)>> {
        (**self).accept_into(room)
    }

    fn close(&self) {
        (**self).close();
    }

    fn is_shared(&self) -> bool {
        true
    }

    fn set_nonblocking(&self, is_on: bool) -> io::Result<()> {
        (**self).set_nonblocking(is_on)
    }
}

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
        /// The next connection for which there is room; none if there is no room. While nobody wants
        /// to connect, no room is held.
        fn accept_into(&self, room: FindRoom<'_>) -> io::Result<Option<(Stream, Taken)>>;
        /// A connection that waits already; "would block" if there is none.
        fn accept_at_once(&self) -> io::Result<Stream>;
        /// Refuses connections from now on, by whatever descriptor, and wakes who waits for them.
        fn close(&self);
        /// Whether the server's user has it, too. Otherwise the end of the server is its end, and those
        /// who have its socket by another descriptor can go on with that.
        fn is_shared(&self) -> bool {
            false
        }
    }
}

macro_rules! listener {
    ($listener:ident) => {
        impl private::Listener for $listener {
            fn accept_into(&self, room: FindRoom<'_>) -> io::Result<Option<(Stream, Taken)>> {
                let accepted = $listener::accept_into(self, room)?;
                Ok(accepted.map(|(stream, taken)| (stream.into(), taken)))
            }

            fn accept_at_once(&self) -> io::Result<Stream> {
                $listener::accept_at_once(self).map(Stream::from)
            }

            fn close(&self) {
                // It can only be closed already.
                let _ = $listener::close(self);
            }
        }
    };
}

listener!(TcpListener);
listener!(UnixListener);

impl<L: private::Listener> private::Listener for Rc<L> {
    fn accept_into(&self, room: FindRoom<'_>) -> io::Result<Option<(Stream, Taken)>> {
        (**self).accept_into(room)
    }

    fn accept_at_once(&self) -> io::Result<Stream> {
        (**self).accept_at_once()
    }

    fn close(&self) {
        (**self).close();
    }

    fn is_shared(&self) -> bool {
        true
    }
}

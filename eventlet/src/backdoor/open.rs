//! Opening a door: at an address, at a listener, or for one connection.

use std::io::{self, Read, Write};
use std::path::Path;

use super::running::{self, Address, Running};
use super::stream::Listener;
use super::{Backdoor, console, socket_file};
use crate::green::net::ToSocketAddrs;
use crate::hub::Dating;

impl Backdoor {
    /// Opens the door at a TCP address.
    ///
    /// The consoles are green threads of this hub. They run when it does: while its main context
    /// waits. In a hub made by [`spawn_hub`](crate::hubs::spawn_hub), close the door when the hub is
    /// to end by itself.
    ///
    /// # Errors
    ///
    /// Fails with [`PermissionDenied`](io::ErrorKind::PermissionDenied) if the address is not one of
    /// the loopback interface, unless it is
    /// [allowed](Backdoor::dangerously_allow_any_address); and if nobody can listen there.
    ///
    /// # Switching
    ///
    /// Never switches, unless a name has to be resolved.
    ///
    /// # Examples
    ///
    /// ```
    /// let door = eventlet::backdoor::Backdoor::new().listen("127.0.0.1:0")?;
    /// println!("look inside: telnet {}", door.address().to_string().replace(':', " "));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn listen(self, addr: impl ToSocketAddrs) -> io::Result<Running> {
        let addresses: Vec<_> = addr.to_socket_addrs()?.collect();
        // Before anybody could connect.
        addresses.iter().try_for_each(|address| self.check(&Address::Tcp(*address)))?;
        let listener = crate::listen(&*addresses)?;
        Running::start(self, listener.into(), None)
    }

    /// Opens the door at a Unix socket.
    ///
    /// Its file is for the user who runs the program only (mode 0600), and is removed when the door is
    /// closed. If the process ends without that, the file stays; a socket at which nobody listens any
    /// more is replaced. Nothing else is ever removed.
    ///
    /// As for [`listen`](Backdoor::listen), the consoles run when this hub does.
    ///
    /// # Errors
    ///
    /// Fails with [`AddrInUse`](io::ErrorKind::AddrInUse) if somebody listens there, with
    /// [`AlreadyExists`](io::ErrorKind::AlreadyExists) if something else is there, and as
    /// [`UnixListener::bind`](crate::green::os::unix::net::UnixListener::bind) does.
    ///
    /// # Switching
    ///
    /// Switches only if there is something already, to find out whether somebody listens.
    ///
    /// # Examples
    ///
    /// ```
    /// let path = std::env::temp_dir().join(format!("door-{}", std::process::id()));
    /// let door = eventlet::backdoor::Backdoor::new().listen_unix(&path)?;
    /// assert!(path.exists());
    /// door.close();
    /// assert!(!path.exists());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn listen_unix(self, path: impl AsRef<Path>) -> io::Result<Running> {
        let (listener, file) = socket_file::listen(path.as_ref())?;
        Running::start(self, listener.into(), Some(file))
    }

    /// Accepts at a listener of one's own and serves consoles, until the listener is
    /// closed or the caller is killed, which closes them.
    ///
    /// The mode and the end of a Unix socket's file are the caller's business. Eventlet's
    /// `backdoor_server`.
    ///
    /// # Errors
    ///
    /// Fails with [`PermissionDenied`](io::ErrorKind::PermissionDenied) if it listens elsewhere than
    /// on the loopback interface, unless that is
    /// [allowed](Backdoor::dangerously_allow_any_address); and if it cannot accept any more.
    ///
    /// # Switching
    ///
    /// Switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::backdoor::Backdoor;
    ///
    /// let listener = eventlet::listen("[::1]:0")?;
    /// let door = eventlet::spawn(|| Backdoor::new().serve(listener));
    /// // ... the program ...
    /// door.kill();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "backdoor_server")]
    #[track_caller]
    pub fn serve(self, listener: impl Into<Listener>) -> io::Result<()> {
        running::serve(self, &listener.into())
    }

    /// Serves one console, on a connection that was accepted elsewhere; returns when the client quits
    /// or is gone. Eventlet's `backdoor`.
    ///
    /// Who may come in is the caller's business, and so is how long to wait for a client that takes
    /// nothing.
    ///
    /// # Errors
    ///
    /// Fails if the connection does.
    ///
    /// # Switching
    ///
    /// Switches where the stream does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use eventlet::backdoor::Backdoor;
    /// use eventlet::green::os::unix::net::UnixStream;
    ///
    /// let (here, mut there) = UnixStream::pair()?;
    /// let console = eventlet::spawn(move || Backdoor::new().console(here));
    /// there.write_all(b"threads\nquit\n")?;
    /// let mut text = String::new();
    /// there.read_to_string(&mut text)?;
    /// assert!(text.contains("ID  HUB  STATE"));
    /// console.wait().unwrap()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "backdoor")]
    pub fn console(&self, stream: impl Read + Write) -> io::Result<()> {
        let _dating = Dating::start();
        console::run(self, stream)
    }

    /// Whether it may listen there.
    pub(super) fn check(&self, address: &Address) -> io::Result<()> {
        match address {
            Address::Tcp(address)
                if !self.listens_anywhere && !address.ip().to_canonical().is_loopback() =>
            {
                let text = format!(
                    "a backdoor at {address} would let in whoever can connect: listen at 127.0.0.1, \
                     [::1] or a Unix socket, or call `dangerously_allow_any_address`"
                );
                Err(io::Error::new(io::ErrorKind::PermissionDenied, text))
            }
            _ => Ok(()),
        }
    }
}

//! A door that is open.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::panic::Location;
use std::path::PathBuf;
use std::rc::Rc;

use super::socket_file::SocketFile;
use super::stream::{Listener, Stream};
use super::{Backdoor, console};
use crate::convenience::accept;
use crate::greenpool::Group;
use crate::greenthread::{Builder, Handle};
use crate::hub::Dating;

/// Where consoles can be reached.
///
/// # Examples
///
/// ```
/// use eventlet::backdoor::{Address, Backdoor};
///
/// let door = Backdoor::new().listen("[::1]:0")?;
/// match door.address() {
///     Address::Tcp(address) => println!("nc {} {}", address.ip(), address.port()),
///     Address::Unix(path) => println!("nc -U {}", path.display()),
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Address {
    /// Over TCP.
    Tcp(SocketAddr),
    /// Through the Unix socket with this absolute path.
    Unix(PathBuf),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Tcp(address) => address.fmt(f),
            Address::Unix(path) => path.display().fmt(f),
        }
    }
}

/// An open door, which is closed when this is dropped.
///
/// It belongs to its OS thread. Made by [`Backdoor::listen`] and [`Backdoor::listen_unix`].
///
/// # Examples
///
/// ```
/// let door = eventlet::backdoor::Backdoor::new().listen("127.0.0.1:0")?;
/// println!("nc {}", door.address().to_string().replace(':', " "));
/// door.close();
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "the door is closed when this is dropped"]
pub struct Running {
    address: Address,
    /// Dropped before the listener, which says whose it is.
    file: Option<SocketFile>,
    acceptor: Handle,
    consoles: Group,
    /// Ages are known from the moment when it is opened.
    _dating: Dating,
}

impl Running {
    /// Opens a door whose green threads are reported to be spawned where this is called from.
    #[track_caller]
    pub(super) fn start(
        door: Backdoor,
        listener: Listener,
        file: Option<SocketFile>,
    ) -> io::Result<Self> {
        let called_at = Location::caller();
        let address = listener.address(file.as_ref())?;
        door.check(&address)?;
        let consoles = Group::new();
        let (shown, theirs) = (address.clone(), consoles.clone());
        let body = move || {
            if let Err(error) = accept_all(door, &listener, &theirs, called_at) {
                notice!("eventlet: the backdoor at {shown} accepts nobody any more: {error}");
            }
        };
        let acceptor = Builder::new().name("backdoor").spawn_for(called_at, body)?.handle();
        Ok(Running { address, file, acceptor, consoles, _dating: Dating::start() })
    }

    /// Where it listens. A port that was left to the system is known here.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::backdoor::{Address, Backdoor};
    ///
    /// let door = Backdoor::new().listen("127.0.0.1:0")?;
    /// let Address::Tcp(address) = door.address() else { unreachable!() };
    /// assert_ne!(address.port(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// How many consoles are open.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let door = eventlet::backdoor::Backdoor::new().listen("127.0.0.1:0")?;
    /// assert_eq!(door.consoles(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn consoles(&self) -> usize {
        self.consoles.len()
    }

    /// Closes the door and all its consoles, as dropping it does. The file of a Unix socket is removed.
    ///
    /// # Switching
    ///
    /// Switches to the green threads of the door, which end, unless the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let door = eventlet::backdoor::Backdoor::new().listen("127.0.0.1:0")?;
    /// let address = door.address().to_string();
    /// door.close();
    /// assert!(eventlet::connect(address).is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn close(self) {
        drop(self);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.file = None;
        self.acceptor.kill();
        self.consoles.kill_all();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("address", &self.address)
            .field("consoles", &self.consoles())
            .finish()
    }
}

/// Serves whoever comes, until the listener fails or is closed, or this is killed; then all consoles
/// are.
#[track_caller]
pub(super) fn serve(door: Backdoor, listener: &Listener) -> io::Result<()> {
    struct KillAll(Group);

    impl Drop for KillAll {
        fn drop(&mut self) {
            self.0.kill_all();
        }
    }

    door.check(&listener.address(None)?)?;
    let _dating = Dating::start();
    let consoles = KillAll(Group::new());
    accept_all(door, listener, &consoles.0, Location::caller())
}

/// Serves whoever comes, until the listener fails or is closed, or this is killed.
fn accept_all(
    door: Backdoor,
    listener: &Listener,
    consoles: &Group,
    called_at: &'static Location<'static>,
) -> io::Result<()> {
    let door = Rc::new(door);
    accept::accept_all(|| admit(&door, listener.accept()?, consoles, called_at))
}

/// Opens a console, if there are not too many.
fn admit(
    door: &Rc<Backdoor>,
    mut stream: Stream,
    consoles: &Group,
    called_at: &'static Location<'static>,
) -> io::Result<()> {
    if consoles.len() >= door.most_consoles {
        let text =
            format!("error: {} consoles are open, and no more are allowed\n", consoles.len());
        // So few bytes never have to wait.
        let _ = io::Write::write(&mut stream, text.as_bytes());
        return Ok(());
    }
    let door = door.clone();
    let console = Builder::new().name("backdoor console").spawn_for(called_at, move || {
        // A client that goes away is nobody's trouble.
        let _ = console::run(&door, stream);
    })?;
    consoles.add(&console.handle());
    Ok(())
}

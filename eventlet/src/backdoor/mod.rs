//! A console into a running program, for whoever looks after it.
//!
//! A [`Backdoor`] that is open answers whoever connects, by `nc`, `telnet` or a script: which green
//! threads there are, where they were spawned, how old they are and what they wait for; what the
//! hubs, timers, descriptors, pools and stacks are doing; and commands of the program's own. It runs
//! in green threads of the hub that it was opened in, and tells of the other hubs, too.
//!
//! ```text
//! $ nc -NU /run/shop/door
//! eventlet 0.1.0 backdoor, process 4711, hub 0; try `help`
//! eventlet> threads
//! ID  HUB  STATE    AGE      LIMIT    WAITS FOR                    NAME              SPAWNED AT
//! 0   0    waiting  >62.051s  -       the end of a green thread    main              -
//! 1   0    waiting  62.050s  -        a descriptor to be readable  backdoor          src/main.rs:9:53
//! 2   0    waiting  12.180s  17.820s  a descriptor to be readable  -                 src/shop.rs:31:9
//! 7   0    running  0.002s   -        -                            backdoor console  src/main.rs:9:53
//! eventlet> quit
//! ```
//!
//! # For scripts
//!
//! A line is a command and its arguments, separated by spaces, and ends with a line feed. Before each
//! answer and behind the last one stands the prompt, `eventlet> `, without an end of line. Answers are
//! tables: a head, and a line for each row. At least two spaces separate the columns, no cell has two
//! in a row or is empty (`-` stands for nothing). Columns may be added: go by the names in the head. Lines that begin with `#` say what is missing, those with `error:` what went wrong.
//! The end of the input ends the console, after the answers:
//!
//! ```text
//! $ echo threads all | nc -NU /run/shop/door
//! ```
//!
//! Times are in seconds, sizes in bytes. Ages are told of green threads that were spawned while a door
//! was open anywhere in the process; `>` marks those that were there before. An age may be told too low by the
//! rest of the turn that the green thread was spawned in, or by a sixteenth.
//!
//! # Who may come in
//!
//! Whoever can connect. There is no password, so choose where to listen: at a Unix socket
//! ([`listen_unix`](Backdoor::listen_unix)), which only the user who runs the program can use, or at
//! the loopback interface ([`listen`](Backdoor::listen)), which all users of the machine can use.
//! Everything else is refused. Consoles only look, unless
//! [`allow_kill`](Backdoor::allow_kill) was called; commands of the program's own do what they do.
//! Who sends an HTTP request is turned away, since a web page can have a browser do that.
//! Eventlet's `backdoor` has an interpreter instead, and can do anything.
//!
//! # What it costs
//!
//! While no door is open, nothing. While one is, the hubs note once a turn how far they have come with
//! spawning. A command holds up the hubs that it asks for as long as it takes to copy what is shown,
//! a thousand rows at most. Clients that take their answers slowly hold up nobody: their consoles wait, and are closed
//! after 30 seconds in which nothing could be sent.
//!
//! A door does not keep `main` from returning. But while one is open, its hub reports no deadlock: who
//! comes in may kill a green thread or use a command of the program's own, so it cannot be known that
//! nothing will ever happen any more. Instead of a panic there is a console that shows who waits for what.

mod commands;
mod console;
mod lines;
mod open;
mod running;
mod socket_file;
mod stream;
mod table;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

pub use running::{Address, Running};
pub use stream::Listener;

use commands::BUILT_IN;
use console::Done;

/// So many consoles may be open at once, unless something else is asked for.
const CONSOLES: usize = 32;

/// A console into the program in the making; see the [module](self).
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use eventlet::backdoor::Backdoor;
///
/// let door = Backdoor::new()
///     .command("greet", "greets whom it is told to", |args, out| {
///         writeln!(out, "hello, {}", args.join(" and "))
///     })
///     .listen("127.0.0.1:0")?;
///
/// // What `echo greet you | nc -N` does.
/// let mut client = eventlet::connect(door.address().to_string())?;
/// client.write_all(b"greet you\nquit\n")?;
/// let mut text = String::new();
/// client.read_to_string(&mut text)?;
/// assert!(text.ends_with("eventlet> hello, you\neventlet> "));
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "nobody can come in until it is opened"]
pub struct Backdoor {
    /// The program's own, by their names.
    commands: BTreeMap<String, Command>,
    may_kill: bool,
    /// Whether it may listen where others than this machine can connect.
    listens_anywhere: bool,
    most_consoles: usize,
}

/// A command of the program's own.
struct Command {
    about: String,
    #[expect(clippy::type_complexity, reason = "it is what it is")]
    run: Box<dyn Fn(&[&str], &mut dyn Write) -> Done>,
}

impl Backdoor {
    /// A door with the commands that every console has, to look only.
    pub fn new() -> Self {
        Backdoor {
            commands: BTreeMap::new(),
            may_kill: false,
            listens_anywhere: false,
            most_consoles: CONSOLES,
        }
    }

    /// Adds a command of the program's own. `about` is what `help` says of it.
    ///
    /// `run` is given the words behind the command's name, and writes the answer. It runs in the green
    /// thread of the console, so it may wait, and writing makes it wait for a client that reads
    /// slowly. An error that it returns is shown to the client, and so is a panic, which ends only the command.
    ///
    /// Eventlet's `locals`.
    ///
    /// # Panics
    ///
    /// Panics if the name is no single word, or there is such a command already.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::cell::Cell;
    /// use std::io::Write;
    /// use std::rc::Rc;
    /// use eventlet::backdoor::Backdoor;
    ///
    /// let level = Rc::new(Cell::new(1));
    /// let theirs = level.clone();
    /// let door = Backdoor::new().command("level", "sets the level", move |args, _out| {
    ///     let [wanted] = args else { return Err("one number is needed".to_owned()) };
    ///     theirs.set(wanted.parse().map_err(|_| format!("{wanted} is no level"))?);
    ///     Ok(())
    /// });
    ///
    /// let (here, mut there) = eventlet::green::os::unix::net::UnixStream::pair()?;
    /// there.write_all(b"level 3\nquit\n")?;
    /// door.console(here)?;
    /// assert_eq!(level.get(), 3);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "locals")]
    #[track_caller]
    pub fn command<F, E>(
        mut self,
        name: impl Into<String>,
        about: impl Into<String>,
        run: F,
    ) -> Self
    where
        F: Fn(&[&str], &mut dyn Write) -> Result<(), E> + 'static,
        E: fmt::Display,
    {
        let name = name.into();
        let is_word = name.split_whitespace().eq([&*name]);
        assert!(is_word, "the name of a command is one word, which {name:?} is not");
        let is_taken = BUILT_IN.iter().any(|built_in| built_in.name == name);
        assert!(
            !is_taken && !self.commands.contains_key(&name),
            "there is a command {name} already"
        );
        let run = move |args: &[&str], out: &mut dyn Write| {
            run(args, out).map_err(|error| error.to_string().into())
        };
        self.commands.insert(name, Command { about: about.into(), run: Box::new(run) });
        self
    }

    /// Sets whether consoles may `kill` green threads; off by default.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    /// use std::time::Duration;
    /// use eventlet::backdoor::Backdoor;
    ///
    /// let sleeper = eventlet::spawn(|| eventlet::sleep(Duration::from_secs(3600)));
    /// let (here, mut there) = eventlet::green::os::unix::net::UnixStream::pair()?;
    /// write!(there, "kill {}\nquit\n", sleeper.id())?;
    /// Backdoor::new().allow_kill(true).console(here)?;
    /// assert!(sleeper.wait().unwrap_err().is_killed());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn allow_kill(mut self, allow: bool) -> Self {
        self.may_kill = allow;
        self
    }

    /// Sets whether the door may be opened where other machines can reach it; off by default.
    ///
    /// **Whoever can connect comes in**, without a password and unencrypted. He sees the program's
    /// insides, and uses the program's own commands.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use eventlet::backdoor::Backdoor;
    ///
    /// let refused = Backdoor::new().listen("0.0.0.0:0").unwrap_err();
    /// assert_eq!(refused.kind(), ErrorKind::PermissionDenied);
    /// let open_to_all = Backdoor::new().dangerously_allow_any_address(true).listen("0.0.0.0:0")?;
    /// # drop(open_to_all);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn dangerously_allow_any_address(mut self, allow: bool) -> Self {
        self.listens_anywhere = allow;
        self
    }

    /// Sets how many consoles may be open at once; 32 by default. Others are told so, and refused.
    pub fn consoles(mut self, most: usize) -> Self {
        self.most_consoles = most;
        self
    }
}

impl Default for Backdoor {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Backdoor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Backdoor")
            .field("commands", &self.commands.keys().collect::<Vec<_>>())
            .field("may_kill", &self.may_kill)
            .finish_non_exhaustive()
    }
}

//! What to start, and how.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::Path;
use std::process::{self, CommandArgs, CommandEnvs, ExitStatus, Output, Stdio};

use super::Child;

/// A program to be started, with its arguments and surroundings; std's
/// [`Command`](process::Command), green.
///
/// Starting a process holds up the OS thread for as long as the system takes, most often less than
/// a millisecond. It cannot be moved to another thread: closures that run in the child before the
/// program does may rely on this one.
///
/// # Examples
///
/// ```
/// use eventlet::green::process::Command;
///
/// let output = Command::new("echo").arg("hello").output()?;
/// assert!(output.status.success());
/// assert_eq!(output.stdout, b"hello\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Command {
    command: process::Command,
    /// Which of the standard streams the user has said something about: `output` has other
    /// defaults than `spawn`.
    is_set: Streams<bool>,
}

/// Something about each of the three standard streams.
#[derive(Clone, Copy, Default)]
struct Streams<T> {
    stdin: T,
    stdout: T,
    stderr: T,
}

impl Command {
    /// A command that starts `program`, which is looked for in `PATH` unless it has a slash.
    ///
    /// It has no arguments, and inherits environment, directory and standard streams.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// assert!(Command::new("true").status()?.success());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new<S: AsRef<OsStr>>(program: S) -> Command {
        Command { command: process::Command::new(program), is_set: Streams::default() }
    }

    /// The command of std, for what only the system knows.
    pub(in crate::green) fn std_mut(&mut self) -> &mut process::Command {
        &mut self.command
    }

    /// Adds an argument.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// assert_eq!(Command::new("echo").arg("a").arg("b").output()?.stdout, b"a b\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn arg<S: AsRef<OsStr>>(&mut self, arg: S) -> &mut Command {
        self.command.arg(arg);
        self
    }

    /// Adds several arguments.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// assert_eq!(Command::new("echo").args(["a", "b"]).output()?.stdout, b"a b\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn args<I, S>(&mut self, args: I) -> &mut Command
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        self.command.args(args);
        self
    }

    /// Sets a variable of the child's environment.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// let output = Command::new("sh").args(["-c", "echo $COLOUR"]).env("COLOUR", "red").output()?;
    /// assert_eq!(output.stdout, b"red\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn env<K, V>(&mut self, key: K, val: V) -> &mut Command
    where
        K: AsRef<OsStr>,
        V: AsRef<OsStr>,
    {
        self.command.env(key, val);
        self
    }

    /// Sets several variables of the child's environment.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// let output =
    ///     Command::new("sh").args(["-c", "echo $A$B"]).envs([("A", "1"), ("B", "2")]).output()?;
    /// assert_eq!(output.stdout, b"12\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn envs<I, K, V>(&mut self, vars: I) -> &mut Command
    where
        I: IntoIterator<Item = (K, V)>,
        K: AsRef<OsStr>,
        V: AsRef<OsStr>,
    {
        self.command.envs(vars);
        self
    }

    /// Takes a variable out of the child's environment.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// let output = Command::new("sh").args(["-c", "echo ${HOME-none}"]).env_remove("HOME").output()?;
    /// assert_eq!(output.stdout, b"none\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn env_remove<K: AsRef<OsStr>>(&mut self, key: K) -> &mut Command {
        self.command.env_remove(key);
        self
    }

    /// Takes all variables out of the child's environment; the child inherits none.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// let output = Command::new("/usr/bin/env").env_clear().env("A", "1").output()?;
    /// assert_eq!(output.stdout, b"A=1\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn env_clear(&mut self) -> &mut Command {
        self.command.env_clear();
        self
    }

    /// Sets the directory in which the child begins.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// assert_eq!(Command::new("pwd").current_dir("/").output()?.stdout, b"/\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn current_dir<P: AsRef<Path>>(&mut self, dir: P) -> &mut Command {
        self.command.current_dir(dir);
        self
    }

    /// Sets the child's standard input.
    ///
    /// It is inherited by [`spawn`](Command::spawn) and [`status`](Command::status) and empty for
    /// [`output`](Command::output), unless this says something else.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::{Command, Stdio};
    ///
    /// assert!(Command::new("cat").stdin(Stdio::null()).status()?.success());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stdin<T: Into<Stdio>>(&mut self, cfg: T) -> &mut Command {
        self.command.stdin(cfg);
        self.is_set.stdin = true;
        self
    }

    /// Sets the child's standard output.
    ///
    /// It is inherited by [`spawn`](Command::spawn) and [`status`](Command::status) and piped for
    /// [`output`](Command::output), unless this says something else.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::{Command, Stdio};
    ///
    /// assert!(Command::new("ls").stdout(Stdio::null()).status()?.success());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stdout<T: Into<Stdio>>(&mut self, cfg: T) -> &mut Command {
        self.command.stdout(cfg);
        self.is_set.stdout = true;
        self
    }

    /// Sets the child's standard error.
    ///
    /// It is inherited by [`spawn`](Command::spawn) and [`status`](Command::status) and piped for
    /// [`output`](Command::output), unless this says something else.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::{Command, Stdio};
    ///
    /// let status = Command::new("ls").arg("/no/such/file").stderr(Stdio::null()).status()?;
    /// assert!(!status.success());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn stderr<T: Into<Stdio>>(&mut self, cfg: T) -> &mut Command {
        self.command.stderr(cfg);
        self.is_set.stderr = true;
        self
    }

    /// Starts the program.
    ///
    /// # Errors
    ///
    /// Fails as std does: with [`NotFound`](io::ErrorKind::NotFound) if there is no such program,
    /// with [`PermissionDenied`](io::ErrorKind::PermissionDenied) if it may not be run.
    ///
    /// # Switching
    ///
    /// Never switches; the OS thread waits until the child runs the program.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// let mut child = Command::new("true").spawn()?;
    /// assert!(child.wait()?.success());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn spawn(&mut self) -> io::Result<Child> {
        self.command.spawn().map(Child::new)
    }

    /// Starts the program, reads what it writes, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// Fails as [`spawn`](Command::spawn) and [`Child::wait_with_output`] do.
    ///
    /// # Switching
    ///
    /// Switches until the process has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// let output = Command::new("sh").args(["-c", "echo out; echo err >&2; exit 1"]).output()?;
    /// assert_eq!(output.status.code(), Some(1));
    /// assert_eq!((&output.stdout[..], &output.stderr[..]), (&b"out\n"[..], &b"err\n"[..]));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn output(&mut self) -> io::Result<Output> {
        self.set_defaults([Stdio::null, Stdio::piped, Stdio::piped]);
        let child = self.spawn();
        self.set_defaults([Stdio::inherit; 3]);
        child?.wait_with_output()
    }

    /// Sets what is to be the case for the streams of which the user has said nothing.
    fn set_defaults(&mut self, [stdin, stdout, stderr]: [fn() -> Stdio; 3]) {
        if !self.is_set.stdin {
            self.command.stdin(stdin());
        }
        if !self.is_set.stdout {
            self.command.stdout(stdout());
        }
        if !self.is_set.stderr {
            self.command.stderr(stderr());
        }
    }

    /// Starts the program and waits until it has ended.
    ///
    /// # Errors
    ///
    /// Fails as [`spawn`](Command::spawn) and [`Child::wait`] do.
    ///
    /// # Switching
    ///
    /// Switches until the process has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// assert_eq!(Command::new("false").status()?.code(), Some(1));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn status(&mut self) -> io::Result<ExitStatus> {
        self.spawn()?.wait()
    }

    /// The program that was given to [`new`](Command::new).
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// assert_eq!(Command::new("ls").get_program(), "ls");
    /// ```
    #[must_use]
    pub fn get_program(&self) -> &OsStr {
        self.command.get_program()
    }

    /// The arguments, without the program.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::process::Command;
    ///
    /// let mut command = Command::new("ls");
    /// command.args(["-l", "-a"]);
    /// assert!(command.get_args().eq(["-l", "-a"]));
    /// ```
    pub fn get_args(&self) -> CommandArgs<'_> {
        self.command.get_args()
    }

    /// The variables that are set, or taken out, for the child.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ffi::OsStr;
    /// use eventlet::green::process::Command;
    ///
    /// let mut command = Command::new("ls");
    /// command.env("A", "1").env_remove("B");
    /// let envs: Vec<_> = command.get_envs().collect();
    /// assert_eq!(envs, [(OsStr::new("A"), Some(OsStr::new("1"))), (OsStr::new("B"), None)]);
    /// ```
    pub fn get_envs(&self) -> CommandEnvs<'_> {
        self.command.get_envs()
    }

    /// The directory that the child is to begin in, unless it inherits this process's.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::path::Path;
    /// use eventlet::green::process::Command;
    ///
    /// let mut command = Command::new("ls");
    /// assert_eq!(command.get_current_dir(), None);
    /// command.current_dir("/bin");
    /// assert_eq!(command.get_current_dir(), Some(Path::new("/bin")));
    /// ```
    #[must_use]
    pub fn get_current_dir(&self) -> Option<&Path> {
        self.command.get_current_dir()
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.command.fmt(f)
    }
}

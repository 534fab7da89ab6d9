//! Arguments, surroundings and streams of a command, and what they have been set to.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{CommandArgs, CommandEnvs, Stdio};

use super::Command;

impl Command {
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

//! Where a server keeps its files, and on whose behalf it runs.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use eventlet_tests::scratch::new_dir;

use crate::server::Server;

/// A new directory for a server. It is removed when the server ends, or when this is dropped.
pub struct Home {
    dir: PathBuf,
    /// The user and the group that the server must run as, if it refuses to run as root.
    owner: Option<(u32, u32)>,
}

impl Home {
    /// Makes the directory.
    pub fn new(name: &str) -> Self {
        Home { dir: new_dir(name), owner: None }
    }

    /// Gives the directory to a user, who then runs everything in it, if the tests are root's.
    pub fn owned_by(mut self, user: &str) -> Self {
        if process_owner() == 0 {
            let (uid, gid) = find_user(user).unwrap_or_else(|| panic!("there is no user {user}"));
            chown(&self.dir, Some(uid), Some(gid)).expect("root may give it away");
            self.owner = Some((uid, gid));
        }
        self
    }

    /// The path of something in the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Writes a file, and returns its path.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, contents).expect("the directory is ours");
        path
    }

    /// Runs a program to its end, which must succeed.
    pub fn run(&self, program: impl AsRef<Path>, args: impl IntoIterator<Item: AsRef<OsStr>>) {
        let program = program.as_ref();
        let mut command = self.command(program);
        let output = command.args(args).stdin(Stdio::null()).output();
        let output = output.unwrap_or_else(|error| not_started(program, &error));
        assert!(output.status.success(), "{program:?} failed: {output:#?}");
    }

    /// Starts a server.
    pub fn serve(
        self,
        program: impl AsRef<Path>,
        args: impl IntoIterator<Item: AsRef<OsStr>>,
    ) -> Server {
        Server::start(self, program.as_ref(), args)
    }

    /// A command that runs in the directory, as its owner.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.dir);
        if let Some((uid, gid)) = self.owner {
            command.uid(uid).gid(gid);
        }
        command
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Panics, and says what to do about it.
pub(crate) fn not_started(program: &Path, error: &std::io::Error) -> ! {
    panic!("{program:?} cannot be started ({error}); `.ci/run` names the packages to install");
}

/// Who runs the tests.
fn process_owner() -> u32 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").map_or(u32::MAX, |process| process.uid())
}

/// The numbers of a user and of its group.
fn find_user(name: &str) -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let mut fields = users.lines().map(|line| line.split(':'));
    let mut fields = fields.find(|fields| fields.clone().next() == Some(name))?.skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}

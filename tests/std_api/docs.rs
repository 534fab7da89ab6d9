//! Where documentation is found: std's, which comes with the toolchain, and that of the mirror.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::list::VERSION;

/// The folder of std's documentation, if it is installed and is about the version of the lists.
pub fn of_std() -> Option<PathBuf> {
    let version = output("rustc", &["--version"]);
    if !version.starts_with(&format!("rustc {VERSION}.")) {
        return None;
    }
    let sysroot = output("rustc", &["--print", "sysroot"]);
    let folder = Path::new(sysroot.trim()).join("share/doc/rust/html/std");
    folder.join("index.html").is_file().then_some(folder)
}

/// The folder of `eventlet::green`'s documentation, made anew.
pub fn of_mirror() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("std_api");
        let made = Command::new(env!("CARGO"))
            .args(["doc", "--quiet", "--offline", "-p", "eventlet", "--no-deps", "--target-dir"])
            .arg(&target)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_remove("RUSTDOCFLAGS")
            .stdin(Stdio::null())
            .status();
        assert!(made.expect("cargo").success(), "the documentation cannot be made");
        target.join("doc/eventlet/green")
    })
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().expect("it runs");
    String::from_utf8(output.stdout).expect("text")
}

//! A crate that is compiled with `panic = "abort"` is refused, with the reason.

use std::fs;
use std::path::Path;
use std::process::Command;

use eventlet_tests::child::finish_cargo;

#[test]
fn panic_abort_does_not_compile() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = tests.parent().unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("panic-abort");
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("src/main.rs"), "fn main() { eventlet::spawn(|| ()); }\n").unwrap();
    // The same versions as ours, so that nothing has to be looked up.
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let manifest = format!(
        "[package]\nname = \"panic-abort\"\nedition = \"2024\"\n\
         [dependencies]\neventlet.path = {:?}\n\
         [profile.dev]\npanic = \"abort\"\n\
         [workspace]\n",
        workspace.join("eventlet")
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();

    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["check", "--offline", "--color=never"]).current_dir(&folder);
    cargo.env("CARGO_TARGET_DIR", folder.join("target"));
    let ended = finish_cargo(cargo);
    assert_eq!(ended.status.code(), Some(101), "{ended:#?}");
    ended.expect_stderr("error: eventlet needs panic = \"unwind\"");
    ended.expect_stderr("Remove `panic = \"abort\"` from the profile");
    ended.expect_stderr("could not compile `eventlet`");
}

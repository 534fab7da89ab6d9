//! What `import_patched!` adds to a build: a program with a file module of 2,000 lines, plain and
//! patched, built in turns. It takes minutes, so it runs when asked to:
//!
//! ```text
//! cargo test -p eventlet-tests --test compile_time -- --ignored --nocapture
//! ```

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// How often each program is built.
const ROUNDS: usize = 7;

#[test]
#[ignore = "builds programs for minutes"]
fn a_file_of_2000_lines_adds_less_than_a_second() {
    let package = package();
    let build = |program: &str| {
        let main = package.join(format!("src/bin/{program}.rs"));
        fs::write(&main, fs::read(&main).unwrap()).unwrap();
        let started = Instant::now();
        cargo(&package, &["build", "--offline", "--quiet", "--bin", program]);
        started.elapsed()
    };
    build("plain");
    build("patched");

    let mut rounds: Vec<_> = (0..ROUNDS).map(|_| (build("plain"), build("patched"))).collect();
    rounds.sort_by_key(|(plain, patched)| *patched - *plain.min(patched));
    for (plain, patched) in &rounds {
        println!("plain {plain:?}, patched {patched:?}");
    }
    let (plain, patched) = rounds[ROUNDS / 2];
    println!("the median round: {plain:?} plain, {patched:?} patched");
    assert!(patched.saturating_sub(plain) < Duration::from_secs(1));
}

/// A package with two programs that use the same file.
fn package() -> PathBuf {
    let package = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("compile_time");
    let programs = package.join("src/bin");
    fs::create_dir_all(&programs).unwrap();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let manifest = format!(
        "[package]\nname = \"compile-time\"\nedition = \"2024\"\n[workspace]\n\
         [dependencies]\neventlet = {{ path = {:?} }}\n",
        workspace.join("eventlet")
    );
    fs::write(package.join("Cargo.toml"), manifest).unwrap();
    fs::copy(workspace.join("Cargo.lock"), package.join("Cargo.lock")).unwrap();

    let source = module();
    assert_eq!(source.lines().count(), 2000);
    fs::write(package.join("src/module.rs"), source).unwrap();
    let declared = "#[path = \"../module.rs\"]\nmod module;\n";
    let main = "fn main() { module::all(); }\n";
    fs::write(programs.join("plain.rs"), format!("{declared}{main}")).unwrap();
    let patched = format!("eventlet::import_patched! {{ {declared} }}\n{main}");
    fs::write(programs.join("patched.rs"), patched).unwrap();
    package
}

/// A module of 2,000 lines: services, each with its types, errors, threads and sockets.
fn module() -> String {
    let mut source = String::from(
        "//! Services.\n#![allow(dead_code)]\n\nuse std::collections::HashMap;\n\
         use std::io::{self, BufRead, BufReader, Write};\nuse std::net::{TcpListener, TcpStream};\n\
         use std::sync::{Arc, Mutex, mpsc};\nuse std::thread;\nuse std::time::{Duration, Instant};\n\
         \npub fn all() {\n",
    );
    let service = include_str!("compile_time/service.rs");
    let n_services = (2000 - source.lines().count() - 1) / (service.lines().count() + 1);
    for n in 0..n_services {
        writeln!(source, "    let _ = Service{n}::serve;").unwrap();
    }
    source.push_str("}\n");
    for n in 0..n_services {
        source.push_str(&service.replace("Service", &format!("Service{n}")));
    }
    let missing = 2000 - source.lines().count();
    source.extend((0..missing).map(|_| "// The end.\n"));
    source
}

fn cargo(package: &Path, args: &[&str]) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(args).current_dir(package).env("CARGO_TARGET_DIR", package.join("target"));
    assert!(cargo.env_remove("EVENTLET_UNPATCHED").status().unwrap().success());
}

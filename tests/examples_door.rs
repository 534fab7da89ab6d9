//! `backdoor`, with clients that are not ours: nc in a shell script, and Python that talks telnet.

use eventlet_tests::console::{PROMPT, Table};
use eventlet_tests::scratch::Scratch;
use std::path::Path;

use super::examples_program::Program;

/// Talks telnet to the Unix socket in its argument: refuses and asks for options, ends lines as telnet
/// does, and interrupts.
const PYTHON_TELNET: &str = r#"
import re, socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(30)
s.connect(sys.argv[1])
seen = b""
def until_prompt():
    global seen
    while not seen.endswith(b"eventlet> "):
        data = s.recv(4096)
        assert data, seen
        seen += data
    text, seen = seen[:-len(b"eventlet> ")].decode(), b""
    return text
greeting = until_prompt()
assert re.match(r"eventlet \S+ backdoor, process \d+, hub \d+; try `help`\n$", greeting), greeting
s.sendall(b"\xff\xfd\x03\xff\xfb\x18\xff\xfb\x1f\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0")
s.sendall(b"thr\xff\xf4\xff\xfd\x06eads\r\0")
lines = until_prompt().splitlines()
head = re.split(r"  +", lines[0])
assert head[:3] == ["ID", "HUB", "STATE"], head
rows = [dict(zip(head, re.split(r"  +", line))) for line in lines[1:]]
assert all(len(row) == len(head) for row in rows), rows
workers = [row for row in rows if row["NAME"].startswith("worker")]
assert len(workers) == 3 and all("backdoor.rs:" in row["SPAWNED AT"] for row in workers), rows
s.sendall(b"pace 20\r\n")
assert until_prompt() == "workers sleep 20ms\n"
s.sendall(b"pace fast\r\n")
assert until_prompt().startswith("error: invalid digit")
s.sendall(b"kill %d\r\n" % int(workers[2]["ID"]))
assert "told to end" in until_prompt()
s.sendall(b"quit\r\n")
assert s.recv(100) == b""
print("telnet works")
"#;

/// A program with a door at a Unix socket, and the door's path.
fn program(scratch: &Scratch) -> (Program, String) {
    let path = scratch.path("door").display().to_string();
    let program = Program::example("backdoor", &[&path]);
    assert_eq!(program.line(), format!("look inside: nc -U {path}"));
    (program, path)
}

#[test]
fn nc_and_a_shell_script_read_tables() {
    let scratch = Scratch::new();
    let (_program, path) = program(&scratch);
    let script = format!("printf 'threads all\\nhubs\\n' | nc -N -U {path}");
    // So that the test is skipped where there is no nc.
    if Program::tool("nc", &["-h"]).is_none() {
        return;
    }
    let text = Program::tool("sh", &["-c", &script]).expect("there is a shell").output();
    let answers: Vec<_> = text.split(PROMPT).collect();
    assert_eq!(answers.len(), 4, "{text}");
    assert!(Table::of(answers[1]).all("NAME").contains(&"worker-0"), "{text}");
    assert_eq!(Table::of(answers[2]).len(), 1, "{text}");
}

#[test]
fn telnet_in_python_looks_and_acts() {
    let scratch = Scratch::new();
    let (_program, path) = program(&scratch);
    let Some(python) = Program::tool("python3", &["-c", PYTHON_TELNET, &path]) else { return };
    assert_eq!(python.output(), "telnet works\n");
}

/// What a program leaves that was killed, the next one replaces.
#[test]
fn a_killed_program_is_no_obstacle() {
    let scratch = Scratch::new();
    let (first, path) = program(&scratch);
    drop(first);
    assert!(Path::new(&path).exists(), "it was not killed, it has cleaned up");
    let (_second, again) = program(&scratch);
    assert_eq!(path, again);
}

/// When nobody is left to wait for, the program ends, and takes the file with it.
#[test]
fn the_door_is_closed_when_the_program_ends() {
    let scratch = Scratch::new();
    let (program, path) = program(&scratch);
    let script = format!(
        "ids=$(echo threads | nc -N -U {path} | awk '/worker-/ {{print $1}}'); \
         for id in $ids; do echo kill $id | nc -N -U {path} >/dev/null || true; done"
    );
    if Program::tool("nc", &["-h"]).is_none() {
        return;
    }
    Program::tool("sh", &["-c", &script]).expect("there is a shell").output();
    program.output();
    assert!(!Path::new(&path).exists());
}

//! `http_unchanged`: one server on OS threads and on green threads.

use super::examples_program::Program;

#[test]
fn http_unchanged_serves_as_many_connections_from_one_os_thread() {
    let text = Program::example("http_unchanged", &["50", "1"]).output();
    let (on_os, on_green) = text.split_once("on_green_threads: ").expect("two servers");
    assert!(on_os.starts_with("on_os_threads: 50 connections\n"), "{text}");
    assert!(on_green.starts_with("50 connections\n"), "{text}");
    assert!(number(on_os, "requests/s:") > 0 && number(on_green, "requests/s:") > 0, "{text}");
    if cfg!(target_os = "linux") {
        // The acceptor, the log and the main thread are there, too.
        assert_eq!(number(on_os, "OS threads:"), 53, "{text}");
        assert_eq!(number(on_green, "OS threads:"), 1, "{text}");
    }
}

fn number(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.unwrap_or_else(|| panic!("{name} is not in {text}"))
}

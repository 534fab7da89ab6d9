//! `million`: all alive at once, all woken, and a clear word where they do not fit.

use std::fs;

use eventlet_tests::sys;

use super::examples_program::Program;

#[test]
fn all_are_alive_and_all_are_woken() {
    let text = Program::example("million", &["20000"]).output();
    assert_eq!(number_after(&text, "alive: "), 20_000, "{text}");
    assert_eq!(number_after(&text, "woken: "), 20_000, "{text}");
    let few = number_after(&text, "mappings: ") < 1000;
    assert!(few || !sys::has_guard_regions(), "{text}");
}

#[test]
fn more_than_the_mappings_allow_are_refused_and_fewer_offered() {
    let wanted = mapping_limit().to_string();
    let refused = Program::example_with_mapped_guards("million", &[&wanted]);
    let (status, text) = refused.finish();
    assert_eq!(status.code(), Some(2), "{text}");
    let why = format!("{wanted} green threads do not fit: each takes 2 mappings, of which");
    assert!(text.contains(&why), "{text}");
    assert!(!text.contains("woken"), "{text}");
    let (before, _) = text.split_once(" fit: ask for them").expect("a number is offered");
    let offered: u64 = before.lines().last().unwrap().parse().unwrap();
    assert!((mapping_limit() / 2 - 5000..mapping_limit() / 2).contains(&offered), "{text}");
}

#[test]
fn tried_all_the_same_they_stop_at_the_limit() {
    if mapping_limit() > 200_000 {
        eprintln!("skipped: at this limit of mappings it would take too long");
        return;
    }
    let wanted = mapping_limit().to_string();
    let forced = Program::example_with_mapped_guards("million", &[&wanted, "--force"]);
    let (status, text) = forced.finish();
    assert_eq!(status.code(), Some(1), "{text}");
    let n_alive = number_after(&text, "alive: ");
    assert!(n_alive < mapping_limit() / 2, "{text}");
    assert_eq!(number_after(&text, "woken: "), n_alive, "{text}");
    let error = format!(
        "no more than {n_alive} green threads: the process has as many green-thread stacks as the \
         kernel has mappings for: raise the sysctl vm.max_map_count"
    );
    assert!(text.contains(&error), "{text}");
}

fn mapping_limit() -> u64 {
    let text = fs::read_to_string("/proc/sys/vm/max_map_count").expect("the limit can be read");
    text.trim().parse().expect("it is a number")
}

/// The number that comes after `name` at the beginning of a line.
fn number_after(text: &str, name: &str) -> u64 {
    let value = text.lines().find_map(|line| line.strip_prefix(name)).expect(name);
    value.split([' ', ',']).next().unwrap().parse().expect("a number")
}

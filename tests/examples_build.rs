//! `parallel_build`, with the C compiler of the system.

use super::examples_program::Program;

#[test]
fn parallel_build_makes_each_target_after_what_it_needs() {
    if Program::tool("cc", &["--version"]).map(Program::output).is_none() {
        return;
    }
    let text = Program::example("parallel_build", &["5", "2"]).output();
    let lines: Vec<_> = text.lines().collect();
    let place = |target: &str| {
        let is_it = |line: &&str| line.split_once("s  ").is_some_and(|(_, name)| name == target);
        lines.iter().position(is_it).unwrap_or_else(|| panic!("no {target}: {text}"))
    };
    assert!(place("generator") < place("squares.h"));
    for part in ["part0.o", "part1.o", "part2.o", "part3.o", "part4.o"] {
        assert!(place("squares.h") < place(part) && place(part) < place("program"), "{text}");
    }
    assert!(place("main.o") < place("program") && place("program") < place("output"));

    assert_eq!(lines[10], "the sum of the squares is 30");
    assert!(lines[11].contains("of work took") && lines[11].ends_with(", 2 at a time"), "{text}");
    assert_eq!(lines[12], "broken: output <- program <- part2.o");
    assert!(lines[13].starts_with("because ") && lines[13].contains("nonsense"), "{text}");
    assert_eq!(lines[14], "7 other targets were built all the same");
}

#[test]
fn parallel_build_says_that_there_is_no_compiler() {
    let text = Program::example_without_tools("parallel_build", &[]).output();
    assert!(text.starts_with("there is no `cc` here: install a C compiler"), "{text}");
}

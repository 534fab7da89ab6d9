//! Holds the tables of `README.md` against the tests that are there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The package with the tests of servers, whose ported ones are in files called `..._ported...rs`.
const HTTP: &str = "http/";

/// One of Eventlet's tests, as a row of a module's table tells it.
#[derive(Clone)]
struct Row {
    module: String,
    name: String,
    fate: Fate,
}

/// What has become of a test.
#[derive(Clone, PartialEq)]
enum Fate {
    /// To the file of this name.
    Ported(String),
    NoMeaning,
    Later,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(name: impl AsRef<Path>) -> String {
    let path = folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The cells of a table's row, unless it is its head or the line below that.
fn cells(line: &str) -> Option<Vec<&str>> {
    let line = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let cells: Vec<_> = line.split('|').map(str::trim).collect();
    let is_head = ["test", "module"].contains(&cells[0]) || cells[0].starts_with("---");
    (!is_head).then_some(cells)
}

fn fate(cell: &str) -> Fate {
    if let Some(file) = cell.strip_prefix("ported (`").and_then(|rest| rest.strip_suffix("`)")) {
        return Fate::Ported(file.to_owned());
    }
    let has_reason = |rest: &str| rest.strip_prefix(": ").is_some_and(|reason| !reason.is_empty());
    if cell.strip_prefix("no meaning").is_some_and(has_reason) {
        return Fate::NoMeaning;
    }
    if cell.strip_prefix("comes later").is_some_and(has_reason) {
        return Fate::Later;
    }
    panic!("neither ported (`file`), nor no meaning: why, nor comes later: with what: {cell:?}");
}

/// The rows of the modules' tables, and the numbers of the summary's by module.
fn tables() -> (Vec<Row>, BTreeMap<String, Vec<usize>>) {
    let (mut rows, mut summary) = (Vec::new(), BTreeMap::new());
    let mut module = None;
    for line in read("README.md").lines() {
        if let Some(name) = line.strip_prefix("### ") {
            module = Some(name.to_owned());
        }
        let Some(cells) = cells(line) else { continue };
        match (&module, &cells[..]) {
            (Some(module), [name, what]) => {
                let (module, name) = (module.clone(), (*name).to_owned());
                rows.push(Row { module, name, fate: fate(what) });
            }
            (None, [name, numbers @ ..]) => {
                let numbers = numbers.iter().map(|number| number.parse().unwrap()).collect();
                summary.insert((*name).to_owned(), numbers);
            }
            _ => panic!("a row of an unknown table: {line}"),
        }
    }
    (rows, summary)
}

/// The names of the tests in a file, as Eventlet's table has them.
fn tests_in(file: &str) -> Vec<String> {
    let text = read(file);
    let mut names = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim) {
        is_test |= line == "#[test]";
        let Some(rest) = line.strip_prefix("fn ") else { continue };
        let name = rest.split('(').next().unwrap().trim_start_matches("r#");
        if std::mem::take(&mut is_test) {
            let digit = name.strip_prefix('_').filter(|rest| rest.starts_with(char::is_numeric));
            names.push(digit.unwrap_or(name).to_owned());
        }
    }
    names
}

/// The files with ported tests, as the tables name them.
fn ported_files() -> Vec<String> {
    let here = names_in("").into_iter().filter(|name| name.starts_with("eventlet_"));
    let http = names_in(HTTP).into_iter().filter(|name| name.contains("_ported"));
    let http = http.map(|name| format!("{HTTP}{name}"));
    here.chain(http).filter(|name| name.ends_with(".rs")).collect()
}

fn names_in(subfolder: &str) -> Vec<String> {
    let entries = fs::read_dir(folder().join(subfolder)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Whether cargo runs the tests of this file.
fn is_run(file: &str) -> bool {
    let (manifest, path) = match file.strip_prefix(HTTP) {
        Some(path) => (format!("{HTTP}Cargo.toml"), path),
        None => ("Cargo.toml".to_owned(), file),
    };
    read(manifest).contains(&format!("\npath = \"{path}\""))
}

#[test]
fn what_is_called_ported_is_there() {
    for Row { module, name, fate } in tables().0 {
        let Fate::Ported(file) = fate else { continue };
        assert!(tests_in(&file).contains(&name), "{file} has no test {name} of {module}");
        assert!(is_run(&file), "{file} is not a [[test]] of its Cargo.toml, so nobody runs it");
    }
}

#[test]
fn what_is_there_is_called_ported() {
    let rows = tables().0;
    let files = ported_files();
    assert!(!files.is_empty());
    for file in files {
        for name in tests_in(&file) {
            let is_it = |row: &Row| row.name == name && row.fate == Fate::Ported(file.clone());
            assert!(rows.iter().any(is_it), "no table of README.md has {name} of {file}");
        }
    }
}

#[test]
fn the_summary_counts_right() {
    let (rows, summary) = tables();
    let mut counted: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for Row { module, fate, .. } in rows {
        let column = match fate {
            Fate::Ported(_) => 1,
            Fate::NoMeaning => 2,
            Fate::Later => 3,
        };
        for key in [module, "all".to_owned()] {
            let counts = counted.entry(key).or_insert_with(|| vec![0; 4]);
            counts[0] += 1;
            counts[column] += 1;
        }
    }
    for (module, counts) in &counted {
        assert_eq!(summary.get(module), Some(counts), "README.md's summary of {module}");
    }
    assert_eq!(summary.len(), counted.len(), "a module of the summary has no table");
}

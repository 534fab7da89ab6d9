//! Where the file of `mod name;` is, by the rules of rustc.
//!
//! A file that owns its directory (`mod.rs`, `lib.rs`, `main.rs`, one given by `#[path]`, or the
//! root of a target) has its modules beside it; any other `file.rs` has them in `file/`. Whether
//! the file of the invocation is the root of a target cannot be seen, so both are tried there.

use std::path::{Path, PathBuf};

/// A directory in which modules are looked for.
#[derive(Clone, Debug, PartialEq)]
struct Spot {
    /// Where a `#[path]` begins.
    dir: PathBuf,
    /// The folder below `dir` that the modules without a `#[path]` are in.
    relative: Option<String>,
}

/// Where the modules declared at one point of the source may be: one spot, or two in doubt.
#[derive(Clone, Debug, PartialEq)]
pub struct Place(Vec<Spot>);

/// A module's file, and where its own modules are.
#[derive(Debug, PartialEq)]
pub struct Found {
    /// The file.
    pub file: PathBuf,
    /// Where the modules declared in it are.
    pub inside: Place,
}

/// Why no file was chosen, with all places that were looked at.
#[derive(Debug, PartialEq)]
pub enum NotFound {
    /// None of these exists.
    Missing(Vec<PathBuf>),
    /// All of these exist.
    Ambiguous(Vec<PathBuf>),
}

impl Place {
    /// The place of an invocation in the file `from`.
    pub fn of_invocation(from: &Path) -> Self {
        let dir = from.parent().unwrap_or(Path::new("")).to_owned();
        let root = Spot { dir: dir.clone(), relative: None };
        match from.file_stem().and_then(|stem| stem.to_str()) {
            None | Some("mod" | "lib" | "main") => Place(vec![root]),
            Some(stem) => Place(vec![root, Spot { dir, relative: Some(stem.to_owned()) }]),
        }
    }

    /// The place in the file `included` that an `include!` names.
    pub fn beside(included: &Path) -> Self {
        let dir = included.parent().unwrap_or(Path::new("")).to_owned();
        Place(vec![Spot { dir, relative: None }])
    }

    /// Where a `#[path]` begins.
    pub fn folder(&self) -> &Path {
        self.0.first().map_or(Path::new(""), |spot| &spot.dir)
    }

    /// The place inside `mod name { .. }`, which may have a `#[path]`.
    pub fn inside_inline(&self, name: &str, path: Option<&str>) -> Self {
        let inside = |spot: &Spot| match path {
            Some(path) => spot.dir.join(path),
            None => spot.base().join(name),
        };
        let mut spots: Vec<Spot> = Vec::new();
        for dir in self.0.iter().map(inside) {
            let spot = Spot { dir, relative: None };
            if !spots.contains(&spot) {
                spots.push(spot);
            }
        }
        Place(spots)
    }

    /// The file of `mod name;`, which may have a `#[path]`.
    ///
    /// # Errors
    ///
    /// There is none, or more than one.
    pub fn find(&self, name: &str, path: Option<&str>) -> Result<Found, NotFound> {
        let mut candidates: Vec<Found> = Vec::new();
        for candidate in self.0.iter().flat_map(|spot| spot.candidates(name, path)) {
            if !candidates.iter().any(|known| known.file == candidate.file) {
                candidates.push(candidate);
            }
        }
        let (mut existing, missing): (Vec<_>, Vec<_>) =
            candidates.into_iter().partition(|candidate| candidate.file.is_file());
        let files = |found: Vec<Found>| found.into_iter().map(|found| found.file).collect();
        match existing.len() {
            0 => Err(NotFound::Missing(files(missing))),
            1 => Ok(existing.remove(0)),
            _ => Err(NotFound::Ambiguous(files(existing))),
        }
    }
}

impl Spot {
    fn base(&self) -> PathBuf {
        match &self.relative {
            Some(folder) => self.dir.join(folder),
            None => self.dir.clone(),
        }
    }

    fn candidates(&self, name: &str, path: Option<&str>) -> Vec<Found> {
        match path {
            Some(path) => vec![found(self.dir.join(path), None)],
            None => vec![
                found(self.base().join(format!("{name}.rs")), Some(name)),
                found(self.base().join(name).join("mod.rs"), None),
            ],
        }
    }
}

fn found(file: PathBuf, relative: Option<&str>) -> Found {
    let dir = file.parent().unwrap_or(Path::new("")).to_owned();
    let inside = Place(vec![Spot { dir, relative: relative.map(str::to_owned) }]);
    Found { file, inside }
}

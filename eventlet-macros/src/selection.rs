//! Which parts of std one macro use swaps, and the verdict on each path into std.

use crate::runtime::Runtime;
use crate::table::unstable::Unstable;
use crate::table::{Mirror, UNSTABLE, mirrors};

/// What one macro use swaps and tolerates, and where the runtime is.
///
/// It holds no spans and no tokens, so it can outlive one parse of a file and serve the next.
pub struct Selection {
    /// The mirrored modules that are swapped.
    pub mirrors: Vec<&'static Mirror>,
    /// Paths below `std` that may block, from `allow(..)`.
    pub allowed: Vec<Vec<String>>,
    /// Where swapped paths lead.
    pub runtime: Runtime,
}

/// What to do with a path into std.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// It is not ours: leave it as written.
    Keep,
    /// It leads into a mirror: `std` becomes `eventlet::green`.
    Swap,
    /// It has no green form, and needs none or is allowed to wait: it must keep leading to std.
    Allow,
    /// It has no green form.
    Refuse(Refused),
}

/// What of std has no green form.
#[derive(Debug, PartialEq)]
pub struct Refused {
    /// The shortest path of which that is known.
    pub path: String,
    /// What to do instead, as an imperative.
    pub instead: &'static str,
}

impl Default for Selection {
    fn default() -> Self {
        Selection { mirrors: mirrors().collect(), allowed: Vec::new(), runtime: Runtime::default() }
    }
}

impl Selection {
    /// The verdict on `path`, the names after `std`.
    pub fn verdict(&self, path: &[String]) -> Verdict {
        match self.refused(path) {
            Some(_) if self.allows(path) => Verdict::Allow,
            Some(refused) => Verdict::Refuse(refused),
            None if !self.covers(path) => Verdict::Keep,
            None if unstable(path).is_some() => Verdict::Allow,
            None => Verdict::Swap,
        }
    }

    /// Whether everything is swapped that can be.
    pub fn is_all(&self) -> bool {
        self.mirrors.len() == mirrors().count() && self.allowed.is_empty()
    }

    /// The names that lead from the module at `path` to mirrors, by one step or more.
    pub fn names_below(&self, path: &[String]) -> Vec<&'static str> {
        let step = |mirror: &&'static Mirror| match mirror.path {
            [] if path.is_empty() => mirror.green.to_vec(),
            module if is_begun_by(module, path) => {
                module[path.len()..].iter().take(1).copied().collect()
            }
            _ => Vec::new(),
        };
        let mut names: Vec<_> = self.mirrors.iter().flat_map(step).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What the mirror at `path` lacks, but was allowed to be std's, by name.
    pub fn allowed_in(&self, path: &[String]) -> Vec<&'static str> {
        let allowed = |name: &&str| self.allows(&[path, &[(*name).to_owned()]].concat());
        let here = self.mirrors.iter().filter(|mirror| mirror.path == path);
        here.flat_map(|mirror| mirror.missing).map(|missing| missing.name).filter(allowed).collect()
    }

    /// Whether `name` is a macro at the root of std that is swapped.
    pub fn swaps_macro(&self, name: &str) -> bool {
        self.mirrors.iter().any(|mirror| mirror.path.is_empty() && mirror.green.contains(&name))
    }

    fn allows(&self, path: &[String]) -> bool {
        self.allowed.iter().any(|allowed| path.starts_with(allowed))
    }

    /// What of `path` has no green form. A module that is not swapped at all was the user's
    /// choice, so what blocks in it is not reported.
    fn refused(&self, path: &[String]) -> Option<Refused> {
        let stable = self.mirrors.iter().find_map(|mirror| missing(mirror, path));
        let (length, instead) = stable.or_else(|| self.unstable(path))?;
        Some(Refused { path: format!("std::{}", path[..length].join("::")), instead })
    }

    /// The length of the part of `path` that names what is unstable and waits, and what to do
    /// instead.
    fn unstable(&self, path: &[String]) -> Option<(usize, &'static str)> {
        let unstable = unstable(path).filter(|_| self.covers(path))?;
        Some((unstable.path.len(), unstable.instead?))
    }

    /// Whether `path` leads into a mirror.
    fn covers(&self, path: &[String]) -> bool {
        self.mirrors.iter().any(|mirror| covers(mirror, path))
    }
}

/// What of `path` is unstable.
fn unstable(path: &[String]) -> Option<&'static Unstable> {
    UNSTABLE.iter().find(|unstable| begins(path, unstable.path))
}

/// Whether `path` is that of the mirror or leads into it.
fn covers(mirror: &Mirror, path: &[String]) -> bool {
    match (mirror.path, path) {
        ([], [name, ..]) => mirror.green.contains(&name.as_str()),
        (module, _) => !module.is_empty() && begins(path, module),
    }
}

/// The length of the part of `path` that names what the mirror lacks, and what to do instead.
fn missing(mirror: &Mirror, path: &[String]) -> Option<(usize, &'static str)> {
    let item = path.get(mirror.path.len()).filter(|_| begins(path, mirror.path))?;
    let missing = mirror.missing.iter().find(|missing| missing.name == item)?;
    Some((mirror.path.len() + 1, missing.instead))
}

/// Whether anything below or above `path` has no green form, so that allowing it means something.
pub fn can_be_allowed(path: &[String]) -> bool {
    let missing = |mirror: &'static Mirror| {
        mirror.missing.iter().map(|missing| [mirror.path, &[missing.name]].concat())
    };
    let unstable = UNSTABLE.iter().map(|entry| entry.path.to_vec());
    let mut entries = mirrors().flat_map(missing).chain(unstable);
    entries.any(|entry| begins(path, &entry) || is_begun_by(&entry, path))
}

fn begins(path: &[String], prefix: &[&str]) -> bool {
    path.len() >= prefix.len() && path.iter().zip(prefix).all(|(a, b)| a == b)
}

fn is_begun_by(entry: &[&str], path: &[String]) -> bool {
    entry.len() >= path.len() && entry.iter().zip(path).all(|(a, b)| a == b)
}

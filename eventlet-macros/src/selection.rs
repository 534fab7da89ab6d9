//! Which parts of std one macro use swaps, and the verdict on each path into std.

use crate::runtime::Runtime;
use crate::table::{BLOCKING, MIRRORS, Mirror};

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
    /// It blocks, and the user said that it may: it must keep leading to std.
    Allow,
    /// It blocks; this is the shortest path that is known to.
    Block(String),
}

impl Default for Selection {
    fn default() -> Self {
        Selection {
            mirrors: MIRRORS.iter().collect(),
            allowed: Vec::new(),
            runtime: Runtime::default(),
        }
    }
}

impl Selection {
    /// The verdict on `path`, the names after `std`.
    pub fn verdict(&self, path: &[String]) -> Verdict {
        match self.blocking_prefix(path) {
            Some(_) if self.allows(path) => Verdict::Allow,
            Some(prefix) => Verdict::Block(format!("std::{}", prefix.join("::"))),
            None if self.mirrors(path) => Verdict::Swap,
            None => Verdict::Keep,
        }
    }

    fn mirrors(&self, path: &[String]) -> bool {
        let module = path.first();
        self.mirrors.iter().any(|mirror| module.is_some_and(|name| name == mirror.name))
    }

    fn allows(&self, path: &[String]) -> bool {
        self.allowed.iter().any(|allowed| path.starts_with(allowed))
    }

    /// The part of `path` that is known to block. A module that is not swapped at all was the
    /// user's choice, so what blocks in it is not reported.
    fn blocking_prefix<'p>(&self, path: &'p [String]) -> Option<&'p [String]> {
        let outside = BLOCKING.iter().find(|entry| begins(path, entry));
        let length = match (outside, path) {
            (Some(entry), _) => entry.len(),
            (None, [module, item, ..]) if self.misses(module, item) => 2,
            _ => return None,
        };
        Some(&path[..length])
    }

    fn misses(&self, module: &str, item: &str) -> bool {
        let mut mirrors = self.mirrors.iter().filter(|m| m.name == module);
        mirrors.any(|mirror| mirror.missing.contains(&item))
    }
}

/// Whether anything below or above `path` is known to block, so that allowing it means something.
pub fn can_be_allowed(path: &[String]) -> bool {
    let missing = MIRRORS.iter().flat_map(|m| m.missing.iter().map(|item| vec![m.name, *item]));
    let mut entries = BLOCKING.iter().map(|entry| entry.to_vec()).chain(missing);
    entries.any(|entry| begins(path, &entry) || is_begun_by(&entry, path))
}

fn begins(path: &[String], prefix: &[&str]) -> bool {
    path.len() >= prefix.len() && path.iter().zip(prefix).all(|(a, b)| a == b)
}

fn is_begun_by(entry: &[&str], path: &[String]) -> bool {
    entry.len() >= path.len() && entry.iter().zip(path).all(|(a, b)| a == b)
}

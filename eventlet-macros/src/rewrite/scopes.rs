//! Names imported from std, by module and block, so that `thread::park()` is seen after
//! `use std::thread;`.

use std::collections::HashMap;

use syn::{Item, Stmt};

use super::uses::imports;

/// The names in force, innermost block last; a module does not inherit from the one around it.
#[derive(Default)]
pub struct Scopes(Vec<Names>);

/// From a name to the path below `std` that it stands for.
type Names = HashMap<String, Vec<String>>;

impl Scopes {
    /// Forgets the scopes around, to be given back at the end, and begins with those of `items`.
    pub fn enter_module(&mut self, items: &[Item]) -> Self {
        let own = Scopes(vec![names(items.iter())]);
        std::mem::replace(self, own)
    }

    /// Returns to the scopes around.
    pub fn leave_module(&mut self, outer: Self) {
        *self = outer;
    }

    /// Adds the imports of a block, which are in force in all of it.
    pub fn enter_block(&mut self, stmts: &[Stmt]) {
        self.0.push(names(stmts.iter().filter_map(|stmt| match stmt {
            Stmt::Item(item) => Some(item),
            _ => None,
        })));
    }

    /// Ends what the last `enter_block` began.
    pub fn leave_block(&mut self) {
        self.0.pop();
    }

    /// What `name` was imported from, if that is std.
    pub fn find(&self, name: &str) -> Option<&[String]> {
        let mut inner_first = self.0.iter().rev();
        inner_first.find_map(|names| names.get(name).map(Vec::as_slice))
    }
}

fn names<'i>(items: impl Iterator<Item = &'i Item>) -> Names {
    let uses = items.filter_map(|item| match item {
        Item::Use(import) => Some(import),
        _ => None,
    });
    uses.flat_map(imports).collect()
}

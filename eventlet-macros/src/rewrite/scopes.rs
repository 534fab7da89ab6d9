//! Names imported from std, by module and block, so that `thread::park()` is seen after
//! `use std::thread;`.

use std::collections::HashMap;

use syn::{Item, ItemExternCrate, Stmt};

use super::unraw;
use super::uses::imports;

/// The scopes in force, innermost last; a module does not inherit from the one around it.
#[derive(Default)]
pub struct Scopes(Vec<Scope>);

/// What a module or a block imports from std.
struct Scope {
    /// From a name to the path below `std` that it stands for.
    names: HashMap<String, Vec<String>>,
    /// Whether its imports stay as written, because it is a native part.
    native: bool,
    /// Whether a path no longer goes through one of its imports.
    bypassed: bool,
}

impl Scope {
    fn new<'i>(items: impl Iterator<Item = &'i Item>, native: bool) -> Self {
        Scope { names: items.flat_map(names).collect(), native, bypassed: false }
    }
}

impl Scopes {
    /// Forgets the scopes around, to be given back at the end, and begins with that of `items`.
    pub fn enter_module(&mut self, items: &[Item], native: bool) -> Self {
        let own = Scopes(vec![Scope::new(items.iter(), native)]);
        std::mem::replace(self, own)
    }

    /// Returns to the scopes around; says whether an import of the module was bypassed.
    pub fn leave_module(&mut self, outer: Self) -> bool {
        let mut own = std::mem::replace(self, outer);
        own.leave_block()
    }

    /// Adds the imports of a block, which are in force in all of it.
    pub fn enter_block(&mut self, stmts: &[Stmt], native: bool) {
        let items = stmts.iter().filter_map(|stmt| match stmt {
            Stmt::Item(item) => Some(item),
            _ => None,
        });
        self.0.push(Scope::new(items, native));
    }

    /// Ends what the last `enter_block` began; says whether an import of the block was bypassed.
    pub fn leave_block(&mut self) -> bool {
        self.0.pop().is_some_and(|scope| scope.bypassed)
    }

    /// What `name` was imported from, if that is std, and the import is ours to change.
    pub fn find(&self, name: &str) -> Option<&[String]> {
        let mut inner_first = self.0.iter().rev();
        let scope = inner_first.find(|scope| scope.names.contains_key(name))?;
        (!scope.native).then(|| scope.names[name].as_slice())
    }

    /// Remembers that a path beginning with `name` does not go through its import any more.
    pub fn bypass(&mut self, name: &str) {
        let mut inner_first = self.0.iter_mut().rev();
        if let Some(scope) = inner_first.find(|scope| scope.names.contains_key(name)) {
            scope.bypassed = true;
        }
    }
}

/// The names that `item` imports from std.
fn names(item: &Item) -> Vec<(String, Vec<String>)> {
    match item {
        Item::Use(import) => imports(import),
        Item::ExternCrate(ItemExternCrate { ident, rename: Some((_, name)), .. })
            if ident == "std" =>
        {
            vec![(unraw(name), Vec::new())]
        }
        _ => Vec::new(),
    }
}

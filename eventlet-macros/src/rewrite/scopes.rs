//! What names stand for, by module and block: `thread::park()` is seen after `use std::thread;`,
//! and a module of the user's that is called `std` or `unix` is the user's.

use std::collections::{HashMap, HashSet};

use super::declared::{Declared, Import};

/// The modules around the code being visited, innermost last.
pub struct Scopes(Vec<Module>);

/// A module with the blocks, and lists of generics, that have been entered in it.
#[derive(Default)]
struct Module {
    own: Scope,
    blocks: Vec<Scope>,
}

/// What a module or a block declares.
#[derive(Default)]
struct Scope {
    names: HashMap<String, Meaning>,
    /// The user's macros.
    macros: HashSet<String>,
    /// What is imported whole.
    globs: Vec<Glob>,
    /// The names that come through a glob, for as long as no import of their own has been made.
    through_globs: HashSet<String>,
    /// Whether its imports stay as written, because it is a native part.
    native: bool,
    /// The imports that a path no longer goes through.
    bypassed: HashSet<String>,
}

/// What a name stands for.
#[derive(Clone, PartialEq)]
enum Meaning {
    /// What is at this path below `std`.
    Std(Vec<String>),
    /// Something else that is imported.
    Imported,
    /// A type, trait or module of the user's.
    Declared,
}

/// A module that is imported whole.
enum Glob {
    /// The one at this path below `std`.
    Std(Vec<String>),
    /// One of those around, by its number.
    Around(usize),
}

/// Where a scope is: the number of its module, and that of the block in it, if it is one.
#[derive(Clone, Copy)]
pub struct Place(usize, Option<usize>);

/// An import from std that a path goes through.
pub struct Found {
    /// How many names of the path it takes: more than one after `self` and `super`.
    pub length: usize,
    /// Where it leads, below `std`.
    pub import: Vec<String>,
    /// Where it is, and what it is called.
    pub place: Place,
    pub name: String,
}

impl Scope {
    fn globs_of_std(&self) -> impl Iterator<Item = &[String]> {
        self.globs.iter().filter_map(|glob| match glob {
            Glob::Std(path) => Some(path.as_slice()),
            Glob::Around(_) => None,
        })
    }
}

impl Default for Scopes {
    fn default() -> Self {
        // Of the module around the item that is rewritten nothing is known.
        Scopes(vec![Module::default()])
    }
}

impl Scopes {
    /// Enters a module, which sees nothing of those around unless it says so.
    pub fn enter_module(&mut self, declared: &Declared, native: bool) {
        self.0.push(Module::default());
        self.declare(Place(self.0.len() - 1, None), declared, native);
    }

    /// Returns to the module around; gives the imports of the one left that were bypassed.
    pub fn leave_module(&mut self) -> HashSet<String> {
        self.0.pop().map(|module| module.own.bypassed).unwrap_or_default()
    }

    /// Enters a block, whose declarations are in force in all of it.
    pub fn enter_block(&mut self, declared: &Declared, native: bool) {
        let module = self.0.len() - 1;
        self.0[module].blocks.push(Scope::default());
        self.declare(Place(module, Some(self.0[module].blocks.len() - 1)), declared, native);
    }

    /// Ends what the last `enter_block` began; gives the imports of the block that were bypassed.
    pub fn leave_block(&mut self) -> HashSet<String> {
        let block = self.0.last_mut().and_then(|module| module.blocks.pop());
        block.map(|scope| scope.bypassed).unwrap_or_default()
    }

    /// The import that the path of `names` goes through, if that is from std and ours to change.
    pub fn find(&self, names: &[String]) -> Option<Found> {
        let (length, module, name) = self.start(names)?;
        let found = if length > 1 { self.in_module(module, name) } else { self.lexically(name) };
        let (place, Meaning::Std(import)) = found? else {
            return None;
        };
        (!self.scope(place).native).then(|| Found {
            length,
            import: import.clone(),
            place,
            name: name.to_owned(),
        })
    }

    /// Whether a path that begins with `std` leads into the crate of that name.
    pub fn std_is_itself(&self) -> bool {
        let meaning = self.lexically("std").map(|(_, meaning)| meaning);
        meaning.is_none_or(|meaning| *meaning == Meaning::Std(Vec::new()))
    }

    /// Whether `name!` is a macro of the user's: declared or imported here, or declared around.
    pub fn has_macro(&self, name: &str) -> bool {
        let scopes = self.0.iter().flat_map(|module| module.blocks.iter().chain([&module.own]));
        let declared = |scope: &Scope| scope.macros.contains(name);
        let imported = self.lexically(name).is_some_and(|(_, found)| *found == Meaning::Imported);
        imported || scopes.into_iter().any(declared)
    }

    /// The modules of std that are imported whole where the code being visited is.
    pub fn globs(&self) -> impl Iterator<Item = &[String]> {
        let module = &self.0[self.0.len() - 1];
        let scopes = module.blocks.iter().chain([&module.own]).filter(|scope| !scope.native);
        scopes.flat_map(Scope::globs_of_std)
    }

    /// The modules of std that the innermost scope imports whole.
    pub fn own_globs(&self) -> Vec<Vec<String>> {
        self.innermost().globs_of_std().map(<[_]>::to_vec).collect()
    }

    /// Whether `name` is declared or imported where the code being visited is.
    pub fn knows(&self, name: &str) -> bool {
        self.lexically(name).is_some()
    }

    /// Notes that a glob of the innermost scope brings in `name`, unless something hides that.
    pub fn add_through_glob(&mut self, name: &str, below: Vec<String>) {
        let scope = self.innermost_mut();
        if !scope.names.contains_key(name) && !scope.macros.contains(name) {
            scope.names.insert(name.to_owned(), Meaning::Std(below));
            scope.through_globs.insert(name.to_owned());
        }
    }

    /// Whether `name` comes through a glob of the innermost scope; true only once.
    pub fn take_through_glob(&mut self, name: &str) -> bool {
        self.innermost_mut().through_globs.remove(name)
    }

    /// Remembers that a path does not go through the import of `name` at `place` any more.
    pub fn bypass(&mut self, place: Place, name: &str) {
        self.scope_mut(place).bypassed.insert(name.to_owned());
    }

    fn declare(&mut self, place: Place, declared: &Declared, native: bool) {
        let scope = self.scope_mut(place);
        scope.native = native;
        scope.macros = declared.macros.iter().cloned().collect();
        scope.names = declared.types.iter().map(|name| (name.clone(), Meaning::Declared)).collect();
        let (globs, imports): (Vec<_>, Vec<_>) =
            declared.imports.iter().partition(|import| import.local.is_none());
        for name in imports.iter().flat_map(|import| &import.local) {
            scope.names.entry(name.clone()).or_insert(Meaning::Imported);
        }
        // An import may go through another one, so this is done until nothing more is found out.
        while imports.iter().any(|import| self.understand(place, import)) {}
        for glob in globs {
            let glob = self.glob(&glob.path);
            self.scope_mut(place).globs.extend(glob);
        }
    }

    /// Finds out whether `import` is from std; says whether that was news.
    fn understand(&mut self, place: Place, import: &Import) -> bool {
        let (Some(name), Some(path)) = (&import.local, self.below_std(&import.path)) else {
            return false;
        };
        // A name can be imported as a module and as something else: std's matters.
        let meaning = self.scope_mut(place).names.get_mut(name);
        meaning.is_some_and(|known| {
            let news = *known == Meaning::Imported;
            if news {
                *known = Meaning::Std(path);
            }
            news
        })
    }

    /// The names after `std` of an imported path, if it leads there.
    fn below_std(&self, path: &[String]) -> Option<Vec<String>> {
        match path.split_first()? {
            (first, rest) if first == "std" => Some(rest.to_vec()),
            _ => {
                let found = self.find(path)?;
                Some([&found.import, &path[found.length..]].concat())
            }
        }
    }

    fn glob(&self, path: &[String]) -> Option<Glob> {
        let here = self.0.len() - 1;
        if path.iter().all(|name| name == "super") {
            return here.checked_sub(path.len()).map(Glob::Around);
        }
        self.below_std(path).map(Glob::Std)
    }

    /// Where the path of `names` starts: how many of them that takes, in which module, at which name.
    fn start<'n>(&self, names: &'n [String]) -> Option<(usize, usize, &'n str)> {
        let here = self.0.len() - 1;
        let from_here = names.iter().take_while(|name| *name == "self").count().min(1);
        let up = names[from_here..].iter().take_while(|name| *name == "super").count();
        let name = names.get(from_here + up)?;
        Some((from_here + up + 1, here.checked_sub(up)?, name))
    }

    /// What `name` stands for where the code being visited is.
    fn lexically(&self, name: &str) -> Option<(Place, &Meaning)> {
        let here = self.0.len() - 1;
        let blocks = (0..self.0[here].blocks.len()).rev();
        let mut inner_first = blocks.map(|block| Place(here, Some(block)));
        let inner = inner_first.find_map(|place| self.in_scope(place, name));
        inner.or_else(|| self.in_module(here, name))
    }

    fn in_module(&self, module: usize, name: &str) -> Option<(Place, &Meaning)> {
        self.in_scope(Place(module, None), name)
    }

    /// What `name` stands for in the scope at `place`, itself or through a glob.
    fn in_scope(&self, place: Place, name: &str) -> Option<(Place, &Meaning)> {
        let scope = self.scope(place);
        let through = |glob: &Glob| match glob {
            // A module above, so that this comes to an end.
            Glob::Around(module) => self.in_module(*module, name),
            Glob::Std(_) => None,
        };
        let own = scope.names.get(name).map(|meaning| (place, meaning));
        own.or_else(|| scope.globs.iter().find_map(through))
    }

    fn innermost(&self) -> &Scope {
        let module = &self.0[self.0.len() - 1];
        module.blocks.last().unwrap_or(&module.own)
    }

    fn innermost_mut(&mut self) -> &mut Scope {
        let module = self.0.len() - 1;
        let Module { own, blocks } = &mut self.0[module];
        blocks.last_mut().unwrap_or(own)
    }

    fn scope(&self, Place(module, block): Place) -> &Scope {
        let module = &self.0[module];
        block.map_or(&module.own, |block| &module.blocks[block])
    }

    fn scope_mut(&mut self, Place(module, block): Place) -> &mut Scope {
        let module = &mut self.0[module];
        match block {
            Some(block) => &mut module.blocks[block],
            None => &mut module.own,
        }
    }
}

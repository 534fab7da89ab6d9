//! What a module of the mirror lacks of its counterpart in std.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::list;
use super::module::{Item, items};

/// A module of the mirror, for looking things up.
pub struct Mirror {
    /// What is there under each name; nothing where it is std's own.
    items: HashMap<String, Option<HashSet<String>>>,
    /// The names of what is re-exported from std under its path alone.
    reexports: HashSet<String>,
}

impl Mirror {
    /// The module after its documentation; empty if there is none.
    pub fn open(docs: &Path, module: &str) -> Self {
        let items = items(&docs.join(module.replace("::", "/"))).unwrap_or_default();
        let uses = items.iter().filter_map(|item| item.name.strip_prefix("use std::"));
        let reexports = uses.flat_map(names_of_use).collect();
        let set = |item: Item| (item.name, item.facts.map(|facts| facts.into_iter().collect()));
        Mirror { items: items.into_iter().map(set).collect(), reexports }
    }

    /// Whether there is an item of this kind and name.
    pub fn has_item(&self, item: &str) -> bool {
        self.items.contains_key(item) || self.is_std_own(item)
    }

    /// Whether an item says this about itself. What is std's own says what std says.
    pub fn has(&self, item: &str, fact: &str) -> bool {
        let facts = self.items.get(item).and_then(Option::as_ref);
        facts.is_some_and(|facts| facts.contains(fact)) || self.is_std_own(item)
    }

    fn is_std_own(&self, item: &str) -> bool {
        let name = item.rsplit(' ').next().unwrap();
        self.items.get(item).is_some_and(Option::is_none) || self.reexports.contains(name)
    }
}

/// What `std::path::name` or `std::path::*` brings in.
fn names_of_use(path: &str) -> Vec<String> {
    match path.strip_suffix("::*") {
        Some(module) if list::MODULES.contains(&module) => {
            let name = |item: Item| item.name.rsplit(' ').next().unwrap().to_owned();
            list::read(module).into_iter().map(name).collect()
        }
        _ => path.rsplit("::").next().map(str::to_owned).into_iter().collect(),
    }
}

/// Something that std has, and that is not in the mirror as it is in std.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lack {
    pub module: String,
    pub item: String,
    /// `*` if the whole item is absent.
    pub fact: String,
}

impl Lack {
    pub fn new(module: &str, item: &str, fact: &str) -> Self {
        Lack { module: module.into(), item: item.into(), fact: fact.into() }
    }
}

/// All that the mirror lacks of a module.
pub fn lacks(module: &str, std: &[Item], mirror: &Mirror) -> Vec<Lack> {
    let mut lacks = Vec::new();
    for item in std {
        if !mirror.has_item(&item.name) {
            lacks.push(Lack::new(module, &item.name, "*"));
            continue;
        }
        let facts = item.facts.iter().flatten();
        let lacking = facts.filter(|fact| !mirror.has(&item.name, fact));
        lacks.extend(lacking.map(|fact| Lack::new(module, &item.name, fact)));
    }
    lacks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(name: &str, facts: &[&str]) -> Item {
        Item { name: name.into(), facts: Some(facts.iter().map(|&fact| fact.into()).collect()) }
    }

    fn mirror(items: Vec<Item>, reexports: &[&str]) -> Mirror {
        let set = |item: Item| (item.name, item.facts.map(|facts| facts.into_iter().collect()));
        let reexports = reexports.iter().map(|&name| name.into()).collect();
        Mirror { items: items.into_iter().map(set).collect(), reexports }
    }

    #[test]
    fn absent_items_and_facts_are_told_apart() {
        let std = [item("struct A", &["pub fn b()", "pub fn c()"]), item("fn d", &["pub fn d()"])];
        let mirror = mirror(vec![item("struct A", &["pub fn b()", "pub fn c(&self)"])], &[]);
        let expected = [Lack::new("m", "struct A", "pub fn c()"), Lack::new("m", "fn d", "*")];
        assert_eq!(lacks("m", &std, &mirror), expected);
    }

    #[test]
    fn nothing_is_lacking_of_what_is_std_own() {
        let std = [item("struct A", &["pub fn b()"]), item("fn d", &["pub fn d()"])];
        let inlined = Item { name: "struct A".into(), facts: None };
        assert_eq!(lacks("m", &std, &mirror(vec![inlined], &["d"])), []);
    }

    #[test]
    fn a_glob_brings_in_all_of_a_module() {
        assert!(names_of_use("os::fd::*").contains(&"OwnedFd".to_owned()));
        assert_eq!(names_of_use("net::Shutdown"), ["Shutdown"]);
    }
}

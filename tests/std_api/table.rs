//! The table of what is there and what is not: `README.md`.

use std::collections::HashSet;
use std::path::PathBuf;

use super::compare::Lack;
use super::differences::Difference;
use super::list::VERSION;
use super::module::Item;

/// Where the table is kept.
pub fn path() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/std_api/README.md").into()
}

/// What there is of a kind, as std has it, and in another way.
#[derive(Clone, Copy, Default)]
struct Count {
    all: usize,
    same: usize,
    other: usize,
}

impl Count {
    fn add(&mut self, is_there: bool, is_other: bool) {
        self.all += 1;
        self.same += usize::from(is_there);
        self.other += usize::from(is_other);
    }

    fn cell(self) -> String {
        match (self.all, self.other) {
            (0, _) => "–".into(),
            (all, 0) => format!("{} of {all}", self.same),
            (all, other) => format!("{} of {all}, {other} otherwise", self.same),
        }
    }
}

/// A row: items, their methods, and the traits that they implement.
pub struct Row {
    module: String,
    items: Count,
    methods: Count,
    traits: Count,
}

impl Row {
    pub fn new(module: &str, std: &[Item], lacks: &[Lack], differences: &[Difference]) -> Self {
        let lacks: HashSet<&Lack> = lacks.iter().collect();
        // Absent as std has it; there in another way.
        let otherwise: HashSet<Lack> = differences
            .iter()
            .filter(|difference| !difference.instead.is_empty())
            .flat_map(Difference::lacks)
            .collect();
        let [mut items, mut methods, mut traits] = [Count::default(); 3];
        for item in std {
            let whole = Lack::new(module, &item.name, "*");
            let absent = lacks.contains(&whole);
            items.add(!absent, otherwise.contains(&whole));
            for fact in item.facts.iter().flatten() {
                let lack = Lack::new(module, &item.name, fact);
                let count = match kind(&item.name, fact) {
                    Kind::Method => &mut methods,
                    Kind::Trait => &mut traits,
                    Kind::Other => continue,
                };
                count.add(!absent && !lacks.contains(&lack), otherwise.contains(&lack));
            }
        }
        Row { module: module.into(), items, methods, traits }
    }
}

enum Kind {
    Method,
    Trait,
    Other,
}

fn kind(item: &str, fact: &str) -> Kind {
    let of_trait = fact.starts_with("auto ") || fact.starts_with("impl") && !fact.ends_with(" }");
    match () {
        () if of_trait => Kind::Trait,
        () if fact.contains("fn ") && !item.starts_with("fn ") && !item.starts_with("type ") => {
            Kind::Method
        }
        () => Kind::Other,
    }
}

/// The whole page.
pub fn page(rows: &[Row], differences: &[Difference]) -> String {
    let mut page = format!(
        "# What of std is in `eventlet::green`\n\n\
         For std {VERSION}, on Linux and x86-64. The files in `{VERSION}/` say what its documentation says: each \
         module's items, and\nfor each item its declaration, its methods with their signatures, and \
         the traits that it implements.\nWhat is unstable is left out. What never waits is std's own, \
         re-exported, and counts as there.\n\n\
         `cargo test -p eventlet-tests --test std_api` holds the lists against the documentation that \
         comes with\nthe toolchain, the mirror against the lists, and this page against both. With \
         `EVENTLET_STD_API=write`\nin the environment it writes lists and page anew; \
         `differences.txt` is written by hand.\n\n\
         | module | items | methods | implementations of traits |\n|---|---|---|---|\n"
    );
    for row in rows {
        let cells = [row.items, row.methods, row.traits].map(Count::cell);
        page += &format!("| `{}` | {} |\n", row.module, cells.join(" | "));
    }
    page += "\n## What differs, and why\n\n";
    for difference in differences {
        page += &section(difference);
    }
    page
}

fn section(difference: &Difference) -> String {
    let Difference { module, item, absent, instead, why } = difference;
    let item = item.rsplit(' ').next().unwrap();
    let lines = |facts: &[String], sign: char| -> String {
        let facts = facts.iter().map(|fact| match fact.as_str() {
            "*" => format!("{sign} all of it\n"),
            fact => format!("{sign} {fact}\n"),
        });
        facts.collect()
    };
    let (absent, instead) = (lines(absent, '-'), lines(instead, '+'));
    format!("`{module}::{item}`: {why}\n\n```diff\n{absent}{instead}```\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_counts_what_is_there() {
        let facts = ["pub struct A", "pub fn b()", "pub fn c()", "pub fn d()", "auto Send"];
        let facts = Some(facts.map(str::to_owned).to_vec());
        let std = [Item { name: "struct A".into(), facts }];
        let lack = |fact| Lack::new("m", "struct A", fact);
        let difference = Difference {
            module: "m".into(),
            item: "struct A".into(),
            absent: vec!["pub fn b()".into()],
            instead: vec!["pub fn b(&self)".into()],
            why: "so".into(),
        };
        let lacks = [lack("pub fn b()"), lack("pub fn c()")];
        let row = Row::new("m", &std, &lacks, &[difference]);
        assert_eq!(row.items.cell(), "1 of 1");
        assert_eq!(row.methods.cell(), "1 of 3, 1 otherwise");
        assert_eq!(row.traits.cell(), "1 of 1");
    }
}

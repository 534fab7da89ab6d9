//! Where the mirror is not what std is, each with its reason: `differences.txt`.
//!
//! A block is about one item: `- ` what std has and the mirror has not (`*` for the whole item),
//! `+ ` what the mirror has instead, `Why: ` the reason.

use super::compare::{Lack, Mirror};

const TEXT: &str = include_str!("differences.txt");

/// One block.
#[derive(Debug, Default, PartialEq)]
pub struct Difference {
    pub module: String,
    pub item: String,
    pub absent: Vec<String>,
    pub instead: Vec<String>,
    pub why: String,
}

impl Difference {
    pub fn lacks(&self) -> impl Iterator<Item = Lack> {
        self.absent.iter().map(|fact| Lack::new(&self.module, &self.item, fact))
    }

    /// What the block promises and the mirror has not.
    pub fn untrue<'a>(&'a self, mirror: &'a Mirror) -> impl Iterator<Item = &'a String> {
        self.instead.iter().filter(|fact| !mirror.has(&self.item, fact))
    }
}

/// All blocks.
pub fn all() -> Vec<Difference> {
    parse(TEXT)
}

fn parse(text: &str) -> Vec<Difference> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.split("\n\n").filter(|block| !block.trim().is_empty()).map(parse_block).collect()
}

fn parse_block(block: &str) -> Difference {
    let mut lines = block.trim().lines();
    let title = lines.next().and_then(|title| title.split_once(": "));
    let (module, item) = title.unwrap_or_else(|| panic!("no module and item: {block}"));
    let mut difference =
        Difference { module: module.into(), item: item.into(), ..Difference::default() };
    for line in lines {
        match line.split_once(' ') {
            Some(("-", fact)) => difference.absent.push(fact.into()),
            Some(("+", fact)) => difference.instead.push(fact.into()),
            Some(("Why:", why)) => difference.why = why.into(),
            _ => panic!("what is this? {line}"),
        }
    }
    assert!(!difference.why.is_empty(), "no reason: {block}");
    assert!(!difference.absent.is_empty(), "nothing differs: {block}");
    difference
}

#[test]
fn blocks_are_read() {
    let text = "# About this file.\n\nthread: fn spawn\n- pub fn a()\n+ pub fn b()\nWhy: because\n\n\
        os::unix: struct A\n- *\nWhy: it cannot be\n";
    let blocks = parse(text);
    assert_eq!(blocks.len(), 2);
    assert_eq!(blocks[0].instead, ["pub fn b()"]);
    assert_eq!(blocks[1].lacks().next(), Some(Lack::new("os::unix", "struct A", "*")));
    assert_eq!(blocks[1].why, "it cannot be");
}

#[test]
#[should_panic(expected = "no reason")]
fn a_block_has_a_reason() {
    parse("thread: fn spawn\n- pub fn a()\n");
}

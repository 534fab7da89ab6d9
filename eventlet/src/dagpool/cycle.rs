//! Whether green threads that are to be started would wait for themselves.
//!
//! A cycle goes only through what needs the new ones, and likewise only through what they need.
//! Both are explored in step until one of them is known completely: so a chain may grow at either
//! end without being walked along every time.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::node::Node;
use super::start::New;

type Nodes<K, V> = Vec<Rc<Node<K, V>>>;

/// The cycle that the new ones would close, if they do: each node needs the next one, and the last
/// is the first again.
pub(super) fn find<K, V>(new: &[New<K, V>]) -> Option<Nodes<K, V>> {
    let needs = Needs { new: new.iter().map(|new| (new.node.number(), new)).collect() };
    let mut below = Region::around(new);
    let mut above = Region::around(new);
    let region = loop {
        if !below.grow(|node| needs.of(node)) {
            break below;
        }
        if !above.grow(Node::needed_by) {
            break above;
        }
    };
    let (path, untried, left) = Default::default();
    let mut search = Search { needs, region: region.seen, path, untried, left };
    new.iter().find_map(|new| search.from(&new.node))
}

/// What each node needs, the new ones included.
struct Needs<'a, K, V> {
    new: HashMap<u64, &'a New<K, V>>,
}

impl<K, V> Needs<'_, K, V> {
    fn of(&self, node: &Node<K, V>) -> Nodes<K, V> {
        match self.new.get(&node.number()) {
            Some(new) => new.waiting.awaited.missing(),
            // One that has posted its own value keeps nobody waiting.
            None if node.end().is_some() => Vec::new(),
            None => node.needs(),
        }
    }
}

/// Nodes that can be reached from the new ones.
struct Region<K, V> {
    seen: HashSet<u64>,
    /// Those whose neighbours have not been looked at.
    edge: Nodes<K, V>,
}

impl<K, V> Region<K, V> {
    fn around(new: &[New<K, V>]) -> Self {
        let edge: Nodes<K, V> = new.iter().map(|new| new.node.clone()).collect();
        Region { seen: edge.iter().map(|node| node.number()).collect(), edge }
    }

    /// Takes the neighbours of one more node in; says whether there was one.
    fn grow(&mut self, neighbours: impl Fn(&Node<K, V>) -> Nodes<K, V>) -> bool {
        let Some(node) = self.edge.pop() else { return false };
        for neighbour in neighbours(&node) {
            if self.seen.insert(neighbour.number()) {
                self.edge.push(neighbour);
            }
        }
        true
    }
}

/// A walk along what nodes need, depth first.
struct Search<'a, K, V> {
    needs: Needs<'a, K, V>,
    /// The numbers of the nodes that it may enter.
    region: HashSet<u64>,
    /// The nodes from the first one to where it is.
    path: Nodes<K, V>,
    /// What each of them needs and has not been tried.
    untried: Vec<Nodes<K, V>>,
    /// The numbers of those that are on no cycle.
    left: HashSet<u64>,
}

impl<K, V> Search<'_, K, V> {
    fn from(&mut self, first: &Rc<Node<K, V>>) -> Option<Nodes<K, V>> {
        let mut on_path = HashMap::new();
        let mut next = Some(first.clone());
        loop {
            if let Some(node) = next.take().filter(|node| self.may_enter(node)) {
                if let Some(start) = on_path.insert(node.number(), self.path.len()) {
                    return Some(self.path.drain(start..).chain([node]).collect());
                }
                self.untried.push(self.needs.of(&node));
                self.path.push(node);
            }
            next = self.untried.last_mut()?.pop();
            if next.is_none() {
                self.untried.pop();
                let node = self.path.pop()?;
                on_path.remove(&node.number());
                self.left.insert(node.number());
            }
        }
    }

    fn may_enter(&self, node: &Node<K, V>) -> bool {
        self.region.contains(&node.number()) && !self.left.contains(&node.number())
    }
}

//! A `DAGPool` as simple as can be: it looks at everything all the time.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

pub type Key = u8;
pub type Needs = Vec<Key>;

/// How a green thread ends when it has all that it needs and has slept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    Return,
    Fail,
    Panic,
    /// It posts its value, sleeps once more, and then ends.
    Post,
}

#[derive(Clone, Debug, PartialEq)]
pub enum End {
    Value(u64),
    /// The path, and why.
    Failure(Vec<Key>, &'static str),
}

pub struct Model {
    now: Duration,
    members: Vec<Member>,
    /// How keys have ended, in that order.
    ends: Vec<(Key, End)>,
    /// The keys that have ended, each when it did for the first time.
    first_ends: Vec<Key>,
}

struct Member {
    key: Key,
    way: Way,
    nap: Duration,
    missing: Vec<Key>,
    values: BTreeMap<Key, u64>,
    failed: Option<End>,
    /// When it wakes, if it does not wait any more.
    wakes: Option<Duration>,
    has_posted: bool,
}

impl Model {
    pub fn new(now: Duration) -> Self {
        Model { now, members: Vec::new(), ends: Vec::new(), first_ends: Vec::new() }
    }

    pub fn end_of(&self, key: Key) -> Option<&End> {
        self.ends.iter().find(|(other, _)| *other == key).map(|(_, end)| end)
    }

    pub fn ended(&self) -> Vec<Key> {
        self.ends.iter().map(|(key, _)| *key).collect()
    }

    pub fn running(&self) -> Vec<Key> {
        self.members.iter().map(|member| member.key).collect()
    }

    pub fn first_ends(&self) -> &[Key] {
        &self.first_ends
    }

    /// Whether there are green threads that are about to fail because of others.
    pub fn has_failing(&self) -> bool {
        self.members.iter().any(|member| member.failed.is_some())
    }

    /// What is missing to a key, if that is certain: who is about to fail lets go of it when it runs.
    pub fn missing_of(&self, key: Key) -> Option<Option<Vec<Key>>> {
        let Some(member) = self.members.iter().find(|member| member.key == key) else {
            return Some(self.end_of(key).map(|_| Vec::new()));
        };
        member.failed.is_none().then(|| Some(member.missing.clone()))
    }

    /// Whether a key has a value, or a failure other than a kill of its own.
    fn is_settled(&self, key: Key) -> bool {
        match self.end_of(key) {
            None => false,
            Some(End::Failure(path, why)) => path.len() > 1 || *why != "killed",
            Some(End::Value(_)) => true,
        }
    }

    fn has_member(&self, key: Key) -> bool {
        self.members.iter().any(|member| member.key == key)
    }

    /// Refuses with whether it is a cycle.
    pub fn spawn(
        &mut self,
        graph: &[(Key, Needs)],
        way: Way,
        naps: &[Duration],
    ) -> Result<(), bool> {
        for (index, (key, _)) in graph.iter().enumerate() {
            let is_twice = graph[..index].iter().any(|(other, _)| other == key);
            if is_twice || self.is_settled(*key) || self.has_member(*key) {
                return Err(false);
            }
        }
        if self.closes_cycle(graph) {
            return Err(true);
        }
        self.ends.retain(|(key, _)| graph.iter().all(|(new, _)| new != key));
        for ((key, needs), nap) in graph.iter().zip(naps) {
            self.members.push(self.member(*key, needs, way, *nap));
        }
        Ok(())
    }

    fn member(&self, key: Key, needs: &[Key], way: Way, nap: Duration) -> Member {
        let mut missing = needs.to_vec();
        missing.sort_unstable();
        missing.dedup();
        let (values, failed, wakes) = Default::default();
        let mut member =
            Member { key, way, nap, missing, values, failed, wakes, has_posted: false };
        for (key, end) in &self.ends {
            member.arrive(*key, end, self.now);
        }
        member.look(self.now);
        member
    }

    /// Whether someone needs himself, by any number of steps: they are walked until there is
    /// nothing new.
    fn closes_cycle(&self, graph: &[(Key, Needs)]) -> bool {
        let mut needs: HashMap<Key, Vec<Key>> = graph.iter().cloned().collect();
        for member in self.members.iter().filter(|member| !member.has_posted) {
            // One that has failed has let go of what it needed.
            let missing = if member.failed.is_some() { Vec::new() } else { member.missing.clone() };
            needs.insert(member.key, missing);
        }
        needs.keys().any(|start| {
            let mut reached = needs[start].clone();
            let mut index = 0;
            while let Some(key) = reached.get(index) {
                let more = needs.get(key).cloned().unwrap_or_default();
                reached.extend(
                    more.into_iter().filter(|key| !reached.contains(key)).collect::<Vec<_>>(),
                );
                index += 1;
            }
            reached.contains(start)
        })
    }

    pub fn post(&mut self, key: Key, end: End, replace: bool) -> bool {
        let is_allowed = !self.has_member(key) && (replace || !self.is_settled(key));
        if is_allowed {
            self.settle(key, end);
        }
        is_allowed
    }

    pub fn kill(&mut self, key: Key) -> bool {
        let Some(index) = self.members.iter().position(|member| member.key == key) else {
            return false;
        };
        if !self.members.remove(index).has_posted {
            self.settle(key, End::Failure(vec![key], "killed"));
        }
        true
    }

    fn settle(&mut self, key: Key, end: End) {
        self.ends.retain(|(other, _)| *other != key);
        for member in &mut self.members {
            member.arrive(key, &end, self.now);
            member.look(self.now);
        }
        self.ends.push((key, end));
        if !self.first_ends.contains(&key) {
            self.first_ends.push(key);
        }
    }

    /// Lets everything happen that does until `moment`.
    pub fn go_on(&mut self, moment: Duration) {
        while self.go_on_once(moment) {}
        self.now = moment;
    }

    /// Lets the next thing happen, if it does before `moment`.
    fn go_on_once(&mut self, moment: Duration) -> bool {
        let wakes = self.members.iter().filter_map(|member| member.wakes);
        let Some(next) = wakes.min().filter(|wakes| *wakes <= moment) else { return false };
        self.now = next;
        let index = self.members.iter().position(|member| member.wakes == Some(next)).unwrap();
        let member = &mut self.members[index];
        if member.way == Way::Post && member.failed.is_none() && !member.has_posted {
            member.has_posted = true;
            member.wakes = Some(next + member.nap);
            let (key, end) = (member.key, member.end());
            self.settle(key, end);
        } else {
            let member = self.members.remove(index);
            if !member.has_posted {
                self.settle(member.key, member.end());
            }
        }
        true
    }

    /// What a wait for `keys` until `deadline` gives.
    pub fn wait(
        &mut self,
        keys: &[Key],
        deadline: Duration,
    ) -> Option<Result<HashMap<Key, u64>, End>> {
        let mut asking = self.member(Key::MAX, keys, Way::Return, Duration::ZERO);
        loop {
            if let Some(end) = asking.failed {
                return Some(Err(end.without(Key::MAX)));
            }
            if asking.missing.is_empty() {
                return Some(Ok(asking.values.into_iter().collect()));
            }
            if !self.go_on_once(deadline) {
                return None;
            }
            for (key, end) in self.ends.clone() {
                asking.arrive(key, &end, self.now);
            }
        }
    }
}

impl Member {
    fn arrive(&mut self, key: Key, end: &End, now: Duration) {
        let Some(index) = self.missing.iter().position(|missing| *missing == key) else { return };
        self.missing.remove(index);
        match end {
            End::Value(value) => drop(self.values.insert(key, *value)),
            End::Failure(path, why) if self.failed.is_none() => {
                let path = [self.key].iter().chain(path).copied().collect();
                self.failed = Some(End::Failure(path, why));
            }
            End::Failure(..) => {}
        }
        self.look(now);
    }

    /// Begins to sleep, if nothing more is waited for.
    fn look(&mut self, now: Duration) {
        if self.wakes.is_none() && (self.failed.is_some() || self.missing.is_empty()) {
            self.wakes = Some(now + self.nap);
        }
    }

    fn end(&self) -> End {
        if let Some(end) = &self.failed {
            return end.clone();
        }
        match self.way {
            Way::Return | Way::Post => End::Value(self.values.values().sum::<u64>() + 1),
            Way::Fail => End::Failure(vec![self.key], "failed"),
            Way::Panic => End::Failure(vec![self.key], "panicked"),
        }
    }
}

impl End {
    /// The same, as one who only asks gets it.
    fn without(self, key: Key) -> End {
        match self {
            End::Failure(path, why) => {
                End::Failure(path.into_iter().filter(|other| *other != key).collect(), why)
            }
            value => value,
        }
    }
}

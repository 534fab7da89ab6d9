//! The timers against a model: a sorted map.

use std::collections::BTreeMap;

use super::{TimerKey, Timers};
use crate::hub::Time;

/// Marsaglia's generator: good enough to reach every corner, and the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// As likely a nanosecond as a century.
    fn of_any_magnitude(&mut self) -> u64 {
        let bits = self.below(62);
        self.next() >> (63 - bits)
    }
}

/// The wheel, and a map that says what it must do.
struct Pair {
    timers: Timers<u64>,
    /// By deadline and order of insertion, which is also the item.
    model: BTreeMap<(u64, u64), TimerKey>,
    now: u64,
    n_inserted: u64,
}

impl Pair {
    fn new() -> Self {
        Pair { timers: Timers::new(), model: BTreeMap::new(), now: 0, n_inserted: 0 }
    }

    fn insert(&mut self, deadline: u64) {
        let item = self.n_inserted;
        self.n_inserted += 1;
        let key = self.timers.insert(Time::from_nanos(deadline), item);
        self.model.insert((deadline, item), key);
    }

    fn cancel_nth(&mut self, index: usize) {
        let Some((&entry, &key)) = self.model.iter().nth(index) else { return };
        self.model.remove(&entry);
        assert_eq!(self.timers.cancel(key), Some(entry.1));
    }

    /// Moves the time and pops at most `limit` of what is due, in the model's order.
    fn pop(&mut self, now: u64, limit: usize) {
        self.now = now;
        for _ in 0..limit {
            let first = self.model.first_key_value().map(|(&entry, _)| entry);
            let due = first.filter(|(deadline, _)| *deadline <= now);
            let popped = self.timers.pop_due(Time::from_nanos(now));
            assert_eq!(popped, due.map(|(_, item)| item), "at {now}");
            let Some(entry) = due else { break };
            self.model.remove(&entry);
        }
    }

    fn check(&self) {
        assert_eq!(self.timers.len(), self.model.len());
        let first = self.model.first_key_value().map(|((deadline, _), _)| *deadline);
        let told = self.timers.next_deadline().map(Time::as_nanos);
        match (first, told) {
            (Some(first), Some(told)) => assert!(told <= first, "{told} is after {first}"),
            (Some(first), None) => panic!("{first} is forgotten"),
            // Cancelled ones may be looked for once more.
            (None, _) => {}
        }
    }
}

#[test]
fn any_sequence_of_calls_does_what_the_model_does() {
    for seed in 1..=60_u64 {
        let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut pair = Pair::new();
        for _ in 0..400 {
            match random.below(10) {
                0..5 => {
                    let deadline = pair.now.saturating_add(random.of_any_magnitude());
                    pair.insert(deadline);
                    if random.below(4) == 0 {
                        pair.insert(deadline);
                    }
                }
                5..7 => {
                    let index = random.below(pair.model.len() as u64 + 1) as usize;
                    pair.cancel_nth(index);
                }
                7 => pair.insert(pair.now.saturating_sub(random.below(1 << 20))),
                8 => {
                    let limit = random.below(4) as usize;
                    pair.pop(pair.now + random.below(1 << 24), limit);
                }
                _ => {
                    // Exactly to a deadline, one before it, or one after it.
                    let index = random.below(pair.model.len() as u64 + 1) as usize;
                    let deadline = pair.model.keys().nth(index).map_or(pair.now, |entry| entry.0);
                    let now = deadline.saturating_add(random.below(3)).saturating_sub(1);
                    if now < 1 << 62 {
                        pair.pop(now.max(pair.now), usize::MAX);
                    }
                }
            }
            pair.check();
        }
        pair.pop(u64::MAX, usize::MAX);
        assert!(pair.model.is_empty() && pair.timers.is_empty());
    }
}

/// As the hub does it: sleep until `next_deadline`, pop, again. Nothing is early or late.
#[test]
fn going_from_deadline_to_deadline_meets_each_in_time() {
    for seed in 1..=20_u64 {
        let mut random = Random(seed.wrapping_mul(0xD1B5_4A32_D192_ED03));
        let mut pair = Pair::new();
        for _ in 0..200 {
            let deadline = random.of_any_magnitude();
            pair.insert(deadline);
        }
        let mut n_wakes = 0;
        while let Some(next) = pair.timers.next_deadline() {
            assert!(next.as_nanos() >= pair.now);
            pair.pop(next.as_nanos(), usize::MAX);
            pair.check();
            n_wakes += 1;
        }
        assert!(pair.model.is_empty());
        assert!(n_wakes <= 400, "{n_wakes} wakes for 200 timers");
    }
}

#[test]
fn equal_deadlines_pop_as_they_were_inserted() {
    let mut pair = Pair::new();
    for deadline in [1 << 40, 1 << 20, 1 << 40, 5, 1 << 20, 5] {
        for _ in 0..50 {
            pair.insert(deadline);
        }
        pair.pop(pair.now + 100, 7);
    }
    pair.pop(1 << 41, usize::MAX);
    assert!(pair.model.is_empty());
}

#[test]
fn entries_of_far_timers_are_used_again_at_once() {
    let mut timers = Timers::new();
    for round in 0..10_000_u64 {
        let key = timers.insert(Time::from_nanos(1 << (17 + round % 40)), round);
        assert_eq!(timers.cancel(key), Some(round));
    }
    assert_eq!((timers.entries.len(), timers.len()), (1, 0));
    assert_eq!(timers.next_deadline(), None);
}

/// One that is nearly due stays in the heap until its time, though it is cancelled.
#[test]
fn entries_of_near_timers_are_used_again_after_their_deadline() {
    let mut timers = Timers::new();
    for round in 0..10_000_u64 {
        let key = timers.insert(Time::from_nanos(round * 1000 + 500), round);
        assert_eq!(timers.cancel(key), Some(round));
        assert_eq!(timers.len(), 0);
        assert_eq!(timers.pop_due(Time::from_nanos(round * 1000)), None);
    }
    assert!(timers.entries.len() <= 2, "{} entries", timers.entries.len());
}

#[test]
fn a_popped_timer_cannot_be_cancelled() {
    let mut timers = Timers::new();
    let key = timers.insert(Time::from_nanos(5), 'a');
    assert_eq!(timers.pop_due(Time::from_nanos(4)), None);
    assert_eq!(timers.pop_due(Time::from_nanos(5)), Some('a'));
    assert_eq!(timers.cancel(key), None);
    assert_eq!(timers.next_deadline(), None);
}

#[test]
fn the_last_moment_of_the_clock_can_be_a_deadline() {
    let mut timers = Timers::new();
    timers.insert(Time::from_nanos(u64::MAX), 'z');
    timers.insert(Time::from_nanos(u64::MAX - 1), 'y');
    assert_eq!(timers.pop_due(Time::from_nanos(u64::MAX - 2)), None);
    assert_eq!(timers.pop_due(Time::from_nanos(u64::MAX - 1)), Some('y'));
    assert_eq!(timers.pop_due(Time::from_nanos(u64::MAX)), Some('z'));
}

/// Many that are due together are sorted at once; some are cancelled then, and others join them.
#[test]
fn crowds_come_in_order() {
    let mut random = Random(31);
    let mut pair = Pair::new();
    for round in 1..30 {
        let moment = round * 1_000_000;
        for _ in 0..random.below(400) {
            pair.insert(moment + random.below(3) * 40_000 + random.below(4));
        }
        pair.pop(moment - 100_000, usize::MAX);
        pair.pop(moment + 2, 50);
        for _ in 0..random.below(40) {
            pair.insert(moment + random.below(100_000));
            pair.cancel_nth(random.below(100) as usize);
        }
        pair.pop(moment + 40_000 + random.below(4), 100);
    }
    pair.pop(u64::MAX, usize::MAX);
    assert!(pair.timers.is_empty());
}

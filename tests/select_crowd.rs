//! Crowds that wait for one thing: to leave takes no longer the more others wait.

use std::time::{Duration, Instant};

use eventlet::event::Flag;
use eventlet::select::{IWait, Waitable, iwait};
use eventlet::{join_all, spawn};
use eventlet_tests::check;

/// How many wait.
const N: usize = 60_000;

/// Those who came first leave first.
fn in_order(n: usize) -> usize {
    n
}

/// From the middle to the ends.
fn from_the_middle(n: usize) -> usize {
    if n.is_multiple_of(2) { N / 2 + n / 2 } else { N / 2 - n.div_ceil(2) }
}

/// How long it takes those who wait to leave, if every so many of them wait for the same thing.
fn time_to_leave(things: &[impl Waitable], order: fn(usize) -> usize) -> Duration {
    let mut crowd: Vec<Option<IWait<'_>>> = (0..N)
        .map(|index| &things[index * things.len() / N])
        .map(|thing| Some(iwait(&[thing])))
        .collect();
    let before = Instant::now();
    for n in 0..N {
        drop(crowd[order(n)].take());
    }
    let taken = before.elapsed();
    assert!(crowd.iter().all(Option::is_none), "all have left");
    taken
}

/// In a line of all, one may not take much longer than in a line of a hundred.
fn assert_leaving_is_cheap(things: &[impl Waitable], order: fn(usize) -> usize) {
    let least = |things: &[_]| (0..3).map(|_| time_to_leave(things, order)).min().unwrap();
    let (one_line, many_lines) = (least(&things[..1]), least(things));
    assert!(one_line < 10 * many_lines, "{one_line:?} in one line, {many_lines:?} in many");
}

#[test]
fn leaving_a_line() {
    check(|| {
        let flags: Vec<_> = (0..N / 100).map(|_| Flag::new()).collect();
        assert_leaving_is_cheap(&flags, from_the_middle);
        assert_leaving_is_cheap(&flags, in_order);
    });
}

#[test]
fn leaving_the_links_of_a_green_thread() {
    check(|| {
        let end = Flag::new();
        let threads: Vec<_> = (0..N / 100)
            .map(|_| {
                let end = end.clone();
                spawn(move || end.wait())
            })
            .collect();
        assert_leaving_is_cheap(&threads, in_order);
        end.set();
        join_all(threads);
    });
}

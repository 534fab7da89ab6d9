//! `DAGPool`: random graphs, each node of which has what it needs, or learns why it has not.

use std::rc::Rc;

use eventlet::dagpool::DAGPool;
use eventlet::sleep;

use super::soak::{Soak, Subject};

/// Nothing is shared here.
pub struct Dags;

/// A node that needs some of those before it, and adds one to their sum.
struct Plan {
    needs: Vec<usize>,
    fails: bool,
}

fn random_plans(soak: &Soak) -> Vec<Plan> {
    let plan = |index| {
        let n_needs = if index == 0 { 0 } else { soak.below(4) };
        let mut needs: Vec<_> = (0..n_needs).map(|_| soak.below(index)).collect();
        needs.sort_unstable();
        needs.dedup();
        Plan { needs, fails: soak.below(10) == 0 }
    };
    (0..1 + soak.below(15)).map(plan).collect()
}

/// What comes of the plans if nobody is killed.
fn outcomes(plans: &[Plan]) -> Vec<Option<u64>> {
    let mut outcomes: Vec<Option<u64>> = Vec::new();
    for plan in plans {
        let sum = plan.needs.iter().map(|&need| outcomes[need]).sum::<Option<u64>>();
        // Kept small, since it may double with each node.
        outcomes.push(sum.filter(|_| !plan.fails).map(|sum| (sum + 1) % 1000));
    }
    outcomes
}

impl Subject for Dags {
    fn round(&self, soak: &Rc<Soak>) {
        let plans = random_plans(soak);
        let expected = outcomes(&plans);
        let pool = DAGPool::new();
        // Needs may be named before they are known.
        for (index, plan) in plans.iter().enumerate().rev() {
            let (fails, pause) = (plan.fails, soak.short_time());
            pool.spawn(index, plan.needs.iter().copied(), move |_, needed| {
                let sum: u64 = needed.wait_all()?.into_values().sum();
                sleep(pause);
                if fails { Err("as planned".into()) } else { Ok((sum + 1) % 1000) }
            })
            .unwrap();
        }
        let victim = (soak.below(2) == 0).then(|| soak.below(plans.len()));
        if let Some(victim) = victim {
            sleep(soak.short_time());
            pool.kill(victim);
        }
        for (index, result) in pool.wait_each(0..plans.len()) {
            match result {
                Ok(value) => assert_eq!(Some(value), expected[index]),
                Err(error) => {
                    let cause = *error.key();
                    assert!(plans[cause].fails || Some(cause) == victim, "{error}");
                    assert_eq!(error.path().first(), Some(&index));
                }
            }
        }
        assert_eq!((pool.running(), pool.waiting()), (0, 0));
    }
}

//! The behaviours of Eventlet's own tests of `hubs.timer`, by their names.

use std::time::{Duration, Instant};

use eventlet::{hubs, sleep, spawn_after, spawn_n};
use eventlet_tests::{Log, check, ms};

/// What is due runs, though another timer is far away, and the hub can be left with that one in it.
#[test]
fn schedule() {
    check(|| {
        let log = Log::new();
        let far = spawn_after(Duration::from_secs(3600), || ());
        let (now, soon) = (log.clone(), log.clone());
        spawn_n(move || now.add("now"));
        spawn_after(ms(1), move || soon.add("soon"));
        let before = Instant::now();
        sleep(ms(2));
        assert!(before.elapsed() < Duration::from_secs(20));
        assert_eq!(log.take(), "now soon");
        assert_eq!(hubs::get_hub().stats().timers, 1);
        assert!(far.cancel());
        assert_eq!(hubs::get_hub().stats().timers, 0);
    });
}

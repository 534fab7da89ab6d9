//! The behaviours of Eventlet's own tests of blocking detection, by their names. Eventlet raises an
//! exception in the green thread that blocks; here it is told of, and goes on undisturbed.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use eventlet::debug::{BlockingDetection, hub_blocking_detection};
use eventlet::spawn;
use eventlet_tests::child::{Child, alone};
use eventlet_tests::{check, ms};

#[test]
fn block_detect() {
    let line = line!() + 4;
    let ended = Child::new().run(|| {
        check(|| {
            hub_blocking_detection(true);
            let look_im_blocking = spawn(|| {
                thread::sleep(Duration::from_secs(2));
                5
            });
            assert_eq!(look_im_blocking.wait().unwrap(), 5);
            hub_blocking_detection(false);
        });
    });
    let told = &ended.expect_success().stderr;
    assert!(told.contains("eventlet: hub 0 (OS thread '"), "{told}");
    let place = format!(", spawned at tests/eventlet_hub_blocking.rs:{line}:");
    assert!(told.contains(&place), "{told}");
}

#[test]
fn block_detect_with_itimer() {
    alone(|| {
        check(|| {
            let (sender, reports) = mpsc::channel();
            let report_to = move |report: &_| drop(sender.send(Clone::clone(report)));
            let detection = BlockingDetection::new().resolution(ms(100)).report_to(report_to);
            detection.start().unwrap();
            let look_im_blocking = spawn(|| {
                thread::sleep(ms(500));
                5
            });
            let id = look_im_blocking.id();
            assert_eq!(look_im_blocking.wait().unwrap(), 5);
            let report: eventlet::debug::BlockingReport = reports.recv().unwrap();
            assert_eq!(report.green_thread(), Some(id));
            hub_blocking_detection(false);
        });
    });
}

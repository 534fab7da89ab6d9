//! Scenes for the fault tests that need a real main thread: the tests run this with a scene's name.

use std::hint::black_box;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("panic") => {
            eventlet::spawn(|| ()).wait().unwrap();
            panic!("no luck");
        }
        Some("overflow") => {
            eventlet::spawn(|| ()).wait().unwrap();
            println!("{}", recurse(u64::MAX));
        }
        Some("abandon") => {
            let sleeper = eventlet::spawn(|| {
                let _abandoned = Loud;
                eventlet::sleep(std::time::Duration::MAX);
            });
            eventlet::sleep(std::time::Duration::ZERO);
            assert!(!sleeper.is_dead());
            println!("main returns");
        }
        scene => panic!("there is no scene {scene:?}"),
    }
}

fn recurse(depth: u64) -> u64 {
    let frame = black_box([depth; 64]);
    if depth == 0 { frame[0] } else { recurse(depth - 1) + frame[63] }
}

/// Says that it is dropped.
struct Loud;

impl Drop for Loud {
    fn drop(&mut self) {
        println!("a destructor runs");
    }
}

//! Generators of the user's own, from the crate that the library is built on.

use eventlet::green::sync::mpsc::channel;
use eventlet::{debug, sleep, spawn, yield_if_needed};
use eventlet_tests::{check, ms, panic_of, yield_now};
use generator::{Gn, done};

const REFUSED: &str = "a green call that would wait was made inside a generator of your own: it \
                       cannot suspend the green thread from there. Make the call outside the \
                       generator, or run its body with eventlet::spawn";

/// A generator with room for the frames of a test.
fn generator<'a>(body: impl FnMut() + Send + 'a) -> generator::Generator<'a, (), ()> {
    let mut body = body;
    Gn::new_scoped_opt(0x8000, move |_| {
        body();
        done!()
    })
}

#[test]
fn a_green_call_inside_one_inside_a_green_thread_is_refused() {
    check(|| {
        let thread = spawn(|| {
            let sleeping = panic_of(|| generator(|| sleep(ms(1))).resume());
            let yielding = panic_of(|| generator(yield_now).resume());
            let computing = panic_of(|| generator(|| while !yield_if_needed() {}).resume());
            // Outside, the green thread works on.
            sleep(ms(1));
            (sleeping, yielding, computing)
        });
        let (sleeping, yielding, computing) = thread.wait().unwrap();
        assert_eq!(sleeping, REFUSED);
        assert_eq!(yielding, REFUSED);
        assert_eq!(computing, REFUSED);
        assert_eq!(spawn(|| 5).wait().unwrap(), 5, "the hub goes on");
    });
}

#[test]
fn one_inside_a_green_thread_that_makes_no_green_call_is_fine() {
    check(|| {
        let thread = spawn(|| {
            let numbers = Gn::<()>::new_scoped_opt(0x2000, |mut scope| {
                for number in 0..5 {
                    scope.yield_(number);
                }
                done!()
            });
            let mut sum = 0;
            for number in numbers {
                sum += number;
                yield_now();
            }
            sum
        });
        assert_eq!(thread.wait().unwrap(), 10);
    });
}

#[test]
fn spawning_and_waking_inside_one_is_fine() {
    check(|| {
        let thread = spawn(|| {
            let mut spawned = None;
            let mut inside = Gn::<()>::new_scoped_local(|_| spawned = Some(spawn(|| 5)));
            inside.resume();
            drop(inside);
            spawned.unwrap().wait().unwrap()
        });
        assert_eq!(thread.wait().unwrap(), 5);
    });
}

#[test]
fn sending_inside_one_is_fine_however_often() {
    check(|| {
        let thread = spawn(|| {
            let (sender, receiver) = channel();
            generator(|| (0..1000).for_each(|n| sender.send(n).unwrap())).resume();
            drop(sender);
            receiver.iter().sum::<u32>()
        });
        assert_eq!(thread.wait().unwrap(), 499_500);
    });
}

#[test]
fn green_calls_inside_one_in_the_main_context_are_fine() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        generator(|| {
            sleep(ms(5));
            let thread = spawn(|| {
                sleep(ms(5));
                5
            });
            assert_eq!(thread.wait().unwrap(), 5);
        })
        .resume();
        assert_eq!(debug::now() - before, ms(10));
        assert_eq!(spawn(|| 5).wait().unwrap(), 5);
    });
}

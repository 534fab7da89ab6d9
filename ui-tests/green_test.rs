//! `#[green::test]` on tests that really run.

use std::io;
use std::time::Instant;

use eventlet::green;

#[green::test]
fn paths_are_rewritten() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    assert!(std::any::type_name_of_val(&listener).starts_with("eventlet::"));
}

#[green::test]
fn a_result_may_be_returned() -> io::Result<()> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    std::net::TcpStream::connect(listener.local_addr()?)?;
    Ok(())
}

#[green::test]
#[should_panic(expected = "as it should")]
fn a_panic_may_be_expected() {
    panic!("as it should");
}

#[green::test(timeout = "1h")]
#[ignore = "it would fail"]
fn a_test_may_be_ignored() {
    panic!("this should not have run");
}

#[green::test(timeout = "50ms")]
#[should_panic]
fn a_test_that_takes_too_long_fails() {
    let start = Instant::now();
    while start.elapsed() < std::time::Duration::from_secs(10) {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[green::test(check_leaks)]
fn nothing_is_left_waiting() {
    let sleeper = eventlet::spawn(|| eventlet::sleep(std::time::Duration::from_millis(1)));
    sleeper.wait().unwrap();
}

#[green::test(check_leaks)]
#[should_panic]
fn a_waiter_left_behind_is_noticed() {
    eventlet::spawn(|| eventlet::sleep(std::time::Duration::from_secs(3600)));
    std::thread::yield_now();
}

//! A program of several hubs, which all do some of the work.
#![deny(warnings)]

use eventlet::{green, hubs};

#[green::main(hubs = 3, timeout = "30s")]
fn main() -> std::io::Result<()> {
    use std::thread;
    let hubs = hubs::all();
    assert_eq!(hubs.len(), 3);
    assert_eq!(hubs[0].id(), hubs::get_hub().id());
    let ids: Vec<_> = hubs.iter().map(|hub| hub.spawn(|| hubs::get_hub().id())).collect();
    let ids: Vec<_> = ids.into_iter().map(|id| id.wait().unwrap()).collect();
    assert_eq!(ids, hubs.iter().map(|hub| hub.id()).collect::<Vec<_>>());
    // It need not be waited for.
    hubs[1].spawn(|| thread::sleep(std::time::Duration::from_millis(5)));
    Ok(())
}

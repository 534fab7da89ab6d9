//! A little program with a door for whoever looks after it.
//! Run: `cargo run --release --example backdoor [PLACE]`; the place is a TCP address such as
//! 127.0.0.1:6001, or the path of a Unix socket: `eventlet-door` among the temporary files, if not told.
//! Poke: `nc -U /tmp/eventlet-door`, then `help`, `threads`, `pace 10`, `kill ID`, `quit`.

use std::cell::Cell;
use std::env;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use eventlet::backdoor::{Address, Backdoor};
use eventlet::{Builder, Group};

fn main() -> io::Result<()> {
    let pace = Rc::new(Cell::new(Duration::from_millis(100)));
    let workers = Group::new();
    for n in 0..3 {
        let pace = pace.clone();
        let work = move || loop {
            eventlet::sleep(pace.get());
        };
        let worker = Builder::new().name(format!("worker-{n}")).spawn(work)?;
        workers.add(&worker.handle());
    }

    let door = Backdoor::new().allow_kill(true).command(
        "pace",
        "sets how many milliseconds workers sleep",
        move |args, out| {
            if let [millis] = args {
                pace.set(Duration::from_millis(millis.parse().map_err(io::Error::other)?));
            }
            writeln!(out, "workers sleep {:?}", pace.get())
        },
    );
    let place =
        env::args_os().nth(1).unwrap_or_else(|| env::temp_dir().join("eventlet-door").into());
    let address = place.to_str().and_then(|place| place.parse::<SocketAddr>().ok());
    let door = match address {
        Some(address) => door.listen(address)?,
        None => door.listen_unix(place)?,
    };
    match door.address() {
        Address::Tcp(address) => println!("look inside: nc {} {}", address.ip(), address.port()),
        Address::Unix(path) => println!("look inside: nc -U {}", path.display()),
    }

    // Over when all workers have been killed. Then the door is closed, and its file is removed.
    workers.join();
    Ok(())
}

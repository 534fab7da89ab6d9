//! `kill`.

use std::panic::Location;

use super::{Call, ask};
use crate::backdoor::console::Done;
use crate::greenthread;
use crate::hub::{self, Hub, Whom};

pub(super) fn run(call: Call<'_>) -> Done {
    let id = call.id()?;
    if !call.door.may_kill {
        return Err("this console only looks: the program has not allowed it to kill".into());
    }
    if id == hub::with(Hub::current_id) {
        return Err("that is this console: `quit` ends it".into());
    }
    let asked_at = Location::caller();
    let heard = ask(Whom::All, move |hub| aim(hub, id, asked_at))?;
    let found = heard.answers.iter().find_map(|(hub, aimed)| Some((hub, (*aimed)?)));
    match found {
        Some((hub, Aimed::Thread)) => {
            Ok(writeln!(call.out, "green thread {id} of hub {hub} is told to end")?)
        }
        Some((_, Aimed::Main)) => Err("the main context cannot be killed".into()),
        None => {
            heard.tell_silent(call.out)?;
            Err(format!("there is no green thread {id}").into())
        }
    }
}

/// Whom an id stands for.
#[derive(Clone, Copy)]
enum Aimed {
    Main,
    Thread,
}

/// Kills a green thread, if the hub has it. A green thread of the hub is spawned for that: destructors
/// run meanwhile.
fn aim(hub: &Hub, id: u64, asked_at: &'static Location<'static>) -> Option<Aimed> {
    if hub.is_main(id) {
        return Some(Aimed::Main);
    }
    let handle = greenthread::find(hub, id)?;
    greenthread::start_for(hub, asked_at, move || handle.kill(), |_| false);
    Some(Aimed::Thread)
}

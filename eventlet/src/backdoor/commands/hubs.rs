//! `hubs`.

use super::{Call, ask, cell, seconds};
use crate::backdoor::console::Done;
use crate::backdoor::table::Table;
use crate::hub::Whom;

pub(super) fn run(call: Call<'_>) -> Done {
    let heard = ask(Whom::All, |hub| hub.view())?;
    let mut table = Table::new([
        "HUB",
        "GREEN THREADS",
        "RUNNABLE",
        "TIMERS",
        "IO WAITS",
        "DESCRIPTORS",
        "STACKS",
        "IDLE STACKS",
        "SWITCHES",
        "UP",
        "OS THREAD",
    ]);
    for (hub, view) in &heard.answers {
        let load = &view.load;
        table.row([
            hub.to_string(),
            load.n_fibers.to_string(),
            load.n_queued.to_string(),
            load.n_timers.to_string(),
            load.n_io_waiters.to_string(),
            load.n_descriptors.to_string(),
            load.n_stacks_in_use.to_string(),
            load.n_stacks_idle.to_string(),
            view.n_resumes.to_string(),
            seconds(view.uptime),
            cell(view.thread.as_ref()),
        ]);
    }
    table.write(call.out)?;
    Ok(heard.tell_silent(call.out)?)
}

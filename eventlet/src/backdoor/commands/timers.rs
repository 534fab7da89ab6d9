//! `timers`.

use super::{Call, ROWS, cell, seconds};
use crate::backdoor::console::Done;
use crate::backdoor::table::Table;
use crate::hub::TimerUse;

pub(super) fn run(call: Call<'_>) -> Done {
    let heard = call.ask(|hub| hub.view_timers(ROWS))?;
    let mut table = Table::new(["DUE", "HUB", "ID", "WHAT FOR", "NAME"]);
    for (hub, timer) in heard.rows() {
        let what = match timer.what {
            TimerUse::Begin => "to begin".to_owned(),
            TimerUse::Wait(what) => format!("to end a wait: {what}"),
            TimerUse::Limit => "a limit".to_owned(),
            TimerUse::Left => "nothing any more".to_owned(),
        };
        table.row([
            seconds(timer.due),
            hub.to_string(),
            timer.id.to_string(),
            what,
            cell(timer.name.as_ref()),
        ]);
    }
    table.write(call.out)?;
    Ok(heard.tell_rest(call.out)?)
}

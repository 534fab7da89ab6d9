//! `stacks`.

use super::{Call, ROWS, cell};
use crate::backdoor::console::Done;
use crate::backdoor::table::Table;

pub(super) fn run(call: Call<'_>) -> Done {
    let heard = call.ask(|hub| hub.view_stacks(ROWS))?;
    let mut table = Table::new(["ID", "HUB", "SIZE", "IN USE", "RESIDENT", "NAME"]);
    for (hub, view) in heard.rows() {
        table.row([
            view.id.to_string(),
            hub.to_string(),
            view.stack.size.to_string(),
            view.stack.in_use.to_string(),
            cell(view.stack.resident),
            cell(view.name.as_ref()),
        ]);
    }
    table.write(call.out)?;
    Ok(heard.tell_rest(call.out)?)
}

//! `help`.

use super::{BUILT_IN, Call};
use crate::backdoor::console::Done;
use crate::backdoor::table::Table;

pub(super) fn run(call: Call<'_>) -> Done {
    let mut table = Table::new(["COMMAND", "ARGUMENTS", "WHAT IT SHOWS OR DOES"]);
    for built_in in BUILT_IN {
        table.row([built_in.name, built_in.arguments, built_in.about].map(str::to_owned));
    }
    for (name, custom) in &call.door.commands {
        table.row([name.clone(), String::new(), custom.about.clone()]);
    }
    Ok(table.write(call.out)?)
}

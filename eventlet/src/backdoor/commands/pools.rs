//! `pools`.

use super::{Call, cell};
use crate::backdoor::console::Done;
use crate::backdoor::table::Table;
use crate::greenpool::view_pools;
use crate::tpool;

pub(super) fn run(call: Call<'_>) -> Done {
    let heard = call.ask(|hub| (view_pools(), hub.view()))?;
    let head = ["POOL", "HUB", "SIZE", "IN USE", "FREE", "WAITING", "MADE AT"];
    let mut table = Table::new(head);
    for (hub, (pools, view)) in &heard.answers {
        for pool in pools {
            table.row([
                "green threads".to_owned(),
                hub.to_string(),
                pool.size.to_string(),
                pool.running.to_string(),
                pool.free.to_string(),
                pool.waiting.to_string(),
                pool.made_at.to_string(),
            ]);
        }
        table.row([
            "stacks".to_owned(),
            hub.to_string(),
            String::new(),
            view.load.n_stacks_in_use.to_string(),
            view.load.n_stacks_idle.to_string(),
            view.n_starved.to_string(),
            String::new(),
        ]);
    }
    let native = tpool::stats();
    table.row([
        "OS threads".to_owned(),
        cell(None::<u64>),
        native.size.to_string(),
        (native.threads - native.idle.min(native.threads)).to_string(),
        native.idle.to_string(),
        native.queued.to_string(),
        String::new(),
    ]);
    table.write(call.out)?;
    Ok(heard.tell_silent(call.out)?)
}

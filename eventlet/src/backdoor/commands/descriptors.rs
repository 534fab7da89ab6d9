//! `descriptors`.

use std::os::fd::RawFd;

use super::{Call, ROWS};
use crate::backdoor::console::Done;
use crate::backdoor::table::Table;

pub(super) fn run(call: Call<'_>) -> Done {
    let heard = call.ask(|hub| hub.view_descriptors(ROWS))?;
    let mut table = Table::new(["FD", "HUB", "READY", "READERS", "WRITERS", "WHAT"]);
    for (hub, descriptor) in heard.rows() {
        let flags = [
            (descriptor.may_read, "read"),
            (descriptor.may_write, "write"),
            (descriptor.hung_up, "hang-up"),
        ];
        let ready = flags.iter().filter(|(is_set, _)| *is_set).map(|(_, name)| *name);
        table.row([
            descriptor.fd.to_string(),
            hub.to_string(),
            ready.collect::<Vec<_>>().join(","),
            ids(&descriptor.readers),
            ids(&descriptor.writers),
            kind(descriptor.fd),
        ]);
    }
    table.write(call.out)?;
    Ok(heard.tell_rest(call.out)?)
}

fn ids(ids: &[u64]) -> String {
    ids.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

/// What the system calls it, as `socket:[4711]`; nothing where it does not say.
fn kind(fd: RawFd) -> String {
    let link = std::fs::read_link(format!("/proc/self/fd/{fd}"));
    link.map(|link| link.display().to_string()).unwrap_or_default()
}

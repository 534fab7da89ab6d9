//! `threads`, `thread` and `groups`.

use super::{Call, ROWS, age, ask, cell, seconds};
use crate::backdoor::console::Done;
use crate::backdoor::table::Table;
use crate::hub::{FiberView, State, Whom};

pub(super) fn list(call: Call<'_>) -> Done {
    let heard = call.ask(|hub| hub.view_fibers(ROWS))?;
    let head = ["ID", "HUB", "STATE", "AGE", "LIMIT", "WAITS FOR", "NAME", "SPAWNED AT"];
    let mut table = Table::new(head);
    for (hub, fiber) in heard.rows() {
        table.row([
            fiber.id.to_string(),
            hub.to_string(),
            state(fiber.state).to_owned(),
            age(fiber.age),
            cell(fiber.remaining.map(seconds)),
            cell(fiber.waits_for),
            cell(fiber.name.as_ref()),
            place(fiber),
        ]);
    }
    table.write(call.out)?;
    Ok(heard.tell_rest(call.out)?)
}

pub(super) fn show(call: Call<'_>) -> Done {
    let id = call.id()?;
    let heard = ask(Whom::All, move |hub| hub.view_fiber(id))?;
    let found = heard.answers.iter().find_map(|(hub, said)| Some((hub, said.as_ref()?)));
    let Some((hub, (fiber, stack))) = found else {
        heard.tell_silent(call.out)?;
        return Err(format!("there is no green thread {id}").into());
    };
    let mut table = Table::new(["FIELD", "VALUE"]);
    let mut row = |field: &str, value: String| table.row([field.to_owned(), value]);
    row("id", fiber.id.to_string());
    row("hub", hub.to_string());
    row("name", cell(fiber.name.as_ref()));
    row("spawned at", place(fiber));
    row("state", state(fiber.state).to_owned());
    row("age", age(fiber.age));
    row("waits for", cell(fiber.waits_for));
    row("limit", cell(fiber.remaining.map(seconds)));
    row("stack size", cell(stack.map(|stack| stack.size)));
    row("stack in use", cell(stack.map(|stack| stack.in_use)));
    row("stack resident", cell(stack.and_then(|stack| stack.resident)));
    Ok(table.write(call.out)?)
}

pub(super) fn groups(call: Call<'_>) -> Done {
    let heard = call.ask(|hub| hub.view_groups())?;
    let mut table = Table::new(["COUNT", "HUB", "STATE", "WAITS FOR", "SPAWNED AT"]);
    for (hub, groups) in &heard.answers {
        for group in groups {
            table.row([
                group.n.to_string(),
                hub.to_string(),
                state(group.state).to_owned(),
                cell(group.waits_for),
                group.spawned_at.to_string(),
            ]);
        }
    }
    table.write(call.out)?;
    Ok(heard.tell_silent(call.out)?)
}

fn state(state: State) -> &'static str {
    match state {
        State::New => "new",
        State::Queued => "runnable",
        State::Running => "running",
        State::Parked => "waiting",
        State::Done => "ended",
    }
}

/// The main context was not spawned.
fn place(fiber: &FiberView) -> String {
    cell((!fiber.is_main).then_some(fiber.spawned_at))
}

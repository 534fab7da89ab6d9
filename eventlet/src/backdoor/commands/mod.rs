//! The commands that every console has.

mod descriptors;
mod help;
mod hubs;
mod kill;
mod pools;
mod stacks;
mod threads;
mod timers;

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::time::Duration;

use super::Backdoor;
use super::console::Done;
use crate::hub::{self, Age, Excerpt, Hub, Whom};

/// So many rows of each hub are shown.
const ROWS: usize = 1000;

/// So long hubs may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// A command.
pub(super) struct BuiltIn {
    pub(super) name: &'static str,
    /// What may stand behind it.
    arguments: &'static str,
    about: &'static str,
    pub(super) run: fn(Call<'_>) -> Done,
}

/// A command that is to be carried out.
pub(super) struct Call<'a> {
    pub(super) door: &'a Backdoor,
    pub(super) args: &'a [&'a str],
    pub(super) out: &'a mut dyn Write,
}

/// In the order in which `help` shows them. `quit` is the console's own.
pub(super) const BUILT_IN: &[BuiltIn] = &[
    BuiltIn { name: "help", arguments: "", about: "this list", run: help::run },
    BuiltIn {
        name: "threads",
        arguments: "[HUB|all]",
        about: "the main context and the green threads, oldest first",
        run: threads::list,
    },
    BuiltIn {
        name: "thread",
        arguments: "ID",
        about: "one green thread of any hub, with its stack",
        run: threads::show,
    },
    BuiltIn {
        name: "groups",
        arguments: "[HUB|all]",
        about: "how many green threads come from where, and wait for what",
        run: threads::groups,
    },
    BuiltIn {
        name: "hubs",
        arguments: "",
        about: "all hubs, and what they have in hand",
        run: hubs::run,
    },
    BuiltIn { name: "timers", arguments: "[HUB|all]", about: "what is due when", run: timers::run },
    BuiltIn {
        name: "descriptors",
        arguments: "[HUB|all]",
        about: "which descriptors are registered, and who waits for them",
        run: descriptors::run,
    },
    BuiltIn {
        name: "pools",
        arguments: "[HUB|all]",
        about: "pools of green threads, of OS threads and of stacks",
        run: pools::run,
    },
    BuiltIn {
        name: "stacks",
        arguments: "[HUB|all]",
        about: "how many bytes of stack green threads use",
        run: stacks::run,
    },
    BuiltIn {
        name: "kill",
        arguments: "ID",
        about: "end a green thread of any hub, if the door was opened for that",
        run: kill::run,
    },
    BuiltIn { name: "quit", arguments: "", about: "close this console", run: |_| Ok(()) },
];

/// What several hubs have said.
struct Heard<T> {
    answers: Vec<(u64, T)>,
    /// Those that have said nothing.
    silent: Vec<u64>,
}

impl Call<'_> {
    /// Asks the hubs that the argument names: this one without any.
    fn ask<T: Send + 'static>(
        &self,
        question: impl Fn(&Hub) -> T + Clone + Send + 'static,
    ) -> Result<Heard<T>, Box<dyn Error>> {
        let whom = match self.args {
            [] => Whom::This,
            ["all"] => Whom::All,
            [id] => Whom::One(number(id)?),
            _ => return Err("one hub, or `all`, or nothing for this one".into()),
        };
        ask(whom, question)
    }

    /// The only argument, which is the id of a green thread.
    fn id(&self) -> Result<u64, Box<dyn Error>> {
        match self.args {
            [id] => number(id),
            _ => Err("the id of a green thread is needed".into()),
        }
    }
}

fn ask<T: Send + 'static>(
    whom: Whom,
    question: impl Fn(&Hub) -> T + Clone + Send + 'static,
) -> Result<Heard<T>, Box<dyn Error>> {
    let mut heard = Heard { answers: Vec::new(), silent: Vec::new() };
    for answer in hub::ask(whom, PATIENCE, question) {
        match answer.said {
            Some(said) => heard.answers.push((answer.hub, said)),
            None => heard.silent.push(answer.hub),
        }
    }
    match whom {
        Whom::One(id) if heard.answers.is_empty() && heard.silent.is_empty() => {
            Err(format!("there is no hub {id}").into())
        }
        _ => Ok(heard),
    }
}

impl<T> Heard<T> {
    /// Says which hubs are missing.
    fn tell_silent(&self, out: &mut dyn Write) -> io::Result<()> {
        for hub in &self.silent {
            writeln!(
                out,
                "# hub {hub} has not answered: its OS thread computes, blocks, or runs outside it"
            )?;
        }
        Ok(())
    }
}

impl<T> Heard<Excerpt<T>> {
    /// What is to be shown, with the hubs that it is of.
    fn rows(&self) -> impl Iterator<Item = (u64, &T)> {
        self.answers.iter().flat_map(|(hub, said)| said.shown.iter().map(move |row| (*hub, row)))
    }

    /// Says what is missing.
    fn tell_rest(&self, out: &mut dyn Write) -> io::Result<()> {
        for (hub, said) in &self.answers {
            if said.n_more > 0 {
                writeln!(out, "# {} more in hub {hub}", said.n_more)?;
            }
        }
        self.tell_silent(out)
    }
}

fn number(text: &str) -> Result<u64, Box<dyn Error>> {
    text.parse().map_err(|_| format!("`{text}` is no number").into())
}

/// A cell for what may be missing.
fn cell(value: Option<impl Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn seconds(duration: Duration) -> String {
    format!("{:.3}s", duration.as_secs_f64())
}

/// `>` marks what is known to be older.
fn age(age: Option<Age>) -> String {
    cell(age.map(|age| {
        let mark = if age.is_unknown { ">" } else { "" };
        format!("{mark}{}", seconds(age.at_least))
    }))
}

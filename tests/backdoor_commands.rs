//! What clients of a door may do: kill, if allowed, and what the program has made commands of.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use eventlet::backdoor::Backdoor;
use eventlet::green::os::unix::net::UnixStream;
use eventlet::{Event, hubs, sleep, spawn};
use eventlet_tests::console::{Client, Table, open, sleeper};
use eventlet_tests::{OnDrop, check, ms, panic_of, yield_now};

#[test]
fn nothing_is_killed_without_permission() {
    check(|| {
        let door = open();
        let sleeper = sleeper("spared");
        let mut client = Client::of(&door);
        let answer = client.ask(&format!("kill {}", sleeper.id()));
        assert_eq!(
            answer,
            "error: this console only looks: the program has not allowed it to kill\n"
        );
        assert!(!sleeper.is_dead());
        sleeper.kill();
    });
}

#[test]
fn a_thread_is_killed_with_permission() {
    check(|| {
        let door = Backdoor::new().allow_kill(true).listen("127.0.0.1:0").unwrap();
        let sleeper = sleeper("doomed");
        let mut client = Client::of(&door);
        let (id, hub) = (sleeper.id(), hubs::get_hub().id());
        let answer = client.ask(&format!("kill {id}"));
        assert_eq!(answer, format!("green thread {id} of hub {hub} is told to end\n"));
        assert!(sleeper.wait().unwrap_err().is_killed());
        assert_eq!(
            client.ask(&format!("kill {id}")),
            format!("error: there is no green thread {id}\n")
        );

        let table = client.table("threads");
        let main = table.get("NAME", "main", "ID");
        assert_eq!(
            client.ask(&format!("kill {main}")),
            "error: the main context cannot be killed\n"
        );
        let own = table.get("NAME", "backdoor console", "ID");
        assert_eq!(
            client.ask(&format!("kill {own}")),
            "error: that is this console: `quit` ends it\n"
        );
        assert_eq!(client.ask("kill"), "error: the id of a green thread is needed\n");
        assert_eq!(client.ask("kill me"), "error: `me` is no number\n");
    });
}

#[test]
fn threads_of_other_hubs_are_killed_too() {
    check(|| {
        let door = Backdoor::new().allow_kill(true).listen("127.0.0.1:0").unwrap();
        let other = hubs::spawn_hub().unwrap();
        let doomed = other.spawn(|| drop(Event::<()>::new().wait()));
        other.spawn(|| ()).wait().unwrap();
        let mut client = Client::of(&door);
        let theirs = client.table(&format!("threads {}", other.id()));
        let id = theirs.get("WAITS FOR", "an event", "ID");
        client.ask(&format!("kill {id}"));
        assert!(doomed.wait().unwrap_err().is_killed());
        other.shutdown(Duration::ZERO);
    });
}

#[test]
fn help_lists_all_commands() {
    check(|| {
        let door = Backdoor::new()
            .command("reload", "reads the settings again", |_, _| Ok::<_, String>(()))
            .listen("127.0.0.1:0")
            .unwrap();
        let mut client = Client::of(&door);
        let help = client.table("help");
        assert_eq!(
            help.get("COMMAND", "reload", "WHAT IT SHOWS OR DOES"),
            "reads the settings again"
        );
        let words = help.all("COMMAND");
        let built_in = "help threads thread groups hubs timers descriptors pools stacks kill quit";
        assert!(built_in.split(' ').all(|word| words.contains(&word)), "{words:?}");
        // Each of them answers with a table, or says what it needs.
        for word in words.into_iter().filter(|word| !["quit", "reload"].contains(word)) {
            let answer = client.ask(word);
            assert!(answer.starts_with("error: ") || Table::of(&answer).has_head(), "{answer}");
        }
    });
}

#[test]
fn commands_of_the_programs_own_are_given_their_arguments() {
    check(|| {
        let n_calls = Rc::new(Cell::new(0));
        let counter = n_calls.clone();
        let door = Backdoor::new()
            .command("echo", "says it again", move |args, out| {
                counter.set(counter.get() + 1);
                args.iter().try_for_each(|arg| writeln!(out, "<{arg}>"))
            })
            .command("wait", "waits", |_, out| {
                sleep(ms(1));
                writeln!(out, "done")
            })
            .command("fail", "fails", |_, _| Err("it \u{1b}failed\n on purpose"))
            .command("panic", "panics", |args, out| {
                writeln!(out, "before").unwrap();
                assert!(args.is_empty() && out.flush().is_err(), "on purpose");
                Ok::<_, String>(())
            })
            .listen("127.0.0.1:0")
            .unwrap();
        let mut client = Client::of(&door);
        assert_eq!(client.ask("  echo  one\ttwo "), "<one>\n<two>\n");
        assert_eq!(client.ask("echo"), "");
        assert_eq!(n_calls.get(), 2);
        assert_eq!(client.ask("wait"), "done\n");
        assert_eq!(client.ask("fail"), "error: it \\u{1b}failed\\u{a} on purpose\n");
        assert_eq!(client.ask("panic"), "before\nerror: the command panicked: on purpose\n");
        assert_eq!(client.ask("echo on"), "<on>\n");
    });
}

#[test]
fn names_of_commands_are_words_and_given_once() {
    let add = |name: &'static str| {
        panic_of(move || {
            Backdoor::new().command(name, "", |_, _| Ok::<_, String>(())).command(
                "twice",
                "",
                |_, _| Ok::<_, String>(()),
            )
        })
    };
    assert!(add("").contains("one word"));
    assert!(add("two words").contains("one word"));
    assert!(add("kill").contains("there is a command kill already"));
    assert!(add("quit").contains("already"));
    assert!(add("twice").contains("already"));
}

/// The console is killed in the middle of a command, which unwinds as ever.
#[test]
fn a_console_that_is_killed_ends_its_command() {
    check(|| {
        let ended = Rc::new(Cell::new(false));
        let flag = ended.clone();
        let door = Backdoor::new()
            .command("hang", "waits for ever", move |_, _| {
                let flag = flag.clone();
                let _noted = OnDrop(move || flag.set(true));
                drop(Event::<()>::new().wait());
                Ok::<_, String>(())
            })
            .listen("127.0.0.1:0")
            .unwrap();
        let mut client = Client::of(&door);
        client.send(b"hang\n");
        while door.consoles() == 0 || !hang_has_begun() {
            yield_now();
        }
        door.close();
        assert!(ended.get());
        assert_eq!(client.read_to_end().unwrap(), "");
    });
}

/// Whether a console waits for something that is no descriptor.
fn hang_has_begun() -> bool {
    let (here, there) = UnixStream::pair().unwrap();
    let console = spawn(move || Backdoor::new().console(here));
    let mut client = Client::on(there);
    let begun = client.table("threads").all("WAITS FOR").contains(&"an event");
    client.send(b"quit\n");
    console.wait().unwrap().unwrap();
    begun
}

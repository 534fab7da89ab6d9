//! What consoles show, and what their clients may do.

use std::cell::Cell;
use std::io::Write;
use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;

use eventlet::backdoor::{Backdoor, Running};
use eventlet::debug::pause_clock;
use eventlet::green::os::unix::net::UnixStream;
use eventlet::{Builder, Event, GreenPool, Timeout, current, hubs, sleep, spawn};
use eventlet_tests::console::{Client, Table};
use eventlet_tests::{check, ms, panic_of, yield_now};

fn open() -> Running {
    Backdoor::new().listen("127.0.0.1:0").unwrap()
}

/// A green thread that waits until it is killed, of which this test is the place.
macro_rules! sleeper {
    ($name:expr) => {
        Builder::new().name($name).spawn(|| drop(Event::<()>::new().wait())).unwrap()
    };
}

#[test]
fn threads_are_listed_with_what_they_wait_for() {
    check(|| {
        let door = open();
        let waiting = sleeper!("waiting one");
        let limited = Builder::new().name("limited").spawn(|| sleep(Duration::from_secs(3600)));
        let limited = limited.unwrap();
        let mut client = Client::of(&door);
        let late = eventlet::spawn_after(Duration::from_secs(60), || ());
        let table = client.table("threads");

        let cell = |name| table.get("ID", waiting.id(), name);
        assert_eq!(cell("STATE"), "waiting");
        assert_eq!(cell("HUB"), hubs::get_hub().id().to_string());
        assert_eq!(cell("NAME"), "waiting one");
        assert_eq!(cell("WAITS FOR"), "an event");
        assert_eq!(cell("LIMIT"), "-");
        assert!(cell("SPAWNED AT").starts_with(file!()), "{}", cell("SPAWNED AT"));
        let limit: f64 =
            table.get("NAME", "limited", "LIMIT").strip_suffix('s').unwrap().parse().unwrap();
        assert!(limit > 3000.0 && limit <= 3600.0);
        assert_eq!(table.get("ID", late.id(), "STATE"), "new");
        assert_eq!(table.get("NAME", "main", "ID"), current().id().to_string());
        assert_eq!(table.get("NAME", "main", "STATE"), "waiting");
        assert_eq!(table.get("NAME", "backdoor console", "STATE"), "running");
        assert!(table.get("NAME", "backdoor", "SPAWNED AT").starts_with(file!()));
        assert!(table.get("NAME", "backdoor console", "SPAWNED AT").starts_with(file!()));
        assert!(table.remarks.is_empty());

        waiting.kill();
        limited.kill();
        late.kill();
    });
}

#[test]
fn ages_are_told_by_the_clock_of_the_hub() {
    check(|| {
        pause_clock();
        let before = sleeper!("before");
        let door = open();
        let old = sleeper!("old");
        sleep(Duration::from_secs(10));
        let young = sleeper!("young");
        sleep(ms(2500));
        let newest = sleeper!("newest");
        let mut client = Client::of(&door);
        let table = client.table("threads");
        assert_eq!(table.get("NAME", "before", "AGE"), ">12.500s");
        assert_eq!(table.get("NAME", "old", "AGE"), "12.500s");
        assert_eq!(table.get("NAME", "young", "AGE"), "2.500s");
        assert_eq!(table.get("NAME", "newest", "AGE"), "0.000s");
        assert_eq!(table.get("NAME", "main", "AGE"), ">12.500s");
        [before, old, young, newest].iter().for_each(|thread| thread.kill());
    });
}

#[test]
fn one_thread_is_shown_with_its_stack() {
    check(|| {
        let door = open();
        let deep = Builder::new().name("deep").stack_size(4 << 20).spawn(|| {
            let used = std::hint::black_box([1_u8; 300_000]);
            drop(Event::<()>::new().wait());
            std::hint::black_box(used);
        });
        let deep = deep.unwrap();
        let mut client = Client::of(&door);
        let table = client.table(&format!("thread {}", deep.id()));
        let number = |field| table.get("FIELD", field, "VALUE").parse::<usize>().unwrap();
        assert_eq!(table.get("FIELD", "name", "VALUE"), "deep");
        assert_eq!(number("stack size"), 4 << 20);
        assert!((300_000..4 << 20).contains(&number("stack in use")), "{table:?}");
        if cfg!(target_os = "linux") {
            assert!((300_000..4 << 20).contains(&number("stack resident")), "{table:?}");
        }
        let stacks = client.table("stacks");
        assert_eq!(stacks.get("NAME", "deep", "SIZE"), (4_u32 << 20).to_string());
        assert_eq!(stacks.get("NAME", "deep", "ID"), deep.id().to_string());
        let console: usize = stacks.get("NAME", "backdoor console", "IN USE").parse().unwrap();
        assert!(console > 0);
        deep.kill();
        let gone = client.ask(&format!("thread {}", deep.id()));
        assert_eq!(gone, format!("error: there is no green thread {}\n", deep.id()));
    });
}

#[test]
fn groups_count_those_of_one_place() {
    check(|| {
        let door = open();
        let crowd: Vec<_> = (0..50).map(|_| spawn(|| drop(Event::<()>::new().wait()))).collect();
        let mut client = Client::of(&door);
        let table = client.table("groups");
        assert_eq!(table.get("WAITS FOR", "an event", "COUNT"), "50");
        assert_eq!(table.get("COUNT", "50", "STATE"), "waiting");
        assert!(table.get("COUNT", "50", "SPAWNED AT").starts_with(file!()));
        eventlet::kill_all(crowd.iter().map(|thread| thread.handle()));
    });
}

#[test]
fn a_crowd_is_shown_in_part() {
    check(|| {
        let door = open();
        let crowd: Vec<_> = (0..1500).map(|_| spawn(|| drop(Event::<()>::new().wait()))).collect();
        let mut client = Client::of(&door);
        let table = client.table("threads");
        assert_eq!(table.len(), 1000);
        // With the main context, the door and its console.
        assert_eq!(table.remarks, [format!("# 503 more in hub {}", hubs::get_hub().id())]);
        let last = crowd.last().unwrap().id();
        assert_eq!(
            client.table(&format!("thread {last}")).get("FIELD", "id", "VALUE"),
            last.to_string()
        );
        eventlet::kill_all(crowd.iter().map(|thread| thread.handle()));
    });
}

#[test]
fn timers_say_what_they_are_for() {
    check(|| {
        let door = open();
        let named = |name: &str| Builder::new().name(name);
        let threads = [
            named("sleeper").spawn(|| sleep(Duration::from_secs(7000))).unwrap(),
            named("later").delay(Duration::from_secs(9000)).spawn(|| ()).unwrap(),
            named("limited")
                .spawn(|| {
                    let _limit = Timeout::new(Duration::from_secs(8000));
                    drop(Event::<()>::new().wait());
                })
                .unwrap(),
        ];
        yield_now();
        let mut client = Client::of(&door);
        let table = client.table("timers");
        assert_eq!(table.get("NAME", "sleeper", "WHAT FOR"), "to end a wait: sleep");
        assert_eq!(table.get("NAME", "later", "WHAT FOR"), "to begin");
        assert_eq!(table.get("NAME", "limited", "WHAT FOR"), "a limit");
        let ours = ["sleeper", "limited", "later"];
        let order: Vec<_> =
            table.all("NAME").into_iter().filter(|name| ours.contains(name)).collect();
        assert_eq!(order, ours);
        threads.iter().for_each(|thread| thread.kill());
    });
}

#[test]
fn descriptors_say_who_waits() {
    check(|| {
        let door = open();
        let (here, there) = UnixStream::pair().unwrap();
        let fd = std::os::fd::AsRawFd::as_raw_fd(&here);
        let reader = spawn(move || std::io::Read::read(&mut &here, &mut [0]));
        let mut client = Client::of(&door);
        let table = client.table("descriptors");
        assert_eq!(table.get("FD", fd, "READERS"), reader.id().to_string());
        assert_eq!(table.get("FD", fd, "WRITERS"), "-");
        if cfg!(target_os = "linux") {
            assert!(table.get("FD", fd, "WHAT").starts_with("socket:["));
        }
        drop(there);
        reader.wait().unwrap().unwrap();
    });
}

#[test]
fn pools_are_listed_where_they_were_made() {
    check(|| {
        let door = open();
        let (pool, gone) = (GreenPool::new(2), GreenPool::new(77));
        drop(gone);
        let members: Vec<_> =
            (0..2).map(|_| pool.spawn(|| drop(Event::<()>::new().wait()))).collect();
        let theirs = pool.clone();
        let waiting = spawn(move || drop(theirs.spawn(|| ())));
        let mut client = Client::of(&door);
        let table = client.table("pools");
        let ours =
            table.all("MADE AT").into_iter().find(|place| place.starts_with(file!())).unwrap();
        let cell = |name| table.get("MADE AT", ours, name);
        assert_eq!(
            ["POOL", "SIZE", "IN USE", "FREE", "WAITING"].map(cell),
            ["green threads", "2", "2", "0", "1"]
        );
        assert!(!table.all("SIZE").contains(&"77"));
        assert!(table.all("POOL").ends_with(&["stacks", "OS threads"]), "{table:?}");
        pool.kill_all();
        waiting.wait().unwrap();
        pool.wait_all();
        drop(members);
    });
}

#[test]
fn other_hubs_answer_too() {
    check(|| {
        let door = open();
        let other = hubs::spawn_hub().unwrap();
        let sleeper = other.spawn(|| drop(Event::<()>::new().wait()));
        let id = other.spawn(|| current().id()).wait().unwrap();
        assert!(id > 0);
        let mut client = Client::of(&door);

        let hubs = client.table("hubs");
        assert_eq!(hubs.get("HUB", other.id(), "GREEN THREADS"), "1");
        assert!(hubs.get("HUB", other.id(), "OS THREAD").starts_with("hub-"));
        assert_eq!(hubs.get("HUB", hubs::get_hub().id(), "GREEN THREADS"), "2");

        let theirs = client.table(&format!("threads {}", other.id()));
        assert!(theirs.all("HUB").iter().all(|hub| *hub == other.id().to_string()));
        assert_eq!(theirs.get("WAITS FOR", "an event", "STATE"), "waiting");
        let all = client.table("threads all");
        assert!(all.len() > theirs.len());
        assert!(all.all("NAME").contains(&"backdoor console"));

        let nowhere = client.ask("threads 123456789");
        assert_eq!(nowhere, "error: there is no hub 123456789\n");
        sleeper.kill();
        other.shutdown(Duration::ZERO);
    });
}

/// The console waits a second for it, and no longer; and it is not asked more than it can bear.
#[test]
fn a_hub_that_is_busy_holds_nobody_up() {
    check(|| {
        let door = open();
        let other = hubs::spawn_hub().unwrap();
        let (stop, stopped) = mpsc::channel::<()>();
        let (begin, begun) = mpsc::channel();
        let busy = other.spawn(move || {
            begin.send(()).unwrap();
            // Blocks its OS thread.
            let _ = stopped.recv();
        });
        begun.recv().unwrap();
        let mut client = Client::of(&door);
        let remark = format!("# hub {} has not answered", other.id());
        for _ in 0..2 {
            let table = client.table("hubs");
            assert!(table.remarks.iter().any(|text| text.starts_with(&remark)), "{table:?}");
            assert!(!table.all("HUB").contains(&&*other.id().to_string()));
        }
        drop(stop);
        busy.wait().unwrap();
        let table = client.table("hubs");
        assert!(table.all("HUB").contains(&&*other.id().to_string()));
        other.shutdown(Duration::ZERO);
    });
}

#[test]
fn nothing_is_killed_without_permission() {
    check(|| {
        let door = open();
        let sleeper = sleeper!("spared");
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
        let sleeper = sleeper!("doomed");
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
                let _noted = eventlet_tests::OnDrop(move || flag.set(true));
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

/// All commands are there at once, so it never has to wait before it answers.
#[test]
fn a_console_that_has_never_waited_is_listed() {
    check(|| {
        let (here, mut there) = UnixStream::pair().unwrap();
        there.write_all(b"threads\nquit\n").unwrap();
        let console = spawn(move || Backdoor::new().console(here));
        let mut client = Client::on(there);
        let table = Table::of(&client.read_to_prompt());
        assert_eq!(table.get("ID", console.id(), "STATE"), "running");
        console.wait().unwrap().unwrap();
    });
}

#[test]
fn one_stream_is_enough() {
    check(|| {
        let (here, there) = UnixStream::pair().unwrap();
        let console = spawn(move || Backdoor::new().console(here));
        let mut client = Client::on(there);
        assert!(client.ask("threads").starts_with("ID"));
        client.send(b"quit\nthreads\n");
        console.wait().unwrap().unwrap();
        assert_eq!(client.read_to_end().unwrap(), "");
    });
}

//! What consoles show.

use std::io::Write;
use std::sync::mpsc;
use std::time::Duration;

use eventlet::backdoor::Backdoor;
use eventlet::debug::pause_clock;
use eventlet::green::os::unix::net::UnixStream;
use eventlet::{Builder, Event, GreenPool, Timeout, current, hubs, sleep, spawn};
use eventlet_tests::console::{Client, Table, open, sleeper};
use eventlet_tests::{check, ms, yield_now};

#[test]
fn threads_are_listed_with_what_they_wait_for() {
    check(|| {
        let door = open();
        let waiting = sleeper("waiting one");
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
        let before = sleeper("before");
        let door = open();
        let old = sleeper("old");
        sleep(Duration::from_secs(10));
        let young = sleeper("young");
        sleep(ms(2500));
        let newest = sleeper("newest");
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

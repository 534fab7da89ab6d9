//! Doors: who may come in, how many, what they may send, and what is left when they are closed.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;

use eventlet::backdoor::{Address, Backdoor, Running};
use eventlet::debug::pause_clock;
use eventlet::green::net::TcpStream;
use eventlet::{connect, hubs, listen, sleep, spawn};
use eventlet_tests::console::{Client, PROMPT};
use eventlet_tests::net::Random;
use eventlet_tests::{check, child, ms, yield_now};

fn open() -> (Running, SocketAddr) {
    let door = Backdoor::new().listen("127.0.0.1:0").unwrap();
    let Address::Tcp(address) = *door.address() else { panic!("{door:?}") };
    (door, address)
}

/// Lets the door notice who has come or gone.
fn settle(door: &Running, n_consoles: usize) {
    while door.consoles() != n_consoles {
        sleep(ms(1));
    }
}

#[test]
fn only_this_machine_may_come_in() {
    check(|| {
        for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            let refused = Backdoor::new().listen(address).unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::PermissionDenied);
            assert!(refused.to_string().contains("dangerously_allow_any_address"), "{refused}");
        }
        let listener = listen("0.0.0.0:0").unwrap();
        let refused = Backdoor::new().serve(listener).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::PermissionDenied);

        for address in ["127.0.0.1:0", "127.0.0.2:0", "[::1]:0", "localhost:0"] {
            drop(Backdoor::new().listen(address).unwrap());
        }
        let door = Backdoor::new().dangerously_allow_any_address(true).listen("0.0.0.0:0").unwrap();
        let Address::Tcp(address) = *door.address() else { panic!("{door:?}") };
        Client::on(connect(("127.0.0.1", address.port())).unwrap());
    });
}

/// Not even for a moment: everything is looked at before anything is opened.
#[test]
fn one_address_of_several_is_enough_to_refuse() {
    check(|| {
        let addresses: [SocketAddr; 2] =
            ["127.0.0.1:0".parse().unwrap(), "192.0.2.1:0".parse().unwrap()];
        let refused = Backdoor::new().listen(&addresses[..]).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::PermissionDenied);
    });
}

#[test]
fn many_consoles_do_not_disturb_each_other() {
    check(|| {
        let (door, _) = open();
        let mut clients: Vec<_> = (0..20).map(|_| Client::of(&door)).collect();
        assert_eq!(door.consoles(), 20);
        // Each is in the middle of a line of its own.
        clients.iter_mut().for_each(|client| client.send(b"threa"));
        for client in clients.iter_mut().rev() {
            let table = client.table("ds");
            assert_eq!(
                table.all("NAME").iter().filter(|name| **name == "backdoor console").count(),
                20
            );
        }
        drop(clients);
        settle(&door, 0);
    });
}

#[test]
fn one_console_too_many_is_told_so() {
    check(|| {
        let door = Backdoor::new().consoles(2).listen("127.0.0.1:0").unwrap();
        let Address::Tcp(address) = *door.address() else { panic!("{door:?}") };
        let clients = [Client::of(&door), Client::of(&door)];
        let mut text = String::new();
        connect(address).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "error: 2 consoles are open, and no more are allowed\n");
        drop(clients);
        settle(&door, 0);
        Client::of(&door);
    });
}

#[test]
fn clients_that_vanish_leave_nothing() {
    check(|| {
        let (door, address) = open();
        for turn in 0..100 {
            let mut client = connect(address).unwrap();
            match turn % 4 {
                0 => {}
                1 => client.write_all(b"thre").unwrap(),
                2 => client.write_all(b"threads\nhelp\n").unwrap(),
                // Something that is not read makes the system reset the connection.
                _ => yield_now(),
            }
        }
        settle(&door, 0);
        assert!(Client::of(&door).ask("threads").starts_with("ID"));
        settle(&door, 0);
        assert_eq!(hubs::get_hub().stats().green_threads, 1);
    });
}

#[test]
fn whatever_is_sent_the_console_goes_on() {
    check(|| {
        let (door, _) = open();
        let mut client = Client::of(&door);
        assert_eq!(client.ask(""), "");
        assert_eq!(client.ask("  \t "), "");
        assert_eq!(
            client.ask("frobnicate now"),
            "error: there is no command `frobnicate`; try `help`\n"
        );
        let long = format!("x{}", " y".repeat(100_000));
        assert_eq!(client.ask(&long), "error: a line may have 4096 bytes\n");
        let clipped = client.ask(&"x".repeat(4096));
        assert_eq!(
            clipped,
            format!("error: there is no command `{}`; try `help`\n", "x".repeat(40))
        );
        // Telnet: will naws, do echo, a window size, and its way to end a line.
        client.send(b"\xff\xfb\x1f\xff\xfd\x01\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0threads\r\0");
        assert!(client.read_to_prompt().starts_with("ID"));
        assert!(client.ask("threads\r").starts_with("ID"));
        assert!(client.ask("\u{1b}[2J").starts_with("error: there is no command `\\u{1b}[2J`"));
    });
}

/// Whatever the noise is, it is answered by lines of printable text, and help is still to be had.
#[test]
fn noise_is_answered_in_plain_text() {
    check(|| {
        let (door, _) = open();
        for seed in 0..20 {
            let mut random = Random::new(seed);
            let mut noise: Vec<u8> = (0..20_000).map(|_| random.next() as u8).collect();
            // Neither the end of the input, nor the beginning of telnet's details.
            noise.iter_mut().filter(|byte| [4, 255].contains(byte)).for_each(|byte| *byte = b'\n');
            noise.extend_from_slice(b"\nhelp\nquit\n");
            let mut client = Client::of(&door);
            client.send(&noise);
            let text = client.read_to_end().unwrap();
            assert!(text.contains("COMMAND"), "{text}");
            assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text}");
        }
        settle(&door, 0);
    });
}

/// A page in a browser can make it send a request here, with commands as its body.
#[test]
fn a_browser_is_turned_away() {
    check(|| {
        let door = Backdoor::new().allow_kill(true).listen("127.0.0.1:0").unwrap();
        let victim = spawn(|| sleep(std::time::Duration::from_secs(3600)));
        let mut client = Client::of(&door);
        let id = victim.id();
        let request = format!("POST / HTTP/1.1\r\nHost: x\r\n\r\nkill {id}\nkill {id}\n");
        client.send(request.as_bytes());
        let mut text = String::new();
        // What it has not read may make the system reset the connection.
        match client.read_to_end() {
            Ok(rest) => text.push_str(&rest),
            Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
        }
        assert!(!text.contains(PROMPT) && !victim.is_dead(), "{text}");
        victim.kill();
        settle(&door, 0);
    });
}

/// One that takes nothing holds nobody else up, and is given up when nothing could be sent for half a
/// minute.
#[test]
fn a_client_that_reads_nothing_is_given_up() {
    check(|| {
        let (door, address) = open();
        let mut slow = connect(address).unwrap();
        // Answers to these do not fit into what the sockets hold.
        let flood = "help\n".repeat(4_000_000);
        let mut writer = slow.try_clone().unwrap();
        let writing = spawn(move || writer.write_all(flood.as_bytes()));
        let mut other = Client::of(&door);
        for _ in 0..100 {
            assert!(other.ask("threads").starts_with("ID"));
        }
        assert_eq!(door.consoles(), 2);
        drop(other);
        settle(&door, 1);
        pause_clock();
        settle(&door, 0);
        assert!(writing.wait().unwrap().is_err());
        let _ = slow.read_to_end(&mut Vec::new());
    });
}

#[test]
fn the_end_of_the_input_ends_the_console() {
    check(|| {
        let (door, address) = open();
        let mut stream = connect(address).unwrap();
        stream.write_all(b"threads\ngroups").unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert_eq!(text.matches(PROMPT).count(), 3);
        assert!(text.contains("COUNT"), "{text}");
        let mut client = Client::of(&door);
        client.send(b"\x04");
        assert_eq!(client.read_to_end().unwrap(), "");
        settle(&door, 0);
    });
}

#[test]
fn closing_the_door_closes_its_consoles() {
    check(|| {
        let (door, address) = open();
        let mut clients = [Client::of(&door), Client::of(&door)];
        door.close();
        assert_eq!(hubs::get_hub().stats().green_threads, 0);
        for client in &mut clients {
            assert_eq!(client.read_to_end().unwrap(), "");
        }
        assert!(TcpStream::connect(address).is_err());
    });
}

/// In the middle of an answer, too.
#[test]
fn a_door_may_be_closed_from_within() {
    check(|| {
        let shared = std::rc::Rc::new(std::cell::RefCell::new(None::<Running>));
        let theirs = shared.clone();
        let door = Backdoor::new().command("close", "closes the door", move |_, _| {
            let door = theirs.take();
            drop(door);
            Ok::<_, String>(())
        });
        let door = door.listen("127.0.0.1:0").unwrap();
        let mut client = Client::of(&door);
        *shared.borrow_mut() = Some(door);
        client.send(b"close\n");
        assert_eq!(client.read_to_end().unwrap(), "");
        yield_now();
    });
}

#[test]
fn an_open_door_does_not_keep_the_program() {
    let ended = child::Child::new().run(|| {
        let (door, address) = open();
        let client = Client::on(connect(address).unwrap());
        // What `main` does when it returns without closing anything.
        std::mem::forget((door, client));
    });
    ended.expect_success();
}

/// The door is closed by the unwind of whoever holds it.
#[test]
fn a_door_is_closed_by_a_panic() {
    check(|| {
        let address = std::rc::Rc::new(std::cell::Cell::new(None));
        let theirs = address.clone();
        let holder = spawn(move || {
            let (_door, address) = open();
            theirs.set(Some(address));
            let _client = Client::on(connect(address).unwrap());
            panic!("on purpose");
        });
        assert!(holder.wait().unwrap_err().is_panic());
        yield_now();
        assert!(connect(address.get().unwrap()).is_err());
    });
}

//! `echoserver`, `scaling`, `forwarder` and `chat_server`, with clients of std's, Python's, nc and
//! curl.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;

use super::examples_program::{Program, client_of};

/// Connects 100 sockets to the port in its argument, and talks to them in turns.
const PYTHON_CLIENTS: &str = r#"
import socket, sys
port = int(sys.argv[1])
clients = [socket.create_connection(("127.0.0.1", port), 30) for _ in range(100)]
for turn in range(10):
    for id, client in enumerate(clients):
        client.sendall(b"client %d turn %d\n" % (id, turn))
    for id, client in reversed(list(enumerate(clients))):
        line = client.makefile("rb").readline()
        assert line == b"client %d turn %d\n" % (id, turn), line
print("all came back")
"#;

#[test]
fn echoserver_serves_clients_in_any_order() {
    echo_in_any_order(&Program::example("echoserver", &["127.0.0.1:0"]));
}

#[test]
fn echoserver_serves_with_two_hubs() {
    echo_in_any_order(&Program::example("echoserver", &["127.0.0.1:0", "2"]));
}

fn echo_in_any_order(server: &Program) {
    let address = server.address();
    let mut clients: Vec<_> = (0..50).map(|_| client_of(address)).collect();
    for (id, client) in clients.iter_mut().enumerate() {
        client.write_all(&[id as u8; 3000]).unwrap();
    }
    for (id, client) in clients.iter_mut().enumerate().rev() {
        let mut reply = [255; 3000];
        client.read_exact(&mut reply).unwrap();
        assert_eq!(reply, [id as u8; 3000]);
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(client.read(&mut reply).unwrap(), 0);
    }
}

#[test]
fn echoserver_waits_for_a_client_that_does_not_read_yet() {
    let server = Program::example("echoserver", &["127.0.0.1:0"]);
    let address = server.address();
    let mut client = client_of(address);
    // More than the sockets hold, so that the server has to wait in the middle.
    let sent: Vec<u8> = (0..8_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut writing = client.try_clone().unwrap();
    let to_send = sent.clone();
    let writer = thread::spawn(move || {
        writing.write_all(&to_send).unwrap();
        writing.shutdown(Shutdown::Write).unwrap();
    });
    // Another client is served meanwhile.
    let mut other = client_of(address);
    other.write_all(b"x").unwrap();
    other.read_exact(&mut [0]).unwrap();

    let mut received = Vec::new();
    client.read_to_end(&mut received).unwrap();
    writer.join().unwrap();
    assert!(received == sent, "{} of {} bytes", received.len(), sent.len());
}

#[test]
fn echoserver_outlives_clients_that_vanish() {
    let server = Program::example("echoserver", &["127.0.0.1:0"]);
    let address = server.address();
    for _ in 0..20 {
        let mut client = client_of(address);
        client.write_all(&[0; 100_000]).unwrap();
        // What it has not read makes the kernel reset the connection.
        drop(client);
    }
    let mut client = client_of(address);
    client.write_all(b"x").unwrap();
    client.read_exact(&mut [0]).unwrap();
}

#[test]
fn echoserver_serves_python() {
    let server = Program::example("echoserver", &["127.0.0.1:0"]);
    let port = server.address().port().to_string();
    if let Some(clients) = Program::tool("python3", &["-c", PYTHON_CLIENTS, &port]) {
        assert_eq!(clients.output(), "all came back\n");
    }
}

#[test]
fn echoserver_serves_nc() {
    let server = Program::example("echoserver", &["127.0.0.1:0"]);
    let port = server.address().port().to_string();
    if let Some(mut client) = Program::tool("nc", &["-N", "127.0.0.1", &port]) {
        client.say("one\n");
        assert_eq!(client.line(), "one");
        client.say("two\n");
        assert_eq!(client.line(), "two");
        assert_eq!(client.output(), "");
    }
}

#[test]
fn forwarder_passes_both_directions_and_their_ends() {
    let (target, forwarder) = forwarder_to(|mut stream| {
        stream.write_all(b"welcome\n").unwrap();
        let mut request = String::new();
        stream.read_to_string(&mut request).unwrap();
        write!(stream, "{} bytes", request.len()).unwrap();
    });
    let address = forwarder.address();
    for _ in 0..3 {
        let mut reader = BufReader::new(client_of(address));
        let mut answer = String::new();
        reader.read_line(&mut answer).unwrap();
        assert_eq!(answer, "welcome\n");
        reader.get_ref().write_all(&[b'x'; 500_000]).unwrap();
        // Only when it has seen this end the target answers, and that still comes back.
        reader.get_ref().shutdown(Shutdown::Write).unwrap();
        answer.clear();
        reader.read_to_string(&mut answer).unwrap();
        assert_eq!(answer, "500000 bytes", "through {address} to {target}");
    }
}

#[test]
fn forwarder_hangs_up_if_the_target_is_not_there() {
    // Nobody else gets this port while it is bound, and nobody listens at it.
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let forwarder = Program::example("forwarder", &["127.0.0.1:0", &unused.to_string()]);
    let address = forwarder.address();
    for _ in 0..2 {
        let end = client_of(address).read(&mut [0]);
        assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
    }
}

#[test]
fn forwarder_carries_curl() {
    let (_, forwarder) = forwarder_to(|stream| {
        let mut reader = BufReader::new(&stream);
        let mut line = String::new();
        while reader.read_line(&mut line).unwrap() > 2 {
            line.clear();
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: close\r\n\r\n";
        writeln!(&stream, "{head}hello, curl").unwrap();
    });
    let url = format!("http://{}/", forwarder.address());
    let arguments = ["--silent", "--noproxy", "*", "--max-time", "30", &url];
    if let Some(curl) = Program::tool("curl", &arguments) {
        assert_eq!(curl.output(), "hello, curl\n");
    }
}

/// A forwarder to a server that handles each connection in `serve`.
fn forwarder_to(serve: fn(TcpStream)) -> (SocketAddr, Program) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = listener.local_addr().unwrap();
    thread::spawn(move || listener.incoming().for_each(|stream| serve(stream.unwrap())));
    let forwarder = Program::example("forwarder", &["127.0.0.1:0", &target.to_string()]);
    (target, forwarder)
}

/// Someone in the chat.
struct Guest {
    reader: BufReader<TcpStream>,
    name: SocketAddr,
}

impl Guest {
    /// Enters, and waits until the others that are there have been told.
    fn enter(server: SocketAddr, others: &mut [&mut Guest]) -> Self {
        let stream = client_of(server);
        let name = stream.local_addr().unwrap();
        for other in others {
            assert_eq!(other.hears(), format!("{name} joins"));
        }
        Guest { reader: BufReader::new(stream), name }
    }

    fn says(&mut self, line: &str) {
        self.reader.get_mut().write_all(line.as_bytes()).unwrap();
    }

    fn hears(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

#[test]
fn chat_server_passes_lines_to_the_others() {
    let server = Program::example("chat_server", &["127.0.0.1:0"]);
    let address = server.address();
    let mut ann = Guest::enter(address, &mut []);
    let mut bob = Guest::enter(address, &mut [&mut ann]);
    let mut cid = Guest::enter(address, &mut [&mut ann, &mut bob]);

    ann.says("hello\nhow are you?\n");
    for other in [&mut bob, &mut cid] {
        assert_eq!(other.hears(), format!("{} says: hello", ann.name));
        assert_eq!(other.hears(), format!("{} says: how are you?", ann.name));
    }
    bob.says("fine\n");
    // The first that she hears after their arrivals is not what she has said herself.
    assert_eq!(ann.hears(), format!("{} says: fine", bob.name));
    assert_eq!(cid.hears(), format!("{} says: fine", bob.name));

    let gone = bob.name;
    drop(bob);
    assert_eq!(ann.hears(), format!("{gone} leaves"));
    assert_eq!(cid.hears(), format!("{gone} leaves"));
}

#[test]
fn chat_server_goes_on_when_someone_does_not_read() {
    let server = Program::example("chat_server", &["127.0.0.1:0"]);
    let address = server.address();
    let mut ann = Guest::enter(address, &mut []);
    let mut bob = Guest::enter(address, &mut [&mut ann]);
    let mut deaf = Guest::enter(address, &mut [&mut ann, &mut bob]);

    let line = "x".repeat(4000);
    let mut is_thrown_out = false;
    while !is_thrown_out {
        ann.says(&format!("{line}\n"));
        let heard = bob.hears();
        is_thrown_out = heard.starts_with(&deaf.name.to_string());
        assert!(is_thrown_out || heard == format!("{} says: {line}", ann.name), "{heard}");
    }
    // It had been told everything, in order, up to some point.
    let mut rest = Vec::new();
    let _ = deaf.reader.read_to_end(&mut rest);
    let whole = format!("{} says: {line}\n", ann.name);
    let n_lines = rest.len() / whole.len();
    assert!(rest.starts_with(whole.repeat(n_lines).as_bytes()), "{n_lines} lines");
    assert!(n_lines > 10, "{n_lines} lines");
}

#[test]
fn chat_server_talks_to_nc_and_python() {
    let server = Program::example("chat_server", &["127.0.0.1:0"]);
    let address = server.address();
    let mut ann = Guest::enter(address, &mut []);
    let port = address.port().to_string();
    if let Some(mut nc) = Program::tool("nc", &["-N", "127.0.0.1", &port]) {
        assert!(ann.hears().ends_with(" joins"));
        ann.says("hello, nc\n");
        assert_eq!(nc.line(), format!("{} says: hello, nc", ann.name));
        nc.say("hello, ann\n");
        assert!(ann.hears().ends_with(" says: hello, ann"));
        nc.output();
        assert!(ann.hears().ends_with(" leaves"));
    }
    let script = "import socket, sys; \
                  chat = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 30); \
                  chat.sendall(b'hello from Python\\n'); \
                  print(chat.makefile().readline(), end='')";
    if let Some(python) = Program::tool("python3", &["-c", script, &port]) {
        assert!(ann.hears().ends_with(" joins"));
        assert!(ann.hears().ends_with(" says: hello from Python"));
        ann.says("hello, Python\n");
        assert_eq!(python.output(), format!("{} says: hello, Python\n", ann.name));
        assert!(ann.hears().ends_with(" leaves"));
    }
}

/// Both numbers of hubs serve; how fast is for another day.
#[test]
fn scaling_measures_one_hub_and_two() {
    let text = Program::example("scaling", &["2", "0.3"]).output();
    for line in ["hubs: 1", "hubs: 2", "  load: "] {
        assert!(text.contains(line), "{text}");
    }
    let rates = text.lines().filter_map(|line| line.strip_prefix("  echoes/s: "));
    let rates: Vec<f64> =
        rates.map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert!(rates.len() == 2 && rates.iter().all(|rate| *rate > 100.0), "{text}");
}

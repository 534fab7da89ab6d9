//! Globs of std's preludes bring in what they bring in.
#![deny(warnings)]

use eventlet::green;

#[green]
mod patched {
    use std::io::prelude::*;
    use std::net::TcpStream;
    use std::os::unix::prelude::*;
    use std::prelude::v1::*;

    pub fn descriptor(stream: &TcpStream) -> RawFd {
        stream.as_raw_fd()
    }

    pub fn exchange() -> std::io::Result<String> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        let mut client = TcpStream::connect(listener.local_addr()?)?;
        assert!(descriptor(&client) > 2);
        let server = std::thread::spawn(move || -> std::io::Result<()> {
            let (stream, _) = listener.accept()?;
            for line in std::io::BufReader::new(&stream).lines() {
                writeln!(&stream, "{}!", line?)?;
            }
            Ok(())
        });
        client.write_all(b"hello\n")?;
        client.shutdown(std::net::Shutdown::Write)?;
        let mut answer = String::new();
        client.read_to_string(&mut answer)?;
        server.join().unwrap().map(|()| answer)
    }
}

fn main() {
    assert_eq!(patched::exchange().unwrap(), "hello!\n");
}

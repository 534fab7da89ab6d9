//! Reading and writing pipes, sockets, terminals and other descriptors as std and C programs do.

use std::fs::File;
use std::io::{self, ErrorKind, IoSlice, PipeReader, PipeWriter, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use eventlet_monkey_tests::{at_once, c, check};
use eventlet_tests::net::pattern;
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{ms, sys, timed};

const N: usize = 200;

/// Runs the body of a test in a patched process, where there is a hub.
fn check_patched(body: impl FnOnce()) {
    eventlet::monkey_patch();
    eventlet_tests::check(body);
}

#[test]
fn many_pipes_at_once() {
    check(|| {
        let pipes: Vec<_> = (0..N).map(|_| io::pipe().unwrap()).collect();
        let (readers, writers): (Vec<_>, Vec<_>) = pipes.into_iter().unzip();
        let writer = thread::spawn(move || {
            thread::sleep(ms(500));
            writers.into_iter().for_each(|mut writer| writer.write_all(b"pipe").unwrap());
        });
        let run = at_once(N, |i| {
            let mut text = String::new();
            (&readers[i]).read_to_string(&mut text).unwrap();
            text
        });
        assert!(run.like_the_slowest(ms(400)).iter().all(|text| text == "pipe"));
        writer.join().unwrap();
    });
}

#[test]
fn many_children_at_once() {
    check(|| {
        let children: Vec<_> = (0..N)
            .map(|_| {
                let mut cat = Command::new("cat");
                cat.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        let children: Vec<_> = children.into_iter().map(Mutex::new).collect();
        let run = at_once(N, |i| {
            let mut child = children[i].try_lock().unwrap();
            let (mut stdin, mut stdout) =
                (child.stdin.take().unwrap(), child.stdout.take().unwrap());
            for round in 0..3 {
                let line = format!("{i} {round}\n");
                stdin.write_all(line.as_bytes()).unwrap();
                let mut answer = vec![0; line.len()];
                stdout.read_exact(&mut answer).unwrap();
                assert_eq!(answer, line.as_bytes());
            }
            drop(stdin);
            assert_eq!(stdout.read(&mut [0; 8]).unwrap(), 0);
        });
        assert_eq!(run.results.len(), N);
        children.into_iter().for_each(|child| {
            child.into_inner().unwrap().wait().unwrap();
        });
    });
}

/// A writer and a reader of `bytes` on one OS thread, far more than fits between them.
fn transfer(
    mut reader: impl Read + 'static,
    mut writer: impl Write + 'static,
    write: fn(&mut dyn Write, &[u8]),
) {
    let bytes = pattern(7, 1 << 20);
    let copy = bytes.clone();
    let write = eventlet::spawn(move || write(&mut writer, &copy));
    let mut received = vec![0; bytes.len()];
    reader.read_exact(&mut received).unwrap();
    assert!(received == bytes);
    write.wait().unwrap();
}

/// One call writes all of it.
fn in_one_call(writer: &mut dyn Write, bytes: &[u8]) {
    assert_eq!(writer.write(bytes).unwrap(), bytes.len());
}

/// One call writes all of it, from buffers of many lengths.
fn from_many_buffers(writer: &mut dyn Write, bytes: &[u8]) {
    let (mut buffers, mut rest) = (Vec::new(), bytes);
    while !rest.is_empty() && buffers.len() < 1000 {
        let (first, others) = rest.split_at((buffers.len() * 37 % 3000).min(rest.len()));
        buffers.push(IoSlice::new(first));
        rest = others;
    }
    buffers.push(IoSlice::new(rest));
    assert_eq!(writer.write_vectored(&buffers).unwrap(), bytes.len());
}

#[test]
fn a_write_is_not_cut_short() {
    check_patched(|| {
        for write in [in_one_call, from_many_buffers] {
            let (reader, writer) = io::pipe().unwrap();
            transfer(reader, writer, write);
            let (reader, writer) = UnixStream::pair().unwrap();
            // As a file, so that it is `read` and `write` that are called.
            transfer(File::from(OwnedFd::from(reader)), File::from(OwnedFd::from(writer)), write);
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let writer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            let (reader, _) = listener.accept().unwrap();
            transfer(File::from(OwnedFd::from(reader)), File::from(OwnedFd::from(writer)), write);
        }
    });
}

#[test]
fn writes_of_a_page_are_not_torn() {
    const PAGE: usize = libc::PIPE_BUF;
    const ROUNDS: usize = 100;
    check_patched(|| {
        let (mut reader, writer) = io::pipe().unwrap();
        let writers: Vec<_> = (1..=8)
            .map(|i: u8| {
                let mut writer = writer.try_clone().unwrap();
                eventlet::spawn(move || {
                    for _ in 0..ROUNDS {
                        assert_eq!(writer.write(&[i; PAGE]).unwrap(), PAGE);
                    }
                })
            })
            .collect();
        drop(writer);
        let mut page = [0; PAGE];
        for _ in 0..ROUNDS * writers.len() {
            reader.read_exact(&mut page).unwrap();
            assert!(page.iter().all(|&byte| byte == page[0]));
        }
        assert_eq!(reader.read(&mut page).unwrap(), 0);
        writers.into_iter().for_each(|writer| writer.wait().unwrap());
    });
}

#[test]
fn the_reader_goes_away() {
    check_patched(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        let write = eventlet::spawn(move || {
            let first = writer.write(&[1; 1 << 20]);
            (first, writer.write(&[1]).map_err(|error| error.kind()))
        });
        eventlet::sleep(Duration::ZERO);
        drop(reader);
        let (first, second) = write.wait().unwrap();
        // What fits into a pipe was taken before.
        assert!(first.is_ok_and(|n| 0 < n && n < 1 << 20));
        assert_eq!(second, Err(ErrorKind::BrokenPipe));
    });
}

#[test]
fn what_the_program_has_made_nonblocking_does_not_wait() {
    check_patched(|| {
        let (mut reader, mut writer) = io::pipe().unwrap();
        sys::set_nonblocking(&reader);
        sys::set_nonblocking(&writer);
        assert_eq!(reader.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
        let n_written = writer.write(&[1; 1 << 20]).unwrap();
        assert!(0 < n_written && n_written < 1 << 20);
        assert_eq!(writer.write(&[1]).unwrap_err().kind(), ErrorKind::WouldBlock);

        let (mut socket, _peer) = UnixStream::pair().unwrap();
        socket.set_nonblocking(true).unwrap();
        assert_eq!(
            c::read(socket.as_raw_fd(), &mut [0]).unwrap_err().kind(),
            ErrorKind::WouldBlock
        );
        assert!(socket.write(&[1; 1 << 20]).unwrap() < 1 << 20);
    });
}

#[test]
fn timeouts_of_sockets_hold_for_read_and_write() {
    check_patched(|| {
        let (socket, _peer) = UnixStream::pair().unwrap();
        socket.set_read_timeout(Some(ms(20))).unwrap();
        socket.set_write_timeout(Some(ms(30))).unwrap();
        let fd = socket.as_raw_fd();
        let error = timed(ms(20), || c::read(fd, &mut [0]).unwrap_err());
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        let n_written = timed(ms(30), || c::write(fd, &[1; 1 << 20]).unwrap());
        assert!(0 < n_written && n_written < 1 << 20);
    });
}

#[test]
fn flags_of_what_a_child_shares_stay() {
    /// Prints the flags of its standard input and output, in octal, while its parent waits for it.
    const PRINT: &str =
        "sleep 0.1; for fd in 0 1; do grep flags /proc/self/fdinfo/$fd; done >&2; cat";
    check_patched(|| {
        let mut child = Command::new("sh");
        let child = child.args(["-c", PRINT]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = child.stderr(Stdio::piped()).spawn().unwrap();
        let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        // Both wait, in this process, before the child looks.
        let write = eventlet::spawn(move || stdin.write_all(&[1; 1 << 18]).unwrap());
        let read = eventlet::spawn(move || io::copy(&mut stdout, &mut io::sink()).unwrap());
        let mut flags = String::new();
        child.stderr.take().unwrap().read_to_string(&mut flags).unwrap();
        write.wait().unwrap();
        assert_eq!(read.wait().unwrap(), 1 << 18);
        assert!(child.wait().unwrap().success());
        let flags: Vec<_> =
            flags.lines().map(|line| line.split_whitespace().last().unwrap()).collect();
        assert_eq!(flags.len(), 2);
        for flags in flags {
            let flags = i32::from_str_radix(flags, 8).unwrap();
            assert_eq!(flags & libc::O_NONBLOCK, 0, "{flags:o}");
        }
    });
}

#[test]
fn terminals() {
    check_patched(|| {
        let (mut master, mut slave) = sys::terminal();
        let read = eventlet::spawn(move || {
            let mut line = [0; 16];
            let n = slave.read(&mut line).unwrap();
            slave.write_all(b"done").unwrap();
            line[..n].to_vec()
        });
        eventlet::sleep(Duration::ZERO);
        master.write_all(b"line\n").unwrap();
        assert_eq!(read.wait().unwrap(), b"line\n");
        let mut echo = Vec::new();
        while !echo.ends_with(b"done") {
            let mut byte = [0];
            master.read_exact(&mut byte).unwrap();
            echo.extend(byte);
        }
    });
}

#[test]
fn counters() {
    check_patched(|| {
        let event = c::eventfd(0);
        let fd = event.as_raw_fd();
        let read = eventlet::spawn(move || {
            let mut count = [0; 8];
            assert_eq!(c::read(fd, &mut count).unwrap(), 8);
            u64::from_ne_bytes(count)
        });
        eventlet::sleep(Duration::ZERO);
        assert_eq!(c::write(fd, &5u64.to_ne_bytes()).unwrap(), 8);
        assert_eq!(read.wait().unwrap(), 5);
        // The counter is full, and a write waits until it is read.
        c::write(fd, &(u64::MAX - 1).to_ne_bytes()).unwrap();
        let write = eventlet::spawn(move || c::write(fd, &1u64.to_ne_bytes()).unwrap());
        eventlet::sleep(Duration::ZERO);
        assert!(!write.is_dead());
        c::read(fd, &mut [0; 8]).unwrap();
        assert_eq!(write.wait().unwrap(), 8);
    });
}

#[test]
fn timers_and_news_of_files() {
    check_patched(|| {
        let (_timer, n_expirations) = timed(ms(20), || {
            let timer = c::timer(ms(20));
            let fd = timer.as_raw_fd();
            let read = eventlet::spawn(move || {
                let mut n_expirations = [0; 8];
                assert_eq!(c::read(fd, &mut n_expirations).unwrap(), 8);
                u64::from_ne_bytes(n_expirations)
            });
            (timer, read.wait().unwrap())
        });
        assert_eq!(n_expirations, 1);

        let scratch = Scratch::new();
        let news = c::news_of(scratch.dir());
        let fd = news.as_raw_fd();
        let read = eventlet::spawn(move || c::read(fd, &mut [0; 1024]).unwrap());
        eventlet::sleep(Duration::ZERO);
        assert!(!read.is_dead());
        scratch.file("news", b"");
        assert!(read.wait().unwrap() > 0);
    });
}

#[test]
fn fifos() {
    check_patched(|| {
        let scratch = Scratch::new();
        let path = scratch.fifo("fifo");
        // Opened for both, so that neither waits for the other.
        let open = || File::options().read(true).write(true).open(&path).unwrap();
        let (mut reader, mut writer) = (open(), open());
        let read = eventlet::spawn(move || {
            let mut byte = [0];
            reader.read_exact(&mut byte).unwrap();
            byte
        });
        eventlet::sleep(Duration::ZERO);
        writer.write_all(b"x").unwrap();
        assert_eq!(read.wait().unwrap(), *b"x");
    });
}

#[test]
fn files_are_read_and_written_as_ever() {
    check_patched(|| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        let bytes = pattern(3, 1 << 20);
        let mut file = File::options().create(true).append(true).read(true).open(&path).unwrap();
        assert_eq!(file.write(&bytes).unwrap(), bytes.len());
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_eq!(std::fs::read("/proc/self/comm").unwrap().last(), Some(&b'\n'));
        assert_eq!(
            File::open("/").unwrap().read(&mut [0]).unwrap_err().kind(),
            ErrorKind::IsADirectory
        );
        let mut zeros = [1; 64];
        File::open("/dev/zero").unwrap().read_exact(&mut zeros).unwrap();
        assert_eq!(zeros, [0; 64]);
        assert_eq!(
            File::options().write(true).open("/dev/null").unwrap().write(&[0; 9]).unwrap(),
            9
        );
        assert_eq!(
            File::options()
                .write(true)
                .open("/dev/full")
                .unwrap()
                .write(&[0])
                .unwrap_err()
                .raw_os_error(),
            Some(libc::ENOSPC)
        );
    });
}

#[test]
fn a_number_is_used_again_for_another_kind() {
    check_patched(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", b"on a disk");
        // The same number each time: it is free, and the lowest one.
        let (spare, writer): (PipeReader, PipeWriter) = io::pipe().unwrap();
        let place = spare.as_raw_fd();
        let mut byte = [0];
        for _ in 0..3 {
            let (reader, mut other) = io::pipe().unwrap();
            other.write_all(b"p").unwrap();
            c::dup2(&reader, place).unwrap();
            assert_eq!((c::read(place, &mut byte).unwrap(), byte), (1, *b"p"));

            let (socket, mut other) = UnixStream::pair().unwrap();
            other.write_all(b"s").unwrap();
            c::dup2(&socket, place).unwrap();
            assert_eq!((c::read(place, &mut byte).unwrap(), byte), (1, *b"s"));

            let mut text = [0; 16];
            c::dup2(&File::open(&path).unwrap(), place).unwrap();
            assert_eq!(c::read(place, &mut text).unwrap(), 9);

            // A pipe again, this time one that makes the reader wait.
            let (reader, mut other) = io::pipe().unwrap();
            c::dup2(&reader, place).unwrap();
            let read = eventlet::spawn(move || c::read(place, &mut [0]).unwrap());
            eventlet::sleep(Duration::ZERO);
            other.write_all(b"w").unwrap();
            assert_eq!(read.wait().unwrap(), 1);
        }
        drop((spare, writer));
    });
}

#[test]
fn errors_are_the_systems() {
    check_patched(|| {
        let (reader, writer) = io::pipe().unwrap();
        let error = |result: io::Result<usize>| result.unwrap_err().raw_os_error().unwrap();
        assert_eq!(error(c::read(-1, &mut [0])), libc::EBADF);
        assert_eq!(error(c::read(writer.as_raw_fd(), &mut [0])), libc::EBADF);
        assert_eq!(error(c::write(reader.as_raw_fd(), &[0])), libc::EBADF);
        assert_eq!(error(c::write(c::eventfd(0).as_raw_fd(), &[0])), libc::EINVAL);
        assert_eq!(c::read(reader.as_raw_fd(), &mut []).unwrap(), 0);
        assert_eq!(c::write(writer.as_raw_fd(), &[]).unwrap(), 0);
        // Success leaves what an earlier error has left, also after a wait.
        let fd = reader.as_raw_fd();
        let read = eventlet::spawn(move || {
            c::set_errno(libc::EXDEV);
            assert_eq!(c::read(fd, &mut [0]).unwrap(), 1);
            c::errno()
        });
        eventlet::sleep(Duration::ZERO);
        c::write(writer.as_raw_fd(), &[0]).unwrap();
        assert_eq!(read.wait().unwrap(), libc::EXDEV);
    });
}

#[test]
fn nothing_at_all_is_refused_by_counters() {
    check(|| {
        let counter = c::eventfd(1);
        let refused = Some(libc::EINVAL);
        let error = c::read(counter.as_raw_fd(), &mut []).unwrap_err();
        assert_eq!(error.raw_os_error(), refused);
        let error = c::write(counter.as_raw_fd(), &[]).unwrap_err();
        assert_eq!(error.raw_os_error(), refused);
        let (reader, writer) = io::pipe().unwrap();
        assert_eq!(c::read(reader.as_raw_fd(), &mut []).unwrap(), 0);
        assert_eq!(c::write(writer.as_raw_fd(), &[]).unwrap(), 0);
    });
}


/// A service that counts the words it is sent, line by line.
pub struct Service {
    counts: Arc<Mutex<HashMap<String, u64>>>,
    started: Instant,
}

impl Service {
    pub fn serve(listener: TcpListener, limit: Duration) -> io::Result<u64> {
        let service = Service { counts: Arc::default(), started: Instant::now() };
        let (done, finished) = mpsc::channel();
        let mut n_connections = 0;
        for stream in listener.incoming() {
            let (stream, done, counts) = (stream?, done.clone(), Arc::clone(&service.counts));
            n_connections += 1;
            thread::spawn(move || {
                let result = Service::connection(stream, &counts);
                let _ = done.send(result.map_err(|error| error.kind()));
            });
            if service.started.elapsed() > limit {
                break;
            }
        }
        drop(done);
        let failed = finished.iter().filter(|result| matches!(result, Err(_))).count() as u64;
        Ok(n_connections - failed)
    }

    fn connection(stream: TcpStream, counts: &Mutex<HashMap<String, u64>>) -> io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        let mut answers = stream.try_clone()?;
        for line in BufReader::new(stream).lines() {
            for word in line?.split_whitespace().map(str::to_lowercase) {
                let mut counts = counts.lock().unwrap();
                let count = counts.entry(word.clone()).or_insert(0);
                *count += 1;
                writeln!(answers, "{word}: {count}")?;
            }
        }
        match std::net::TcpStream::connect(("127.0.0.1", 1)) {
            Ok(other) => other.shutdown(std::net::Shutdown::Both),
            Err(_) => Ok(std::thread::yield_now()),
        }
    }
}

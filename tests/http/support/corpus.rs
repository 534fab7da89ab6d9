//! Reads the corpus of malformed requests: `malformed/*.txt`, whose format `README.md` tells.

use std::fs;
use std::path::Path;

/// A request of the corpus, and what is to come of it.
pub struct Entry {
    /// The name of its file, without the ending.
    pub family: String,
    /// Its name within the file.
    pub name: String,
    /// What the client does.
    pub steps: Vec<Step>,
    /// What the server answers.
    pub replies: Vec<Reply>,
    /// Whether the connection can be used for another request.
    pub survives: bool,
}

/// Something that the client does.
pub enum Step {
    /// Sends bytes.
    Send(Vec<u8>),
    /// Lets the server see what has been sent.
    Pause,
    /// Waits for `100 Continue`.
    AwaitContinue,
    /// Ends its side of the connection.
    End,
}

/// An answer of the server.
#[derive(Clone, Copy)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Whether the application is called for it.
    pub calls_application: bool,
}

impl Entry {
    /// Where the entry is found.
    pub fn title(&self) -> String {
        format!("{}: {}", self.family, self.name)
    }

    /// The statuses of the answers.
    pub fn statuses(&self) -> Vec<u16> {
        self.replies.iter().map(|reply| reply.status).collect()
    }

    /// How often the application is called.
    pub fn n_calls(&self) -> usize {
        self.replies.iter().filter(|reply| reply.calls_application).count()
    }

    /// Whether the server finds something wrong with what the client sends.
    pub fn is_refused(&self) -> bool {
        self.replies.iter().any(|reply| reply.status >= 400)
    }

    /// All that is sent.
    pub fn bytes(&self) -> Vec<u8> {
        let sent = |step: &Step| match step {
            Step::Send(bytes) => bytes.clone(),
            _ => Vec::new(),
        };
        self.steps.iter().flat_map(sent).collect()
    }
}

/// All entries, file by file.
pub fn corpus() -> Vec<Entry> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("malformed");
    let files = fs::read_dir(folder).expect("the corpus is there");
    let mut paths: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    paths.sort();
    paths.iter().flat_map(|path| read(path)).collect()
}

fn read(path: &Path) -> Vec<Entry> {
    let family = path.file_stem().expect("a name").to_string_lossy();
    let text = fs::read_to_string(path).expect("a text");
    let mut entries = Vec::new();
    for paragraph in text.split("\n\n") {
        let mut lines = paragraph.lines().filter(|line| !line.starts_with('#')).peekable();
        if let Some(title) = lines.next() {
            let (name, expected) =
                title.strip_prefix('[').expect(title).split_once("] ").expect(title);
            let (replies, survives) = expectation(expected);
            let (family, name) = (family.to_string(), name.to_owned());
            entries.push(Entry { family, name, steps: steps(lines), replies, survives });
        }
    }
    entries
}

/// What is behind an entry's name: `none` or statuses, and `open` or `closed`.
fn expectation(text: &str) -> (Vec<Reply>, bool) {
    let mut words: Vec<_> = text.split(' ').collect();
    let survives = match words.pop() {
        Some("open") => true,
        Some("closed") => false,
        other => panic!("neither open nor closed: {other:?}"),
    };
    words.retain(|word| *word != "none");
    (words.into_iter().map(reply).collect(), survives)
}

/// A status, with `body:` before it if it is the body that is malformed.
fn reply(word: &str) -> Reply {
    let (in_body, status) = word.strip_prefix("body:").map_or((false, word), |rest| (true, rest));
    let status: u16 = status.parse().expect(word);
    Reply { status, calls_application: in_body || (200..300).contains(&status) }
}

fn steps<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Step> {
    let mut steps = Vec::new();
    for line in lines {
        match (line, steps.last_mut()) {
            ("--", _) => steps.push(Step::Pause),
            ("<continue>", _) => steps.push(Step::AwaitContinue),
            ("<eof>", _) => steps.push(Step::End),
            (_, Some(Step::Send(bytes))) => bytes.extend(unescape(line)),
            _ => steps.push(Step::Send(unescape(line))),
        }
    }
    steps
}

/// The bytes that a line stands for.
fn unescape(line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = line;
    while let Some((before, escape)) = rest.split_once('\\') {
        bytes.extend(before.as_bytes());
        let mut length = 1;
        match escape.as_bytes()[0] {
            b'r' => bytes.push(b'\r'),
            b'n' => bytes.push(b'\n'),
            b't' => bytes.push(b'\t'),
            b's' => bytes.push(b' '),
            b'0' => bytes.push(0),
            b'\\' => bytes.push(b'\\'),
            b'x' => {
                bytes.push(u8::from_str_radix(&escape[1..3], 16).expect(line));
                length = 3;
            }
            b'{' => {
                let (repeated, _) = escape[1..].split_once('}').expect(line);
                let (text, times) = repeated.rsplit_once('*').expect(line);
                bytes.extend(unescape(text).repeat(times.parse().expect(line)));
                length = repeated.len() + 2;
            }
            _ => panic!("an unknown escape: {line}"),
        }
        rest = &escape[length..];
    }
    bytes.extend(rest.as_bytes());
    bytes
}

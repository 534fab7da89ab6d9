//! Requests that are almost requests, made of the corpus at random. `EVENTLET_FUZZ_CASES` says how many,
//! `EVENTLET_FUZZ_SEED` where to begin.

use std::env;

use eventlet::__private::http_requests::{Parsed, parse_head, read_chunked};
use eventlet_http_tests::corpus::corpus;
use eventlet_http_tests::mutate::{Random, mutate};
use eventlet_http_tests::strict::{self, Chunked, Framing};

/// How many cases each test has, unless it is told.
const N_CASES: u64 = 20_000;

fn number(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// How many cases came to what.
#[derive(Default, Debug)]
struct Counts {
    accepted: u64,
    refused: u64,
    unfinished: u64,
}

/// Makes cases of the corpus and has each of them checked. A case that fails is told by its seed.
fn fuzz(seeds: Vec<Vec<u8>>, mut check: impl FnMut(&[u8], &mut Random, &mut Counts)) {
    let (n_cases, first) =
        (number("EVENTLET_FUZZ_CASES", N_CASES), number("EVENTLET_FUZZ_SEED", 0));
    let mut counts = Counts::default();
    for seed in first..first + n_cases {
        let told = Told(seed);
        let mut random = Random::new(seed);
        let mut case = random.pick(&seeds).clone();
        if random.below(16) > 0 {
            mutate(&mut case, &seeds, &mut random);
        }
        check(&case, &mut random, &mut counts);
        std::mem::forget(told);
    }
    println!("{n_cases} cases: {counts:?}");
    let rare = n_cases / 50;
    assert!(
        counts.accepted > rare && counts.refused > rare && counts.unfinished > rare,
        "{counts:?}"
    );
}

/// Tells the seed of a case that panics.
struct Told(u64);

impl Drop for Told {
    fn drop(&mut self) {
        eprintln!("EVENTLET_FUZZ_SEED={} EVENTLET_FUZZ_CASES=1", self.0);
    }
}

/// What entries send, unless it is very much. There are as many well-formed as malformed ones.
fn requests() -> Vec<Vec<u8>> {
    let corpus = corpus();
    let (malformed, well_formed): (Vec<_>, Vec<_>) =
        corpus.iter().partition(|entry| entry.is_refused());
    let well_formed = well_formed.iter().cycle().take(malformed.len());
    let mut requests: Vec<_> = well_formed.chain(&malformed).map(|entry| entry.bytes()).collect();
    requests.retain(|bytes| bytes.len() < 2000);
    requests
}

/// The bodies in chunks that entries send.
fn bodies() -> Vec<Vec<u8>> {
    let body = |bytes: &Vec<u8>| {
        let parsed = parse_head(bytes).ok()??;
        parsed.body.is_none().then(|| bytes[parsed.length..].to_vec())
    };
    requests().iter().filter_map(body).collect()
}

#[test]
fn heads() {
    fuzz(requests(), |case, random, counts| {
        let whole = parse_head(case);
        match &whole {
            Ok(Some(parsed)) => {
                counts.accepted += 1;
                assert_agrees(case, parsed);
                assert_same_again(parsed);
            }
            Ok(None) => {
                counts.unfinished += 1;
                assert_eq!(strict::head(case), None, "{}", case.escape_ascii());
            }
            Err(status) => {
                counts.refused += 1;
                assert!([400, 414, 417, 431, 501, 505].contains(status), "{status}");
            }
        }
        assert_same_in_pieces(case, &whole, random);
    });
}

/// The second reading finds the same.
fn assert_agrees(case: &[u8], parsed: &Parsed) {
    let framing = Framing { head: parsed.length, body: parsed.body };
    assert_eq!(strict::head(case), Some(framing), "{}", case.escape_ascii());
}

/// What has been read is read again from what it says.
fn assert_same_again(parsed: &Parsed) {
    let version = if parsed.is_1_1 { "HTTP/1.1" } else { "HTTP/1.0" };
    let mut again = format!("{} {} {version}\r\n", parsed.method, parsed.target).into_bytes();
    for (name, value) in &parsed.headers {
        again.extend([name, &b": "[..], value, b"\r\n"].concat());
    }
    again.extend(b"\r\n");
    let expected = Parsed { length: again.len(), ..parsed.clone() };
    assert_eq!(parse_head(&again), Ok(Some(expected)), "{}", again.escape_ascii());
}

/// The same comes of it if it is received in pieces: nothing is accepted or refused too early.
fn assert_same_in_pieces(case: &[u8], whole: &Result<Option<Parsed>, u16>, random: &mut Random) {
    for end in random.cuts(case.len()) {
        let part = parse_head(&case[..end]);
        let is_right = match (&part, whole) {
            (Ok(None), _) => true,
            (Ok(Some(_)), _) => part == *whole,
            // Another limit may be passed first.
            (Err(_), whole) => whole.is_err(),
        };
        assert!(is_right, "{end} bytes: {part:?}, whole: {whole:?}: {}", case.escape_ascii());
    }
}

#[test]
fn chunked_bodies() {
    fuzz(bodies(), |case, random, counts| {
        let whole = read_chunked([case]);
        let strictly = strict::chunked(case);
        match (&whole, &strictly) {
            (Ok(Some((body, length))), Chunked::Whole(same_body, same_length)) => {
                counts.accepted += 1;
                assert_eq!((body, length), (same_body, same_length), "{}", case.escape_ascii());
                assert_encoded_again(body);
            }
            (Ok(None), Chunked::Unfinished) => counts.unfinished += 1,
            // An unfinished line may be malformed already, or too long.
            (Err(_), Chunked::Malformed | Chunked::Unfinished) => counts.refused += 1,
            _ => panic!("{whole:?}, but {strictly:?}: {}", case.escape_ascii()),
        }
        let mut pieces = Vec::new();
        let mut start = 0;
        for end in random.cuts(case.len()).into_iter().chain([case.len()]) {
            pieces.push(&case[start..end]);
            start = end;
        }
        assert_eq!(read_chunked(pieces), whole, "{}", case.escape_ascii());
        assert_eq!(read_chunked(case.chunks(1)), whole, "{}", case.escape_ascii());
    });
}

/// What has been read is read again when it is sent as one chunk.
fn assert_encoded_again(body: &[u8]) {
    let mut again = Vec::new();
    if !body.is_empty() {
        again.extend(format!("{:x}\r\n", body.len()).into_bytes());
        again.extend(body);
        again.extend(b"\r\n");
    }
    again.extend(b"0\r\n\r\n");
    assert_eq!(read_chunked([&again[..]]), Ok(Some((body.to_vec(), again.len()))));
}

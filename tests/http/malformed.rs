//! The corpus of malformed requests: each is answered as it says, and none reaches the application
//! that should not.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use eventlet_http_tests::corpus::{Entry, corpus};
use eventlet_http_tests::exchange::{Cuts, Ending, exchange};
use eventlet_http_tests::recorder;
use eventlet_tests::check_within;

/// How long an answer is waited for: far longer than one takes.
const PATIENCE: Duration = Duration::from_secs(10);

const LIMIT: Duration = Duration::from_secs(120);

/// What is wrong with the server's answer to an entry, if anything is.
fn complaint(entry: &Entry, server: SocketAddr, cuts: Cuts) -> Option<String> {
    let outcome = exchange(entry, server, cuts, PATIENCE);
    let ending = if entry.survives { Ending::Open } else { Ending::Closed };
    let is_right = outcome.statuses == entry.statuses()
        && outcome.ending == ending
        && outcome.calls.len() == entry.n_calls()
        && !outcome.calls.iter().any(|path| path.contains("smuggled"));
    let expected = (entry.statuses(), ending, entry.n_calls());
    (!is_right).then(|| format!("{}: expected {expected:?}, was {outcome:?}", entry.title()))
}

fn all_as_expected(cuts: Cuts, is_meant: impl Fn(&Entry) -> bool) {
    check_within(LIMIT, || {
        let (server, address) = recorder::start();
        let entries = corpus().into_iter().filter(is_meant);
        let complaints: Vec<_> =
            entries.filter_map(|entry| complaint(&entry, address, cuts)).collect();
        server.stop();
        assert!(
            complaints.is_empty(),
            "{} are wrong:\n{}",
            complaints.len(),
            complaints.join("\n")
        );
    });
}

#[test]
fn every_entry() {
    all_as_expected(Cuts::Own, |_| true);
}

#[test]
fn every_entry_byte_by_byte() {
    all_as_expected(Cuts::EachByte, |entry| entry.bytes().len() <= 1000);
}

#[test]
fn the_corpus_is_large_and_its_titles_are_unique() {
    let corpus = corpus();
    let titles: BTreeSet<_> = corpus.iter().map(Entry::title).collect();
    assert_eq!(titles.len(), corpus.len());
    let n_malformed = corpus.iter().filter(|entry| entry.is_refused()).count();
    assert!(n_malformed >= 350, "{n_malformed}");
}

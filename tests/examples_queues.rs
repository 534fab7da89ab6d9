//! `producer_consumer`, with its own server and Python's.

use super::examples_program::Program;

#[test]
fn producer_consumer_sees_every_page_once() {
    let text = Program::example("producer_consumer", &[]).output();
    let (work, seen) = text.split_once("I saw these URLs:\n").unwrap();
    let fetched = work.lines().filter(|line| line.starts_with("fetching ")).count();
    // Each page is named by several others.
    assert_eq!((fetched, seen.lines().count()), (20, 20), "{text}");
    assert!(seen.lines().all(|line| line.starts_with("http://127.0.0.1:")), "{text}");
    assert_eq!(work.matches("/19: timed out after 1s").count(), 1, "{text}");
}

#[test]
fn producer_consumer_ends_when_there_is_nothing_to_consume() {
    // A port that is given to nobody who asks for any.
    let url = "http://127.0.0.1:1/page";
    let text = Program::example("producer_consumer", &[url]).output();
    assert!(text.starts_with(&format!("fetching {url}\n{url}: Connection refused")), "{text}");
    assert!(text.ends_with(&format!("I saw these URLs:\n{url}\n")), "{text}");
}

#[test]
fn producer_consumer_crawls_a_server_of_pythons() {
    let folder = std::env::temp_dir().join(format!("producer_consumer-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.to_str().unwrap();
    let arguments = ["-u", "-m", "http.server", "--bind", "127.0.0.1", "-d", path, "0"];
    if let Some(server) = Program::tool("python3", &arguments) {
        let line = server.line();
        let port = line.split_whitespace().skip_while(|word| *word != "port").nth(1).unwrap();
        let site = format!("http://127.0.0.1:{port}");
        std::fs::write(folder.join("a"), format!("see {site}/b (and {site}/none)")).unwrap();
        std::fs::write(folder.join("b"), format!("<{site}/a>")).unwrap();
        let text = Program::example("producer_consumer", &[&format!("{site}/a")]).output();
        let seen = format!("I saw these URLs:\n{site}/a\n{site}/b\n{site}/none\n");
        assert!(text.ends_with(&seen), "{text}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

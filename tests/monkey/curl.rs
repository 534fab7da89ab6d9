//! curl, a binding of libcurl: a shared library, which waits and does TLS on its own.

use std::io::Read;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use curl::Error;
use curl::easy::Easy;
use eventlet_monkey_tests::{Deaf, Web, at_once, check, check_without_the_patch, not_before};
use eventlet_tests::ms;

const N: usize = 200;

fn easy(web: &Web, url: &str) -> Easy {
    let mut easy = Easy::new();
    easy.url(url).unwrap();
    easy.noproxy("*").unwrap();
    easy.cainfo(web.authority_file()).unwrap();
    easy
}

/// Performs what is prepared, and returns what came.
fn perform(easy: &mut Easy) -> Result<String, Error> {
    let mut body = Vec::new();
    let mut transfer = easy.transfer();
    transfer.write_function(|bytes| {
        body.extend_from_slice(bytes);
        Ok(bytes.len())
    })?;
    transfer.perform()?;
    drop(transfer);
    Ok(String::from_utf8(body).unwrap())
}

fn get(web: &Web, url: &str) -> Result<String, Error> {
    perform(&mut easy(web, url))
}

fn slow_answers(n: usize, url: fn(&Web, &str) -> String) {
    let web = Web::shared();
    let path = |i| format!("/slow/500/{i}");
    let run = at_once(n, |i| get(web, &url(web, &path(i))).unwrap());
    assert!((0..n).map(path).eq(run.like_the_slowest(ms(500))));
}

#[test]
fn the_library_is_a_shared_one() {
    check(|| {
        assert!(!curl::Version::get().version().is_empty());
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        assert!(maps.contains("/libcurl.so") && maps.contains("/libssl.so"), "{maps}");
    });
}

#[test]
fn http_at_once() {
    check(|| slow_answers(N, Web::http));
}

#[test]
fn https_at_once() {
    check(|| slow_answers(N, Web::https));
}

/// libcurl looks up each name on an OS thread of its own, which is no concern of the patch.
#[test]
fn names_are_looked_up_at_once() {
    check(|| slow_answers(50, Web::https_by_name));
}

#[test]
fn connections_are_used_again() {
    check(|| {
        let web = Web::shared();
        let run = at_once(50, |i| {
            let (mut easy, path) = (easy(web, ""), |j| format!("/slow/250/{i}/{j}"));
            (0..4).all(|j| {
                easy.url(&web.https(&path(j))).unwrap();
                perform(&mut easy).unwrap() == path(j)
            })
        });
        assert_eq!(run.like_the_slowest(ms(1000)), [true; 50]);
    });
}

#[test]
fn bodies_in_pieces_and_sent() {
    check(|| {
        let web = Web::shared();
        let pieces = |i| format!("/chunked/200/{i}");
        let run = at_once(100, |i| get(web, &web.https(&pieces(i))).unwrap());
        assert!((0..100).map(pieces).eq(run.like_the_slowest(ms(600))));

        let run = at_once(10, |i| {
            let sent = format!("{i} ").repeat(100_000);
            let mut easy = easy(web, &web.https("/echo"));
            easy.post(true).unwrap();
            easy.post_field_size(sent.len() as u64).unwrap();
            let (mut unsent, mut body) = (sent.as_bytes(), Vec::new());
            let mut transfer = easy.transfer();
            transfer.read_function(|buffer| Ok(unsent.read(buffer).unwrap())).unwrap();
            transfer
                .write_function(|bytes| {
                    body.extend_from_slice(bytes);
                    Ok(bytes.len())
                })
                .unwrap();
            transfer.perform().unwrap();
            drop(transfer);
            body == sent.as_bytes()
        });
        assert_eq!(run.results, [true; 10]);
    });
}

#[test]
fn failures_are_reported() {
    check(|| {
        let web = Web::shared();
        let mut gone = Web::start();
        let gone_url = gone.http("/");
        gone.kill();
        let cases = [
            (web.http("/close"), Error::is_got_nothing as fn(&Error) -> bool),
            (web.http("/reset"), Error::is_recv_error),
            (web.http("/partial"), Error::is_partial_file),
            (gone_url, Error::is_couldnt_connect),
            ("http://nobody.invalid/".into(), Error::is_couldnt_resolve_host),
            // TLS is not spoken there.
            (format!("https://127.0.0.1:{}/", web.ports()[0]), Error::is_ssl_connect_error),
        ];
        at_once(60, |i| {
            let (url, is_expected) = &cases[i % 6];
            let error = get(web, url).unwrap_err();
            assert!(is_expected(&error), "{url}: {error:?}");
        });
    });
}

#[test]
fn limits_are_kept() {
    check(|| {
        let (web, deaf) = (Web::shared(), Deaf::to_calls());
        let urls = [
            web.http("/hang"),
            web.https("/hang"),
            web.https("/stuck"),
            format!("http://{}/", deaf.address()),
        ];
        let run = at_once(N, |i| {
            let mut easy = easy(web, &urls[i % 4]);
            easy.timeout(ms(500)).unwrap();
            not_before(ms(500), || perform(&mut easy).unwrap_err().is_operation_timedout())
        });
        assert_eq!(run.like_the_slowest(ms(500)), [true; N]);
    });
}

#[test]
fn the_server_dies_while_many_wait_for_it() {
    check(|| {
        let (shared, web) = (Web::shared(), Web::start());
        let urls = [web.http("/hang"), web.https("/stuck"), web.https("/slow/60000")];
        let web = Mutex::new(web);
        let run = at_once(61, |i| {
            if i == 60 {
                thread::sleep(Duration::from_millis(300));
                web.lock().unwrap().kill();
            }
            // Its authority is another one. It does not come to that where it is not there.
            let mut easy = easy(shared, &urls[i % 3]);
            easy.ssl_verify_peer(false).unwrap();
            perform(&mut easy).is_err()
        });
        assert_eq!(run.results, [true; 61]);
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}

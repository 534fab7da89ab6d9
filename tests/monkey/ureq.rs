//! ureq, an HTTP client: plain, and with TLS by rustls and by OpenSSL.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use eventlet_monkey_tests::{Web, at_once, check, check_without_the_patch, not_before};
use eventlet_tests::ms;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Error, Timeout};

const N: usize = 200;
const PROVIDERS: [TlsProvider; 2] = [TlsProvider::Rustls, TlsProvider::NativeTls];

/// An agent that makes a connection for each request.
fn agent(provider: TlsProvider) -> Agent {
    agent_of(Web::shared(), provider, 0, None)
}

/// An agent that keeps up to `n_idle` connections, and trusts this server. It has made a request
/// already, by which it found out what all others use: OpenSSL reads the system's certificates.
fn agent_of(web: &Web, provider: TlsProvider, n_idle: usize, limit: Option<Duration>) -> Agent {
    let authority = Certificate::from_pem(web.authority()).unwrap().to_owned();
    let roots = RootCerts::new_with_certs(&[authority]);
    let tls = TlsConfig::builder().provider(provider).root_certs(roots).build();
    let config = Agent::config_builder().tls_config(tls).proxy(None).timeout_global(limit);
    let config = config.max_idle_connections(n_idle).max_idle_connections_per_host(n_idle);
    let agent = config.build().new_agent();
    // Under a limit, only the second one may succeed.
    assert!((0..3).any(|_| get(&agent, &web.https("/slow/0")).is_ok()));
    agent
}

fn get(agent: &Agent, url: &str) -> Result<String, Error> {
    agent.get(url).call()?.body_mut().read_to_string()
}

/// Each path, plain and with TLS.
fn both(web: &Web, paths: &[&str]) -> Vec<String> {
    paths.iter().flat_map(|path| [web.http(path), web.https(path)]).collect()
}

/// Slow answers, all at once; each is the path that was asked for.
fn slow_answers(provider: TlsProvider, url: fn(&Web, &str) -> String) {
    let (agent, web) = (agent(provider), Web::shared());
    let path = |i| format!("/slow/500/{i}");
    let run = at_once(N, |i| get(&agent, &url(web, &path(i))).unwrap());
    assert!((0..N).map(path).eq(run.like_the_slowest(ms(500))));
}

#[test]
fn http_at_once() {
    check(|| slow_answers(TlsProvider::Rustls, Web::http));
}

#[test]
fn https_at_once_with_rustls() {
    check(|| slow_answers(TlsProvider::Rustls, Web::https));
}

#[test]
fn https_at_once_with_native_tls() {
    check(|| slow_answers(TlsProvider::NativeTls, Web::https));
}

#[test]
fn names_are_looked_up_at_once() {
    check(|| slow_answers(TlsProvider::Rustls, Web::https_by_name));
}

/// Two rounds: in the second, the connections of the first are used again.
#[test]
fn connections_are_shared() {
    check(|| {
        let web = Web::shared();
        let agent = agent_of(web, TlsProvider::Rustls, 100, None);
        for _ in 0..2 {
            let path = |i| format!("/slow/500/{i}");
            let run = at_once(100, |i| get(&agent, &web.https(&path(i))).unwrap());
            assert!((0..100).map(path).eq(run.like_the_slowest(ms(500))));
        }
    });
}

#[test]
fn bodies_in_pieces_and_sent() {
    check(|| {
        let (agent, web) = (agent(TlsProvider::NativeTls), Web::shared());
        let pieces = |i| format!("/chunked/200/{i}");
        let run = at_once(100, |i| get(&agent, &web.https(&pieces(i))).unwrap());
        assert!((0..100).map(pieces).eq(run.like_the_slowest(ms(600))));

        let sent = |i: usize| format!("{i} ").repeat(100_000);
        let run = at_once(10, |i| {
            let mut answer = agent.post(web.https("/echo")).send(sent(i)).unwrap();
            answer.body_mut().read_to_string().unwrap() == sent(i)
        });
        assert_eq!(run.results, [true; 10]);
    });
}

/// A server that fails is an error, with every kind of stream.
#[test]
fn failures_are_reported() {
    check(|| {
        let web = Web::shared();
        let agents = PROVIDERS.map(agent);
        let urls = both(web, &["/close", "/reset", "/partial"]);
        let failed = |i: usize| {
            let result = get(&agents[i % 2], &urls[i / 2]);
            matches!(result, Err(Error::Io(_) | Error::Protocol(_)))
        };
        assert_eq!(at_once(12, failed).results, [true; 12]);

        let status = at_once(4, |i| get(&agents[i % 2], &web.https("/status/503")));
        let is_503 = |result| matches!(result, Err(Error::StatusCode(503)));
        assert!(status.results.into_iter().all(is_503));
    });
}

#[test]
fn nobody_there() {
    check(|| {
        let agent = agent(TlsProvider::Rustls);
        let mut gone = Web::start();
        let url = gone.http("/");
        gone.kill();
        let run = at_once(20, |i| {
            let unknown = "http://nobody.invalid/";
            get(&agent, if i % 2 == 0 { &url } else { unknown }).unwrap_err()
        });
        for (i, error) in run.results.into_iter().enumerate() {
            match error {
                Error::Io(_) | Error::ConnectionFailed if i % 2 == 0 => {}
                Error::HostNotFound | Error::Io(_) if i % 2 == 1 => {}
                error => panic!("{i}: {error:?}"),
            }
        }
    });
}

/// A server that does not answer, or not to the end, is given up at the time that the user chose.
#[test]
fn limits_are_kept() {
    check(|| {
        let (web, limit) = (Web::shared(), ms(500));
        let agents = PROVIDERS.map(|provider| agent_of(web, provider, 0, Some(limit)));
        let urls = both(web, &["/hang", "/stuck"]);
        let run = at_once(N, |i| {
            let error = not_before(limit, || get(&agents[i % 2], &urls[i / 2 % 4]).unwrap_err());
            matches!(error, Error::Timeout(Timeout::Global))
        });
        assert_eq!(run.like_the_slowest(limit), [true; N]);
    });
}

#[test]
fn the_server_dies_while_many_wait_for_it() {
    check(|| {
        let web = Web::start();
        let agent = agent_of(&web, TlsProvider::Rustls, 0, None);
        let urls = [web.http("/hang"), web.https("/stuck"), web.https("/slow/60000")];
        let web = Mutex::new(web);
        let run = at_once(61, |i| match i {
            60 => {
                thread::sleep(ms(300));
                web.lock().unwrap().kill();
                true
            }
            _ => get(&agent, &urls[i % 3]).is_err(),
        });
        assert_eq!(run.results, [true; 61]);
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}

//! The server and tools that ask as much as they can: wrk, also with pipelined requests, and ab.

use eventlet::http::{Request, Response, Server};
use eventlet_http_tests::site::while_serving;
use eventlet_http_tests::tools::{Printed, run};
use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

/// Has wrk send sixteen requests at once.
const PIPELINE: &str = r#"
init = function(args)
    local requests = {}
    for i = 1, 16 do
        requests[i] = wrk.format("GET", "/" .. i)
    end
    all = table.concat(requests)
end

request = function()
    return all
end
"#;

fn app(request: &mut Request) -> Response {
    match request.raw_path() {
        "/stream" => Response::stream((0..10).map(|n| Ok(format!("line {n}\n")))),
        _ => Response::text("hello"),
    }
}

fn wrk(arguments: &[&str], url: &str) -> Option<Printed> {
    run("wrk", [&["-t1", "-c32", "-d1s"], arguments, &[url]].concat())
}

/// wrk was answered, always by 2xx, and no connection broke.
fn assert_fine(Printed { out, .. }: &Printed) {
    assert!(!out.contains("Socket errors") && !out.contains("Non-2xx"), "{out}");
    let line = out.lines().find(|line| line.contains(" requests in ")).expect("a summary");
    let n: u64 = line.split_whitespace().next().unwrap().parse().unwrap();
    assert!(n >= 100, "{out}");
}

#[test]
fn wrk_finds_no_fault() {
    while_serving(Server::new(app), |address| {
        for path in ["", "stream"] {
            let Some(printed) = wrk(&[], &format!("http://{address}/{path}")) else { return };
            assert_fine(&printed);
        }
    });
}

#[test]
fn wrk_pipelines() {
    let scratch = Scratch::new();
    let script = scratch.file("pipeline.lua", PIPELINE);
    while_serving(Server::new(app), |address| {
        let arguments = ["-s", script.to_str().unwrap()];
        let Some(printed) = wrk(&arguments, &format!("http://{address}/")) else { return };
        assert_fine(&printed);
    });
}

#[test]
fn wrk_is_served_by_several_hubs() {
    check(|| {
        let listener = eventlet::listen("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let server = Server::new(app).hubs(2).start(listener).unwrap();
        if let Some(printed) = wrk(&[], &url) {
            assert_fine(&printed);
        }
        server.stop();
    });
}

#[test]
fn ab_finds_no_fault() {
    while_serving(Server::new(app), |address| {
        for (keep, n_kept) in [(&["-k"][..], "2000"), (&[], "")] {
            let url = format!("http://{address}/");
            let fixed = ["-q", "-n", "2000", "-c", "20", &url];
            let Some(Printed { out, .. }) = run("ab", [keep, &fixed].concat()) else { return };
            let number = |what: &str| {
                let line = out.lines().find_map(|line| line.strip_prefix(what));
                line.unwrap_or_default().split_whitespace().next().unwrap_or_default().to_owned()
            };
            assert_eq!(number("Complete requests:"), "2000", "{out}");
            assert_eq!(number("Failed requests:"), "0", "{out}");
            assert_eq!(number("Keep-Alive requests:"), n_kept, "{out}");
            assert_eq!(number("Non-2xx responses:"), "", "{out}");
        }
    });
}

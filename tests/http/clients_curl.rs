//! The server and curl.

use std::cell::Cell;
use std::io::{self, Read};
use std::net::SocketAddr;
use std::rc::Rc;

use eventlet::green::os::unix::net::UnixListener;
use eventlet::green::ssl::Acceptor;
use eventlet::http::{Request, Response, Server, StatusCode};
use eventlet_http_tests::Certificates;
use eventlet_http_tests::site::while_serving;
use eventlet_http_tests::tools::curl;
use eventlet_tests::check;
use eventlet_tests::net::pattern;
use eventlet_tests::scratch::Scratch;

const MEGABYTE: usize = 1 << 20;

fn app(request: &mut Request) -> io::Result<Response> {
    Ok(match (request.method().as_str(), request.raw_path()) {
        ("GET" | "HEAD", "/") => Response::text("hello"),
        ("GET" | "HEAD", "/large") => Response::bytes(pattern(1, 20 * MEGABYTE)),
        ("GET", "/stream") => {
            Response::stream((0..1000).map(|n| Ok(format!("line {n}\n")))).with_min_chunk_size(100)
        }
        ("POST" | "PUT", "/echo") => {
            let mut body = Vec::new();
            request.read_to_end(&mut body)?;
            Response::bytes(body)
        }
        ("POST" | "PUT", "/refuse") => Response::text("no").with_status(403),
        ("POST", "/count") => Response::text(format!("{}", io::copy(request, &mut io::sink())?)),
        ("GET", "/panic") => panic!("the application panics"),
        _ => Response::text("not found").with_status(404),
    })
}

fn serve(body: impl FnOnce(&dyn Fn(&str) -> String)) {
    while_serving(Server::new(app), |address: SocketAddr| {
        body(&|path| format!("http://{address}{path}"));
    });
}

#[test]
fn speaks_both_versions() {
    serve(|url| {
        for (version, connection) in [("--http1.0", "Connection: close"), ("--http1.1", "")] {
            let Some(printed) = curl([version, "-i", &url("/")]) else { return };
            assert!(printed.out.starts_with("HTTP/1.1 200 OK\r\n"), "{}", printed.out);
            assert!(printed.out.ends_with("\r\n\r\nhello"), "{}", printed.out);
            assert!(printed.out.contains(connection), "{}", printed.out);
            assert_eq!(printed.out.contains("Connection"), version == "--http1.0");
        }
    });
}

#[test]
fn uses_a_connection_again() {
    serve(|url| {
        let format = "%{http_code} %{num_connects}\n";
        let sink = ["-o", "/dev/null", "-w", format];
        let urls = [url("/"), url("/stream"), url("/missing"), url("/large"), url("/")];
        let each = urls.iter().flat_map(|url| ["-o", "/dev/null", url]).skip(2);
        let Some(printed) = curl(sink.into_iter().chain(each)) else { return };
        assert_eq!(printed.out, "200 1\n200 0\n404 0\n200 0\n200 0\n");
    });
}

#[test]
fn a_head_has_no_body() {
    serve(|url| {
        let urls = [url("/large"), url("/"), url("/missing")];
        let Some(printed) = curl(["-I", &urls[0], &urls[1], &urls[2]]) else { return };
        assert!(printed.out.contains("Content-Length: 20971520\r\n"), "{}", printed.out);
        assert!(printed.out.contains("Content-Length: 5\r\n"), "{}", printed.out);
        assert_eq!(printed.out.matches("HTTP/1.1 ").count(), 3, "{}", printed.out);
        assert!(!printed.out.contains("hello"), "{}", printed.out);
    });
}

#[test]
fn streams_arrive_whole() {
    serve(|url| {
        let lines: String = (0..1000).map(|n| format!("line {n}\n")).collect();
        for version in ["--http1.0", "--http1.1"] {
            let Some(printed) = curl([version, &url("/stream")]) else { return };
            assert!(printed.out == lines, "{version}: {} bytes", printed.out.len());
        }
    });
}

#[test]
fn large_bodies_go_both_ways() {
    serve(|url| {
        let scratch = Scratch::new();
        let sent = pattern(2, 20 * MEGABYTE);
        let body = format!("@{}", scratch.file("body", &sent).display());
        let back = scratch.path("back");
        for coding in ["Content-Type: a/b", "Transfer-Encoding: chunked"] {
            let arguments = ["--data-binary", &body, "-H", coding, "-o", back.to_str().unwrap()];
            if curl(arguments.into_iter().chain([&*url("/echo")])).is_none() {
                return;
            }
            assert!(std::fs::read(&back).unwrap() == sent, "{coding}: what came back differs");
        }
        curl(["-o", back.to_str().unwrap(), &url("/large")]);
        assert!(std::fs::read(&back).unwrap() == pattern(1, 20 * MEGABYTE));
    });
}

#[test]
fn expectations_are_met_when_the_body_is_read() {
    serve(|url| {
        let upload = |path| {
            let expect = ["-v", "-H", "Expect: 100-continue", "--expect100-timeout", "30"];
            curl(expect.into_iter().chain(["-d", "some words", &*url(path)]))
        };
        let Some(read) = upload("/echo") else { return };
        assert_eq!(read.out, "some words");
        assert!(read.err.contains("< HTTP/1.1 100 Continue"), "{}", read.err);
        let refused = upload("/refuse").unwrap();
        assert_eq!(refused.out, "no");
        assert!(refused.err.contains("< HTTP/1.1 403 Forbidden"), "{}", refused.err);
        assert!(!refused.err.contains("100 Continue"), "{}", refused.err);
    });
}

#[test]
fn a_large_upload_that_is_refused_is_answered() {
    serve(|url| {
        let scratch = Scratch::new();
        let body = format!("@{}", scratch.file("body", pattern(3, MEGABYTE / 8)).display());
        let Some(printed) = curl(["-H", "Expect:", "--data-binary", &body, &url("/refuse")]) else {
            return;
        };
        assert_eq!(printed.out, "no");
    });
}

#[test]
fn a_body_beyond_the_limit_is_refused() {
    while_serving(Server::new(app).max_body(1000), |address| {
        let url = format!("http://{address}/count");
        let format = ["-w", "%{http_code}", "-o", "/dev/null"];
        let ask = |n: usize, coding: &str| {
            let body = "x".repeat(n);
            curl(format.into_iter().chain(["-H", coding, "-d", &body, &url]))
        };
        for coding in ["Content-Type: a/b", "Transfer-Encoding: chunked"] {
            let Some(fits) = ask(1000, coding) else { return };
            assert_eq!(fits.out, "200");
            assert_eq!(ask(1001, coding).unwrap().out, "413");
        }
    });
}

#[test]
fn a_panic_is_500_and_the_server_goes_on() {
    serve(|url| {
        for _ in 0..3 {
            let format = ["-w", "%{http_code} %{num_connects}\n", "-o", "/dev/null"];
            let urls = [url("/panic"), url("/")];
            let each = [&*urls[0], "-o", "/dev/null", &*urls[1]];
            let Some(printed) = curl(format.into_iter().chain(each)) else { return };
            assert_eq!(printed.out, "500 1\n200 1\n");
        }
    });
}

#[test]
fn a_unix_socket_serves() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("socket");
        let n_calls = Rc::new(Cell::new(0));
        let counted = n_calls.clone();
        let app = move |request: &mut Request| {
            counted.set(counted.get() + 1);
            (
                StatusCode::CREATED,
                format!("{} by {:?}", request.header("host").unwrap(), request.peer_addr()),
            )
        };
        let server = Server::new(app).start(UnixListener::bind(&path).unwrap()).unwrap();
        let url = "http://somewhere/";
        let arguments = ["--unix-socket", path.to_str().unwrap(), "-w", "%{http_code} ", url, url];
        if let Some(printed) = curl(arguments) {
            assert_eq!(printed.out, "somewhere by None201 somewhere by None201 ");
            assert_eq!(n_calls.get(), 2);
        }
        server.stop();
    });
}

#[test]
fn https_serves() {
    let certificates = Certificates::new();
    let issued = certificates.server();
    let acceptor =
        Acceptor::builder().certificate_files(issued.pem(), issued.key()).build().unwrap();
    while_serving(Server::new(app).tls(acceptor), |address| {
        let (scratch, ca) = (Scratch::new(), certificates.ca());
        let url = |path| format!("https://localhost:{}{path}", address.port());
        let ca = ["--cacert", ca.to_str().unwrap()];
        let twice = ["-w", "%{num_connects} ", &url("/"), &url("/")];
        let Some(printed) = curl(ca.into_iter().chain(twice)) else { return };
        assert_eq!(printed.out, "hello1 hello0 ");

        let sent = pattern(4, 3 * MEGABYTE);
        let body = format!("@{}", scratch.file("body", &sent).display());
        let back = scratch.path("back");
        let upload = ["--data-binary", &body, "-o", back.to_str().unwrap(), &url("/echo")];
        curl(ca.into_iter().chain(upload));
        assert!(std::fs::read(&back).unwrap() == sent, "what came back differs");
    });
}

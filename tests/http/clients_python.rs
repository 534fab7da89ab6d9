//! The server and clients of Python's: its own `http.client`, and requests.

use std::io::{self, Read};

use eventlet::http::{Request, Response, Server};
use eventlet_http_tests::site::while_serving;
use eventlet_http_tests::tools::python;

fn app(request: &mut Request) -> io::Result<Response> {
    Ok(match request.raw_path() {
        "/" => Response::text("hello"),
        "/nothing" => Response::new(204),
        "/moved" => Response::new(302).with_header("location", "/"),
        "/stream" => Response::stream((0..100).map(|n| Ok(format!("line {n}\n")))),
        "/panic" => panic!("the application panics"),
        "/echo" => {
            let mut body = Vec::new();
            request.read_to_end(&mut body)?;
            Response::bytes(body)
        }
        path if path.starts_with("/target/") => {
            Response::text(format!("{}|{}", request.path(), request.query().unwrap_or("none")))
        }
        _ => Response::text("not found").with_status(404),
    })
}

/// The script has come to its end.
fn assert_fine(printed: Option<String>) {
    assert!(printed.is_none_or(|printed| printed == "fine\n"));
}

#[test]
fn http_client() {
    while_serving(Server::new(app), |address| {
        let script = include_str!("scripts/http_client.py");
        assert_fine(python("http.client", script, &[&address.port().to_string()]));
    });
}

#[test]
fn requests() {
    while_serving(Server::new(app), |address| {
        let script = include_str!("scripts/requests_session.py");
        assert_fine(python("requests", script, &[&format!("http://{address}")]));
    });
}

/// Clients on a server whose connections are for one request each.
#[test]
fn requests_without_keep_alive() {
    while_serving(Server::new(app).no_keep_alive(), |address| {
        let script = include_str!("scripts/requests_session.py");
        assert_fine(python("requests", script, &[&format!("http://{address}")]));
    });
}

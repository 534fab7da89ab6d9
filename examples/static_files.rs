//! Serves the files of a folder, and nothing outside of it.
//! Run: `cargo run --example static_files [ADDRESS [FOLDER]]`; 127.0.0.1:8092 and the current folder if
//! not told.
//! Poke: `curl -i http://127.0.0.1:8092/Cargo.toml`, `curl -I`, `curl -r 0-99`,
//! `curl --path-as-is http://127.0.0.1:8092/../../etc/passwd`, or a browser.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;

use eventlet::green::fs::{self, File, Metadata};
use eventlet::http::{Request, Response, Server};

fn main() -> io::Result<()> {
    let argument = |n, default: &str| std::env::args().nth(n).unwrap_or_else(|| default.to_owned());
    let root: Rc<Path> = fs::canonicalize(argument(2, "."))?.into();
    let listener = eventlet::listen(argument(1, "127.0.0.1:8092"))?;
    println!("listening on {}", listener.local_addr()?);
    Server::new(move |request: &mut Request| serve(request, &root)).serve(listener)
}

fn serve(request: &Request, root: &Path) -> io::Result<Response> {
    if !matches!(request.method().as_str(), "GET" | "HEAD") {
        return Ok(Response::text("only GET and HEAD\n")
            .with_status(405)
            .with_header("allow", "GET, HEAD"));
    }
    match find(root, &request.path()).and_then(|path| send(request, &path)) {
        // Who is not to know what there is learns nothing from a refusal, either.
        Err(error) if is_no_file(&error) => Ok(Response::text("not found\n").with_status(404)),
        found => found,
    }
}

fn is_no_file(error: &io::Error) -> bool {
    use ErrorKind::{InvalidFilename, InvalidInput, NotADirectory, NotFound, PermissionDenied};
    matches!(
        error.kind(),
        NotFound | NotADirectory | PermissionDenied | InvalidInput | InvalidFilename
    )
}

/// The file that a path means. Where links and dots lead is seen by asking the system.
fn find(root: &Path, path: &str) -> io::Result<PathBuf> {
    let mut found = fs::canonicalize(root.join(path.trim_start_matches('/')))?;
    if fs::metadata(&found)?.is_dir() {
        found = fs::canonicalize(found.join("index.html"))?;
    }
    if found.starts_with(root) { Ok(found) } else { Err(ErrorKind::NotFound.into()) }
}

fn send(request: &Request, path: &Path) -> io::Result<Response> {
    let about = fs::metadata(path)?;
    if !about.is_file() {
        return Err(ErrorKind::NotFound.into());
    }
    if is_known(request, &about) {
        return Ok(Response::new(304));
    }
    let length = about.len();
    let range = request.header("range").and_then(|range| parse_range(range, length));
    let (start, n, status) = match range {
        None => (0, length, 200),
        Some((start, end)) if start < end => (start, end - start, 206),
        Some(_) => {
            let range = format!("bytes */{length}");
            return Ok(Response::new(416).with_header("content-range", range));
        }
    };
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    let mut response = Response::read_from(file.take(n))
        .with_status(status)
        .with_header("content-type", content_type(path))
        .with_header("accept-ranges", "bytes")
        .with_header("last-modified", httpdate::fmt_http_date(changed(&about)?))
        .with_header("content-length", n);
    if status == 206 {
        let range = format!("bytes {start}-{}/{length}", start + n - 1);
        response = response.with_header("content-range", range);
    }
    Ok(response)
}

/// When a file was changed, as far as the header can tell: it knows nothing of times before 1970, and is
/// not to tell of times to come.
fn changed(about: &Metadata) -> io::Result<SystemTime> {
    Ok(about.modified()?.clamp(SystemTime::UNIX_EPOCH, SystemTime::now()))
}

/// Whether the client has said that it has what has not changed since.
fn is_known(request: &Request, about: &Metadata) -> bool {
    let since =
        request.header("if-modified-since").and_then(|since| httpdate::parse_http_date(since).ok());
    let seconds = |time: SystemTime| {
        time.duration_since(SystemTime::UNIX_EPOCH).map(|time| time.as_secs()).ok()
    };
    let changed = changed(about).ok().and_then(seconds);
    since.and_then(seconds).zip(changed).is_some_and(|(since, changed)| changed <= since)
}

/// The first byte and the one after the last of `bytes=1-2`, `bytes=1-` or `bytes=-2`; the same one twice
/// if there is no such part. Other ranges may be ignored.
fn parse_range(range: &str, length: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    if first.is_empty() {
        return Some((length.saturating_sub(last.parse().ok()?), length));
    }
    let first: u64 = first.parse().ok()?;
    let end = if last.is_empty() {
        length
    } else {
        last.parse::<u64>().ok()?.saturating_add(1).min(length)
    };
    Some((first.min(end), end))
}

fn content_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html" | "htm") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("txt" | "md" | "rs" | "toml") => "text/plain; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some("ico") => "image/x-icon",
        Some("wasm") => "application/wasm",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
}

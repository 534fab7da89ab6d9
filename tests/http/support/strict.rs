//! A second reading of requests, as the grammar has it and without a thought of speed: what the server
//! takes for a request must be one here, too, and end at the same place.

/// Where a request's body begins, and its bytes; none if it comes in chunks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Framing {
    /// Bytes up to the body.
    pub head: usize,
    /// Bytes of the body.
    pub body: Option<u64>,
}

/// What the head of a request says, or nothing if it is malformed or not there as a whole.
pub fn head(bytes: &[u8]) -> Option<Framing> {
    let mut start = 0;
    while bytes[start..].starts_with(b"\r\n") {
        start += 2;
    }
    let end = start + bytes[start..].windows(4).position(|four| four == b"\r\n\r\n")?;
    let text: String = bytes[start..end].iter().map(|&byte| byte as char).collect();
    let mut lines = text.split("\r\n");
    let is_1_1 = request_line(lines.next()?)?;
    let headers: Option<Vec<_>> = lines.map(header).collect();
    let headers = headers?;
    let values = |wanted: &str| -> Vec<String> {
        headers.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.clone()).collect()
    };
    let hosts = values("host").len();
    if hosts > 1 || is_1_1 && hosts == 0 {
        return None;
    }
    let body = match (&values("content-length")[..], &values("transfer-encoding")[..]) {
        ([], []) => Some(0),
        ([length], []) if length.chars().all(|c| c.is_ascii_digit()) => Some(length.parse().ok()?),
        ([], [coding]) if is_1_1 && coding.eq_ignore_ascii_case("chunked") => None,
        _ => return None,
    };
    Some(Framing { head: end + 4, body })
}

/// Whether the version is 1.1 or later, if the line is one.
fn request_line(line: &str) -> Option<bool> {
    let words: Vec<_> = line.split(' ').collect();
    let [method, target, version] = words[..] else { return None };
    let minor = version.strip_prefix("HTTP/1.")?.parse::<u8>().ok()?;
    let is_fine = is_token(method) && !target.is_empty() && version.len() == 8;
    (is_fine && target.chars().all(|c| c.is_ascii_graphic())).then_some(minor >= 1)
}

/// A name in small letters, and a value without the blanks around it.
fn header(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    let value = value.trim_matches([' ', '\t']);
    let is_fine = value.chars().all(|c| c == '\t' || !c.is_ascii_control());
    (is_fine && is_token(name)).then(|| (name.to_ascii_lowercase(), value.to_owned()))
}

fn is_token(text: &str) -> bool {
    let is_fine = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !text.is_empty() && text.chars().all(is_fine)
}

/// What has come of a body in chunks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Chunked {
    /// The body, and how many bytes it took.
    Whole(Vec<u8>, usize),
    /// More must come.
    Unfinished,
    /// It is no such body.
    Malformed,
}

/// Reads a body in chunks.
pub fn chunked(bytes: &[u8]) -> Chunked {
    read_chunked(bytes).unwrap_or_else(|end| end)
}

fn read_chunked(bytes: &[u8]) -> Result<Chunked, Chunked> {
    let (mut body, mut at) = (Vec::new(), 0);
    loop {
        let line = line(bytes, &mut at)?;
        let n_digits = line.chars().take_while(char::is_ascii_hexdigit).count();
        let size = u64::from_str_radix(&line[..n_digits], 16).map_err(|_| Chunked::Malformed)?;
        extensions(line[n_digits..].chars().collect())?;
        if size == 0 {
            break;
        }
        let Some(data) = usize::try_from(size).ok().and_then(|size| bytes[at..].get(..size)) else {
            return Err(Chunked::Unfinished);
        };
        body.extend(data);
        at += data.len();
        match &bytes[at..] {
            [b'\r', b'\n', ..] => at += 2,
            [] | [b'\r'] => return Err(Chunked::Unfinished),
            _ => return Err(Chunked::Malformed),
        }
    }
    loop {
        let line = line(bytes, &mut at)?;
        if line.is_empty() {
            return Ok(Chunked::Whole(body, at));
        }
        header(&line).ok_or(Chunked::Malformed)?;
    }
}

/// The line at `at`, which is moved behind its end.
fn line(bytes: &[u8], at: &mut usize) -> Result<String, Chunked> {
    let rest = &bytes[*at..];
    let end = rest.iter().position(|byte| b"\r\n".contains(byte)).ok_or(Chunked::Unfinished)?;
    match &rest[end..] {
        [b'\r', b'\n', ..] => *at += end + 2,
        [b'\r'] => return Err(Chunked::Unfinished),
        _ => return Err(Chunked::Malformed),
    }
    Ok(rest[..end].iter().map(|&byte| byte as char).collect())
}

/// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`
fn extensions(text: Vec<char>) -> Result<(), Chunked> {
    let mut left = text.into_iter().peekable();
    let blanks = |left: &mut std::iter::Peekable<std::vec::IntoIter<char>>| {
        while left.next_if(|&c| c == ' ' || c == '\t').is_some() {}
    };
    let is_part_of_token = |c: &char| is_token(&c.to_string());
    while left.peek().is_some() {
        blanks(&mut left);
        left.next_if_eq(&';').ok_or(Chunked::Malformed)?;
        blanks(&mut left);
        left.next_if(is_part_of_token).ok_or(Chunked::Malformed)?;
        while left.next_if(is_part_of_token).is_some() {}
        let mut ahead = left.clone();
        blanks(&mut ahead);
        if ahead.next_if_eq(&'=').is_none() {
            continue;
        }
        blanks(&mut ahead);
        left = ahead;
        if left.next_if_eq(&'"').is_none() {
            left.next_if(is_part_of_token).ok_or(Chunked::Malformed)?;
            while left.next_if(is_part_of_token).is_some() {}
            continue;
        }
        loop {
            let c = match left.next() {
                Some('"') => break,
                Some('\\') => left.next(),
                other => other,
            };
            c.filter(|&c| c == '\t' || !c.is_ascii_control()).ok_or(Chunked::Malformed)?;
        }
    }
    Ok(())
}

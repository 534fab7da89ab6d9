//! Which crate a variable is of, by its mangled name.

/// The crate that a symbol of Rust's is of; `None` if it is not Rust's.
///
/// Both manglings are read just so far. The older one says of a variable inside an `impl` of a trait
/// which crate the type is of, and names types that are no path as they are.
pub(super) fn crate_of(name: &[u8]) -> Option<&str> {
    if let Some(path) = name.strip_prefix(b"_R") {
        return crate_of_path(path);
    }
    let first = component(legacy_path(name)?)?;
    // An `impl` is `_<type as trait>`.
    let first = first.strip_prefix("_$LT$").unwrap_or(first);
    first.split("..").next()
}

/// Whether a symbol of Rust's is of this crate and has this in its name, mangled as it is.
pub(super) fn is_in(name: &[u8], of: &str, part: &str) -> bool {
    crate_of(name) == Some(of) && name.windows(part.len()).any(|bytes| bytes == part.as_bytes())
}

/// The path of a symbol in the older mangling. It looks like C++, but ends with a hash, and perhaps
/// with what the optimiser has added.
fn legacy_path(name: &[u8]) -> Option<&[u8]> {
    let path = name.strip_prefix(b"_ZN")?;
    let end = path.windows(6).position(|bytes| bytes == b".llvm.").unwrap_or(path.len());
    let path = path[..end].strip_suffix(b"E")?;
    let (path, hash) = path.split_at(path.len().checked_sub(19)?);
    let digits = hash.strip_prefix(b"17h")?;
    digits.iter().all(u8::is_ascii_hexdigit).then_some(path)
}

/// The root of a path in the newer mangling: what comes before it says of what kind the steps are.
fn crate_of_path(mut path: &[u8]) -> Option<&str> {
    loop {
        let (&kind, rest) = path.split_first()?;
        path = match kind {
            // A name inside another path, in some namespace.
            b'N' => rest.get(1..)?,
            // A path with generic arguments.
            b'I' => rest,
            // Something inside an `impl`, which may be one of several.
            b'M' | b'X' => without_number(rest)?,
            b'C' => return component(without_number(rest)?),
            _ => return None,
        };
    }
}

/// What follows an optional number that tells things of one name apart.
fn without_number(path: &[u8]) -> Option<&[u8]> {
    if !path.starts_with(b"s") {
        return Some(path);
    }
    let end = path.iter().position(|&byte| byte == b'_')?;
    path.get(end + 1..)
}

/// A name with its length before it.
fn component(path: &[u8]) -> Option<&str> {
    let n_digits = path.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let length: usize = str::from_utf8(&path[..n_digits]).ok()?.parse().ok()?;
    let rest = &path[n_digits..];
    // A name that begins with a digit or with this is set apart by it, in the newer mangling. In the
    // older one the name itself begins with it.
    let name = rest.get(..length)?;
    str::from_utf8(name).ok()
}

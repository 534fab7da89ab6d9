//! One form for implementations that can be spelled in several ways.
//!
//! Auto traits are implemented by the compiler or by hand, and documentation shows each in its own
//! way. What counts is the trait, whether it holds, and what it demands of which parameter.

/// The auto traits that are stable.
const AUTO_TRAITS: [&str; 5] = ["RefUnwindSafe", "Send", "Sync", "Unpin", "UnwindSafe"];

/// The implementation of an auto trait as `auto Send where T: Send`; nothing for other traits.
pub fn auto_trait(header: &str) -> Option<String> {
    let (parameters, rest) = generics(header.strip_prefix("impl")?);
    let (name, rest) = rest.trim_start().split_once(" for ")?;
    if !AUTO_TRAITS.contains(&name.trim_start_matches('!')) {
        return None;
    }
    let conditions = rest.split_once(" where ").map_or("", |(_, conditions)| conditions);
    let all = split(parameters, ',').chain(split(conditions, ','));
    let mut demands: Vec<String> = all.flat_map(demands_of).collect();
    demands.sort();
    demands.dedup();
    match demands.is_empty() {
        true => Some(format!("auto {name}")),
        false => Some(format!("auto {name} where {}", demands.join(", "))),
    }
}

/// The header of an implementation with `'_` for lifetimes that it names once, as either may be
/// written.
pub fn elided(header: &str) -> String {
    let (parameters, rest) = generics(header.strip_prefix("impl").expect("an implementation"));
    let once = |name: &&str| name.starts_with('\'') && mentions(header, name) == 2;
    let (elided, kept): (Vec<&str>, Vec<&str>) = split(parameters, ',').partition(once);
    let rest = elided.iter().fold(rest.to_owned(), |rest, name| {
        let after = |end: &str| format!("{name}{end}");
        [" ", ",", ">"]
            .iter()
            .fold(rest, |rest, end| rest.replace(&after(end), &format!("'_{end}")))
    });
    let rest = rest.replace("&'_ ", "&");
    match kept.is_empty() {
        true => format!("impl{rest}"),
        false => format!("impl<{}>{rest}", kept.join(", ")),
    }
}

/// How often a lifetime is named.
fn mentions(text: &str, lifetime: &str) -> usize {
    let ends = |&(at, _): &(usize, &str)| {
        !text[at + lifetime.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    };
    text.match_indices(lifetime).filter(ends).count()
}

/// `T: A + B` taken apart. That it is sized or not, and lifetimes, say nothing about auto traits.
fn demands_of(bound: &str) -> Vec<String> {
    let Some((subject, traits)) = bound.split_once(": ") else { return Vec::new() };
    split(traits, '+')
        .filter(|name| !name.starts_with('\'') && !name.ends_with("Sized"))
        .map(|name| format!("{subject}: {name}"))
        .collect()
}

/// Takes `<..>` off the beginning.
fn generics(text: &str) -> (&str, &str) {
    let Some(inner) = text.strip_prefix('<') else { return ("", text) };
    let mut depth = 1;
    for (at, c) in inner.char_indices() {
        depth += step(inner, at, c);
        if depth == 0 {
            return (&inner[..at], &inner[at + 1..]);
        }
    }
    panic!("brackets that do not end: {text}")
}

/// Splits where no bracket is open.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let mut start = 0;
    let mut parts = Vec::new();
    for (at, c) in text.char_indices() {
        depth += step(text, at, c);
        if c == separator && depth == 0 {
            parts.push(text[start..at].trim());
            start = at + 1;
        }
    }
    parts.push(text[start..].trim());
    parts.into_iter().filter(|part| !part.is_empty())
}

/// How the depth of brackets changes with the character at `at`; an arrow is no bracket.
fn step(text: &str, at: usize, c: char) -> i32 {
    match c {
        '<' | '(' | '[' => 1,
        '>' if text[..at].ends_with('-') => 0,
        '>' | ')' | ']' => -1,
        _ => 0,
    }
}

#[test]
fn auto_traits_have_one_form() {
    let by_hand = auto_trait("impl<T: ?Sized + Send> Sync for Mutex<T>");
    assert_eq!(by_hand.as_deref(), Some("auto Sync where T: Send"));
    assert_eq!(auto_trait("impl<T> Sync for Mutex<T> where T: Send + ?Sized"), by_hand);
    assert_eq!(auto_trait("impl<'a, T> !Send for Guard<'a, T>").as_deref(), Some("auto !Send"));
    assert_eq!(
        auto_trait("impl<T, F = fn() -> T> Sync for Lazy<T, F> where T: Sync + Send, F: Send")
            .as_deref(),
        Some("auto Sync where F: Send, T: Send, T: Sync"),
    );
}

#[test]
fn other_traits_are_left_as_they_are() {
    assert_eq!(auto_trait("impl<T: ?Sized> Drop for MutexGuard<'_, T>"), None);
    assert_eq!(auto_trait("impl<T> Mutex<T>"), None);
}

#[test]
fn lifetimes_that_are_named_once_are_elided() {
    let elided_is = |header, expected: &str| assert_eq!(elided(header), expected);
    elided_is("impl<'a, T> Iterator for Iter<'a, T>", "impl<T> Iterator for Iter<'_, T>");
    elided_is(
        "impl<'a, T> IntoIterator for &'a Receiver<T>",
        "impl<T> IntoIterator for &Receiver<T>",
    );
    elided_is("impl<'a> Debug for Incoming<'a>", "impl Debug for Incoming<'_>");
    elided_is("impl<'a> From<&'a A> for B<'a>", "impl<'a> From<&'a A> for B<'a>");
    elided_is("impl<T: ?Sized> Mutex<T>", "impl<T: ?Sized> Mutex<T>");
}

//! Times and sizes as they are written in arguments.

use std::ops::RangeInclusive;
use std::time::Duration;

const TIME_UNITS: &[(&str, u64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

const SIZE_UNITS: &[(&str, u64)] =
    &[("B", 1), ("KB", 1_000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20)];

/// What the runtime takes for the size of a stack, in bytes.
const STACK_SIZES: RangeInclusive<usize> = 8 << 10..=1 << 30;

/// Reads a time such as `5s`, `1.5s` or `500ms`.
///
/// # Errors
///
/// A sentence saying what is wrong with `text`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = split(text);
    let per_unit = scale(unit, TIME_UNITS).ok_or_else(|| no_unit(text, TIME_UNITS))?;
    let nanos = scaled(number, per_unit).ok_or_else(|| no_number(text))?;
    let seconds = u64::try_from(nanos / 1_000_000_000).map_err(|_| no_number(text))?;
    Ok(Duration::new(seconds, (nanos % 1_000_000_000) as u32))
}

/// Reads the size of a stack such as `64KiB`, `1MB` or, in bytes, `65536`.
///
/// # Errors
///
/// A sentence saying what is wrong with `text`.
pub fn size(text: &str) -> Result<usize, String> {
    let (number, unit) = split(text);
    let unit = if unit.is_empty() { "B" } else { unit };
    let per_unit = scale(unit, SIZE_UNITS).ok_or_else(|| no_unit(text, SIZE_UNITS))?;
    let bytes = scaled(number, per_unit).ok_or_else(|| no_number(text))?;
    let size = usize::try_from(bytes).ok().filter(|bytes| STACK_SIZES.contains(bytes));
    size.ok_or_else(|| "a stack has at least 8 KiB and at most 1 GiB".to_owned())
}

fn split(text: &str) -> (&str, &str) {
    let is_number = |c: char| c.is_ascii_digit() || c == '.' || c == '_';
    let end = text.find(|c| !is_number(c)).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

fn scale(unit: &str, units: &[(&str, u64)]) -> Option<u64> {
    let known = units.iter().find(|(name, _)| *name == unit);
    known.map(|(_, scale)| *scale)
}

/// `number`, a decimal of at most nine places, times `per_unit`; exact where a float is not.
fn scaled(number: &str, per_unit: u64) -> Option<u128> {
    let number = number.replace('_', "");
    let (whole, fraction) = number.split_once('.').unwrap_or((&number, "0"));
    let whole = u128::from(whole.parse::<u64>().ok()?);
    let places = u32::try_from(fraction.len()).ok().filter(|n| *n <= 9)?;
    let fraction = u128::from(fraction.parse::<u64>().ok()?);
    let per_unit = u128::from(per_unit);
    Some(whole * per_unit + fraction * per_unit / 10_u128.pow(places))
}

fn no_unit(text: &str, units: &[(&str, u64)]) -> String {
    let names: Vec<_> = units.iter().map(|(name, _)| *name).collect();
    format!("`{text}` has none of the units {}", names.join(", "))
}

fn no_number(text: &str) -> String {
    format!("`{text}` does not begin with a number in range")
}

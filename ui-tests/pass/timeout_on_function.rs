//! A body under a timeout borrows its arguments, may return early, and fails when it is late.
#![deny(warnings)]

use std::io;

use eventlet::green;

#[green(timeout = "5s")]
fn push(items: &mut Vec<u8>, text: &str) -> Result<usize, Box<dyn std::error::Error>> {
    if text.is_empty() {
        return Ok(items.len());
    }
    items.push(text.parse()?);
    Ok(items.len())
}

#[green(timeout = "20ms")]
fn late() -> io::Result<()> {
    std::thread::sleep(std::time::Duration::from_millis(200));
    Ok(())
}

#[green(timeout = "1m")]
fn opaque(text: &str) -> io::Result<impl Iterator<Item = char>> {
    text.parse::<u8>().map_err(io::Error::other)?;
    Ok(text.chars())
}

struct Counter(u8);

impl Counter {
    #[green(timeout = "1.5s")]
    fn next(&mut self) -> io::Result<&mut u8> {
        self.0 += 1;
        Ok(&mut self.0)
    }
}

type Res<T> = Result<T, eventlet::TimedOut>;

#[green(timeout = "1h")]
fn aliased() -> Res<u8> {
    Ok(1)
}

fn main() {
    assert!(matches!(aliased(), Ok(1)));
    let mut items = vec![1];
    assert_eq!(push(&mut items, "2").unwrap(), 2);
    assert_eq!(push(&mut items, "").unwrap(), 2);
    assert!(push(&mut items, "x").is_err());
    assert_eq!(items, [1, 2]);

    assert_eq!(late().unwrap_err().kind(), io::ErrorKind::TimedOut);

    assert_eq!(opaque("12").unwrap().count(), 2);
    assert!(opaque("").is_err());

    let mut counter = Counter(0);
    *counter.next().unwrap() += 1;
    assert_eq!(counter.0, 2);
}

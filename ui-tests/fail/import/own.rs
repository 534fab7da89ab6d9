#[path = "own.rs"]
mod again;

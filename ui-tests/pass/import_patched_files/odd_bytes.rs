#!/usr/bin/env run
//! Two
//! lines.
#![allow(dead_code)]

fn unused() {}

pub const TEXT: &str = "a
b";

pub fn name() -> &'static str {
    std::any::type_name::<std::net::TcpStream>()
}

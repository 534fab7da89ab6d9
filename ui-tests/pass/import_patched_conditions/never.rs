this is not Rust }

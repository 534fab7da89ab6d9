//! A macro whose body names std.

macro_rules! stream_name {
    () => {
        std::any::type_name::<std::net::TcpStream>()
    };
}

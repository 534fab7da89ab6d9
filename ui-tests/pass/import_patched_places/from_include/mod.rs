pub mod beside;

pub fn name() -> &'static str {
    std::any::type_name::<std::net::TcpStream>()
}

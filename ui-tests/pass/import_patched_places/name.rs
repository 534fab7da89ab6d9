#![allow(dead_code)]

pub fn name() -> &'static str {
    std::any::type_name::<std::net::TcpStream>()
}

pub fn module() -> &'static str {
    module_path!()
}

pub fn file() -> &'static str {
    file!()
}

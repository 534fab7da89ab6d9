macro_rules! textual {
    () => {
        std::any::type_name::<std::net::TcpStream>()
    };
}

macro_rules! by_path {
    () => {
        std::any::type_name::<std::net::TcpListener>()
    };
}

#[allow(unused_imports)]
pub(crate) use by_path;

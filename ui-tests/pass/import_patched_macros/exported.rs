#[macro_export]
macro_rules! inner {
    () => {
        std::any::type_name::<std::net::TcpStream>()
    };
}

#[macro_export]
macro_rules! outer {
    () => {
        $crate::inner!()
    };
}

pub fn name() -> &'static str {
    crate::outer!()
}

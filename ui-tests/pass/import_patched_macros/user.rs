use std::any::type_name;

pub fn textual() -> &'static str {
    textual!()
}

pub fn by_path() -> &'static str {
    crate::rules::by_path!()
}

macro_rules! local {
    ($name:ident, $item:path) => {
        pub fn $name() -> &'static str {
            type_name::<$item>()
        }
    };
}

local!(local, std::net::TcpStream);

macro_rules! shadow {
    ($value:expr) => {{
        let value = 2;
        ($value, value)
    }};
}

pub fn hygiene() -> (u32, u32) {
    let value = 1;
    shadow!(value)
}

pub fn f() -> Option<std::net::TcpStream> {
    let n: u32 = "not a number";
    None
}

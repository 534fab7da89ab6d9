//! What std documents about `std::os::unix::net`.

mod unix_addresses;
mod unix_datagram;
mod unix_datagram_ends;
mod unix_listener;
mod unix_stream;
mod unix_stream_ends;
mod unix_traits;

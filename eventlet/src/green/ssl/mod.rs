//! TLS over green streams, by the system's own library.

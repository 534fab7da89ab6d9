//! WebSockets (RFC 6455): for handlers of the HTTP server, and on any stream.

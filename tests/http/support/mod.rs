//! What the tests of servers share: real clients, certificates, and ports.

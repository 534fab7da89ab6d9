//! Runs every example as a program of its own, against real clients and servers.

mod examples_build;
mod examples_clients;
mod examples_crowd;
mod examples_door;
mod examples_http;
mod examples_million;
mod examples_pools;
mod examples_program;
mod examples_queues;
mod examples_servers;
mod examples_unchanged;
mod examples_websocket;

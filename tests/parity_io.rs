//! `green::io` held against std: the same tests, on OS threads and on green threads.

#[path = "parity/pipe.rs"]
mod std_pipe;
#[path = "parity/pipe_descriptors.rs"]
mod std_pipe_descriptors;
#[path = "parity/stdin.rs"]
mod std_stdin;

eventlet::import_patched! {
    #[path = "parity/pipe.rs"]
    mod green_pipe;
    #[path = "parity/pipe_descriptors.rs"]
    mod green_pipe_descriptors;
    #[path = "parity/stdin.rs"]
    mod green_stdin;
}

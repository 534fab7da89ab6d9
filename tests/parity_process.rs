//! `green::process` held against std: the same tests, on OS threads and on green threads.

#[path = "parity/child.rs"]
mod std_child;
#[path = "parity/child_pipes.rs"]
mod std_child_pipes;
#[path = "parity/process.rs"]
mod std_process;

eventlet::import_patched! {
    #[path = "parity/child.rs"]
    mod green_child;
    #[path = "parity/child_pipes.rs"]
    mod green_child_pipes;
    #[path = "parity/process.rs"]
    mod green_process;
}

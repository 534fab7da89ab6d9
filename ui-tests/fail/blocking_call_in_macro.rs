//! A call without a green form among the arguments of a macro.

use eventlet::green;

type Native = std::thread::JoinHandle<()>;

#[green]
fn show(thread: &Native) {
    println!("{:?}", vec![std::os::unix::thread::JoinHandleExt::as_pthread_t(thread)]);
}

fn main() {
    let _ = show;
}

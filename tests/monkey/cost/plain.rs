//! The echo loop in a program that does not have eventlet in it.

mod echo;

fn main() -> std::io::Result<()> {
    echo::obey()
}

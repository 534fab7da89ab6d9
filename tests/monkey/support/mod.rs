//! What the tests of `monkey_patch()` share: real servers in processes of their own, many calls at
//! once, and the same tests with and without the patch. `README.md` shows how a test is written.

pub mod c;
mod deaf;
mod home;
mod mariadb;
mod mode;
mod postgres;
mod redis;
mod server;
mod silence;
mod together;
mod web;

pub use deaf::Deaf;
pub use home::Home;
pub use mariadb::MariaDb;
pub use mode::{check, check_without_the_patch, is_patched};
pub use postgres::Postgres;
pub use redis::Redis;
pub use server::{Server, free_port};
pub use silence::Silence;
pub use together::{Run, at_once, not_before, one_after_another, sleep_until};
pub use web::Web;

include!("blocking.in");

fn one() -> u32 {
    include!("two_values.in")
}

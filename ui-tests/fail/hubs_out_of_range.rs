//! Numbers of hubs that no program has, and what is no number.

use eventlet::green;

mod none {
    use super::green;

    #[green::main(hubs = 0)]
    fn main() {}
}

mod many {
    use super::green;

    #[green::main(hubs = 5000)]
    fn main() {}
}

mod computed {
    use super::green;

    #[green::main(hubs = available_parallelism())]
    fn main() {}
}

mod text {
    use super::green;

    #[green::main(hubs = "2")]
    fn main() {}
}

mod elsewhere {
    use super::green;

    #[green(hubs = 2)]
    fn serve() {}
}

fn main() {}

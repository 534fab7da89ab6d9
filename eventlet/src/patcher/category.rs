//! What can be patched by itself, after Eventlet.

/// A group of calls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Category {
    /// Pipes and other descriptors that are not sockets.
    Os,
    /// Waiting for several descriptors.
    Select,
    Socket,
    /// Locks, and what threads have of their own.
    Thread,
    /// Sleeping.
    Time,
    /// Waiting for child processes.
    Subprocess,
    /// Names of hosts.
    Dns,
}

impl Category {
    pub(crate) const ALL: [Category; 7] = [
        Category::Os,
        Category::Select,
        Category::Socket,
        Category::Thread,
        Category::Time,
        Category::Subprocess,
        Category::Dns,
    ];

    pub(crate) const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Eventlet's name for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Category::Os => "os",
            Category::Select => "select",
            Category::Socket => "socket",
            Category::Thread => "thread",
            Category::Time => "time",
            Category::Subprocess => "subprocess",
            Category::Dns => "dns",
        }
    }
}

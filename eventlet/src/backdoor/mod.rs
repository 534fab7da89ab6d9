//! A console into a running program, for whoever looks after it.

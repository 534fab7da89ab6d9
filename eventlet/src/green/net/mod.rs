//! TCP for green threads.

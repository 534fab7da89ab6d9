//! [`std::os::linux`], with green forms of what waits.

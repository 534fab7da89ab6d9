//! An HTTP/1.1 server whose applications are plain blocking functions.

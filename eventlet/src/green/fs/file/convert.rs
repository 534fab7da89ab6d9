//! To and from std's files and bare descriptors.

use std::fs;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use std::process::Stdio;
use std::sync::Arc;

use super::File;

impl From<fs::File> for File {
    fn from(file: fs::File) -> Self {
        File::new(file)
    }
}

impl From<File> for fs::File {
    /// Gives the file to std.
    ///
    /// If a call of a caller that was killed is still under way, std gets a duplicate of the
    /// descriptor, and the other one is closed after that call.
    ///
    /// # Panics
    ///
    /// Panics if there is such a call, and no descriptor is left for a duplicate.
    fn from(file: File) -> Self {
        Arc::try_unwrap(file.file).unwrap_or_else(|file| {
            file.try_clone()
                .expect("a file that is in use needs a second descriptor to be given away")
        })
    }
}

impl From<OwnedFd> for File {
    fn from(fd: OwnedFd) -> Self {
        fs::File::from(fd).into()
    }
}

impl From<File> for OwnedFd {
    fn from(file: File) -> Self {
        fs::File::from(file).into()
    }
}

impl From<File> for Stdio {
    fn from(file: File) -> Self {
        fs::File::from(file).into()
    }
}

impl AsFd for File {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl AsRawFd for File {
    fn as_raw_fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }
}

impl IntoRawFd for File {
    fn into_raw_fd(self) -> RawFd {
        fs::File::from(self).into_raw_fd()
    }
}

#[allow(unsafe_code, reason = "a method of the trait is unsafe")]
impl FromRawFd for File {
    unsafe fn from_raw_fd(fd: RawFd) -> Self {
        // SAFETY: the caller vouches for the descriptor, as for std's type.
        unsafe { fs::File::from_raw_fd(fd) }.into()
    }
}

//! What a file is, as far as waiting for it goes.

use std::fs::{self, FileType};
use std::path::Path;

/// What one who reads or writes a file waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Medium {
    /// A disk or a server of files: it answers after a while, whatever anyone does.
    Disk,
    /// A FIFO, a terminal or another device, a socket: someone has to come, and may never.
    Peer,
}

impl Medium {
    /// May wait for the disk.
    pub(super) fn of_file(file: &fs::File) -> Self {
        file.metadata().map_or(Medium::Disk, |metadata| Medium::of_type(metadata.file_type()))
    }

    /// May wait for the disk.
    pub(super) fn of_path(path: &Path) -> Self {
        fs::metadata(path).map_or(Medium::Disk, |metadata| Medium::of_type(metadata.file_type()))
    }

    fn of_type(file_type: FileType) -> Self {
        use std::os::unix::fs::FileTypeExt;

        let is_on_disk = file_type.is_file()
            || file_type.is_dir()
            || file_type.is_symlink()
            || file_type.is_block_device();
        if is_on_disk { Medium::Disk } else { Medium::Peer }
    }
}

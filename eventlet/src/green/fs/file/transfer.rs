//! Reading, writing and seeking.

use std::io::{self, IoSlice, IoSliceMut, Read, Seek, SeekFrom, Write};

use super::super::medium::Medium;
use super::File;

/// Reading waits for the disk, or until a FIFO or a device has something.
///
/// What the system has in memory is read in place, in pieces of up to 64 KiB; otherwise the call
/// switches. One call reads 64 MiB at most, except those that read all there is. A caller that is
/// killed while the disk is being read is free at once; the read runs to its end, moves the file's
/// position, and its bytes are lost.
impl Read for &File {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.read_vectored(&mut [IoSliceMut::new(buf)])
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        match self.medium() {
            Medium::Disk => self.read_disk(bufs, None),
            Medium::Peer => self.read_peer(bufs),
        }
    }

    fn read_to_end(&mut self, buf: &mut Vec<u8>) -> io::Result<usize> {
        match self.medium() {
            Medium::Disk => self.read_rest_of_disk(
                buf,
                |mut file, rest| file.read_to_end(rest),
                |buf, mut rest| buf.append(&mut rest),
            ),
            Medium::Peer => PieceByPiece(self).read_to_end(buf),
        }
    }

    fn read_to_string(&mut self, buf: &mut String) -> io::Result<usize> {
        match self.medium() {
            Medium::Disk => self.read_rest_of_disk(
                buf,
                |mut file, rest| file.read_to_string(rest),
                |buf, rest| buf.push_str(&rest),
            ),
            Medium::Peer => PieceByPiece(self).read_to_string(buf),
        }
    }
}

/// Writing switches until the disk or the system's memory has taken the bytes, or until a FIFO or a
/// device takes some.
///
/// One call writes 64 MiB at most. A caller that is killed meanwhile is free at once; a write that
/// has begun runs to its end, and one that has not is not done. A caller that unwinds writes to a
/// disk in place, so that buffers can be flushed by their destructors.
impl Write for &File {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(buf)])
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        match self.medium() {
            Medium::Disk => self.write_disk(bufs, None),
            Medium::Peer => self.write_peer(bufs),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Seeking from the end switches, since a server may have to be asked where that is. Otherwise only
/// the position is set, in place, unless another call of the file is under way.
impl Seek for &File {
    fn seek(&mut self, pos: SeekFrom) -> io::Result<u64> {
        if matches!(pos, SeekFrom::End(_)) || self.calls.are_under_way() {
            return self.on_pool(move |mut file| file.seek(pos));
        }
        (&*self.file).seek(pos)
    }
}

/// Reads all there is by reading some, again and again.
struct PieceByPiece<'a>(&'a File);

impl Read for PieceByPiece<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

impl Read for File {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buf)
    }

    fn read_vectored(&mut self, bufs: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        (&*self).read_vectored(bufs)
    }

    fn read_to_end(&mut self, buf: &mut Vec<u8>) -> io::Result<usize> {
        (&*self).read_to_end(buf)
    }

    fn read_to_string(&mut self, buf: &mut String) -> io::Result<usize> {
        (&*self).read_to_string(buf)
    }
}

impl Write for File {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        (&*self).write(buf)
    }

    fn write_vectored(&mut self, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        (&*self).write_vectored(bufs)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for File {
    fn seek(&mut self, pos: SeekFrom) -> io::Result<u64> {
        (&*self).seek(pos)
    }
}

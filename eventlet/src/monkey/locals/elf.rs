//! The executable's symbols of thread-local variables.
//!
//! Only the sections that are needed are read, and of the names only those of the variables: a debug
//! executable has a hundred thousand other symbols.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// A thread-local variable of the executable.
pub(super) struct Variable {
    /// Where it lies in the thread's block.
    pub(super) offset: usize,
    pub(super) size: usize,
    /// As the linker has it.
    pub(super) name: Vec<u8>,
}

/// Sizes of the file's structures, in ELF64.
const HEADER: usize = 64;
const SECTION: usize = 64;
const SYMBOL: usize = 24;

/// The type of section that has all symbols, those of no use to the dynamic linker included.
const SYMTAB: u32 = 2;
/// The type of symbol that is a thread-local variable.
const TLS: u8 = 6;

/// Symbols that are read at a time.
const CHUNK: usize = 4096;
/// Names are read so far; Rust's are a few hundred bytes long.
const LONGEST_NAME: usize = 64 * 1024;

/// The thread-local variables that are defined in this process's executable.
///
/// # Errors
///
/// Fails if the executable cannot be read, or has no symbols: then it has been stripped.
pub(super) fn variables() -> io::Result<Vec<Variable>> {
    variables_of(&File::open("/proc/self/exe")?)
}

/// Reads any file, whatever is in it.
pub(super) fn variables_of(file: &File) -> io::Result<Vec<Variable>> {
    let header = read(file, 0, HEADER)?;
    let native_order = if cfg!(target_endian = "little") { 1 } else { 2 };
    if !header.0.starts_with(b"\x7fELF") || header.u8(4)? != 2 || header.u8(5)? != native_order {
        return Err(malformed("it is no ELF64 file of this machine"));
    }
    let sections = sections(file, &header)?;
    let symbols = sections
        .iter()
        .find(|section| section.kind == SYMTAB)
        .ok_or_else(|| malformed("it has no symbols: it has been stripped"))?;
    let names = sections.get(symbols.link).ok_or_else(|| malformed("its symbols have no names"))?;
    read_variables(file, symbols, names)
}

/// The parts of a section's header that matter here.
struct Section {
    kind: u32,
    offset: u64,
    size: u64,
    /// The section that belongs to it: of symbols, that of their names.
    link: usize,
}

fn sections(file: &File, header: &Bytes) -> io::Result<Vec<Section>> {
    let offset = header.u64(40)?;
    if offset == 0 {
        return Ok(Vec::new());
    }
    let mut n_sections = usize::from(header.u16(60)?);
    if n_sections == 0 {
        // There are more than fit there: the first section has the number.
        let first = read(file, offset, SECTION)?;
        n_sections = usize::try_from(first.u64(32)?).map_err(io::Error::other)?;
    }
    let length = n_sections.checked_mul(SECTION).filter(|&length| length < 1 << 30);
    let table = read(file, offset, length.ok_or_else(|| malformed("it has too many sections"))?)?;
    (0..n_sections)
        .map(|index| {
            let at = index * SECTION;
            Ok(Section {
                kind: table.u32(at + 4)?,
                offset: table.u64(at + 24)?,
                size: table.u64(at + 32)?,
                link: table.u32(at + 40)? as usize,
            })
        })
        .collect()
}

fn read_variables(file: &File, symbols: &Section, names: &Section) -> io::Result<Vec<Variable>> {
    let mut variables = Vec::new();
    let n_symbols = symbols.size / SYMBOL as u64;
    let mut begin = 0;
    while begin < n_symbols {
        let n_read = (n_symbols - begin).min(CHUNK as u64);
        let offset = symbols.offset.saturating_add(begin * SYMBOL as u64);
        let chunk = read(file, offset, n_read as usize * SYMBOL)?;
        for at in (0..chunk.0.len()).step_by(SYMBOL) {
            let is_defined = chunk.u16(at + 6)? != 0;
            if chunk.u8(at + 4)? & 0xf == TLS && is_defined {
                variables.push(Variable {
                    offset: usize::try_from(chunk.u64(at + 8)?).map_err(io::Error::other)?,
                    size: usize::try_from(chunk.u64(at + 16)?).map_err(io::Error::other)?,
                    name: read_name(file, names, u64::from(chunk.u32(at)?))?,
                });
            }
        }
        begin += n_read;
    }
    Ok(variables)
}

/// Reads a name up to its zero byte.
fn read_name(file: &File, names: &Section, index: u64) -> io::Result<Vec<u8>> {
    let rest = names.size.saturating_sub(index);
    let mut length = 256;
    loop {
        let n_read = rest.min(length);
        let offset = names.offset.saturating_add(index);
        let mut bytes = read(file, offset, n_read as usize)?.0;
        if let Some(end) = bytes.iter().position(|&byte| byte == 0) {
            bytes.truncate(end);
            return Ok(bytes);
        }
        if n_read < length || length >= LONGEST_NAME as u64 {
            return Err(malformed("the name of a symbol has no end"));
        }
        length *= 4;
    }
}

fn read(file: &File, offset: u64, length: usize) -> io::Result<Bytes> {
    let mut bytes = vec![0; length];
    file.read_exact_at(&mut bytes, offset)?;
    Ok(Bytes(bytes))
}

#[cold]
fn malformed(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the executable cannot be read: {why}"))
}

/// Numbers in the machine's byte order, at any offset.
struct Bytes(Vec<u8>);

impl Bytes {
    fn array<const N: usize>(&self, at: usize) -> io::Result<[u8; N]> {
        let bytes = at.checked_add(N).and_then(|end| self.0.get(at..end));
        let bytes = bytes.ok_or_else(|| malformed("it ends too early"))?;
        Ok(bytes.try_into().expect("the slice has the length of the array"))
    }

    fn u8(&self, at: usize) -> io::Result<u8> {
        self.array(at).map(u8::from_ne_bytes)
    }

    fn u16(&self, at: usize) -> io::Result<u16> {
        self.array(at).map(u16::from_ne_bytes)
    }

    fn u32(&self, at: usize) -> io::Result<u32> {
        self.array(at).map(u32::from_ne_bytes)
    }

    fn u64(&self, at: usize) -> io::Result<u64> {
        self.array(at).map(u64::from_ne_bytes)
    }
}

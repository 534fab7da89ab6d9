//! Which bytes of a thread's block each green thread has for itself.

use super::elf::{self, Variable};
use super::names;
use super::own;
use super::segment::Segment;
use super::strangers::Strangers;

/// What is known of the executable's thread-local variables, from when they are first to be swapped.
pub(super) struct Layout {
    /// Where [`running`](super::own) lies in the block: its address tells where the block is.
    pub(super) anchor: usize,
    /// What is swapped.
    pub(super) ranges: Vec<Range>,
    /// What the bytes of all ranges begin with, one after the other.
    pub(super) image: Vec<u8>,
    /// Where std keeps the handle of the current thread.
    pub(super) handle: usize,
    pub(super) strangers: Strangers,
    pub(super) n_variables: usize,
    /// What does not work although the variables are swapped.
    pub(super) failures: Vec<&'static str>,
}

/// Bytes of the block that are swapped together.
pub(super) struct Range {
    pub(super) offset: usize,
    pub(super) length: usize,
}

/// The crates whose variables belong to the OS thread: they are used on both sides of a switch.
const SHARED_CRATES: [&str; 2] = ["eventlet", "generator"];

/// Other variables that stay the OS thread's, by crate and a part of the name: where output goes
/// while tests run, also that of OS threads they start, and what hash maps are seeded with, which costs
/// a system call to make.
const SHARED: [(&str, &str); 3] =
    [("std", "14OUTPUT_CAPTURE"), ("std", "11SPAWN_HOOKS"), ("std", "11RandomState3new4KEYS")];

/// Alignment may leave as many bytes between two variables that are swapped together.
const LARGEST_GAP: usize = 7;

impl Layout {
    /// Reads the executable. `anchor` is where a variable of this crate is in the block.
    ///
    /// # Errors
    ///
    /// Says why the variables cannot be swapped.
    pub(super) fn learn(segment: &Segment, anchor: usize) -> Result<Self, String> {
        let mut variables = elf::variables().map_err(|error| error.to_string())?;
        variables.sort_by_key(|variable| (variable.offset, variable.size));
        check_extents(&variables, segment.size)?;
        check_anchor(&variables, anchor)?;
        let handle = find_handle(&variables)?;
        let (strangers, failures) = Strangers::find(&variables, segment, anchor);
        let is_own = |variable: &Variable| is_own(variable) && !strangers.keep(variable);
        let ranges = ranges_of(&variables, segment.size, is_own)?;
        let image = ranges.iter().flat_map(|range| range.offset..range.offset + range.length);
        let image = image.map(|offset| segment.initial(offset)).collect();
        let n_variables = variables.iter().filter(|variable| is_own(variable)).count();
        Ok(Layout { anchor, ranges, image, handle, strangers, n_variables, failures })
    }

    /// The address of the calling thread's block.
    #[inline]
    pub(super) fn block(&self) -> usize {
        own::anchor() - self.anchor
    }

    /// Whether bytes at this offset of the block are swapped.
    pub(super) fn is_swapped(&self, offset: usize) -> bool {
        let n_before = self.ranges.partition_point(|range| range.offset <= offset);
        n_before.checked_sub(1).is_some_and(|last| {
            let range = &self.ranges[last];
            offset - range.offset < range.length
        })
    }
}

/// Looks whether all variables lie in a block of `size` bytes: everything else counts on that.
pub(super) fn check_extents(variables: &[Variable], size: usize) -> Result<(), String> {
    let lies_within = |variable: &Variable| {
        variable.offset.checked_add(variable.size).is_some_and(|end| end <= size)
    };
    if variables.iter().all(lies_within) {
        Ok(())
    } else {
        Err("the executable's symbols do not fit its thread-local variables".into())
    }
}

/// Looks whether the symbols are this program's, and this crate is in the executable and not in a
/// library.
fn check_anchor(variables: &[Variable], anchor: usize) -> Result<(), String> {
    let is_there = variables.iter().any(|variable| {
        variable.offset == anchor && names::crate_of(&variable.name) == Some("eventlet")
    });
    if is_there { Ok(()) } else { Err("eventlet is not linked into the executable".into()) }
}

fn find_handle(variables: &[Variable]) -> Result<usize, String> {
    let handles = variables.iter().filter(|variable| {
        names::is_in(&variable.name, "std", "6thread7current7CURRENT")
            && variable.size == size_of::<usize>()
    });
    let [handle] = handles.collect::<Vec<_>>()[..] else {
        return Err("std is not linked into the executable, or not as it is known".into());
    };
    Ok(handle.offset)
}

/// Whether each green thread has this variable for itself.
fn is_own(variable: &Variable) -> bool {
    let Some(of) = names::crate_of(&variable.name) else { return false };
    let is_shared = SHARED.iter().any(|&(of, part)| names::is_in(&variable.name, of, part));
    !SHARED_CRATES.contains(&of) && !is_shared
}

/// Joins the variables that are swapped, in the order in which they lie in a block of `size` bytes.
fn ranges_of(
    variables: &[Variable],
    size: usize,
    is_own: impl Fn(&Variable) -> bool,
) -> Result<Vec<Range>, String> {
    let mut ranges: Vec<Range> = Vec::new();
    let (mut end, mut joins) = (0, false);
    for variable in variables.iter().filter(|variable| variable.size > 0) {
        let own = is_own(variable);
        if variable.offset < end && own != joins {
            return Err("thread-local variables of the executable overlap".into());
        }
        match ranges.last_mut() {
            _ if !own => {}
            Some(last) if joins && variable.offset <= end + LARGEST_GAP => {
                let new_end = end.max(variable.offset + variable.size);
                last.length = new_end - last.offset;
            }
            _ => ranges.push(Range { offset: variable.offset, length: variable.size }),
        }
        end = end.max(variable.offset + variable.size);
        joins = own;
    }
    for range in &mut ranges {
        round_up(range, variables, size);
    }
    Ok(ranges)
}

/// Makes a range one of whole words if what follows is nobody's: they are swapped faster.
fn round_up(range: &mut Range, variables: &[Variable], size: usize) {
    let end = range.offset + range.length;
    let rounded = range.length.next_multiple_of(size_of::<u64>());
    let next = variables.iter().map(|variable| variable.offset).find(|&offset| offset >= end);
    if range.offset + rounded <= next.unwrap_or(size) {
        range.length = rounded;
    }
}

//! How std marks a variable as dropped.
//!
//! A variable of a type that is to be dropped has a mark beside its value: not made yet, there, or
//! dropped. Where the mark is and what it looks like is std's own affair, so it is found out, by
//! variables of our own on an OS thread that ends.

use std::cell::OnceCell;
use std::hint::black_box;
use std::sync::{Arc, OnceLock};
use std::{ptr, thread};

use super::elf::Variable;
use super::own;
use super::segment::Segment;

/// Where the mark is in a variable, and its values. It is one byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct States {
    place: Place,
    unmade: u8,
    pub(super) alive: u8,
    pub(super) dropped: u8,
}

/// The distance of the mark from one end of the variable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    FromBegin(usize),
    FromEnd(usize),
}

impl States {
    /// Watches two variables of our own from their beginning to their end; `None` if what happens to
    /// them is not understood.
    pub(super) fn find_out(
        variables: &[Variable],
        segment: &Segment,
        anchor: usize,
    ) -> Option<Self> {
        let [small, large] = watch(variables, anchor)?;
        let (small_mark, large_mark) = (small.mark()?, large.mark()?);
        let place = if small_mark == large_mark {
            Place::FromBegin(small_mark)
        } else if small.size() - small_mark == large.size() - large_mark {
            Place::FromEnd(small.size() - small_mark)
        } else {
            return None;
        };
        let of = |life: &Life, mark: usize| States {
            place,
            unmade: segment.initial(life.offset + mark),
            alive: life.alive[mark],
            dropped: life.dropped[mark],
        };
        let states = of(&small, small_mark);
        let differ = states.unmade != states.alive && states.unmade != states.dropped;
        (differ && states == of(&large, large_mark)).then_some(states)
    }

    /// Where the mark of another variable is, by its offset in the block; `None` if it does not look
    /// like one that has a mark.
    pub(super) fn mark_of(&self, variable: &Variable, segment: &Segment) -> Option<usize> {
        let Variable { offset, size, .. } = *variable;
        // Less aligned ones have their mark elsewhere.
        let is_aligned = offset.is_multiple_of(ALIGNMENT) && size.is_multiple_of(ALIGNMENT);
        let mark = match self.place {
            Place::FromBegin(distance) => offset + distance,
            Place::FromEnd(distance) => (offset + size).checked_sub(distance)?,
        };
        let fits = is_aligned && size > ALIGNMENT && (offset..offset + size).contains(&mark);
        (fits && segment.initial(mark) == self.unmade).then_some(mark)
    }
}

/// That of the probes.
const ALIGNMENT: usize = align_of::<u64>();

/// A variable of `N` words.
struct Probe<const N: usize> {
    words: [u64; N],
}

impl<const N: usize> Probe<N> {
    fn new() -> Self {
        Probe { words: [black_box(0xA5A5_A5A5_A5A5_A5A5); N] }
    }
}

impl<const N: usize> Drop for Probe<N> {
    fn drop(&mut self) {
        black_box(&self.words);
    }
}

thread_local! {
    static SMALL: Probe<5> = Probe::new();
    static LARGE: Probe<9> = Probe::new();
    /// Used before the probes, and so dropped after them.
    static WITNESS: OnceCell<Witness> = const { OnceCell::new() };
}

/// Looks at the probes when they have been dropped.
struct Witness {
    probes: [Bytes; 2],
    report: Arc<OnceLock<[Vec<u8>; 2]>>,
}

impl Drop for Witness {
    fn drop(&mut self) {
        let _ = self.report.set(self.probes.each_ref().map(Bytes::read));
    }
}

/// A variable in the block of an OS thread.
struct Bytes {
    address: usize,
    size: usize,
}

impl Bytes {
    /// Called on that thread.
    fn read(&self) -> Vec<u8> {
        let first: *const u8 = ptr::with_exposed_provenance(self.address);
        // SAFETY: it is a variable of this thread, which has memory until the thread is gone. Its
        // bytes are looked at as they are in memory, whatever they mean.
        (0..self.size).map(|i| unsafe { first.add(i).read_volatile() }).collect()
    }
}

/// What a probe's bytes were.
struct Life {
    offset: usize,
    alive: Vec<u8>,
    dropped: Vec<u8>,
}

impl Life {
    fn size(&self) -> usize {
        self.alive.len()
    }

    /// The one byte that being dropped has changed.
    fn mark(&self) -> Option<usize> {
        let mut changed = (0..self.size()).filter(|&i| self.alive[i] != self.dropped[i]);
        let mark = changed.next()?;
        changed.next().is_none().then_some(mark)
    }
}

/// Has the probes live and end on an OS thread.
fn watch(variables: &[Variable], anchor: usize) -> Option<[Life; 2]> {
    let extents: Vec<_> =
        variables.iter().map(|variable| (variable.offset, variable.size)).collect();
    let report = Arc::new(OnceLock::new());
    let of_witness = report.clone();
    // Joining waits until the thread's variables have been dropped.
    let (offsets, alive) =
        thread::spawn(move || live(&extents, anchor, of_witness)).join().ok()??;
    let [small, large] = Arc::into_inner(report)?.into_inner()?;
    let mut lives = offsets.into_iter().zip(alive).zip([small, large]);
    let mut next =
        || lives.next().map(|((offset, alive), dropped)| Life { offset, alive, dropped });
    Some([next()?, next()?])
}

/// The life of the probes; says where they are and what they look like.
fn live(
    extents: &[(usize, usize)],
    anchor: usize,
    report: Arc<OnceLock<[Vec<u8>; 2]>>,
) -> Option<([usize; 2], [Vec<u8>; 2])> {
    WITNESS.with(|witness| {
        let block = own::anchor() - anchor;
        let values = [SMALL.with(address_of), LARGE.with(address_of)];
        let extent_of = |value: usize| {
            let holds = |&&(at, size): &&(usize, usize)| (at..at + size).contains(&(value - block));
            extents.iter().find(holds).copied()
        };
        let extents = [extent_of(values[0])?, extent_of(values[1])?];
        let probes = extents.map(|(at, size)| Bytes { address: block + at, size });
        let alive = probes.each_ref().map(Bytes::read);
        let _ = witness.set(Witness { probes, report });
        Some((extents.map(|(at, _)| at), alive))
    })
}

fn address_of<T>(value: &T) -> usize {
    ptr::from_ref(value).expose_provenance()
}

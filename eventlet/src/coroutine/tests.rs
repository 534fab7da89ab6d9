//! Jobs on switchable stacks, and the stacks between jobs.

use std::cell::{Cell, RefCell};

use super::report::RawText;
use super::{ACTIVE, Coroutine, StackPool, StackSize, default_stack_size, suspend};

thread_local! {
    static JOB: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

/// Runs the job that was put down last.
fn entry() {
    let job = JOB.take().expect("a job was put down");
    job();
}

fn is_active() -> bool {
    !ACTIVE.get().is_null()
}

/// Starts `job` on `coroutine`.
fn start(coroutine: &mut Coroutine, job: impl FnOnce() + 'static) {
    JOB.set(Some(Box::new(job)));
    coroutine.resume();
}

fn coroutine() -> Coroutine {
    Coroutine::new(StackSize::new(64 * 1024).unwrap(), entry).unwrap()
}

#[test]
fn a_job_can_be_left_and_resumed() {
    thread_local!(static STEPS: Cell<u32> = const { Cell::new(0) });
    let mut coroutine = coroutine();
    assert!(coroutine.is_idle() && !is_active());
    start(&mut coroutine, || {
        for step in 1..=3 {
            assert!(is_active());
            STEPS.set(step);
            suspend();
        }
    });
    for step in 1..=3 {
        assert_eq!(STEPS.get(), step);
        assert!(!coroutine.is_idle() && !is_active());
        coroutine.resume();
    }
    assert!(coroutine.is_idle());
}

#[test]
fn one_stack_serves_many_jobs() {
    let mut coroutine = coroutine();
    let sum = std::rc::Rc::new(Cell::new(0));
    for number in 0..1000 {
        let sum = sum.clone();
        start(&mut coroutine, move || sum.set(sum.get() + number));
        assert!(coroutine.is_idle());
    }
    assert_eq!(sum.get(), 499_500);
}

#[test]
fn several_can_be_in_the_middle_of_a_job() {
    let order = std::rc::Rc::new(RefCell::new(Vec::new()));
    let mut coroutines: Vec<_> = (0..5).map(|_| coroutine()).collect();
    for (number, coroutine) in coroutines.iter_mut().enumerate() {
        let order = order.clone();
        start(coroutine, move || {
            order.borrow_mut().push(number);
            suspend();
            order.borrow_mut().push(number + 10);
        });
    }
    coroutines.iter_mut().rev().for_each(Coroutine::resume);
    assert_eq!(*order.borrow(), [0, 1, 2, 3, 4, 14, 13, 12, 11, 10]);
}

/// The generator crate takes a used bottom word for an overflow, and panics when it is dropped.
#[test]
fn a_stack_that_was_used_to_its_last_word_can_be_dropped() {
    let mut coroutine = coroutine();
    start(&mut coroutine, || ());
    let bottom: *mut usize =
        std::ptr::with_exposed_provenance_mut(coroutine.control().stack.bottom());
    // SAFETY: the lowest word of a mapped stack that runs no job.
    unsafe { bottom.write(1) };
    drop(coroutine);
}

#[test]
fn one_that_was_never_used_can_be_dropped() {
    drop(coroutine());
}

#[test]
fn the_pool_hands_out_the_stack_used_last() {
    let size = default_stack_size();
    let mut pool = StackPool::new(entry);
    let bottom = |coroutine: &Coroutine| coroutine.control().stack.bottom();
    let first = pool.take(size).unwrap();
    let second = pool.take(size).unwrap();
    let (first_at, second_at) = (bottom(&first), bottom(&second));
    assert_eq!((pool.n_in_use(), pool.n_idle()), (2, 0));
    pool.give_back(first);
    pool.give_back(second);
    assert_eq!((pool.n_in_use(), pool.n_idle()), (0, 2));
    assert_eq!(bottom(&pool.take(size).unwrap()), second_at);
    assert_eq!(bottom(&pool.take(size).unwrap()), first_at);
}

#[test]
fn the_pool_keeps_sizes_apart() {
    let mut pool = StackPool::new(entry);
    let small = StackSize::new(16 * 1024).unwrap();
    pool.provide(small).unwrap();
    assert_eq!(pool.n_idle(), 1);
    pool.provide(small).unwrap();
    assert_eq!(pool.n_idle(), 1, "one is at hand");
    let standard = pool.take(default_stack_size()).unwrap();
    assert_eq!(pool.n_idle(), 1);
    assert!(standard.stack_size() == default_stack_size());
    let other = pool.take(small).unwrap();
    assert!(other.stack_size() == small);
    pool.give_back(standard);
    pool.give_back(other);
    assert_eq!(pool.n_idle(), 2);
}

#[test]
fn the_pool_shrinks_to_what_it_keeps() {
    let size = StackSize::new(16 * 1024).unwrap();
    let mut pool = StackPool::new(entry);
    let taken: Vec<_> = (0..1500).map(|_| pool.take(size).unwrap()).collect();
    assert!(!pool.is_swollen());
    taken.into_iter().for_each(|coroutine| pool.give_back(coroutine));
    let mut n_slices = 0;
    while pool.is_swollen() {
        pool.trim();
        n_slices += 1;
    }
    assert!(n_slices > 1, "it takes its time");
    assert_eq!(pool.n_idle(), 1024);
}

/// Uses some 100 KiB of stack.
fn go_deep() {
    let deep = std::hint::black_box([7_u8; 100 * 1024]);
    assert_eq!(deep[std::hint::black_box(1000)], 7);
}

#[test]
fn the_pool_leaves_one_page_to_stacks_that_are_not_hot() {
    let resident = |coroutine: &Coroutine| {
        let stack = coroutine.control().stack;
        let mut pages = vec![0_u8; stack.size().bytes() / super::stack::page_size()];
        let bottom = std::ptr::with_exposed_provenance_mut(stack.bottom());
        // SAFETY: the stack is mapped, and there is room for the answer about each of its pages.
        let failed = unsafe { libc::mincore(bottom, stack.size().bytes(), pages.as_mut_ptr()) };
        assert_eq!(failed, 0);
        pages.iter().filter(|&page| page & 1 == 1).count()
    };
    let mut pool = StackPool::new(entry);
    let mut taken: Vec<_> = (0..100).map(|_| pool.take(default_stack_size()).unwrap()).collect();
    for coroutine in &mut taken {
        start(coroutine, go_deep);
        assert!(resident(coroutine) > 20);
    }
    taken.into_iter().for_each(|coroutine| pool.give_back(coroutine));
    while pool.is_swollen() {
        pool.trim();
    }
    let mut taken: Vec<_> = (0..100).map(|_| pool.take(default_stack_size()).unwrap()).collect();
    let n_resident: Vec<_> = taken.iter().map(resident).collect();
    assert!(n_resident[..64].iter().all(|&n| n > 20), "{n_resident:?}");
    assert!(n_resident[64..].iter().all(|&n| n == 1), "{n_resident:?}");
    // They can be used as before.
    taken.iter_mut().for_each(|coroutine| start(coroutine, go_deep));
    assert!(!pool.is_swollen());
    taken.into_iter().for_each(|coroutine| pool.give_back(coroutine));
    assert!(pool.is_swollen(), "they have been used again");
}

#[test]
fn sizes_are_whole_pages() {
    let size = StackSize::new(8 * 1024 + 1).unwrap();
    assert!(size.bytes() > 8 * 1024 && size.bytes().is_multiple_of(super::stack::page_size()));
    assert!(size.words().is_multiple_of(2), "odd sizes would fill the whole stack");
}

#[test]
fn raw_text_is_cut_at_whole_characters() {
    let mut text = RawText::new();
    text.push("id ");
    text.push_number(0);
    text.push(" ");
    text.push_number(u64::MAX);
    assert_eq!(text.as_str(), "id 0 18446744073709551615");
    let mut text = RawText::new();
    text.push("x");
    text.push(&"ä".repeat(400));
    assert_eq!(text.as_str(), format!("x{}", "ä".repeat(255)));
    text.push("y");
    assert_eq!(text.as_str().len(), 512);
}

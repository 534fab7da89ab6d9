//! What is read of the memory of a process: kinds of symbols, and who has which values.

use std::cell::Cell;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::{env, process};

use super::elf::Variable;
use super::layout::{Layout, check_extents};
use super::{elf, is_thread_local, names, own, segment};

fn crate_of(name: &str) -> Option<&str> {
    names::crate_of(name.as_bytes())
}

#[test]
fn both_manglings_are_read() {
    let hash = "17h6529620e1d78597dE";
    let of_closure = "_ZN5tokio7runtime7context7CONTEXT29_$u7b$$u7b$constant$u7d$$u7d$28_$u7b$$u7b$closure$u7d$$u7d$23__RUST_STD_INTERNAL_VAL";
    assert_eq!(crate_of(&format!("{of_closure}{hash}")), Some("tokio"));
    assert_eq!(crate_of(&format!("{of_closure}{hash}.llvm.1234567")), Some("tokio"));
    let of_impl = "_ZN49_$LT$exp2..D$u20$as$u20$core..ops..drop..Drop$GT$4drop5COUNT";
    assert_eq!(crate_of(&format!("{of_impl}{hash}")), Some("exp2"));
    assert_eq!(crate_of("_RNvNtNtCsjrHSEGnQ3l9_3std6thread7current7CURRENT"), Some("std"));
    let of_method = "_RNvNCNKNvNvMNtNtNtCsjrHSEGnQ3l9_3std4sync4mpmc7contextNtBa_7Context4with7CONTEXT0023___RUST_STD_INTERNAL_VAL";
    assert_eq!(crate_of(of_method), Some("std"));
    assert_eq!(crate_of("_RNvNvMs1a_NtC8eventlet3hubNtB5_3Hub3run5COUNT"), Some("eventlet"));
    assert_eq!(crate_of("_RNvINtC14eventlet_tests3oneyE3TWO"), Some("eventlet_tests"));
}

#[test]
fn other_languages_and_nonsense_are_not_rust() {
    for name in [
        "errno",
        "tsd_tls",
        // C++: a static member, and one whose name only looks like a hash.
        "_ZN3foo3barE",
        "_ZN3foo17hnothexadecimal!E",
        "_ZGVN3foo3barE",
        // Cut off, or with lengths that lead nowhere.
        "",
        "_R",
        "_RN",
        "_RNvC",
        "_RNvC99999999999999999999999a",
        "_RNvC9abc",
        "_RNvMs",
        "_ZN17h6529620e1d78597dE",
        "_ZN99abc17h6529620e1d78597dE",
    ] {
        assert_eq!(crate_of(name), None, "{name}");
    }
}

thread_local!(static OF_THIS_CRATE: Cell<u64> = const { Cell::new(0) });

#[test]
fn the_own_executable_is_understood() {
    OF_THIS_CRATE.set(1);
    let segment = segment::find().unwrap();
    let layout = Layout::learn(&segment, own::anchor() - segment.block).unwrap();
    assert_eq!(layout.failures, [""; 0]);
    let variables = elf::variables().unwrap();
    let mut seen = Vec::new();
    for variable in &variables {
        let of = names::crate_of(&variable.name);
        let name = String::from_utf8_lossy(&variable.name);
        let is_shared = matches!(of, None | Some("eventlet" | "generator"))
            || ["OUTPUT_CAPTURE", "SPAWN_HOOKS", "RandomState"]
                .iter()
                .any(|part| name.contains(part));
        for offset in variable.offset..variable.offset + variable.size {
            assert_eq!(layout.is_swapped(offset), !is_shared, "{name}");
        }
        seen.extend(of);
    }
    for expected in ["std", "eventlet", "generator"] {
        assert!(seen.contains(&expected), "{expected} is not among {seen:?}");
    }
    let n_bytes: usize = layout.ranges.iter().map(|range| range.length).sum();
    assert_eq!(n_bytes, layout.image.len());
    let is_apart = |pair: &[super::layout::Range]| pair[0].offset + pair[0].length < pair[1].offset;
    assert!(layout.ranges.windows(2).all(is_apart));
}

#[test]
fn an_anchor_that_is_not_there_is_refused() {
    let segment = segment::find().unwrap();
    for anchor in [own::anchor() - segment.block + 1, usize::MAX] {
        let learnt = Layout::learn(&segment, anchor);
        assert_eq!(learnt.err().as_deref(), Some("eventlet is not linked into the executable"));
    }
}

#[test]
fn variables_that_lie_elsewhere_are_refused() {
    for (offset, size) in
        [(0, 101), (100, 1), (101, 0), (usize::MAX, 0), (usize::MAX - 7, 8), (8, usize::MAX)]
    {
        let variable = Variable { offset, size, name: Vec::new() };
        assert!(check_extents(&[variable], 100).is_err(), "{offset} {size}");
    }
    let variable = Variable { offset: 99, size: 1, name: Vec::new() };
    assert!(check_extents(&[variable], 100).is_ok());
}

/// A copy of this executable, which has no name.
fn copied_executable() -> File {
    let place = env::temp_dir().join(format!("eventlet-{}-copy", process::id()));
    fs::copy("/proc/self/exe", &place).unwrap();
    let file = File::options().read(true).write(true).open(&place).unwrap();
    fs::remove_file(&place).unwrap();
    file
}

/// Numbers that look random, and are always the same.
fn numbers() -> impl FnMut(u64) -> u64 {
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    }
}

#[test]
fn any_file_can_be_read() {
    let file = copied_executable();
    let length = file.metadata().unwrap().len();
    let mut header = [0; 64];
    file.read_exact_at(&mut header, 0).unwrap();
    let sections = u64::from_ne_bytes(header[40..48].try_into().unwrap());
    let n_variables = elf::variables_of(&file).unwrap().len();
    let (mut number, mut n_errors) = (numbers(), 0);
    for round in 0..300 {
        // The header, the table of sections, or what lies before that: names and symbols.
        let at = match round % 3 {
            0 => number(64),
            1 => sections + number(length - sections),
            _ => sections - 1 - number(sections / 4),
        };
        let odd = [0, 1, 6, 0x7F, 0xFF, number(256) as u8][number(6) as usize];
        let mut before = [0; 8];
        let n_bytes = (1 + number(8)).min(length - at) as usize;
        file.read_exact_at(&mut before[..n_bytes], at).unwrap();
        file.write_all_at(&[odd; 8][..n_bytes], at).unwrap();
        n_errors += u32::from(elf::variables_of(&file).is_err());
        file.write_all_at(&before[..n_bytes], at).unwrap();
    }
    assert!(n_errors > 30, "{n_errors}");
    assert_eq!(elf::variables_of(&file).unwrap().len(), n_variables);
    for _ in 0..20 {
        file.set_len(number(length)).unwrap();
        let _ = elf::variables_of(&file);
    }
    file.set_len(0).unwrap();
    assert!(elf::variables_of(&file).is_err());
}

#[test]
fn addresses_of_variables_are_known() {
    super::enable();
    let address = || OF_THIS_CRATE.with(|variable| std::ptr::from_ref(variable).addr());
    let elsewhere = std::thread::spawn(move || (address(), is_thread_local(address())));
    let (of_another_thread, is_there) = elsewhere.join().unwrap();
    assert!(is_there && is_thread_local(address()) && !is_thread_local(of_another_thread));
    let (on_stack, on_heap) = (0_u8, Box::new(0_u8));
    assert!(!is_thread_local((&raw const on_stack).addr()));
    assert!(!is_thread_local((&raw const *on_heap).addr()));
}

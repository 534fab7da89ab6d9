//! How much memory and how many mappings the process has while the soak goes on.

use std::time::{Duration, Instant};

use eventlet_tests::sys::{n_mappings, resident_kib};

/// How much the peak may grow from the second quarter to the last one, beside a tenth.
const SLACK_KIB: u64 = 2048;
const SLACK_MAPPINGS: usize = 32;

/// The peaks of the quarters of the soak.
pub struct Footprints {
    begin: Instant,
    duration: Duration,
    resident_kib: [u64; 4],
    mappings: [usize; 4],
}

impl Footprints {
    /// For a soak that begins now.
    pub fn new(duration: Duration) -> Self {
        Footprints { begin: Instant::now(), duration, resident_kib: [0; 4], mappings: [0; 4] }
    }

    /// Measures.
    pub fn take(&mut self) {
        let passed = self.begin.elapsed().as_nanos() * 4 / self.duration.as_nanos().max(1);
        let quarter = passed.min(3) as usize;
        let peak = &mut self.resident_kib[quarter];
        *peak = resident_kib().max(*peak);
        let peak = &mut self.mappings[quarter];
        *peak = n_mappings().max(*peak);
    }

    /// The last quarter needs no more than the second one did.
    pub fn assert_no_growth(&self) {
        println!("resident, peak of each quarter: {:?} KiB", self.resident_kib);
        println!("mappings, peak of each quarter: {:?}", self.mappings);
        let [_, early, .., late] = self.resident_kib;
        assert!(late <= early + early / 10 + SLACK_KIB, "memory has grown");
        let [_, early, .., late] = self.mappings;
        assert!(late <= early + early / 10 + SLACK_MAPPINGS, "mappings have grown");
    }
}

//! W4: one million tasks alive at the same time.

use std::error::Error;

use super::Workload;
use super::metric::{Metric, Target};
use crate::args::Settings;
use crate::machine;
use crate::peers::program::Program;

pub(super) struct Million;

pub(super) const MILLION: Million = Million;

const N: u64 = 1_000_000;
/// What threads with two touched pages each take, with page tables, and some to spare for what
/// else runs.
const NEEDED: u64 = 12 << 30;

impl Workload for Million {
    fn name(&self) -> &'static str {
        "million"
    }

    fn skill(&self) -> &'static str {
        "million"
    }

    fn title(&self) -> &'static str {
        "W4 one million alive"
    }

    fn metrics(&self) -> &'static [Metric] {
        const METRICS: &[Metric] = &[Metric::less("GB in all", Target::Possible)];
        METRICS
    }

    fn is_long(&self) -> bool {
        true
    }

    fn obstacle(&self) -> Option<String> {
        let available = machine::available_bytes()?;
        let gib = |bytes| bytes >> 30;
        (available < NEEDED).then(|| {
            format!("{} GiB of memory are free, {} are needed", gib(available), gib(NEEDED))
        })
    }

    fn run(&self, program: &Program, _settings: &Settings) -> Result<Vec<f64>, Box<dyn Error>> {
        let bytes_each = *program.run_job("million", N)?.first().ok_or("no answer")?;
        Ok(vec![bytes_each * N as f64 / 1e9])
    }
}

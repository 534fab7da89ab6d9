//! What the process uses and what the machine has left, as Linux tells in /proc and /sys.
//! Elsewhere nothing is known, and everything is tried.

use std::fs;
use std::path::Path;

/// Mappings that the library leaves to the rest of the process.
const SPARE_MAPPINGS: u64 = 4096;

/// What the process uses; memory is in bytes.
pub struct Usage {
    resident: u64,
    page_tables: u64,
    address_space: u64,
    pub n_mappings: u64,
}

/// What keeps green threads from being more.
pub struct Limit {
    pub why: String,
    pub n_fit: u64,
}

impl Usage {
    pub fn now() -> Self {
        let status = read("/proc/self/status");
        let n_mappings = read("/proc/self/maps").lines().count() as u64;
        Usage {
            resident: kib(&status, "VmRSS:").unwrap_or(0),
            page_tables: kib(&status, "VmPTE:").unwrap_or(0),
            address_space: kib(&status, "VmSize:").unwrap_or(0),
            n_mappings,
        }
    }

    pub fn memory(&self) -> String {
        format!("{} MiB, and {} MiB of page tables", self.resident >> 20, self.page_tables >> 20)
    }

    pub fn memory_beyond(&self, before: &Usage, n: u64) -> String {
        format!("{}: {} bytes each", self.memory(), self.memory_each(before, n))
    }

    fn memory_each(&self, before: &Usage, n: u64) -> u64 {
        let now = self.resident + self.page_tables;
        now.saturating_sub(before.resident + before.page_tables) / n
    }
}

pub fn mapping_limit() -> u64 {
    read("/proc/sys/vm/max_map_count").trim().parse().unwrap_or(u64::MAX)
}

/// What will be used up first, going by what `n` green threads have taken.
pub fn tightest_limit(before: &Usage, now: &Usage, n: u64) -> Option<Limit> {
    let memory_each = now.memory_each(before, n);
    let memory = memory_left().into_iter().map(|(what, left)| {
        // A tenth is left to others.
        let why = format!("each takes {memory_each} bytes of memory, and {what} is {left}");
        (why, left / 10 * 9, memory_each)
    });
    let space_each = now.address_space.saturating_sub(before.address_space) / n;
    let space = address_space_limit().map(|limit| {
        let why = format!("each takes {space_each} bytes of address space, limited to {limit}");
        (why, limit.saturating_sub(now.address_space), space_each)
    });
    let mappings_each = now.n_mappings.saturating_sub(before.n_mappings) / n;
    let limit = mapping_limit();
    let mappings = (
        format!(
            "each takes {mappings_each} mappings, of which the sysctl vm.max_map_count allows \
             {limit}, since its stack is guarded without the guard regions of Linux 6.13"
        ),
        limit.saturating_sub(now.n_mappings + SPARE_MAPPINGS),
        mappings_each,
    );
    let limits = memory.chain(space).chain([mappings]);
    let limits = limits.filter(|(_, _, each)| *each > 0).map(|(why, left, each)| {
        let n_fit = n + left / each;
        // What is left changes all the time.
        Limit { why, n_fit: n_fit - n_fit % n }
    });
    limits.min_by_key(|limit| limit.n_fit)
}

/// The bytes of memory left, by what limits them.
fn memory_left() -> Vec<(String, u64)> {
    let mut left = Vec::new();
    let machine = read("/proc/meminfo");
    left.extend(
        kib(&machine, "MemAvailable:").map(|free| ("what the machine has left".into(), free)),
    );
    if read("/proc/sys/vm/overcommit_memory").trim() == "2" {
        let promised = kib(&machine, "CommitLimit:").zip(kib(&machine, "Committed_AS:"));
        let free = promised.map(|(limit, used)| limit.saturating_sub(used));
        left.extend(free.map(|free| ("what the kernel may promise".into(), free)));
    }
    // The limits of the control group and of those that it lies in.
    let groups = read("/proc/self/cgroup");
    let group = groups.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    for folder in Path::new("/sys/fs/cgroup")
        .join(group)
        .ancestors()
        .take_while(|folder| folder.starts_with("/sys/fs/cgroup"))
    {
        let number = |name: &str| read(folder.join(name)).trim().parse::<u64>().ok();
        if let (Some(limit), Some(used)) = (number("memory.max"), number("memory.current")) {
            left.push((format!("what {} has left", folder.display()), limit.saturating_sub(used)));
        }
    }
    left
}

fn address_space_limit() -> Option<u64> {
    let limits = read("/proc/self/limits");
    let line = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// A line such as `VmRSS:  1234 kB`, in bytes.
fn kib(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().trim_end_matches(" kB").parse::<u64>().ok().map(|kib| kib * 1024)
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

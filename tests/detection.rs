//! Blocking detection in tests: one at a time, since it is the process's.

use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use eventlet::debug::{BlockingDetection, BlockingReport, hub_blocking_detection};

use super::{compute_for, ms};

/// Waits until no other test of the process uses detection.
pub fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Detection that is on until this is dropped, and what it tells.
pub struct Detection {
    /// What has been told and not been received.
    pub reports: Receiver<BlockingReport>,
    _turn: MutexGuard<'static, ()>,
}

impl Detection {
    /// Turns detection on when it is this test's turn.
    pub fn with(resolution: Duration) -> Self {
        Self::in_turn(turn(), resolution)
    }

    /// Turns detection on. A green thread that waited for its turn would be told of to whose turn it is.
    pub fn in_turn(turn: MutexGuard<'static, ()>, resolution: Duration) -> Self {
        let (sender, reports) = mpsc::channel();
        let detection = BlockingDetection::new().resolution(resolution);
        let detection = detection.report_to(move |report| drop(sender.send(report.clone())));
        detection.start().expect("there can be a watchdog");
        Detection { reports, _turn: turn }
    }

    /// Computes until something is told, and returns that.
    pub fn compute_until_told(&self) -> BlockingReport {
        loop {
            compute_for(ms(1));
            if let Ok(report) = self.reports.try_recv() {
                return report;
            }
        }
    }

    /// Blocks the OS thread until something is told, and returns that.
    pub fn block_until_told(&self) -> BlockingReport {
        self.reports.recv().expect("detection is on")
    }
}

impl Drop for Detection {
    fn drop(&mut self) {
        hub_blocking_detection(false);
    }
}

/// Waits until the process has so many watchdogs.
#[cfg(target_os = "linux")]
pub fn expect_watchdogs(n: usize) {
    while n_watchdogs() != n {
        std::thread::sleep(ms(1));
    }
}

#[cfg(target_os = "linux")]
fn n_watchdogs() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux tells of its threads");
    let name = |task: std::fs::DirEntry| std::fs::read_to_string(task.path().join("comm")).ok();
    let names = tasks.filter_map(|task| name(task.ok()?));
    names.filter(|name| name.trim_end() == "eventlet-watch").count()
}

/// Elsewhere nobody tells.
#[cfg(not(target_os = "linux"))]
pub fn expect_watchdogs(_n: usize) {}

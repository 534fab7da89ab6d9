//! A runner of jobs, with processes and files: blocking code.

#[path = "real/job_runner_tests.rs"]
mod on_std;

#[test]
fn a_thousand_jobs_run_on_sixteen_threads() {
    on_std::a_thousand_uses().assert_threads(1_000, 16);
}

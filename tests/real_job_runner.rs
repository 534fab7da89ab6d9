//! A runner of jobs, with processes and files: blocking code, unchanged, on OS threads and on green
//! threads.

#[path = "real/job_runner_tests.rs"]
mod on_std;

eventlet::import_patched! {
    #[path = "real/job_runner_tests.rs"]
    #[allow(clippy::non_octal_unix_permissions, reason = "it looks at the text of this line")]
    mod green;
}

/// One after the other: the threads of the process are counted.
#[test]
fn a_thousand_jobs_run_on_sixteen_threads() {
    on_std::a_thousand_uses().assert_threads(1_000, 16);
    green::a_thousand_uses().assert_one_thread(1_000);
}

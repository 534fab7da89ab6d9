//! What the runner of `job_runner.rs` does.

#[path = "job_runner.rs"]
mod job_runner;

use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, process};

use eventlet_tests::{Crowd, check, check_within};

use job_runner::{Job, MOST_RUNNING, Runner, Tally, write_atomically};

/// A spool folder of a test; it goes with it.
struct Spool(PathBuf);

impl Spool {
    fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{}-{n}", module_path!().replace("::", "-"), process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(folder.join("incoming")).unwrap();
        Spool(folder)
    }

    fn job(&self, name: &str, text: &str) -> &Self {
        fs::write(self.0.join("incoming").join(name).with_extension("job"), text).unwrap();
        self
    }

    fn run(&self, n_workers: usize) -> Tally {
        Runner::new(&self.0, n_workers).unwrap().run(|_, _| {}).unwrap()
    }

    fn text(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.0.join(folder)).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const SHELL: &str = "command = /bin/sh\narg = -c\narg = ";

#[test]
fn a_job_runs_and_its_output_is_kept() {
    check(|| {
        let spool = Spool::new();
        spool.job(
            "a",
            &format!("{SHELL}cat; echo $GREETING >&2\nstdin = in\nenv.GREETING = hello\n"),
        );
        assert_eq!(spool.run(1), Tally { done: 1, failed: 0, attempts: 1 });
        assert_eq!(spool.names("done"), ["a.err", "a.job", "a.out", "a.result"]);
        assert_eq!((&*spool.text("done/a.out"), &*spool.text("done/a.err")), ("in", "hello\n"));
        assert_eq!(spool.text("done/a.result"), "verdict = ok\nattempts = 1\n");
        assert!(spool.text("state").starts_with("done = 1\nfailed = 0\nattempts = 1\nms = "));
        assert!(spool.names("incoming").is_empty() && spool.names("running").is_empty());
    });
}

#[test]
fn failures_are_told_apart() {
    check(|| {
        let spool = Spool::new();
        spool
            .job("code", &format!("{SHELL}exit 3"))
            .job("signal", &format!("{SHELL}kill -TERM $$"))
            .job("nothing", "# no command\n")
            .job("nonsense", "command = a\n\nwhat\n")
            .job("absent", "command = /nowhere/at/all")
            .job("number", "command = a\nlimit_ms = soon");
        assert_eq!(spool.run(2), Tally { done: 0, failed: 6, attempts: 3 });
        for (name, verdict) in [
            ("code", "exit code 3"),
            ("signal", "signal 15"),
            ("nothing", "no job: no command"),
            ("nonsense", "no job: line 3: no `=`"),
            ("absent", "cannot run /nowhere/at/all: No such file or directory (os error 2)"),
            ("number", "no job: line 2: soon: invalid digit found in string"),
        ] {
            let result = spool.text(&format!("failed/{name}.result"));
            assert_eq!(result.lines().next().unwrap(), format!("verdict = {verdict}"));
        }
    });
}

#[test]
fn slow_jobs_are_killed() {
    check(|| {
        let spool = Spool::new();
        spool.job("a", "command = sleep\narg = 3600\nlimit_ms = 50\nattempts = 2");
        let start = Instant::now();
        assert_eq!(spool.run(1), Tally { done: 0, failed: 1, attempts: 2 });
        assert!(start.elapsed() >= Duration::from_millis(100));
        assert_eq!(spool.text("failed/a.result"), "verdict = killed: too slow\nattempts = 2\n");
    });
}

#[test]
fn a_job_is_tried_again_until_it_works() {
    check(|| {
        let spool = Spool::new();
        let flag = spool.0.join("flag");
        let script = format!("test -e {0} || {{ touch {0}; exit 1; }}", flag.display());
        spool.job("a", &format!("{SHELL}{script}\nattempts = 5"));
        assert_eq!(spool.run(1), Tally { done: 1, failed: 0, attempts: 2 });
    });
}

#[test]
fn much_output_does_not_stop_a_job() {
    check(|| {
        let spool = Spool::new();
        spool.job("a", &format!("{SHELL}head -c 1000000 /dev/zero; head -c 300000 /dev/zero >&2"));
        assert_eq!(spool.run(1).done, 1);
        assert_eq!(fs::metadata(spool.0.join("done/a.out")).unwrap().len(), 64 << 10);
        assert_eq!(fs::metadata(spool.0.join("done/a.err")).unwrap().size(), 64 << 10);
    });
}

#[test]
fn jobs_may_make_jobs() {
    check(|| {
        let spool = Spool::new();
        let next = spool.0.join("incoming/b.job");
        let script = format!("echo command = true > {0}.new && mv {0}.new {0}", next.display());
        spool.job("a", &format!("{SHELL}{script}"));
        assert_eq!(spool.run(4), Tally { done: 2, failed: 0, attempts: 2 });
        assert!(spool.names("done").contains(&"b.job".to_owned()));
    });
}

#[test]
fn what_was_running_when_a_runner_ended_runs_again() {
    check(|| {
        let spool = Spool::new();
        Runner::new(&spool.0, 1).unwrap();
        spool.job("a", "command = true");
        fs::rename(spool.0.join("incoming/a.job"), spool.0.join("running/a.job")).unwrap();
        assert_eq!(spool.run(1).done, 1);
    });
}

#[test]
fn a_job_file_says_what_to_run() {
    check(|| {
        let spool = Spool::new();
        spool.job("a", "command = c\narg = 1\n# no\narg = 2 3\nenv.A = b\nlimit_ms = 7\n");
        let job = Job::read(&spool.0.join("incoming/a.job")).unwrap();
        let expected = Job {
            name: "a".into(),
            command: "c".into(),
            args: vec!["1".into(), "2 3".into()],
            envs: vec![("A".into(), "b".into())],
            limit: Some(Duration::from_millis(7)),
            attempts: 1,
            ..Job::default()
        };
        assert_eq!(job, expected);
        let error = Job::read(Path::new("/nowhere/a.job")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().starts_with("/nowhere/a.job: No such file"), "{error}");
    });
}

#[test]
fn a_file_is_written_as_a_whole_or_not_at_all() {
    check(|| {
        let spool = Spool::new();
        let path = spool.0.join("file");
        write_atomically(&path, b"old").unwrap();
        write_atomically(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        fs::create_dir_all(spool.0.join("folder/inside")).unwrap();
        assert!(write_atomically(&spool.0.join("folder"), b"").is_err());
        assert_eq!(spool.names("."), ["file", "folder", "incoming"]);
    });
}

/// A thousand jobs, sixteen at a time.
pub fn a_thousand_uses() -> Crowd {
    let crowd = Crowd::default();
    check_within(Duration::from_secs(120), || {
        let spool = Spool::new();
        for n in 0..1_000 {
            spool.job(&format!("{n}"), &format!("command = echo\narg = {n}"));
        }
        let names = Mutex::new(HashSet::new());
        let tally = Runner::new(&spool.0, 16).unwrap().run(|name, verdict| {
            crowd.note();
            assert_eq!(verdict, "ok");
            assert!(names.lock().unwrap().insert(name.to_owned()));
        });
        assert_eq!(tally.unwrap(), Tally { done: 1_000, failed: 0, attempts: 1_000 });
        for n in 0..1_000 {
            assert_eq!(spool.text(&format!("done/{n}.out")), format!("{n}\n"));
        }
        assert!(MOST_RUNNING.load(Ordering::SeqCst) > 1);
    });
    crowd
}

//! Builds a C program, and runs it: each target waits for what it is made of, and for nothing else.
//! Run: `cargo run --example parallel_build [PARTS [JOBS]]`, with a C compiler that is called `cc`.
//! Poke: give it 200 parts; give it one job at a time, and compare how long it takes.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, io, process, thread};

use eventlet::dagpool::{DAGPool, SpawnError};
use eventlet::{Semaphore, tpool};

/// What writes the header, what is compiled for each number, and what all of that is linked with.
const SOURCES: [(&str, &str); 3] = [
    (
        "generator.c",
        "#include <stdio.h>
        int main(void) { for (int n = 0; n < 1000; n++) printf(\"%d,\", n * n); }",
    ),
    (
        "part.c",
        "extern int sum;
        static int squares[] = {
        #include \"squares.h\"
        };
        __attribute__((constructor)) static void add(void) { sum += squares[N]; }",
    ),
    (
        "main.c",
        "#include <stdio.h>
        int sum;
        int main(void) { printf(\"the sum of the squares is %d\", sum); }",
    ),
];

/// What came of a target: what was printed, and how long it took.
type Built = (String, Duration);
type Pool = DAGPool<String, Built>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let n_parts: usize = arguments.next().map_or(Ok(12), |text| text.parse())?;
    let n_cores = thread::available_parallelism()?.get();
    let n_jobs: usize = arguments.next().map_or(Ok(n_cores), |text| text.parse())?;
    if Command::new("cc").arg("--version").output().is_err() {
        println!("there is no `cc` here: install a C compiler (gcc or clang) to see this build");
        return Ok(());
    }
    let folder = env::temp_dir().join(format!("parallel_build-{}", process::id()));
    fs::create_dir_all(&folder)?;
    let result = show(&folder, n_parts, n_jobs);
    fs::remove_dir_all(&folder)?;
    result
}

fn show(folder: &Path, n_parts: usize, n_jobs: usize) -> Result<(), Box<dyn Error>> {
    for (name, text) in SOURCES {
        fs::write(folder.join(name), text)?;
    }
    let start = Instant::now();
    let pool = build(folder, n_parts, n_jobs, None)?;
    let (mut work, mut output) = (Duration::ZERO, String::new());
    // In the order in which they are done, whichever that is.
    for (target, built) in pool.wait_each(pool.known_keys()) {
        let (printed, took) = built?;
        println!("{took:>8.1?}  {target}");
        output.push_str(&printed);
        work += took;
    }
    println!("{output}\n{work:.1?} of work took {:.1?}, {n_jobs} at a time", start.elapsed());

    let pool = build(folder, n_parts, n_jobs, Some(n_parts / 2))?;
    let error = pool.get("output".to_owned()).err().ok_or("what is broken was built")?;
    println!("broken: {}", error.path().join(" <- "));
    println!("because {}", error.cause());
    let n_built = pool.wait_each_success(pool.known_keys()).count();
    println!("{n_built} other targets were built all the same");
    Ok(())
}

/// Starts all targets: those that need nothing begin at once, and `n_jobs` commands run at a time.
fn build(
    folder: &Path,
    n_parts: usize,
    n_jobs: usize,
    broken: Option<usize>,
) -> Result<Pool, SpawnError<String>> {
    let (pool, jobs) = (Pool::new(), Semaphore::new(n_jobs));
    let make = |target: &str, needs: &[String], command: String| {
        let (folder, jobs) = (folder.to_owned(), jobs.clone());
        pool.spawn(target.to_owned(), needs.to_vec(), move |_target, needed| {
            needed.wait_all()?;
            let _job = jobs.acquire();
            let start = Instant::now();
            Ok((tpool::execute(move || run(&command, folder))?, start.elapsed()))
        })
    };
    let mut objects = vec!["main.o".to_owned()];
    for n in 0..n_parts {
        let object = format!("part{n}.o");
        let n = if broken == Some(n) { "nonsense".to_owned() } else { n.to_string() };
        make(&object, &["squares.h".into()], format!("cc -DN={n} -c part.c -o {object}"))?;
        objects.push(object);
    }
    // A target may be named before what it needs, or after it.
    make("output", &["program".into()], "./program".into())?;
    make("program", &objects, format!("cc -o program {}", objects.join(" ")))?;
    make("main.o", &[], "cc -c main.c".into())?;
    make("squares.h", &["generator".into()], "./generator > squares.h".into())?;
    make("generator", &[], "cc -o generator generator.c".into())?;
    Ok(pool)
}

/// Runs a command of the shell, and returns what it prints.
fn run(command: &str, folder: PathBuf) -> io::Result<String> {
    let output = Command::new("sh").args(["-c", command]).current_dir(folder).output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(io::Error::other(errors.lines().find(|line| line.contains("error")).unwrap_or(&errors)))
}

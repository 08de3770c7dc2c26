//! Deferred work: a job in many pieces, done by kernel workers.
//!
//! A work item of its own hashes (SHA-256) every file below a folder, on an unbound queue. A
//! delayed work reports the progress from time to time. An ordered queue, whose items never run at
//! the same time, writes the lines of the result, so the file needs no lock. At the end the queues
//! are drained and destroyed, and `sha256sum --check` checks the result.
//!
//! `cargo run --release --example workqueue_pipeline -- /usr/share`

use clap::Parser;
use kthread_rt::prelude::*;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

#[derive(Parser)]
struct Args {
    /// The folder whose files are hashed.
    folder: PathBuf,
    /// How many files are hashed at once; 0 stands for the kernel's default.
    #[arg(long, default_value_t = 0)]
    max_active: u32,
    /// Milliseconds between reports of the progress.
    #[arg(long, default_value_t = 500)]
    report_ms: u32,
}

/// The progress of the job.
#[derive(Default)]
struct Progress {
    found: AtomicU64,
    hashed: AtomicU64,
    bytes: AtomicU64,
    unreadable: AtomicU64,
}

/// Shared by the work items.
struct Job {
    progress: Progress,
    hashers: Workqueue,
    writer: Workqueue,
    result: Mutex<BufWriter<File>>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = Args::parse();
    let path = std::env::temp_dir().join(format!("workqueue_pipeline.{}.sha256", std::process::id()));
    let job = Arc::new(Job {
        progress: Progress::default(),
        hashers: alloc_workqueue!("hashers", WQ_UNBOUND | WQ_CPU_INTENSIVE, args.max_active)?,
        writer: alloc_ordered_workqueue!("writer", 0)?,
        result: Mutex::new(BufWriter::new(File::create(&path)?)),
    });

    let reporter = DelayedWork::new({
        let job = job.clone();
        move |reporter| {
            println!("{} hashes: {}", current().comm(), job.progress);
            schedule_delayed_work(reporter, msecs_to_jiffies(args.report_ms));
        }
    });
    schedule_delayed_work(&reporter, msecs_to_jiffies(args.report_ms));

    walk(&job, &args.folder)?;
    // The hashers' items queue items to the writer, so the writer is destroyed second.
    destroy_workqueue(&job.hashers);
    destroy_workqueue(&job.writer);
    cancel_delayed_work_sync(&reporter);
    job.result.lock().map_err(|_| "the writer panicked")?.flush()?;
    println!("done: {}", job.progress);

    let checked = check(&path);
    fs::remove_file(&path)?;
    let hashed = job.progress.hashed.load(Relaxed);
    match checked? {
        Ok(()) => println!("sha256sum agrees on all {hashed} files"),
        Err(words) => return Err(format!("sha256sum disagrees:\n{words}").into()),
    }
    Ok(())
}

/// Queues a work item for each file below `folder`. Links are not followed.
fn walk(job: &Arc<Job>, folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            if let Err(error) = walk(job, &entry.path()) {
                eprintln!("{}: {error}", entry.path().display());
            }
        } else if kind.is_file() {
            job.progress.found.fetch_add(1, Relaxed);
            let (queue, job, path) = (job.hashers.clone(), job.clone(), entry.path());
            queue.spawn(move || hash(&job, path)).map_err(io::Error::other)?;
        }
    }
    Ok(())
}

/// The work item of one file.
fn hash(job: &Arc<Job>, path: PathBuf) {
    match digest(&path) {
        Ok((digest, bytes)) => {
            job.progress.bytes.fetch_add(bytes, Relaxed);
            let written = job.clone();
            let queued = job.writer.spawn(move || written.write(&digest, &path));
            queued.expect("the writer's queue is destroyed after this one");
        }
        Err(error) => {
            job.progress.unreadable.fetch_add(1, Relaxed);
            eprintln!("{}: {error}", path.display());
        }
    }
}

fn digest(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let (mut hasher, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 16];
    loop {
        // The runtime does not see that this may wait for a disk.
        let read = kthread_rt::blocking(|| file.read(&mut buffer))?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
    Ok((hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), bytes))
}

impl Job {
    /// Writes a line as `sha256sum` does. Runs in the ordered queue only.
    fn write(&self, digest: &str, path: &Path) {
        let mut line = format!("{digest}  ").into_bytes();
        let name = path.as_os_str().as_bytes();
        if name.iter().any(|byte| b"\\\n\r".contains(byte)) {
            line.insert(0, b'\\');
        }
        for &byte in name {
            match byte {
                b'\\' => line.extend(b"\\\\"),
                b'\n' => line.extend(b"\\n"),
                b'\r' => line.extend(b"\\r"),
                _ => line.push(byte),
            }
        }
        line.push(b'\n');
        let mut result = self.result.try_lock().expect("items of an ordered queue don't overlap");
        result.write_all(&line).expect("the result can be written");
        self.progress.hashed.fetch_add(1, Relaxed);
    }
}

/// Runs `sha256sum` on the result. The inner error is its output.
fn check(result: &Path) -> io::Result<Result<(), String>> {
    if fs::metadata(result)?.len() == 0 {
        return Ok(Ok(()));
    }
    let output = Command::new("sha256sum").args(["--check", "--strict", "--quiet"]).arg(result).output()?;
    let words = [output.stdout, output.stderr].concat();
    Ok(if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&words).into_owned()) })
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [found, hashed, bytes, unreadable] =
            [&self.found, &self.hashed, &self.bytes, &self.unreadable].map(|n| n.load(Relaxed));
        write!(f, "{hashed} of {found} files, {} MiB", bytes >> 20)?;
        if unreadable != 0 {
            write!(f, ", {unreadable} unreadable")?;
        }
        Ok(())
    }
}

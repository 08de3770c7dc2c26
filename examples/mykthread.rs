//! The classic sample module: a kernel thread that counts.
//!
//! `mykthread_init` does what a module's init function does: it creates the thread, which sleeps
//! until it is first woken, and wakes it. `mykthread_exit` does what the module's exit function
//! does: it stops the thread and gets its function's result.
//!
//! ```text
//! cargo run --release --example mykthread -- --interval-ms 100 --for-ms 1500
//! ```
//!
//! You see the thread count from 0 to 9, over and over, until it is stopped; then its result, the
//! count of printed numbers. While it runs, `ps -T` shows its OS thread and kthreadd's by name.

use clap::Parser;
use kthread_rt::prelude::*;

/// A kernel thread that counts from 0 to 9 until it is stopped.
#[derive(Parser)]
struct Args {
    /// Milliseconds from one number to the next
    #[arg(long, default_value_t = 100)]
    interval_ms: u32,
    /// Milliseconds until the thread is stopped
    #[arg(long, default_value_t = 1500)]
    for_ms: u32,
}

/// The thread function. Returns how many numbers it has printed.
fn mykthread(interval_ms: u32) -> i32 {
    let mut printed = 0;
    while !kthread_should_stop() {
        println!("{}: {}", current().comm(), printed % 10);
        printed += 1;
        // kthread_stop() ends this sleep, however long it is.
        msleep_interruptible(interval_ms);
    }
    printed
}

fn mykthread_init(interval_ms: u32) -> Result<Task, Errno> {
    let task = kthread_create!(mykthread, interval_ms, "mykthread")?;
    println!("init: created {} with pid {}; it sleeps", task.comm(), task.pid());
    wake_up_process(&task);
    Ok(task)
}

fn mykthread_exit(task: &Task) {
    let returned = kthread_stop(task);
    println!("exit: {} returned {returned}", task.comm());
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args = Args::parse();
    let kernel = Kernel::builder().install_default()?;
    println!("see its threads with: ps -T -p {}", std::process::id());

    let task = mykthread_init(args.interval_ms)?;
    msleep(args.for_ms);
    mykthread_exit(&task);

    // Not needed at the end of a process, but useful under valgrind: waits until kthreadd has
    // joined all OS threads.
    let report = kernel.shutdown();
    println!("shutdown: {} kthread(s) forked, {} joined", report.forked, report.joined);
    Ok(())
}

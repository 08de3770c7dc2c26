//! A device with one request thread: a `kthread_worker` that runs requests in the order in which
//! they were queued.
//!
//! Two clients queue requests. A flush is a barrier: when it returns, all earlier requests have
//! been served, and the device writes back its cache. One request is cancelled before its turn, one
//! while it is being served. Every request puts off a watchdog, a delayed work, which barks when no
//! request has come for a while. At the end the worker is destroyed, which serves what is still
//! queued.
//!
//! Fails if a request is lost, served twice, or served out of order.

use kthread_rt::prelude::*;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

/// The time without a request after which the watchdog barks.
const PATIENCE_MS: u32 = 40;

/// The device's log, line by line.
#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Log {
    fn add(&self, line: impl Into<String>) {
        let line = line.into();
        println!("{:<12} {line}", current().comm());
        self.0.lock().unwrap().push(line);
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

struct Device {
    worker: Arc<Worker>,
    watchdog: DelayedJob,
    barked: Arc<Completion>,
    log: Arc<Log>,
}

impl Device {
    fn probe() -> Result<Self, Errno> {
        let worker = Arc::new(kthread_create_worker!(0, "disk/%d", 0)?);
        let (log, barked) = (Arc::new(Log::default()), Arc::new(Completion::new()));
        let watchdog = DelayedJob::new({
            let (log, barked) = (log.clone(), barked.clone());
            move |_| {
                log.add("watchdog: no request for a while");
                complete(&barked);
            }
        });
        Ok(Self { worker, watchdog, barked, log })
    }

    /// A request that can be queued many times.
    fn request(&self, name: &'static str) -> Job {
        let log = self.log.clone();
        Job::new(move |_| log.add(format!("served {name}")))
    }

    fn submit(&self, request: &KthreadWork) -> bool {
        kthread_mod_delayed_work(&self.worker, &self.watchdog, msecs_to_jiffies(PATIENCE_MS));
        kthread_queue_work(&self.worker, request)
    }
}

fn check(what: &str, holds: bool) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("it does not hold: {what}")) }
}

fn run() -> Result<(), String> {
    let device = Device::probe().map_err(|errno| format!("no worker: {errno}"))?;
    let thread = device.worker.task().ok_or("the worker has no thread")?;
    let log = &device.log;

    // A slow request keeps the thread busy, so that the next ones wait in the queue.
    let (begun, go) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
    let slow = Job::new({
        let (log, begun, go) = (log.clone(), begun.clone(), go.clone());
        move |_| {
            complete(&begun);
            wait_for_completion(&go);
            log.add("served slow");
        }
    });
    let (read, write, trim) = (device.request("read"), device.request("write"), device.request("trim"));
    check("an idle request is queued", device.submit(&slow))?;
    wait_for_completion(&begun);
    check("a second client's requests are queued", device.submit(&read) && device.submit(&trim))?;
    check("a request that is pending is not queued twice", !device.submit(&read))?;
    check("the write is queued", device.submit(&write))?;

    check("a request that waits can be taken back", kthread_cancel_work_sync(&trim))?;
    log.add("cancelled trim");

    // The barrier: when it returns, all earlier requests have been served.
    complete(&go);
    kthread_flush_worker(&device.worker);
    log.add("write-back: all requests before the barrier are done");
    _ = wait_task_inactive(&thread, TASK_RUNNING);
    check("it sleeps for want of requests", thread.state() == TASK_INTERRUPTIBLE)?;

    // A request that queues itself for ever ends only when it is cancelled.
    let patrol_runs = Arc::new(Completion::new());
    let patrol = Job::new({
        let (worker, runs) = (device.worker.clone(), patrol_runs.clone());
        move |work| {
            complete(&runs);
            kthread_queue_work(&worker, work);
        }
    });
    kthread_queue_work(&device.worker, &patrol);
    (0..3).for_each(|_| wait_for_completion(&patrol_runs));
    kthread_cancel_work_sync(&patrol);
    check("a cancelled request is idle", !kthread_cancel_work_sync(&patrol))?;
    log.add("cancelled patrol");

    wait_for_completion(&device.barked);
    check("a watchdog that has barked is idle", !kthread_cancel_delayed_work_sync(&device.watchdog))?;

    check("requests are queued", device.submit(&read) && device.submit(&write))?;
    kthread_cancel_delayed_work_sync(&device.watchdog);
    kthread_destroy_worker(&device.worker);
    log.add("destroyed");
    check("the thread has ended", thread.exit_state() == EXIT_DEAD && device.worker.task().is_none())?;

    let expected = [
        "cancelled trim",
        "served slow",
        "served read",
        "served write",
        "write-back: all requests before the barrier are done",
        "cancelled patrol",
        "served read",
        "served write",
        "destroyed",
    ];
    let mut lines = log.lines();
    // The watchdog may bark at any time after the last request.
    lines.retain(|line| !line.starts_with("watchdog"));
    check("every request was served once, in order", lines == expected)?;
    println!("every request was served once, in order, or taken back");
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("worker: {error}");
            ExitCode::FAILURE
        }
    }
}

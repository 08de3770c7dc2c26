//! A counter that needs no lock: one number for each cpu, written only by that cpu's thread.
//!
//! Each event is given to a cpu, and counted by its per-cpu thread, which
//! `smpboot_register_percpu_thread` made and bound to the cpu. Then a cpu goes down (in the
//! Kernel's emulated topology): its thread hands its number over and parks, and events go to the
//! remaining cpus. It comes up again, and continues.
//!
//! Fails if an event is lost, if a thread runs on another cpu, or if one counts for a cpu that is
//! down.

use kthread_rt::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

const EVENTS: u64 = 3000;

/// The data of one cpu.
#[derive(Default)]
struct PerCpu {
    /// Events that were given to the cpu and not counted yet.
    raised: AtomicU64,
    /// Written only by the cpu's thread.
    count: AtomicU64,
    /// How often its thread counted while the cpu was down.
    counted_while_down: AtomicU64,
}

struct Counter {
    cpus: BTreeMap<u32, PerCpu>,
    /// The numbers of the cpus that went down.
    handed_over: AtomicU64,
}

impl Counter {
    fn new(cpus: &CpuMask) -> Self {
        Self {
            cpus: cpus.iter().map(|cpu| (cpu, PerCpu::default())).collect(),
            handed_over: AtomicU64::new(0),
        }
    }

    /// The thread function: counts the raised events.
    fn count(&self, cpu: u32) {
        let data = &self.cpus[&cpu];
        if !cpu_online(cpu) {
            data.counted_while_down.fetch_add(1, Relaxed);
        }
        let raised = data.raised.swap(0, Relaxed);
        data.count.store(data.count.load(Relaxed) + raised, Relaxed);
    }

    /// Called when the cpu goes down: counts its last events and hands its number over.
    fn hand_over(&self, cpu: u32) {
        self.count(cpu);
        let count = self.cpus[&cpu].count.swap(0, Relaxed);
        self.handed_over.fetch_add(count, Relaxed);
    }

    fn sum(&self) -> u64 {
        self.handed_over.load(Relaxed) + self.cpus.values().map(|cpu| cpu.count.load(Relaxed)).sum::<u64>()
    }
}

/// Gives events to the online cpus, in turn.
fn raise(counter: &Counter, threads: &PercpuThreads, events: u64) {
    let online: Vec<u32> = cpu_online_mask().iter().collect();
    for event in 0..events {
        let cpu = online[event as usize % online.len()];
        counter.cpus[&cpu].raised.fetch_add(1, Relaxed);
        if let Some(task) = threads.task(cpu) {
            wake_up_process(&task);
        }
    }
    // Wait until all are counted.
    for cpu in online {
        if let Some(task) = threads.task(cpu) {
            _ = wait_task_inactive(&task, TASK_RUNNING);
        }
    }
}

fn table(counter: &Counter, threads: &PercpuThreads, when: &str) {
    println!("{when}: {} counted", counter.sum());
    for (cpu, task) in threads.tasks() {
        let status =
            fs::read_to_string(format!("/proc/self/task/{}/status", task.os_tid())).unwrap_or_default();
        let allowed = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:")).unwrap_or("?");
        let count = counter.cpus[&cpu].count.load(Relaxed);
        let state = task_state_to_char(&task);
        println!("  {:<10} {state}  on cpu {:<4} {count:>6}", task.comm(), allowed.trim());
    }
}

fn check(what: &str, holds: bool) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("it does not hold: {what}")) }
}

fn run() -> Result<(), String> {
    let kernel = Kernel::builder().boot().map_err(|error| error.to_string())?;
    let _inside = kernel.enter();
    let cpus = cpu_online_mask();
    let counter = Arc::new(Counter::new(&cpus));
    let plug = {
        let (test, count, hand_over) = (counter.clone(), counter.clone(), counter.clone());
        SmpHotplugThread::new(
            "counter/%u",
            move |cpu| test.cpus[&cpu].raised.load(Relaxed) != 0,
            move |cpu| count.count(cpu),
        )
        .park(move |cpu| hand_over.hand_over(cpu))
    };
    let threads = smpboot_register_percpu_thread(plug).map_err(|errno| format!("no threads: {errno}"))?;
    check("each cpu has a thread", threads.tasks().len() == cpus.count() as usize)?;
    raise(&counter, &threads, EVENTS);
    table(&counter, &threads, "all cpus up");
    check("every event is counted", counter.sum() == EVENTS)?;

    let mut total = EVENTS;
    if let Some(cpu) = cpus.iter().nth(1) {
        kernel.cpu_down(cpu).map_err(|errno| format!("cpu {cpu} does not go down: {errno}"))?;
        raise(&counter, &threads, EVENTS);
        total += EVENTS;
        table(&counter, &threads, &format!("cpu {cpu} down"));
        let task = threads.task(cpu).ok_or("the thread is gone")?;
        check("its thread is parked", task.state() == TASK_PARKED)?;
        check("it has handed its number over", counter.cpus[&cpu].count.load(Relaxed) == 0)?;
        check("every event is counted", counter.sum() == total)?;

        kernel.cpu_up(cpu).map_err(|errno| format!("cpu {cpu} does not come up: {errno}"))?;
        raise(&counter, &threads, EVENTS);
        total += EVENTS;
        table(&counter, &threads, &format!("cpu {cpu} up again"));
        check("it counts again", counter.cpus[&cpu].count.load(Relaxed) != 0)?;
    } else {
        println!("there is one cpu, and the last one can't go down");
        check("the last cpu stays", kernel.cpu_down(cpus.iter().next().unwrap_or(0)) == Err(Errno::EBUSY))?;
    }
    check("every event is counted", counter.sum() == total)?;
    let while_down: u64 = counter.cpus.values().map(|cpu| cpu.counted_while_down.load(Relaxed)).sum();
    check("nothing was counted for a cpu that was down", while_down == 0)?;
    smpboot_unregister_percpu_thread(threads);
    let report = kernel.shutdown();
    check("no thread is left", report.alive.is_empty() && report.forked == report.joined)?;
    println!("{total} events, every one counted");
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("percpu_counter: {error}");
            ExitCode::FAILURE
        }
    }
}

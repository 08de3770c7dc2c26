//! The operating system's calls, which do nothing in a model: its tasks only record ids, priorities
//! and affinities.

use crate::cpumask::CpuMask;
use crate::errno::Errno;
use crate::sync::checker;
use std::cell::{Cell, RefCell};

thread_local! {
    // std's, on purpose: a model's threads share one OS thread, and these belong to it.
    static REFUSE: Cell<(u32, u32)> = const { Cell::new((0, 0)) };
    static LAST_TID: Cell<i32> = const { Cell::new(0) };
    static PRIORITIES: RefCell<Vec<(i32, i32)>> = const { RefCell::new(Vec::new()) };
}

checker::thread_local! {
    static TID: i32 = next_tid();
}

fn next_tid() -> i32 {
    LAST_TID.set(LAST_TID.get() + 1);
    LAST_TID.get()
}

/// Resets the state for a new execution.
pub(super) fn begin() {
    REFUSE.set((0, 0));
    LAST_TID.set(0);
    PRIORITIES.take();
}

/// Makes this execution start `served` more threads and then refuse `refused` threads.
pub fn refuse_threads(served: u32, refused: u32) {
    REFUSE.set((served, refused));
}

/// Returns the threads that got another real-time priority since the last call, in order, each with
/// its priority; 0 for an ordinary thread.
pub fn priorities_set() -> Vec<(i32, i32)> {
    PRIORITIES.take()
}

pub(super) fn thread_is_refused() -> bool {
    match REFUSE.get() {
        (0, 0) => false,
        (0, refused) => {
            REFUSE.set((0, refused - 1));
            true
        }
        (served, refused) => {
            REFUSE.set((served - 1, refused));
            false
        }
    }
}

pub(crate) fn gettid() -> i32 {
    TID.with(|tid| *tid)
}

pub(crate) fn current_cpu() -> u32 {
    0
}

pub(crate) fn is_static(_address: usize) -> bool {
    false
}

pub(crate) fn boottime_offset_ns() -> u64 {
    0
}

pub(crate) fn cpu_time_ns(_tid: i32) -> Option<u64> {
    None
}

pub(crate) fn resource_limits() -> [[u64; 2]; 16] {
    [[u64::MAX; 2]; 16]
}

pub(crate) fn thread_name() -> String {
    checker::thread::current().name().unwrap_or("main").to_owned()
}

pub(crate) fn set_thread_name(_name: &str) {}

pub(crate) fn set_affinity(_tid: i32, _mask: &CpuMask) -> Result<(), Errno> {
    Ok(())
}

pub(crate) fn process_attributes() -> (CpuMask, i32) {
    (CpuMask::first(2), 0)
}

pub(crate) fn set_nice(_tid: i32, _nice: i32) -> Result<(), Errno> {
    Ok(())
}

pub(crate) fn set_policy(tid: i32, _policy: i32, rt_priority: i32) -> Result<(), Errno> {
    PRIORITIES.with_borrow_mut(|all| all.push((tid, rt_priority)));
    Ok(())
}

pub(crate) fn make_ordinary(_tid: i32, _cpus: &CpuMask, _nice: i32) {}

/// Nothing to block.
#[derive(Debug)]
pub(crate) struct SignalsBlocked;

impl SignalsBlocked {
    pub(crate) fn new() -> Self {
        Self
    }
}

impl Drop for SignalsBlocked {
    fn drop(&mut self) {}
}

pub(crate) fn online_cpus() -> CpuMask {
    CpuMask::first(2)
}

pub(crate) fn node_cpus(node: u32) -> Option<CpuMask> {
    (node == 0).then(online_cpus)
}

pub(crate) fn forked() -> bool {
    false
}

pub(crate) fn abort_in_forked_child() -> ! {
    unreachable!("a model does not fork")
}

pub(crate) fn watch_fork() {}

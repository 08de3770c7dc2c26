//! The operating system's counters of a task's thread, for the fields of `struct task_struct`.
//!
//! A process is not notified when these change, so they are read when C code reaches a task: by a
//! walk (`for_each_process`), by its pid, by `task_cpu`. For the calling thread a few system calls
//! are enough. For another thread, `/proc/self/task` is read, which takes about 20 µs, at most once
//! in 10 ms per task. A task that has ended keeps the last values.

use super::In;
use kthread_rt::__for_c::{Counted, idle_task, task_after};
use kthread_rt::prelude::*;
use std::ffi::c_uint;
use std::fs;
use std::ptr;
use std::str::{FromStr, SplitAsciiWhitespace};

const NSEC_PER_SEC: u64 = 1_000_000_000;
/// `/proc` has times in ticks of this: USER_HZ is 100.
const NSEC_PER_USER_TICK: u64 = NSEC_PER_SEC / 100;

fn nanoseconds(time: libc::timeval) -> u64 {
    time.tv_sec as u64 * NSEC_PER_SEC + time.tv_usec as u64 * 1000
}

/// The counters of the calling thread.
fn own() -> Counted {
    // SAFETY: all zero is a value of the structure.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    let mut runtime = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: room for the answers; neither call can fail with these arguments, nor `sched_getcpu`.
    let cpu = unsafe {
        libc::getrusage(libc::RUSAGE_THREAD, &mut usage);
        libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut runtime);
        libc::sched_getcpu()
    };
    Counted {
        runtime_ns: runtime.tv_sec as u64 * NSEC_PER_SEC + runtime.tv_nsec as u64,
        user_ns: nanoseconds(usage.ru_utime),
        system_ns: nanoseconds(usage.ru_stime),
        preempted: usage.ru_nivcsw as u64,
        minor_faults: usage.ru_minflt as u64,
        major_faults: usage.ru_majflt as u64,
        cpu: cpu.max(0) as u32,
    }
}

/// The word that follows `skipped` others.
fn next_after<T: FromStr>(words: &mut SplitAsciiWhitespace<'_>, skipped: usize) -> Option<T> {
    words.nth(skipped)?.parse().ok()
}

/// The counters of another thread of this process; `None` if it has ended.
fn of_thread(tid: i32) -> Option<Counted> {
    let read = |file| fs::read_to_string(format!("/proc/self/task/{tid}/{file}")).ok();
    let (stat, runtime, status) = (read("stat")?, read("schedstat")?, read("status")?);
    // After the name, which may contain anything, comes the third field: the state.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    // The fields 10, 12, 14, 15 and 39 of proc(5).
    let minor_faults = next_after(&mut fields, 7)?;
    let major_faults = next_after(&mut fields, 1)?;
    let user: u64 = next_after(&mut fields, 1)?;
    let system: u64 = next_after(&mut fields, 0)?;
    let cpu = next_after(&mut fields, 23)?;
    let preempted = status.lines().find_map(|line| line.strip_prefix("nonvoluntary_ctxt_switches:"))?;
    Some(Counted {
        runtime_ns: next_after(&mut runtime.split_ascii_whitespace(), 0)?,
        user_ns: user * NSEC_PER_USER_TICK,
        system_ns: system * NSEC_PER_USER_TICK,
        preempted: preempted.trim().parse().ok()?,
        minor_faults,
        major_faults,
        cpu,
    })
}

/// Updates the fields of `task`, which C code has reached and may read now.
pub(super) fn refresh(task: &Task) {
    // References that the runtime itself holds at this moment count, too, as in a kernel.
    task.note_references(task.references());
    refresh_counts(task);
}

fn refresh_counts(task: &TaskStruct) {
    let counted = match task.known_os_thread() {
        _ if ptr::eq(task, current_ptr()) => Some(own()),
        0 => None,
        tid if task.counts_are_old() => of_thread(tid),
        _ => None,
    };
    if let Some(counted) = counted {
        task.note_counted(&counted);
    }
}

/// `init_task`: the idle task, which lives as long as the Kernel.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_init_task() -> *const TaskStruct {
    idle_task().map_or(ptr::null(), |task| task.as_ptr())
}

/// `next_task`: the task with the next higher pid, or the idle task after the last one. The pointer
/// is valid until the modules are unloaded.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_next_task(task: In<TaskStruct>) -> *const TaskStruct {
    task_after(task.pid()).map_or_else(|| kt_init_task(), |task| super::pid::keep(&task))
}

/// `task_cpu`.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_task_cpu(task: In<TaskStruct>) -> c_uint {
    refresh_counts(&task);
    task.shown_cpu()
}

/// `recalc_sigpending`.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_recalc_sigpending() {
    kthread_rt::__for_c::take_shown_blocked();
}

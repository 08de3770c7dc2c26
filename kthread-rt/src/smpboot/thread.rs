//! The loop of a per-cpu thread: `smpboot_thread_fn`.
//!
//! It sets its state, then checks whether it must stop, park, set up or run, as every kernel thread
//! that sleeps does.

use super::{Plug, cpu_online};
use crate::kthread::{kthread_parkme, kthread_should_park, kthread_should_stop};
use crate::sched::{atomic_section_end, begin_atomic_section_of, change_state, schedule, with_current};
use crate::task::{TASK_INTERRUPTIBLE, TASK_RUNNING};
use std::panic::Location;

/// The thread's status: `HP_THREAD_…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    None,
    Active,
    Parked,
}

/// What the thread is to do next.
enum Next {
    Stop,
    Park,
    SetUp,
    GoOn,
    Run,
    Sleep,
}

fn next(plug: &Plug, cpu: u32, status: Status) -> Next {
    if kthread_should_stop() {
        return Next::Stop;
    }
    if kthread_should_park() {
        return Next::Park;
    }
    match status {
        Status::None => Next::SetUp,
        Status::Parked => Next::GoOn,
        Status::Active if (plug.what.thread_should_run)(cpu) => Next::Run,
        Status::Active => Next::Sleep,
    }
}

/// `smpboot_thread_fn`.
pub(super) fn run(plug: &Plug, cpu: u32) -> i32 {
    let what = &plug.what;
    let call = |callback: &Option<super::OfCpu<()>>| {
        if let Some(callback) = callback {
            callback(cpu);
        }
    };
    let mut status = Status::None;
    loop {
        let next = with_current(|me| {
            change_state(me, TASK_INTERRUPTIBLE);
            begin_atomic_section_of(me, Location::caller());
            let next = next(plug, cpu, status);
            atomic_section_end(me);
            if !matches!(next, Next::Sleep) {
                change_state(me, TASK_RUNNING);
            }
            next
        });
        match next {
            Next::Stop => {
                if let Some(cleanup) = &what.cleanup
                    && status != Status::None
                {
                    cleanup(cpu, cpu_online(cpu));
                }
                return 0;
            }
            Next::Park => {
                if status == Status::Active && what.park.is_some() {
                    call(&what.park);
                    status = Status::Parked;
                }
                // This also returns for a stop.
                kthread_parkme();
            }
            Next::SetUp => {
                call(&what.setup);
                status = Status::Active;
            }
            Next::GoOn => {
                call(&what.unpark);
                status = Status::Active;
            }
            Next::Run => (what.thread_fn)(cpu),
            Next::Sleep => schedule(),
        }
    }
}

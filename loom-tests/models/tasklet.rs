//! Tasklets and irq_works (`tasklet/`, `irq_work/`, over `timer/base.rs`).
//!
//! A scheduled tasklet is called, once for each time that it was not scheduled already; never twice
//! at once; not while it is disabled. A task that has killed it may free it: it has run, and no
//! thread touches it any more.

use crate::harness::{Bound, Model, builder, explored, in_small_kernel, sleeper, warnings};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "tasklet_freed_after_kill",
        claim: "a task that has killed a scheduled tasklet may free it, and it has run to its end",
        bound: Bound::Preemptions(2),
        outcomes: &["1 call"],
        run: tasklet_freed_after_kill,
    },
    Model {
        name: "tasklet_kill_against_itself",
        claim: "a tasklet that schedules itself does not escape a kill",
        bound: Bound::Preemptions(2),
        outcomes: &["1 call", "2 calls"],
        run: tasklet_kill_against_itself,
    },
    Model {
        name: "tasklet_schedule_against_kill",
        claim: "a second schedule that races with a kill is ignored, or gives a call before the kill returns, or one after it",
        bound: Bound::Preemptions(2),
        outcomes: &["1 of 1", "1 of 2", "2 of 2"],
        run: tasklet_schedule_against_kill,
    },
    Model {
        name: "tasklet_schedule_against_disable",
        claim: "a disabled tasklet is not called, and one that is scheduled is called when it is enabled",
        bound: Bound::Preemptions(2),
        outcomes: &["called before", "called after"],
        run: tasklet_schedule_against_disable,
    },
    Model {
        name: "tasklet_scheduled_twice",
        claim: "if two tasks schedule one tasklet, it is called once for both or once for each, and never twice at once",
        bound: Bound::Preemptions(2),
        outcomes: &["1 call", "2 calls"],
        run: tasklet_scheduled_twice,
    },
    Model {
        name: "tasklet_dropped",
        claim: "dropping a scheduled tasklet waits for its run; then the closure is dropped",
        bound: Bound::Preemptions(2),
        outcomes: &["called"],
        run: tasklet_dropped,
    },
    Model {
        name: "tasklet_shutdown_against_first",
        claim: "a Kernel's first tasklet races with its shutdown: it is called, stopped, or refused; a kill returns, no thread is left",
        bound: Bound::Preemptions(2),
        outcomes: &["called", "stopped", "refused"],
        run: tasklet_shutdown_against_first,
    },
    Model {
        name: "irq_work_freed_after_sync",
        claim: "a task that has waited for an irq_work may free it, and it has run to its end",
        bound: Bound::Preemptions(2),
        outcomes: &["1 call"],
        run: irq_work_freed_after_sync,
    },
    Model {
        name: "irq_work_queued_twice",
        claim: "an irq_work is called once for each time that queueing it returned true",
        bound: Bound::Preemptions(2),
        outcomes: &["1 call", "2 calls"],
        run: irq_work_queued_twice,
    },
];

/// A tasklet and an irq_work on the heap, and memory that their function writes and loom checks.
struct Device {
    tasklet: TaskletStruct,
    work: IrqWork,
    calls: UnsafeCell<u32>,
    /// The function runs. A loom operation at each end of it lets other threads run between.
    running: AtomicU32,
    /// The number of times that it schedules itself.
    again: u32,
}

#[derive(Clone, Copy)]
struct Raw(*mut Device);

impl Raw {
    fn new(again: u32) -> Self {
        // SAFETY: the device stays on the heap; the models claim that it stays there long enough.
        let (tasklet, work) =
            unsafe { (TaskletStruct::with_callback(call), IrqWork::with_function(call_work)) };
        Self(Box::into_raw(Box::new(Device {
            tasklet,
            work,
            calls: UnsafeCell::new(0),
            running: AtomicU32::new(0),
            again,
        })))
    }

    fn get(&self) -> &Device {
        // SAFETY: the models claim that it is valid where it is used; loom checks it.
        unsafe { &*self.0 }
    }

    fn tasklet(&self) -> &TaskletStruct {
        &self.get().tasklet
    }

    /// The number of calls. It must not be running.
    fn calls(&self) -> u32 {
        assert_eq!(self.get().running.load(Relaxed), 0, "it runs");
        // SAFETY: loom checks it.
        self.get().calls.with(|calls| unsafe { *calls })
    }

    /// As [`calls`](Self::calls), and frees it.
    fn free(self) -> u32 {
        let calls = self.calls();
        // SAFETY: made by `new`, freed once.
        drop(unsafe { Box::from_raw(self.0) });
        calls
    }
}

impl Device {
    /// Records a call of the function; returns the number of calls so far.
    fn note(&self) -> u32 {
        assert_eq!(self.running.fetch_add(1, Relaxed), 0, "one call at a time");
        // SAFETY: loom checks it.
        let calls = self.calls.with_mut(|calls| unsafe {
            *calls += 1;
            *calls
        });
        self.running.fetch_sub(1, Relaxed);
        calls
    }
}

unsafe extern "C-unwind" fn call(tasklet: *mut TaskletStruct) {
    // SAFETY: the tasklet is that field of a live device; loom checks it.
    let device = unsafe { &*from_tasklet!(Device, tasklet, tasklet) };
    if device.note() <= device.again {
        tasklet_schedule(&device.tasklet);
    }
}

unsafe extern "C-unwind" fn call_work(work: *mut IrqWork) {
    let device = work.wrapping_byte_sub(std::mem::offset_of!(Device, work)).cast::<Device>();
    // SAFETY: the irq_work is that field of a live device; loom checks it.
    unsafe { &*device }.note();
}

fn count(calls: u32) -> String {
    format!("{calls} call{}", if calls == 1 { "" } else { "s" })
}

fn tasklet_freed_after_kill() -> String {
    in_small_kernel(|| {
        let device = Raw::new(0);
        tasklet_schedule(device.tasklet());
        tasklet_kill(device.tasklet());
        count(device.free())
    })
}

fn tasklet_kill_against_itself() -> String {
    in_small_kernel(|| {
        let device = Raw::new(1);
        tasklet_schedule(device.tasklet());
        tasklet_kill(device.tasklet());
        count(device.free())
    })
}

fn tasklet_schedule_against_kill() -> String {
    in_small_kernel(|| {
        let device = Raw::new(0);
        tasklet_schedule(device.tasklet());
        let scheduler = sleeper(move || device.tasklet().schedule());
        tasklet_kill(device.tasklet());
        // From here on it may be scheduled again, by the tasks that still do.
        tasklet_disable(device.tasklet());
        let calls = device.calls();
        tasklet_enable(device.tasklet());
        let newly = scheduler.join();
        tasklet_kill(device.tasklet());
        let all = device.free();
        assert_eq!(all, 1 + u32::from(newly));
        format!("{calls} of {all}")
    })
}

fn tasklet_schedule_against_disable() -> String {
    in_small_kernel(|| {
        let device = Raw::new(0);
        tasklet_schedule(device.tasklet());
        tasklet_disable(device.tasklet());
        let before = device.calls();
        tasklet_enable(device.tasklet());
        tasklet_kill(device.tasklet());
        assert_eq!(device.free(), 1);
        if before == 1 { "called before" } else { "called after" }.to_owned()
    })
}

fn tasklet_scheduled_twice() -> String {
    in_small_kernel(|| {
        let device = Raw::new(0);
        let other = sleeper(move || device.tasklet().schedule());
        let mine = device.tasklet().schedule();
        let others = other.join();
        tasklet_kill(device.tasklet());
        let calls = device.free();
        assert_eq!(calls, u32::from(mine) + u32::from(others));
        count(calls)
    })
}

/// A count that loom checks, and that a function may own.
struct Watched(UnsafeCell<u32>);

// SAFETY: loom checks its accesses, and all threads of a model run on one OS thread.
unsafe impl Send for Watched {}
// SAFETY: as above.
unsafe impl Sync for Watched {}

fn tasklet_dropped() -> String {
    in_small_kernel(|| {
        let calls = Arc::new(Watched(UnsafeCell::new(0)));
        let tasklet = Tasklet::new({
            let calls = calls.clone();
            move |_| {
                let calls: &Watched = &calls;
                // SAFETY: loom checks it.
                calls.0.with_mut(|calls| unsafe { *calls += 1 });
            }
        });
        tasklet_schedule(&tasklet);
        drop(tasklet);
        // SAFETY: loom checks it.
        match calls.0.with(|calls| unsafe { *calls }) {
            1 => "called",
            _ => "not called once",
        }
        .to_owned()
    })
}

fn tasklet_shutdown_against_first() -> String {
    let kernel = builder().boot_on_demand().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let device = Raw::new(0);
    let outcome = explored(|| {
        let scheduler = sleeper(move || {
            tasklet_schedule(device.tasklet());
            tasklet_kill(device.tasklet());
        });
        kernel.shutdown();
        scheduler.join();
        assert!(!device.tasklet().is_scheduled());
        match (device.calls(), warnings().as_slice()) {
            (0, [WarningKind::ShutDown]) => "refused",
            (0, []) => "stopped",
            (1, []) => "called",
            _ => "something else",
        }
    });
    device.free();
    drop(inside);
    kernel.shutdown();
    assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
    outcome.to_owned()
}

fn irq_work_freed_after_sync() -> String {
    in_small_kernel(|| {
        let device = Raw::new(0);
        assert!(irq_work_queue(&device.get().work));
        irq_work_sync(&device.get().work);
        count(device.free())
    })
}

fn irq_work_queued_twice() -> String {
    in_small_kernel(|| {
        let device = Raw::new(0);
        let other = sleeper(move || irq_work_queue(&device.get().work));
        let mine = irq_work_queue(&device.get().work);
        let others = other.join();
        irq_work_sync(&device.get().work);
        let calls = device.free();
        assert_eq!(calls, u32::from(mine) + u32::from(others));
        count(calls)
    })
}

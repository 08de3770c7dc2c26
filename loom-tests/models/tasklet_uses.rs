//! What tasks and functions may do to tasklets and irq_works (`tasklet/mod.rs`, `irq_work/mod.rs`).
//!
//! A tasklet or irq_work whose thread the system has refused stays queued, and does not keep a task
//! that kills it. A function that waits for itself does not, with a warning. What is disabled
//! waits; what is held waits for its release. Irq_works are called in the kernel's order.

use crate::harness::{
    Actor, Bound, Model, actor, builder, explored, in_small_kernel, prepared, sleeper, warnings,
};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering::Relaxed};
use kthread_rt::__private::model::refuse_threads;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::Mutex;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "tasklet_refused",
        claim: "a tasklet whose thread was refused stays scheduled; the next schedule starts the thread, and it is called once",
        bound: Bound::Preemptions(1),
        outcomes: &["1 call"],
        run: tasklet_refused,
    },
    Model {
        name: "tasklet_refused_and_killed",
        claim: "a kill of a tasklet without a thread tries once more to get one, and does not wait if it is refused again",
        bound: Bound::Preemptions(1),
        outcomes: &["1 0 1"],
        run: tasklet_refused_and_killed,
    },
    Model {
        name: "tasklet_disabled_twice",
        claim: "a tasklet that is disabled twice is called after two enables, and its owner's drop does not wait for a disabled one",
        bound: Bound::Preemptions(1),
        outcomes: &["1 call"],
        run: tasklet_disabled_twice,
    },
    Model {
        name: "tasklet_two_killers",
        claim: "two tasks kill a tasklet: when the first returns it is idle, and later it can be scheduled again",
        bound: Bound::Preemptions(1),
        outcomes: &["called"],
        run: tasklet_two_killers,
    },
    Model {
        name: "tasklet_waited_for",
        claim: "a task that waits for a tasklet's run finds it over; a tasklet is scheduled, runs, or is idle",
        bound: Bound::Preemptions(2),
        outcomes: &["begun", "not begun"],
        run: tasklet_waited_for,
    },
    Model {
        name: "tasklet_misused",
        claim: "a function that kills, disables or waits for its own tasklet does not wait, and what can't be scheduled is refused, with warnings",
        bound: Bound::Preemptions(1),
        outcomes: &["warned"],
        run: tasklet_misused,
    },
    Model {
        name: "tasklet_of_two_kernels",
        claim: "an idle tasklet moves to the Kernel of the task that schedules it; a task of another one may kill, disable and enable it",
        bound: Bound::Preemptions(1),
        outcomes: &["1 call", "2 calls"],
        run: tasklet_of_two_kernels,
    },
    Model {
        name: "irq_work_refused",
        claim: "an irq_work whose thread was refused stays pending; queueing it again or waiting for it tries once more; it is not called late",
        bound: Bound::Preemptions(1),
        outcomes: &["0 1 1"],
        run: irq_work_refused,
    },
    Model {
        name: "irq_work_refused_once",
        claim: "queueing an irq_work again that has no thread starts one, and the work is called once",
        bound: Bound::Preemptions(1),
        outcomes: &["1 1"],
        run: irq_work_refused_once,
    },
    Model {
        name: "irq_work_order",
        claim: "irq_works of tasks are called in the order of queueing, those that functions queue and those that were held newest first",
        bound: Bound::Preemptions(1),
        outcomes: &["a b d c f e"],
        run: irq_work_order,
    },
    Model {
        name: "irq_work_of_two_kernels",
        claim: "an irq_work that a task of another Kernel holds while it runs is called there, and once for each queueing",
        bound: Bound::Preemptions(1),
        outcomes: &["1 call", "2 calls"],
        run: irq_work_of_two_kernels,
    },
    Model {
        name: "irq_work_misused",
        claim: "a function that waits for its own irq_work does not wait, and one without a function is not queued, with warnings",
        bound: Bound::Preemptions(1),
        outcomes: &["warned"],
        run: irq_work_misused,
    },
    Model {
        name: "irq_work_against_shutdown",
        claim: "an irq_work races with its Kernel's shutdown: it is called or refused, or stays idle; a task that waits for it returns",
        bound: Bound::Preemptions(2),
        outcomes: &["called", "stopped", "refused"],
        run: irq_work_against_shutdown,
    },
];

/// Counts the calls of a function. std's type would hide the calls' order from loom.
type Calls = Arc<AtomicU32>;

fn calls() -> Calls {
    Arc::new(AtomicU32::new(0))
}

/// A tasklet that counts its calls, twice: its run takes two steps.
fn counting(calls: &Calls) -> Tasklet {
    let calls = calls.clone();
    Tasklet::new(move |_| {
        assert!(in_serving_softirq());
        calls.fetch_add(1, Relaxed);
        calls.fetch_add(1, Relaxed);
    })
}

/// The number of calls of a tasklet that does not run.
fn count(calls: &Calls) -> u32 {
    let steps = calls.load(Relaxed);
    assert_eq!(steps % 2, 0, "it runs");
    steps / 2
}

fn told(calls: u32) -> String {
    format!("{calls} call{}", if calls == 1 { "" } else { "s" })
}

/// A second use of the Kernel's tasklets.
fn one_more(tasklet: &TaskletStruct, calls: &Calls) {
    let before = count(calls);
    tasklet_schedule(tasklet);
    tasklet_kill(tasklet);
    assert_eq!(count(calls), before + 1);
}

fn tasklet_refused() -> String {
    in_small_kernel(|| {
        let calls = calls();
        let tasklet = counting(&calls);
        refuse_threads(0, 1);
        assert!(tasklet.schedule());
        assert_eq!(warnings(), [WarningKind::OsRefused]);
        assert!(tasklet.is_scheduled() && !tasklet.is_running());
        // It is scheduled already: the call starts the thread.
        assert!(!tasklet.schedule());
        while tasklet.is_scheduled() || tasklet.is_running() {
            kthread_rt::r#yield();
        }
        let outcome = told(count(&calls));
        prepared(|| one_more(&tasklet, &calls));
        drop(tasklet);
        outcome
    })
}

fn tasklet_refused_and_killed() -> String {
    in_small_kernel(|| {
        let calls = calls();
        let tasklet = counting(&calls);
        let killed = |refused| {
            refuse_threads(0, refused);
            let before = count(&calls);
            tasklet_schedule(&tasklet);
            tasklet_kill(&tasklet);
            assert!(!tasklet.is_scheduled());
            count(&calls) - before
        };
        let none = {
            let none = killed(2);
            assert_eq!(warnings(), [WarningKind::OsRefused; 2]);
            none
        };
        let granted = killed(1);
        assert_eq!(warnings(), [WarningKind::OsRefused]);
        let again = killed(0);
        prepared(|| drop(tasklet));
        format!("{granted} {none} {again}")
    })
}

fn tasklet_disabled_twice() -> String {
    in_small_kernel(|| {
        let calls = calls();
        let tasklet = counting(&calls);
        tasklet_disable(&tasklet);
        tasklet_disable_nosync(&tasklet);
        tasklet_schedule(&tasklet);
        tasklet_enable(&tasklet);
        assert_eq!((count(&calls), tasklet.is_scheduled(), tasklet.disabled_count()), (0, true, 1));
        tasklet_enable(&tasklet);
        tasklet_kill(&tasklet);
        let outcome = told(count(&calls));
        // It is not scheduled: an enable calls nothing.
        tasklet_disable(&tasklet);
        tasklet_enable(&tasklet);
        assert!(!tasklet.is_scheduled());
        tasklet_disable(&tasklet);
        tasklet_schedule(&tasklet);
        drop(tasklet);
        assert_eq!(count(&calls), 1, "a disabled tasklet was called");
        outcome
    })
}

fn tasklet_two_killers() -> String {
    in_small_kernel(|| {
        let calls = calls();
        let tasklet = Arc::new(counting(&calls));
        tasklet_schedule(&tasklet);
        let other = sleeper({
            let (tasklet, calls) = (tasklet.clone(), calls.clone());
            move || {
                tasklet_kill(&tasklet);
                assert_eq!(count(&calls), 1);
            }
        });
        tasklet_kill(&tasklet);
        assert_eq!(count(&calls), 1);
        other.join();
        prepared(|| one_more(&tasklet, &calls));
        prepared(|| drop(tasklet));
        "called".to_owned()
    })
}

fn tasklet_waited_for() -> String {
    in_small_kernel(|| {
        let calls = calls();
        let tasklet = counting(&calls);
        tasklet_schedule(&tasklet);
        let begun = calls.load(Relaxed) != 0;
        tasklet_unlock_wait(&tasklet);
        if begun {
            assert_eq!(count(&calls), 1);
            assert!(!tasklet.is_running());
        }
        tasklet_kill(&tasklet);
        assert!(!tasklet.is_scheduled() && !tasklet.is_running());
        assert_eq!(count(&calls), 1);
        prepared(|| drop(tasklet));
        if begun { "begun" } else { "not begun" }.to_owned()
    })
}

fn tasklet_misused() -> String {
    in_small_kernel(|| {
        let done = Arc::new(Completion::new());
        let tasklet = Tasklet::new({
            let done = done.clone();
            move |tasklet| {
                tasklet_schedule(tasklet);
                tasklet_kill(tasklet);
                assert!(!tasklet.is_scheduled() && tasklet.is_running());
                let unsleepy = [WarningKind::SleepingWhileAtomic, WarningKind::Deadlock];
                assert_eq!(warnings(), unsleepy);
                tasklet_disable(tasklet);
                assert_eq!(warnings(), unsleepy);
                tasklet_enable(tasklet);
                tasklet_unlock_wait(tasklet);
                assert_eq!(warnings(), unsleepy);
                complete(&done);
            }
        });
        tasklet_schedule(&tasklet);
        wait_for_completion(&done);
        tasklet_kill(&tasklet);
        assert_eq!(warnings(), []);
        tasklet_enable(&tasklet);
        assert_eq!((warnings(), tasklet.disabled_count()), (vec![WarningKind::BadArgument], 0));
        let none = TaskletStruct::new();
        assert!(!none.schedule() && !none.is_scheduled());
        assert_eq!(warnings(), [WarningKind::BadArgument]);
        assert_eq!(tasklet.data(), 0);
        tasklet.set_data(7);
        assert_eq!(tasklet.data(), 7);
        prepared(|| drop(tasklet));
        "warned".to_owned()
    })
}

fn tasklet_of_two_kernels() -> String {
    in_small_kernel(|| {
        let calls = calls();
        let tasklet = Arc::new(counting(&calls));
        prepared(|| one_more(&tasklet, &calls));
        let other = Kernel::builder().boot_on_demand().expect("a model's Kernel boots");
        let scheduler = actor({
            let tasklet = tasklet.clone();
            move || {
                let inside = other.enter();
                let newly = tasklet.schedule();
                tasklet_disable(&tasklet);
                tasklet_enable(&tasklet);
                tasklet_kill(&tasklet);
                drop(inside);
                (newly, other)
            }
        });
        let newly = tasklet.schedule();
        tasklet_kill(&tasklet);
        let (others, other) = scheduler.join();
        let calls_of_both = count(&calls) - 1;
        assert_eq!(calls_of_both, u32::from(newly) + u32::from(others));
        prepared(|| {
            drop(tasklet);
            other.shutdown();
        });
        told(calls_of_both)
    })
}

/// An irq_work that counts its calls, and the memory it is in.
#[repr(C)]
struct Counted {
    // First, so that a pointer to it is a pointer to this.
    work: IrqWork,
    calls: Calls,
    /// Completed by each call.
    done: Completion,
}

impl Counted {
    fn new() -> Box<Self> {
        unsafe extern "C-unwind" fn function(work: *mut IrqWork) {
            assert!(in_hardirq());
            // SAFETY: the irq_work is the first field of a live object.
            let this = unsafe { &*work.cast_const().cast::<Counted>() };
            this.calls.fetch_add(1, Relaxed);
            this.calls.fetch_add(1, Relaxed);
            complete(&this.done);
        }
        // SAFETY: it stays in its box while it is pending or runs: the models wait for it.
        let work = unsafe { IrqWork::with_function(function) };
        Box::new(Self { work, calls: calls(), done: Completion::new() })
    }
}

/// Queues an irq_work whose thread is refused `refused` times, and waits for it. Returns the number
/// of its calls.
fn synced(it: &Counted, refused: u32) -> u32 {
    let before = count(&it.calls);
    refuse_threads(0, refused);
    assert!(irq_work_queue(&it.work));
    irq_work_sync(&it.work);
    assert!(!irq_work_is_busy(&it.work) && !irq_work_is_pending(&it.work));
    count(&it.calls) - before
}

fn irq_work_refused() -> String {
    in_small_kernel(|| {
        let it = Counted::new();
        let none = synced(&it, 2);
        assert_eq!(warnings(), [WarningKind::OsRefused; 2]);
        let granted = synced(&it, 1);
        assert_eq!(warnings(), [WarningKind::OsRefused]);
        let again = synced(&it, 0);
        prepared(|| drop(it));
        format!("{none} {granted} {again}")
    })
}

fn irq_work_refused_once() -> String {
    in_small_kernel(|| {
        let it = Counted::new();
        refuse_threads(0, 1);
        assert!(irq_work_queue(&it.work));
        assert_eq!(warnings(), [WarningKind::OsRefused]);
        assert!(!irq_work_queue(&it.work), "it is pending");
        wait_for_completion(&it.done);
        irq_work_sync(&it.work);
        let first = count(&it.calls);
        let again = synced(&it, 0);
        prepared(|| drop(it));
        format!("{first} {again}")
    })
}

/// The names of irq_works in the order of their calls. They are called on one thread.
static ORDER: Mutex<Vec<char>> = Mutex::new(Vec::new());

#[repr(C)]
struct Named {
    // First, so that a pointer to it is a pointer to this.
    work: IrqWork,
    name: char,
    /// What the function queues.
    queues: Vec<Named>,
}

impl Named {
    fn new(name: char, queues: Vec<Self>) -> Self {
        unsafe extern "C-unwind" fn function(work: *mut IrqWork) {
            // SAFETY: the irq_work is the first field of a live object.
            let this = unsafe { &*work.cast_const().cast::<Named>() };
            ORDER.lock().expect("nothing panics").push(this.name);
            for other in &this.queues {
                assert!(irq_work_queue(&other.work));
            }
        }
        // SAFETY: as in `Counted`.
        let work = unsafe { IrqWork::with_function(function) };
        Self { work, name, queues }
    }
}

fn irq_work_order() -> String {
    in_small_kernel(|| {
        ORDER.lock().expect("nothing panics").clear();
        let a = Box::new(Named::new('a', vec![Named::new('c', vec![]), Named::new('d', vec![])]));
        let [b, e, f] = ['b', 'e', 'f'].map(|name| Box::new(Named::new(name, vec![])));
        prepared(|| {
            assert!(irq_work_queue(&a.work));
            assert!(irq_work_queue(&b.work));
        });
        irq_work_sync(&b.work);
        a.queues.iter().for_each(|work| irq_work_sync(&work.work));
        assert!(e.work.queue_held() && f.work.queue_held());
        assert!(!f.work.queue_held(), "it is pending");
        assert!(irq_work_is_pending(&e.work) && irq_work_is_busy(&f.work));
        IrqWork::release_held();
        IrqWork::release_held();
        irq_work_sync(&e.work);
        irq_work_sync(&f.work);
        prepared(|| drop((a, b, e, f)));
        let order = ORDER.lock().expect("nothing panics").clone();
        order.iter().map(char::to_string).collect::<Vec<_>>().join(" ")
    })
}

fn irq_work_of_two_kernels() -> String {
    in_small_kernel(|| {
        let it: &'static Counted = Box::leak(Counted::new());
        let other = Kernel::builder().boot_on_demand().expect("a model's Kernel boots");
        let holder = actor(move || {
            let inside = other.enter();
            let newly = it.work.queue_held();
            IrqWork::release_held();
            drop(inside);
            (newly, other)
        });
        let mine = irq_work_queue(&it.work);
        let (others, other) = holder.join();
        irq_work_sync(&it.work);
        let calls = count(&it.calls);
        assert_eq!(calls, u32::from(mine) + u32::from(others));
        prepared(|| {
            // SAFETY: made from a box above, freed once.
            drop(unsafe { Box::from_raw(std::ptr::from_ref(it).cast_mut()) });
            other.shutdown();
        });
        told(calls)
    })
}

fn irq_work_misused() -> String {
    in_small_kernel(|| {
        unsafe extern "C-unwind" fn function(work: *mut IrqWork) {
            // SAFETY: the irq_work is valid until it is waited for.
            let work = unsafe { &*work };
            assert!(irq_work_is_busy(work) && !irq_work_is_pending(work));
            irq_work_sync(work);
            assert_eq!(warnings(), [WarningKind::SleepingWhileAtomic, WarningKind::Deadlock]);
        }
        let none = IrqWork::new();
        assert!(!irq_work_queue(&none));
        assert_eq!(warnings(), [WarningKind::BadArgument]);
        irq_work_sync(&none);
        // SAFETY: it stays in its box while it is pending or runs.
        let work = Box::new(unsafe { IrqWork::with_function(function) });
        assert!(irq_work_queue(&work));
        irq_work_sync(&work);
        assert!(!irq_work_is_busy(&work));
        prepared(|| drop(work));
        "warned".to_owned()
    })
}

fn irq_work_against_shutdown() -> String {
    let kernel = builder().boot_on_demand().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let it: &'static Counted = Box::leak(Counted::new());
    let outcome = explored(|| {
        let queuer: Actor<bool> = sleeper(move || {
            let queued = irq_work_queue(&it.work);
            irq_work_sync(&it.work);
            queued
        });
        kernel.shutdown();
        let queued = queuer.join();
        assert!(!irq_work_is_pending(&it.work));
        match (queued, count(&it.calls), warnings().as_slice()) {
            (false, 0, [WarningKind::ShutDown]) => "refused",
            (true, 0, []) => "stopped",
            (true, 1, []) => "called",
            _ => "something else",
        }
    });
    // SAFETY: made from a box above, freed once.
    drop(unsafe { Box::from_raw(std::ptr::from_ref(it).cast_mut()) });
    drop(inside);
    kernel.shutdown();
    assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
    outcome.to_owned()
}

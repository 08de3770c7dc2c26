//! Tasklets and irq_works: `linux/interrupt.h`, `linux/irq_work.h`.
//!
//! There are no recorded answers for these. The tests follow the kernel's documentation, and what
//! is defined here where a kernel would hang. No test waits for a guessed time. That something does
//! *not* happen is shown by something else that must come after it and does.

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex, mpsc};
use witness::{Warnings, oopses_are_quiet, wait_until_asleep};

/// Counts the calls of a function, and waits for them.
#[derive(Clone, Default)]
struct Calls(Arc<(AtomicU32, Completion)>);

impl Calls {
    /// Makes a tasklet that counts here.
    fn tasklet() -> (Tasklet, Self) {
        let calls = Self::default();
        let callback = calls.clone();
        (Tasklet::new(move |_| callback.note()), calls)
    }

    fn note(&self) {
        self.0.0.fetch_add(1, SeqCst);
        complete(&self.0.1);
    }

    fn count(&self) -> u32 {
        self.0.0.load(SeqCst)
    }

    /// Waits for one call.
    fn wait(&self) {
        wait_for_completion(&self.0.1);
    }
}

/// A tasklet that reports when its function has begun, and whose function continues when it is
/// released: it blocks the tasklet thread (in a foreign channel, of which the runtime knows
/// nothing).
struct Held {
    tasklet: Arc<Tasklet>,
    calls: Calls,
    go: mpsc::Sender<()>,
}

impl Held {
    fn new() -> Self {
        let calls = Calls::default();
        let (go, told) = mpsc::channel();
        let tasklet = Arc::new(Tasklet::new({
            let calls = calls.clone();
            move |_| {
                calls.note();
                told.recv().unwrap();
            }
        }));
        Self { tasklet, calls, go }
    }

    /// It runs from here on.
    fn begun() -> Self {
        let held = Self::new();
        tasklet_schedule(&held.tasklet);
        held.calls.wait();
        held
    }

    fn go(&self) {
        self.go.send(()).unwrap();
    }
}

/// Waits until the tasklet thread has run all that was scheduled before.
fn let_tasklets_run() {
    let (tasklet, calls) = Calls::tasklet();
    tasklet_schedule(&tasklet);
    calls.wait();
}

/// Starts a kthread that makes a call, and waits until it sleeps there.
fn asleep_in(call: impl FnOnce() + Send + 'static) -> Task {
    let began = Arc::new(Completion::new());
    let task = kthread_run!(
        move |began: Arc<Completion>| {
            complete(&began);
            call();
            7
        },
        began.clone(),
        "waiter"
    )
    .unwrap();
    wait_for_completion(&began);
    wait_until_asleep(&task, TASK_UNINTERRUPTIBLE);
    assert_eq!(task.waits_on().map(|on| on.kind), Some(WaitKind::Softirq));
    task
}

#[test]
fn a_scheduled_tasklet_is_called_once_in_softirq_context() {
    let calls = Calls::default();
    let tasklet = Tasklet::new({
        let calls = calls.clone();
        move |tasklet| {
            assert!(in_serving_softirq() && in_interrupt() && !in_hardirq() && in_atomic());
            assert_eq!(tasklet_state(tasklet), 1 << TASKLET_STATE_RUN);
            assert_eq!(&*current().comm(), "ksoftirqd/1");
            calls.note();
        }
    });
    let held = Held::begun();
    assert!(tasklet.schedule());
    assert!(!tasklet.schedule() && !tasklet.hi_schedule(), "it is scheduled already");
    assert_eq!(tasklet_state(&tasklet), 1 << TASKLET_STATE_SCHED);
    held.go();
    calls.wait();
    let_tasklets_run();
    assert_eq!((calls.count(), tasklet_state(&tasklet)), (1, 0));
}

#[test]
fn scheduled_while_it_runs_it_runs_once_more() {
    let held = Held::begun();
    for _ in 0..3 {
        tasklet_schedule(&held.tasklet);
    }
    assert_eq!(tasklet_state(&held.tasklet), 1 << TASKLET_STATE_SCHED | 1 << TASKLET_STATE_RUN);
    held.go();
    held.calls.wait();
    held.go();
    let_tasklets_run();
    assert_eq!(held.calls.count(), 2);
}

#[test]
fn high_ones_go_first_and_each_kind_in_order() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let order = Arc::new(Mutex::new(Vec::new()));
    let noting = |name: &'static str| {
        let order = order.clone();
        Tasklet::new(move |_| order.lock().unwrap().push(name))
    };
    let (a, b, c, d) = (noting("a"), noting("b"), noting("c"), noting("d"));
    let held = Held::begun();
    tasklet_schedule(&a);
    tasklet_hi_schedule(&b);
    tasklet_schedule(&c);
    tasklet_hi_schedule(&d);
    held.go();
    let_tasklets_run();
    assert_eq!(*order.lock().unwrap(), ["b", "d", "a", "c"]);
    drop((a, b, c, d, held));
    warnings.assert_none();
    drop(inside);
    kernel.shutdown();
}

#[test]
fn one_that_schedules_itself_with_high_priority_does_not_starve_others() {
    let again = Tasklet::new(|tasklet| tasklet_hi_schedule(tasklet));
    tasklet_hi_schedule(&again);
    let_tasklets_run();
    tasklet_kill(&again);
    assert!(!again.is_scheduled());
}

#[test]
fn a_disabled_tasklet_stays_scheduled_until_it_is_enabled_as_often() {
    let (tasklet, calls) = Calls::tasklet();
    tasklet_disable(&tasklet);
    tasklet_disable_nosync(&tasklet);
    tasklet_disable_in_atomic(&tasklet);
    tasklet_schedule(&tasklet);
    let_tasklets_run();
    for left in [2, 1] {
        tasklet_enable(&tasklet);
        let_tasklets_run();
        assert_eq!((calls.count(), tasklet.is_scheduled(), tasklet.disabled_count()), (0, true, left));
        tasklet_schedule(&tasklet);
    }
    tasklet_enable(&tasklet);
    calls.wait();
    let_tasklets_run();
    assert_eq!(calls.count(), 1);
}

#[test]
fn disable_waits_for_the_function_and_nosync_does_not() {
    let held = Held::begun();
    tasklet_disable_nosync(&held.tasklet);
    assert!(held.tasklet.is_running());
    let other = held.tasklet.clone();
    let waiter = asleep_in(move || {
        tasklet_disable(&other);
        assert!(!other.is_running());
    });
    held.go();
    assert_eq!(kthread_stop(&waiter), 7);
    assert_eq!(held.tasklet.disabled_count(), 2);
}

#[test]
fn kill_waits_for_the_scheduled_run_and_ignores_schedules_meanwhile() {
    let held = Held::begun();
    tasklet_schedule(&held.tasklet);
    let other = held.tasklet.clone();
    let killer = asleep_in(move || tasklet_kill(&other));
    held.go();
    held.calls.wait();
    // The run for which it had been scheduled; from the killer's call on there is no other.
    assert!(!held.tasklet.schedule());
    held.go();
    assert_eq!(kthread_stop(&killer), 7);
    assert_eq!((held.calls.count(), tasklet_state(&held.tasklet)), (2, 0));
    assert!(held.tasklet.schedule(), "it can be scheduled again");
    held.go();
}

#[test]
fn kill_of_a_disabled_scheduled_tasklet_waits_for_its_enabling() {
    let calls = Calls::default();
    let tasklet = Arc::new(Tasklet::new({
        let calls = calls.clone();
        move |_| calls.note()
    }));
    tasklet_disable(&tasklet);
    tasklet_kill(&tasklet); // it is not scheduled
    tasklet_schedule(&tasklet);
    let other = tasklet.clone();
    let killer = asleep_in(move || tasklet_kill(&other));
    tasklet_enable(&tasklet);
    assert_eq!((kthread_stop(&killer), calls.count()), (7, 1));
}

#[test]
fn a_drop_runs_a_scheduled_tasklet_and_leaves_a_disabled_one() {
    let (tasklet, calls) = Calls::tasklet();
    tasklet_schedule(&tasklet);
    drop(tasklet);
    assert_eq!(calls.count(), 1);

    let (tasklet, calls) = Calls::tasklet();
    tasklet_disable(&tasklet);
    tasklet_schedule(&tasklet);
    let_tasklets_run();
    drop(tasklet);
    let_tasklets_run();
    assert_eq!((calls.count(), Arc::strong_count(&calls.0)), (0, 1), "the closure is gone too");
}

#[test]
fn a_tasklet_dropped_by_its_own_function_ends_when_that_is_over() {
    let place = Arc::new(Mutex::new(None::<Tasklet>));
    let (calls, datum) = (Calls::default(), Arc::new(()));
    let tasklet = Tasklet::new({
        let (place, calls, datum) = (place.clone(), calls.clone(), datum.clone());
        move |tasklet| {
            tasklet_schedule(tasklet);
            drop(place.lock().unwrap().take());
            tasklet_schedule(tasklet); // does nothing any more
            assert_eq!(Arc::strong_count(&datum), 2);
            calls.note();
        }
    });
    let mut locked = place.lock().unwrap();
    tasklet_schedule(&tasklet);
    *locked = Some(tasklet);
    drop(locked);
    calls.wait();
    let_tasklets_run();
    assert_eq!((Arc::strong_count(&datum), calls.count()), (1, 1));
}

#[test]
fn zeroed_memory_and_c_style_set_up_work() {
    unsafe extern "C-unwind" fn set(data: u64) {
        // SAFETY: the address of a static, passed below.
        unsafe { &*std::ptr::with_exposed_provenance::<AtomicU32>(data as usize) }.store(9, SeqCst);
    }
    static SET: AtomicU32 = AtomicU32::new(0);
    assert!(!std::mem::needs_drop::<TaskletStruct>() && !std::mem::needs_drop::<IrqWork>());
    // SAFETY: this is what is tested: null pointers, an empty list, no function.
    let (mut tasklet, work) = unsafe { (std::mem::zeroed::<TaskletStruct>(), std::mem::zeroed::<IrqWork>()) };
    assert_eq!((tasklet_state(&tasklet), irq_work_is_busy(&work)), (0, false));
    tasklet_kill(&tasklet);
    irq_work_sync(&work);
    // SAFETY: the tasklet is idle, stays in this frame, and is killed before the frame ends.
    unsafe { tasklet_init(&raw mut tasklet, set, (&raw const SET).expose_provenance() as u64) };
    tasklet_schedule(&tasklet);
    tasklet_kill(&tasklet);
    assert_eq!(SET.load(SeqCst), 9);
}

#[test]
fn misuse_warns_and_does_not_hang() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let calls = Calls::default();
    let (queued, _) = Calls::tasklet();
    let queued = Arc::new(queued);
    let tasklet = Tasklet::new({
        let (calls, warnings, queued) = (calls.clone(), warnings.clone(), queued.clone());
        move |tasklet| {
            tasklet_schedule(tasklet);
            tasklet_kill(tasklet);
            assert!(!tasklet.is_scheduled());
            tasklet_disable(tasklet);
            assert_eq!(tasklet.disabled_count(), 1);
            tasklet_enable(tasklet);
            tasklet_unlock_wait(tasklet);
            tasklet_schedule(&queued);
            tasklet_kill(&queued);
            assert!(!queued.is_scheduled());
            // They warn of the atomic context too.
            let told: Vec<_> =
                warnings.take().into_iter().filter(|w| w.kind == WarningKind::Deadlock).collect();
            let of: Vec<_> = told.iter().map(|w| &*w.call).collect();
            assert_eq!(of, ["tasklet_kill", "tasklet_disable", "tasklet_unlock_wait", "tasklet_kill"]);
            assert!(told.iter().all(|w| w.file == file!() && w.comm == "ksoftirqd/1"));
            calls.note();
        }
    });
    tasklet_schedule(&tasklet);
    calls.wait();
    let_tasklets_run();
    assert_eq!(calls.count(), 1);

    tasklet_schedule(&TaskletStruct::new());
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "tasklet_schedule", line!() - 1);
    tasklet_enable(&tasklet);
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "tasklet_enable", line!() - 1);
    assert!(!irq_work_queue(&IrqWork::new()));
    warnings.assert_call_told(file!(), WarningKind::BadArgument, "irq_work_queue", line!() - 1);
    preempt_disable();
    tasklet_kill(&tasklet);
    warnings.assert_call_told(file!(), WarningKind::SleepingWhileAtomic, "tasklet_kill", line!() - 1);
    preempt_enable();
    drop((tasklet, queued, inside));
    kernel.shutdown();
}

#[test]
fn a_panic_is_an_oops_of_one_tasklet() {
    oopses_are_quiet();
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let tasklet = Tasklet::new(|_| panic!("on purpose"));
    tasklet_schedule(&tasklet);
    tasklet_kill(&tasklet);
    assert_eq!(warnings.take_one().kind, WarningKind::Oops);
    let_tasklets_run();
    drop((tasklet, inside));
    kernel.shutdown();
}

#[test]
fn a_kernel_that_shuts_down_waits_for_the_function_and_calls_no_other() {
    let outside = Kernel::current();
    let (kernel, warnings) = Warnings::of(Kernel::builder().debug(false));
    let inside = kernel.enter();
    let held = Held::begun();
    let (waiting, calls) = Calls::tasklet();
    let (disabled, _) = Calls::tasklet();
    tasklet_disable(&disabled);
    tasklet_schedule(&disabled);
    tasklet_schedule(&waiting);
    let down = {
        let (_outside, kernel) = (outside.enter(), kernel.clone());
        asleep_in(move || _ = kernel.shutdown())
    };
    // It has taken the others off the queue before it waits for the one that runs.
    assert!(!waiting.is_scheduled() && !disabled.is_scheduled());
    held.go();
    assert_eq!(kthread_stop(&down), 7);
    assert_eq!((calls.count(), disabled.is_scheduled()), (0, false));
    tasklet_kill(&waiting);
    for _ in 0..2 {
        assert!(!waiting.schedule());
    }
    assert_eq!(warnings.take_one().kind, WarningKind::ShutDown, "told once");
    assert!(kernel.tasks().is_empty(), "the tasklet thread is gone");
    drop((waiting, disabled, held, inside));
}

#[test]
fn an_idle_tasklet_moves_to_the_kernel_that_schedules_it() {
    let (tasklet, calls) = Calls::tasklet();
    for _ in 0..2 {
        let kernel = Kernel::builder().boot().unwrap();
        let inside = kernel.enter();
        tasklet_schedule(&tasklet);
        calls.wait();
        drop(inside);
        kernel.shutdown();
    }
    tasklet_schedule(&tasklet);
    calls.wait();
    assert_eq!(calls.count(), 3);
}

#[test]
fn an_irq_work_is_called_in_hardirq_context_while_a_tasklet_runs() {
    DECLARE_COMPLETION!(static DONE);
    DEFINE_IRQ_WORK!(static WORK = |work| {
        assert!(in_hardirq() && irqs_disabled() && !in_serving_softirq());
        assert_eq!((irq_work_is_pending(work), irq_work_is_busy(work)), (false, true));
        assert_eq!(&*current().comm(), "irq_work/0");
        complete(&DONE);
    });
    let held = Held::begun();
    assert!(irq_work_queue(&WORK));
    irq_work_sync(&WORK);
    assert!(completion_done(&DONE) && !irq_work_is_busy(&WORK));
    held.go();
}

#[test]
fn an_irq_work_that_is_pending_is_not_queued_and_one_that_runs_is() {
    static BEGUN: Completion = Completion::new();
    static GO: Mutex<()> = Mutex::new(());
    DEFINE_IRQ_WORK!(static HOLDS = |_| {
        complete(&BEGUN);
        drop(GO.lock());
    });
    DEFINE_IRQ_WORK!(static WAITS = |_| ());
    let go = GO.lock().unwrap();
    assert!(irq_work_queue(&HOLDS));
    wait_for_completion(&BEGUN);
    assert!(irq_work_queue(&WAITS) && !irq_work_queue(&WAITS) && irq_work_is_pending(&WAITS));
    assert!(irq_work_queue_on(&HOLDS, 0), "it runs: once more");
    assert!(irq_work_is_pending(&HOLDS));
    drop(go);
    irq_work_sync(&WAITS);
    irq_work_sync(&HOLDS);
    wait_for_completion(&BEGUN);
    assert_eq!((irq_work_is_busy(&WAITS), irq_work_is_busy(&HOLDS)), (false, false));
}

#[test]
fn an_irq_work_that_waits_for_itself_warns_and_continues() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    DEFINE_IRQ_WORK!(static WORK = |work| irq_work_sync(work));
    irq_work_queue(&WORK);
    irq_work_sync(&WORK);
    assert!(warnings.take().iter().any(|w| w.kind == WarningKind::Deadlock && w.call == "irq_work_sync"));
    drop(inside);
    kernel.shutdown();
    let inside = kernel.enter();
    assert!(!irq_work_queue(&WORK));
    assert_eq!(warnings.take_one().kind, WarningKind::ShutDown);
    drop(inside);
}

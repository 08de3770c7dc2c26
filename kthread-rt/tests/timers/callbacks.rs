//! What a callback may do, and where it runs.

use crate::witness::Warnings;
use crate::{Calls, far, let_due_hrtimers_fire, let_due_timers_fire};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::{Arc, Mutex};

#[test]
fn callbacks_run_on_a_task_of_their_kernel() {
    let kernel = Kernel::builder().boot().unwrap();
    let _inside = kernel.enter();
    let tasks = Arc::new((Mutex::new(Vec::new()), Completion::new()));
    let (in_timer, in_hrtimer) = (tasks.clone(), tasks.clone());
    let timer = Timer::new(move |_| {
        in_timer.0.lock().unwrap().push(current());
        complete(&in_timer.1);
    });
    let hrtimer = HighResTimer::new(move |_| {
        in_hrtimer.0.lock().unwrap().push(current());
        complete(&in_hrtimer.1);
        HRTIMER_NORESTART
    });
    assert!(!kernel.tasks().iter().any(|task| task.comm().starts_with("ksoftirqd")), "nothing is armed");
    mod_timer(&timer, jiffies());
    wait_for_completion(&tasks.1);
    hrtimer_start(&hrtimer, 0, HRTIMER_MODE_REL);
    wait_for_completion(&tasks.1);
    let tasks = std::mem::take(&mut *tasks.0.lock().unwrap());
    assert_eq!(tasks.iter().map(|task| task.comm()).collect::<Vec<_>>(), ["ksoftirqd/0", "hrtimer/0"]);
    for task in &tasks {
        assert!(task.flags().contains(PF_KTHREAD | PF_NOFREEZE));
        assert_eq!(kernel.find_task_by_pid(task.pid()).as_ref(), Some(task));
        assert_eq!(task.parent().map(|parent| parent.pid()), Some(2));
    }
    assert_eq!(kernel.shutdown().alive, []);
    assert!(tasks.iter().all(|task| task.state() == TASK_DEAD));
    assert!(kernel.tasks().is_empty());
}

#[test]
fn a_timer_wakes_a_task() {
    let task = current();
    let timer = Timer::new(move |_| _ = wake_up_process(&task));
    let at = jiffies() + 3;
    mod_timer(&timer, at);
    while timer_pending(&timer) != 0 {
        set_current_state(TASK_UNINTERRUPTIBLE);
        if timer_pending(&timer) != 0 {
            schedule();
        }
        set_current_state(TASK_RUNNING);
    }
    assert!(time_after_eq(jiffies(), at));
}

#[test]
fn a_callback_may_delete_its_timer_and_others() {
    let (other, calls) = Calls::timer();
    mod_timer(&other, far());
    let other = Arc::new(other);
    let done = Calls::default();
    let timer = Timer::new({
        let (other, done) = (other.clone(), done.clone());
        move |timer: &TimerList| {
            assert_eq!((timer_delete(timer), try_to_del_timer_sync(timer)), (0, -1));
            assert_eq!(mod_timer(timer, jiffies() + 1), 0);
            assert_eq!((timer_delete(timer), timer_delete(timer)), (1, 0));
            assert_eq!((timer_delete_sync(&other), timer_delete_sync(&other)), (1, 0));
            done.note();
        }
    });
    mod_timer(&timer, jiffies());
    done.wait();
    assert_eq!(timer_delete_sync(&timer), 0);
    let_due_timers_fire();
    assert_eq!((done.count(), calls.count()), (1, 0));
}

#[test]
fn a_timer_may_be_dropped_in_its_own_callback() {
    let (slot, done) = (Arc::new(Mutex::new(None::<Timer>)), Calls::default());
    let alive = Arc::new(());
    let timer = Timer::new({
        let (slot, done, alive) = (slot.clone(), done.clone(), alive.clone());
        move |timer| {
            drop(slot.lock().unwrap().take());
            // The closure's captures still exist, and the timer is shut down.
            assert_eq!(Arc::strong_count(&alive), 2);
            assert_eq!((mod_timer(timer, jiffies()), timer_pending(timer)), (0, 0));
            done.note();
        }
    });
    let mut guard = slot.lock().unwrap();
    mod_timer(guard.insert(timer), jiffies());
    drop(guard);
    done.wait();
    let_due_timers_fire();
    assert_eq!((done.count(), Arc::strong_count(&alive)), (1, 1));
}

#[test]
fn an_hrtimer_may_be_dropped_in_its_own_callback() {
    let (slot, done) = (Arc::new(Mutex::new(None::<HighResTimer>)), Calls::default());
    let timer = HighResTimer::new({
        let (slot, done) = (slot.clone(), done.clone());
        move |_| {
            drop(slot.lock().unwrap().take());
            done.note();
            HRTIMER_RESTART
        }
    });
    let mut guard = slot.lock().unwrap();
    hrtimer_start(guard.insert(timer), 0, HRTIMER_MODE_REL);
    drop(guard);
    done.wait();
    let_due_hrtimers_fire();
    assert_eq!(done.count(), 1);
}

#[test]
fn an_hrtimer_that_starts_itself_and_asks_for_a_restart_is_queued_once() {
    let calls = Calls::default();
    let timer = HighResTimer::new({
        let calls = calls.clone();
        move |timer: &Hrtimer| {
            calls.note();
            if calls.count() == 3 {
                return HRTIMER_NORESTART;
            }
            hrtimer_start(timer, 0, HRTIMER_MODE_REL);
            assert!(hrtimer_is_queued(timer) && hrtimer_callback_running(timer));
            HRTIMER_RESTART
        }
    });
    hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
    (0..3).for_each(|_| calls.wait());
    assert_eq!(hrtimer_cancel(&timer), 0);
    assert_eq!(calls.count(), 3);
}

#[test]
fn a_soft_hrtimer_runs_in_softirq_context() {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    static CONTEXT: AtomicU32 = AtomicU32::new(0);
    static DONE: Completion = Completion::new();
    unsafe extern "C-unwind" fn call(_: *mut Hrtimer) -> HrtimerRestart {
        CONTEXT.store(u32::from(in_serving_softirq()) | u32::from(in_hardirq()) << 1, SeqCst);
        complete(&DONE);
        HRTIMER_NORESTART
    }
    // SAFETY: a static; `call` may be called by any thread.
    static TIMER: Hrtimer = unsafe { Hrtimer::with_function(call, HRTIMER_MODE_REL_SOFT) };
    hrtimer_start(&TIMER, 0, HRTIMER_MODE_REL_SOFT);
    wait_for_completion(&DONE);
    assert_eq!(CONTEXT.load(SeqCst), 1);
}

#[test]
fn a_sleeping_call_in_a_callback_warns() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let (calls, in_callback) = (Calls::default(), warnings.clone());
    let timer = Timer::new({
        let calls = calls.clone();
        move |_| {
            might_sleep();
            let warning = in_callback.take_one();
            assert_eq!(warning.kind, WarningKind::SleepingWhileAtomic);
            assert!(warning.message.contains("preempt_count 0x100"), "{}", warning.message);
            assert_eq!(warning.comm, "ksoftirqd/0");
            udelay(1);
            calls.note();
        }
    });
    mod_timer(&timer, jiffies());
    calls.wait();
    warnings.assert_none();
    drop((timer, inside));
    kernel.shutdown();
}

#[test]
fn an_unbalanced_preempt_count_is_reported_and_restored() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let timer = Timer::new(|_| preempt_disable());
    mod_timer(&timer, jiffies());
    let_due_timers_fire();
    assert!(warnings.take_one().message.contains("left 0x101"));
    drop((timer, inside));
    kernel.shutdown();
}

#[test]
fn a_panic_in_a_callback_is_an_oops_of_that_callback() {
    std::panic::set_hook(Box::new({
        let tell = std::panic::take_hook();
        move |panic| {
            let name = std::thread::current().name().map(str::to_owned);
            if !matches!(name.as_deref(), Some("ksoftirqd/0" | "hrtimer/0")) {
                tell(panic);
            }
        }
    }));
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let timer = Timer::new(|_| panic!("in a timer"));
    mod_timer(&timer, jiffies());
    let_due_timers_fire();
    assert_eq!(warnings.take_one().kind, WarningKind::Oops);
    assert_eq!(timer_delete_sync(&timer), 0);

    let hrtimer = HighResTimer::new(|_| panic!("in an hrtimer"));
    hrtimer_start(&hrtimer, 0, HRTIMER_MODE_REL);
    let_due_hrtimers_fire();
    assert_eq!(warnings.take_one().kind, WarningKind::Oops);
    assert!(!hrtimer_active(&hrtimer));
    drop((timer, hrtimer, inside));
    kernel.shutdown();
}

#[test]
fn a_raw_timer_finds_what_it_is_a_field_of_and_may_be_freed_by_its_callback() {
    struct Device {
        freed: Arc<Completion>,
        timer: TimerList,
    }
    unsafe extern "C-unwind" fn free(timer: *mut TimerList) {
        // SAFETY: the timer is that field of a device on the heap, which only this code has.
        let device = unsafe { Box::from_raw(timer_container_of!(timer, Device, timer)) };
        complete(&device.freed);
    }
    let freed = Arc::new(Completion::new());
    let device = Box::into_raw(Box::new(Device { freed: freed.clone(), timer: TimerList::new() }));
    // SAFETY: the device stays on the heap until the callback frees it, which is the last use of
    // its timer.
    unsafe {
        timer_setup(&raw mut (*device).timer, free, TIMER_IRQSAFE);
        assert_eq!((*device).timer.flags(), TIMER_IRQSAFE);
        mod_timer(&(*device).timer, jiffies() + 1);
    }
    wait_for_completion(&freed);
    let_due_timers_fire();
    assert_eq!(Arc::strong_count(&freed), 1);
}

//! Objects that are still active when a Kernel shuts down.

use super::{right, wrong};
use kthread_rt::prelude::*;

#[test]
fn a_timer_that_is_armed() {
    DEFINE_TIMER!(static TICK = |_| ());
    wrong("timer is still armed when the Kernel shuts down", |_| {
        mod_timer(&TICK, jiffies() + 3600 * HZ);
        line!() - 1
    });
    right(|_| {
        mod_timer(&TICK, jiffies() + 3600 * HZ);
        timer_delete_sync(&TICK);
    });
}

#[test]
fn a_timer_whose_owner_is_forgotten() {
    wrong("timer is still armed when the Kernel shuts down", |_| {
        let timer = Box::leak(Box::new(Timer::new(|_| ())));
        timer_reduce(timer, jiffies() + 3600 * HZ);
        line!() - 1
    });
    right(|_| {
        let timer = Timer::new(|_| ());
        timer_reduce(&timer, jiffies() + 3600 * HZ);
    });
}

#[test]
fn an_hrtimer_that_is_armed() {
    wrong("hrtimer is still armed when the Kernel shuts down", |_| {
        let timer = Box::leak(Box::new(HighResTimer::new(|_| HRTIMER_NORESTART)));
        hrtimer_start(timer, NSEC_PER_SEC * 3600, HRTIMER_MODE_REL);
        line!() - 1
    });
    right(|_| {
        let timer = HighResTimer::new(|_| HRTIMER_NORESTART);
        hrtimer_start(&timer, NSEC_PER_SEC * 3600, HRTIMER_MODE_REL);
        assert_eq!(hrtimer_cancel(&timer), 1);
    });
}

#[test]
fn a_delayed_work_that_waits_for_its_timer() {
    DECLARE_DELAYED_WORK!(static POLL = |_| ());
    wrong("delayed work is still armed when the Kernel shuts down", |_| {
        schedule_delayed_work(&POLL, 3600 * HZ);
        line!() - 1
    });
    right(|_| {
        schedule_delayed_work(&POLL, 3600 * HZ);
        cancel_delayed_work_sync(&POLL);
    });
}

#[test]
fn a_tasklet_that_is_disabled_and_scheduled() {
    DECLARE_TASKLET_DISABLED!(static RECEIVE = |_| ());
    wrong("tasklet is still scheduled when the Kernel shuts down", |_| {
        tasklet_schedule(&RECEIVE);
        line!() - 1
    });
    right(|_| {
        tasklet_enable(&RECEIVE);
        tasklet_schedule(&RECEIVE);
        tasklet_kill(&RECEIVE);
    });
}

#[test]
fn the_report_lists_what_is_left() {
    let (kernel, warnings) = super::Warnings::of(Kernel::builder().debug(true));
    let inside = kernel.enter();
    DEFINE_TIMER!(static TICK = |_| ());
    mod_timer(&TICK, jiffies() + 3600 * HZ);
    let armed = line!() - 1;
    let queue = alloc_workqueue!("frames", 0, 0).unwrap();
    let made = line!() - 1;
    let report = kernel.shutdown();
    let mut left: Vec<_> =
        report.left.iter().map(|left| (left.kind, left.call.as_str(), left.place.as_str())).collect();
    left.sort_unstable();
    let at = |line| format!("{}:{line}:", file!());
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!((left[0].0, left[0].1), ("timer", "mod_timer"));
    assert_eq!((left[1].0, left[1].1), ("workqueue", "alloc_workqueue"));
    assert!(left[0].2.starts_with(&at(armed)) && left[1].2.starts_with(&at(made)), "{left:?}");
    assert_eq!(kernel.shutdown(), report, "the second says the same");
    assert_eq!(warnings.take().len(), 1, "a queue does no harm");
    drop(queue);
    drop(inside);
}

#[test]
fn a_queued_work_item_runs_before_the_kernel_is_down() {
    use std::sync::atomic::{AtomicU32, Ordering};
    static RUNS: AtomicU32 = AtomicU32::new(0);
    DECLARE_WORK!(static COUNT = |_| _ = RUNS.fetch_add(1, Ordering::Relaxed));
    right(|_| _ = schedule_work(&COUNT));
    assert_eq!(RUNS.load(Ordering::Relaxed), 1);
}

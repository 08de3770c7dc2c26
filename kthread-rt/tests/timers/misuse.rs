//! Wrong and extreme calls: each is defined, and none hangs.

use crate::witness::Warnings;
use crate::{Calls, far, let_due_hrtimers_fire, let_due_timers_fire};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

#[test]
fn a_sync_delete_in_its_own_callback_is_an_error_and_deletes() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let calls = Calls::default();
    let timer = Timer::new({
        let (calls, warnings) = (calls.clone(), warnings.clone());
        move |timer: &TimerList| {
            mod_timer(timer, jiffies() + 1);
            assert_eq!(timer.delete_sync(), Err(Errno::EDEADLK));
            let warning = warnings.take_one();
            assert_eq!((warning.kind, &*warning.call), (WarningKind::Deadlock, "timer_delete_sync"));
            assert_eq!(warning.file, file!());
            assert_eq!(timer_pending(timer), 0);
            assert_eq!(timer_delete_sync(timer), Errno::EDEADLK.as_return());
            assert_eq!(timer_shutdown_sync(timer), Errno::EDEADLK.as_return());
            assert_eq!(warnings.take().len(), 2);
            assert_eq!((mod_timer(timer, jiffies()), timer_pending(timer)), (0, 0), "it is shut down");
            calls.note();
        }
    });
    mod_timer(&timer, jiffies());
    calls.wait();
    let_due_timers_fire();
    assert_eq!(calls.count(), 1);
    warnings.assert_none();
    drop((timer, inside));
    kernel.shutdown();
}

#[test]
fn a_cancel_in_its_own_callback_is_an_error_and_cancels() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let calls = Calls::default();
    let timer = HighResTimer::new({
        let calls = calls.clone();
        move |timer: &Hrtimer| {
            hrtimer_start(timer, 0, HRTIMER_MODE_REL);
            assert_eq!(hrtimer_cancel(timer), -35);
            assert!(!hrtimer_is_queued(timer));
            calls.note();
            HRTIMER_NORESTART
        }
    });
    hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
    calls.wait();
    let_due_hrtimers_fire();
    assert_eq!((calls.count(), warnings.take_one().kind), (1, WarningKind::Deadlock));
    drop((timer, inside));
    kernel.shutdown();
}

#[test]
fn expiries_beyond_range_are_far_or_past() {
    let (timer, calls) = Calls::timer();
    // The farthest: pending, and never due.
    mod_timer(&timer, jiffies() + i64::MAX as u64);
    let_due_timers_fire();
    assert_eq!((timer_pending(&timer), calls.count()), (1, 0));
    // Any farther, it counts as a past jiffy, as for `time_after`.
    assert_eq!(mod_timer(&timer, jiffies().wrapping_add((1 << 63) + HZ)), 1);
    calls.wait();
    for past in [0, jiffies() - 1, u64::MAX] {
        assert!(time_before(past, jiffies()));
        mod_timer(&timer, past);
        calls.wait();
    }
    // MAX_JIFFY_OFFSET is what a negative number of milliseconds gives.
    mod_timer(&timer, jiffies() + msecs_to_jiffies(u32::MAX));
    assert_eq!(timer_pending(&timer), 1);
}

#[test]
fn hrtimer_times_beyond_range_are_never_or_at_once() {
    let (timer, calls) = Calls::hrtimer();
    // The sum with a negative time from now is less than now, which a kernel takes for an overflow.
    for time in [KTIME_MAX, -1, i64::MIN] {
        hrtimer_start(&timer, time, HRTIMER_MODE_REL);
        assert_eq!(hrtimer_get_expires(&timer), KTIME_MAX);
        let_due_hrtimers_fire();
        assert_eq!((hrtimer_is_queued(&timer), calls.count()), (true, 0));
    }
    for (time, mode) in [(i64::MIN, HRTIMER_MODE_ABS), (0, HRTIMER_MODE_REL), (0, HRTIMER_MODE_ABS)] {
        hrtimer_start(&timer, time, mode);
        calls.wait();
    }
}

#[test]
fn a_timer_without_a_function_is_not_armed() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let timer = TimerList::new();
    assert_eq!(mod_timer(&timer, jiffies()), 0);
    assert_eq!((warnings.take_one().kind, timer_pending(&timer)), (WarningKind::BadArgument, 0));
    let hrtimer = Hrtimer::new();
    hrtimer_start(&hrtimer, 0, HRTIMER_MODE_REL);
    assert_eq!((warnings.take_one().kind, hrtimer_active(&hrtimer)), (WarningKind::BadArgument, false));
    assert_eq!((timer_delete_sync(&timer), hrtimer_cancel(&hrtimer)), (0, 0));
    drop(inside);
    kernel.shutdown();
}

#[test]
fn zeroed_memory_is_a_timer_without_a_function() {
    // SAFETY: this is what is tested: null pointers, an empty list, no function.
    let (timer, hrtimer) = unsafe { (std::mem::zeroed::<TimerList>(), std::mem::zeroed::<Hrtimer>()) };
    assert_eq!((timer_pending(&timer), timer_delete_sync(&timer), timer.expires()), (0, 0, 0));
    assert_eq!((hrtimer_active(&hrtimer), hrtimer_cancel(&hrtimer)), (false, 0));
    assert!(!std::mem::needs_drop::<TimerList>() && !std::mem::needs_drop::<Hrtimer>());
}

#[test]
fn add_timer_of_a_pending_timer_warns_and_does_nothing() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let (timer, _) = Calls::timer();
    let at = far();
    mod_timer(&timer, at);
    add_timer(&timer);
    assert_eq!((warnings.take_one().kind, timer.expires()), (WarningKind::BadArgument, at));
    add_timer_on(&timer, 0);
    assert_eq!(&*warnings.take_one().call, "add_timer");
    drop((timer, inside));
    kernel.shutdown();
}

#[test]
fn forward_of_a_queued_hrtimer_warns_and_does_nothing() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let (timer, _) = Calls::hrtimer();
    hrtimer_start(&timer, ktime_set(3600, 0), HRTIMER_MODE_REL);
    let at = hrtimer_get_expires(&timer);
    assert_eq!(hrtimer_forward(&timer, at + 5, 10), 0);
    assert_eq!((warnings.take_one().kind, hrtimer_get_expires(&timer)), (WarningKind::BadArgument, at));
    hrtimer_cancel(&timer);
    // An interval of 0 counts as a nanosecond.
    assert_eq!((hrtimer_forward(&timer, at + 5, 0), hrtimer_get_expires(&timer)), (6, at + 6));
    drop((timer, inside));
    kernel.shutdown();
}

#[test]
fn another_clock_warns() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let inside = kernel.enter();
    let mut timer = Hrtimer::new();
    // SAFETY: the timer is idle, and has no function.
    unsafe { hrtimer_init(&mut timer, 0, HRTIMER_MODE_REL) };
    assert_eq!(warnings.take_one().kind, WarningKind::BadArgument);
    // SAFETY: as above.
    unsafe { hrtimer_init(&mut timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL) };
    warnings.assert_none();
    drop(inside);
    kernel.shutdown();
}

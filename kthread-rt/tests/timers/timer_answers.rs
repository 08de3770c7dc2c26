//! Group `timer` of the recorded answers of a real kernel.

use crate::{Calls, far, let_due_timers_fire};
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::Mutex;

#[test]
fn timer_fresh() {
    // fresh pending=0 timer_delete=0 timer_delete_sync=0 mod_timer_pending=0
    let (timer, calls) = Calls::timer();
    assert_eq!(timer_pending(&timer), 0);
    assert_eq!(timer_delete(&timer), 0);
    assert_eq!(timer_delete_sync(&timer), 0);
    assert_eq!(mod_timer_pending(&timer, jiffies()), 0);
    // after_mod_timer_pending pending=0
    assert_eq!(timer_pending(&timer), 0);
    let_due_timers_fire();
    assert_eq!(calls.count(), 0);
}

#[test]
fn timer_mod_timer() {
    // mod_timer_inactive=0 mod_timer_active=1 mod_timer_same=1 pending=1
    let (timer, _) = Calls::timer();
    let at = far();
    assert_eq!(mod_timer(&timer, at), 0);
    assert_eq!(mod_timer(&timer, at + 1), 1);
    assert_eq!(mod_timer(&timer, at + 1), 1);
    assert_eq!(timer_pending(&timer), 1);
    // mod_timer_pending_active=1
    assert_eq!(mod_timer_pending(&timer, at + 2), 1);
    assert_eq!(timer.expires(), at + 2);
}

#[test]
fn timer_reduce_keeps_an_earlier_expiry() {
    // timer_reduce_later=1 expires_kept=1
    let (timer, _) = Calls::timer();
    let at = far();
    assert_eq!(timer_reduce(&timer, at), 0);
    assert_eq!(timer_reduce(&timer, at + 100), 1);
    assert_eq!(timer.expires(), at);
    // An earlier one is taken.
    assert_eq!(timer_reduce(&timer, at - 100), 1);
    assert_eq!(timer.expires(), at - 100);
}

#[test]
fn timer_delete_of_active_and_inactive() {
    // timer_delete_active=1 timer_delete_inactive=0 fires=0
    let (timer, calls) = Calls::timer();
    mod_timer(&timer, jiffies() + HZ);
    assert_eq!(timer_delete(&timer), 1);
    assert_eq!(timer_delete(&timer), 0);
    // timer_delete_sync_active=1 timer_delete_sync_inactive=0 try_to_del_timer_sync_active=1
    // try_inactive=0
    mod_timer(&timer, far());
    assert_eq!(timer_delete_sync(&timer), 1);
    assert_eq!(timer_delete_sync(&timer), 0);
    mod_timer(&timer, far());
    assert_eq!(try_to_del_timer_sync(&timer), 1);
    assert_eq!(try_to_del_timer_sync(&timer), 0);
    assert_eq!(timer_pending(&timer), 0);
    let_due_timers_fire();
    assert_eq!(calls.count(), 0);
    // The old names.
    mod_timer(&timer, far());
    assert_eq!((del_timer(&timer), del_timer(&timer)), (1, 0));
    mod_timer(&timer, far());
    assert_eq!((del_timer_sync(&timer), del_timer_sync(&timer)), (1, 0));
    assert_eq!(timer_delete_sync_try(&timer), 0);
}

#[test]
fn timer_add_timer() {
    // add_timer fires=1 not_before=1 pending_in_callback=0 pending_after=0 in_serving_softirq=1
    // in_hardirq=0 in_task=0
    let seen = Arc::new((Mutex::new(None), Completion::new()));
    let timer = Timer::new({
        let seen = seen.clone();
        move |timer: &TimerList| {
            let context = (in_serving_softirq(), in_hardirq(), in_task(), in_interrupt(), in_atomic());
            assert!(!irqs_disabled(), "irqs_disabled=0");
            let previous = seen.0.lock().unwrap().replace((timer_pending(timer), context, jiffies()));
            assert!(previous.is_none(), "fires=1");
            complete(&seen.1);
        }
    });
    let at = jiffies() + 5;
    timer.set_expires(at);
    add_timer(&timer);
    wait_for_completion(&seen.1);
    let (pending, context, now) = seen.0.lock().unwrap().expect("it fired");
    assert!(time_after_eq(now, at), "not_before=1");
    assert_eq!((pending, timer_pending(&timer)), (0, 0));
    assert_eq!(context, (true, false, false, true, true));
    assert!(in_task() && !in_interrupt() && !in_serving_softirq());
    let_due_timers_fire();
    assert_eq!(seen.1.done(), 0);
}

#[test]
fn timer_rearm_in_callback() {
    // rearm_in_callback fires=4 mod_timer_in_callback=0
    let (calls, was) = (Calls::default(), Arc::new(Mutex::new(Vec::new())));
    let timer = Timer::new({
        let (calls, was) = (calls.clone(), was.clone());
        move |timer| {
            if calls.count() < 3 {
                was.lock().unwrap().push(mod_timer(timer, jiffies() + 1));
            }
            calls.note();
        }
    });
    mod_timer(&timer, jiffies() + 1);
    (0..4).for_each(|_| calls.wait());
    let_due_timers_fire();
    assert_eq!((calls.count(), &**was.lock().unwrap()), (4, &[0, 0, 0][..]));
}

#[test]
fn timer_expiry_in_the_past() {
    // expiry_in_the_past fires=1
    let (timer, calls) = Calls::timer();
    mod_timer(&timer, jiffies().wrapping_sub(1000));
    calls.wait();
    let_due_timers_fire();
    assert_eq!(calls.count(), 1);
}

#[test]
fn timer_shutdown() {
    // timer_shutdown_sync=0 mod_timer_after_shutdown=0 pending=0 fires=0
    let (timer, calls) = Calls::timer();
    assert_eq!(timer_shutdown_sync(&timer), 0);
    assert_eq!(mod_timer(&timer, jiffies()), 0);
    assert_eq!(timer_pending(&timer), 0);
    let_due_timers_fire();
    assert_eq!(calls.count(), 0);

    let (timer, _) = Calls::timer();
    mod_timer(&timer, far());
    assert_eq!(kthread_rt::timer_shutdown(&timer), 1);
    let (timer, _) = Calls::timer();
    mod_timer(&timer, far());
    assert_eq!((timer_shutdown_sync(&timer), timer_shutdown_sync(&timer)), (1, 0));
}

/// What 6.1 does with a timer that was shut down: nothing, and no call fails.
#[test]
fn timer_shutdown_refuses_every_way_of_arming() {
    let (timer, calls) = Calls::timer();
    mod_timer(&timer, far());
    assert_eq!(timer_shutdown_sync(&timer), 1);
    timer.set_expires(jiffies());
    add_timer(&timer);
    add_timer_on(&timer, 0);
    assert_eq!((mod_timer_pending(&timer, jiffies()), timer_reduce(&timer, jiffies())), (0, 0));
    assert_eq!((mod_timer(&timer, jiffies()), timer_pending(&timer)), (0, 0));
    assert_eq!((timer_delete(&timer), timer_delete_sync(&timer), try_to_del_timer_sync(&timer)), (0, 0, 0));
    assert_eq!((timer_shutdown_sync(&timer), kthread_rt::timer_shutdown(&timer)), (0, 0));
    let_due_timers_fire();
    assert_eq!(calls.count(), 0);
}

#[test]
fn timer_reduce_and_mod_timer_pending_at_the_same_expiry() {
    let (timer, _) = Calls::timer();
    let at = far();
    mod_timer(&timer, at);
    assert_eq!((timer_reduce(&timer, at), mod_timer_pending(&timer, at)), (1, 1));
    assert_eq!(timer.expires(), at);
    // A past jiffy is earlier than any; the timer fires.
    let (timer, calls) = Calls::timer();
    mod_timer(&timer, at);
    assert_eq!(timer_reduce(&timer, jiffies() - 1), 1);
    calls.wait();
    assert_eq!((timer_pending(&timer), mod_timer_pending(&timer, at)), (0, 0));
}

#[test]
fn timer_rounded_to_a_second_is_never_in_the_past() {
    let now = jiffies();
    for j in [now + 1, now + HZ / 8, now + 7 * HZ + 3] {
        for rounded in [__round_jiffies(j, 0), __round_jiffies_up(j, 0)] {
            assert!(rounded == j || (rounded % HZ == 0 && time_after(rounded, now)));
        }
        // Three jiffies earlier for each cpu after the first.
        for rounded in [round_jiffies(j), __round_jiffies(j, 1)] {
            assert!(rounded == j || ((rounded + HZ / 4) % HZ <= HZ / 4 && time_after(rounded, now)));
        }
        assert!(__round_jiffies_up(j, 1) >= j);
    }
    assert!((1..=3 * HZ).contains(&round_jiffies_relative(2 * HZ)));
    assert!((2 * HZ..=3 * HZ).contains(&round_jiffies_up_relative(2 * HZ)));
}

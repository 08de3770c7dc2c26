//! Group `hrtimer` of the recorded answers of a real kernel.

use crate::{Calls, let_due_hrtimers_fire};
use kthread_rt::prelude::*;
use std::sync::{Arc, Mutex};

const HOUR: i64 = 3600 * NSEC_PER_SEC;

#[test]
fn hrtimer_fresh() {
    // fresh active=0 cancel=0 try_to_cancel=0
    let (timer, _) = Calls::hrtimer();
    assert!(!hrtimer_active(&timer));
    assert_eq!((hrtimer_cancel(&timer), hrtimer_try_to_cancel(&timer)), (0, 0));
}

#[test]
fn hrtimer_started() {
    // started active=1 restart_while_active active=1
    let (timer, calls) = Calls::hrtimer();
    hrtimer_start(&timer, HOUR, HRTIMER_MODE_REL);
    assert!(hrtimer_active(&timer) && hrtimer_is_queued(&timer) && !hrtimer_callback_running(&timer));
    hrtimer_start(&timer, 2 * HOUR, HRTIMER_MODE_REL);
    assert!(hrtimer_active(&timer));
    assert!(hrtimer_get_remaining(&timer) > HOUR);
    // cancel_active=1 cancel_inactive=0 fires=0
    assert_eq!((hrtimer_cancel(&timer), hrtimer_cancel(&timer)), (1, 0));
    hrtimer_start(&timer, HOUR, HRTIMER_MODE_REL);
    assert_eq!((hrtimer_try_to_cancel(&timer), hrtimer_try_to_cancel(&timer)), (1, 0));
    let_due_hrtimers_fire();
    assert_eq!(calls.count(), 0);
}

#[test]
fn hrtimer_one_shot() {
    // one_shot fires=1 not_before=1 active_after=0 in_hardirq=1 in_task=0
    for mode in [HRTIMER_MODE_REL, HRTIMER_MODE_ABS] {
        let seen = Arc::new((Mutex::new(None), Completion::new()));
        let timer = HighResTimer::new({
            let seen = seen.clone();
            move |_| {
                let context = (in_hardirq(), in_serving_softirq(), in_task());
                assert!(seen.0.lock().unwrap().replace((ktime_get(), context)).is_none(), "fires=1");
                assert!(irqs_disabled() && in_interrupt());
                complete(&seen.1);
                HRTIMER_NORESTART
            }
        });
        let at = ktime_add_us(ktime_get(), 300);
        hrtimer_start(&timer, if mode == HRTIMER_MODE_ABS { at } else { us_to_ktime(300) }, mode);
        wait_for_completion(&seen.1);
        let (now, context) = seen.0.lock().unwrap().expect("it fired");
        assert!(now >= at, "not_before=1");
        assert_eq!(context, (true, false, false));
        hrtimer_cancel(&timer);
        assert!(!hrtimer_active(&timer));
    }
}

#[test]
fn hrtimer_in_callback() {
    // in_callback active=1 is_queued=0 callback_running=1 try_to_cancel=-1
    let seen = Arc::new((Mutex::new(None), Completion::new()));
    let timer = HighResTimer::new({
        let seen = seen.clone();
        move |timer: &Hrtimer| {
            *seen.0.lock().unwrap() = Some((
                hrtimer_active(timer),
                hrtimer_is_queued(timer),
                hrtimer_callback_running(timer),
                hrtimer_try_to_cancel(timer),
            ));
            complete(&seen.1);
            HRTIMER_NORESTART
        }
    });
    hrtimer_start(&timer, 0, HRTIMER_MODE_REL);
    wait_for_completion(&seen.1);
    assert_eq!(*seen.0.lock().unwrap(), Some((true, false, true, -1)));
}

#[test]
fn hrtimer_restart_5() {
    // restart_5 fires=5 forward_overruns_ge_fires_minus_1=1
    let seen = Arc::new((Mutex::new((0, 0)), Completion::new()));
    let timer = HighResTimer::new({
        let seen = seen.clone();
        move |timer| {
            let mut seen_now = seen.0.lock().unwrap();
            seen_now.0 += 1;
            if seen_now.0 == 5 {
                complete(&seen.1);
                return HRTIMER_NORESTART;
            }
            seen_now.1 += hrtimer_forward_now(timer, us_to_ktime(200));
            HRTIMER_RESTART
        }
    });
    let began = ktime_get();
    hrtimer_start(&timer, us_to_ktime(200), HRTIMER_MODE_REL);
    wait_for_completion(&seen.1);
    assert!(ktime_us_delta(ktime_get(), began) >= 1_000);
    hrtimer_cancel(&timer);
    let_due_hrtimers_fire();
    let (fires, overruns) = *seen.0.lock().unwrap();
    assert_eq!(fires, 5);
    assert!(overruns >= fires - 1);
}

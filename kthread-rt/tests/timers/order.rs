//! The order in which timers fire, and that none is early, on real threads.
//! `src/timer/wheel_tests.rs` compares the wheel by itself with a sorted list.

use crate::let_due_timers_fire;
use kthread_rt::prelude::*;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::{Arc, Mutex};

type Log = Arc<Mutex<Vec<(usize, u64)>>>;

/// A timer that records its number and when it was called.
fn logging(who: usize, log: &Log) -> Timer {
    let log = log.clone();
    Timer::new(move |_| log.lock().unwrap().push((who, jiffies())))
}

/// Runs `f` in a Kernel whose timer thread is busy in a callback meanwhile, so that no timer fires
/// before `f` is over.
fn while_no_timer_fires(f: impl FnOnce()) {
    let held = Arc::new((Completion::new(), Completion::new()));
    let holder = Timer::new({
        let held = held.clone();
        move |_| {
            complete(&held.0);
            while !try_wait_for_completion(&held.1) {
                std::thread::yield_now();
            }
        }
    });
    mod_timer(&holder, jiffies());
    wait_for_completion(&held.0);
    f();
    complete(&held.1);
}

#[test]
fn timers_of_one_jiffy_fire_latest_armed_first() {
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    let _inside = kernel.enter();
    let log = Log::default();
    let timers: Vec<_> = (0..5).map(|who| logging(who, &log)).collect();
    // Near and far enough to be filed at two levels, armed across a cascade.
    for distance in [3, 70] {
        while_no_timer_fires(|| {
            let at = jiffies() + distance;
            timers.iter().for_each(|timer| _ = mod_timer(timer, at));
            // Armed anew for the same jiffy, it keeps its place; armed for another bucket and back,
            // it becomes the first.
            mod_timer(&timers[1], at);
            mod_timer(&timers[2], at + 8);
            mod_timer(&timers[2], at);
        });
        while log.lock().unwrap().len() < 5 {
            let_due_timers_fire();
        }
        let order: Vec<_> = log.lock().unwrap().drain(..).map(|(who, _)| who).collect();
        assert_eq!(order, [2, 4, 3, 1, 0], "{distance} jiffies off");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    #[test]
    fn timers_fire_by_jiffy_then_latest_first_and_never_early(
        steps in vec((0..8usize, proptest::option::weighted(0.8, 0..20u64)), 1..40)
    ) {
        let kernel = Kernel::builder().boot_on_demand().unwrap();
        let _inside = kernel.enter();
        let log = Log::default();
        let timers: Vec<_> = (0..8).map(|who| logging(who, &log)).collect();
        let mut expected: Vec<(u64, usize)> = Vec::new();
        while_no_timer_fires(|| {
            // It must not be armed for an expired jiffy: the holder's jiffy is not after this one.
            let base = jiffies() + 2;
            for (who, after) in &steps {
                let same = after.is_some_and(|after| expected.contains(&(base + after, *who)));
                if same {
                    assert_eq!(mod_timer(&timers[*who], base + after.unwrap()), 1);
                    continue;
                }
                let was = expected.iter().any(|(_, other)| other == who);
                expected.retain(|(_, other)| other != who);
                match after {
                    Some(after) => {
                        assert_eq!(mod_timer(&timers[*who], base + after), i32::from(was));
                        expected.insert(0, (base + after, *who));
                    }
                    None => assert_eq!(timer_delete(&timers[*who]), i32::from(was)),
                }
            }
        });
        // Stable: within a jiffy, the latest armed stays in front.
        expected.sort_by_key(|(jiffy, _)| *jiffy);
        while log.lock().unwrap().len() < expected.len() {
            let_due_timers_fire();
        }
        let log = log.lock().unwrap();
        prop_assert_eq!(log.iter().map(|(who, _)| *who).collect::<Vec<_>>(), expected.iter().map(|(_, who)| *who).collect::<Vec<_>>());
        for ((_, now), (jiffy, _)) in log.iter().zip(&expected) {
            prop_assert!(time_after_eq(*now, *jiffy));
        }
    }
}

#[test]
fn an_earlier_timer_overtakes_the_one_that_the_thread_sleeps_for() {
    let log = Log::default();
    let (late, early) = (logging(0, &log), logging(1, &log));
    let at = jiffies() + 30;
    mod_timer(&late, at);
    mod_timer(&early, at - 25);
    while log.lock().unwrap().len() < 2 {
        let_due_timers_fire();
    }
    let order: Vec<_> = log.lock().unwrap().iter().map(|(who, _)| *who).collect();
    assert_eq!(order, [1, 0]);
}

#[test]
fn hrtimers_of_one_expiry_fire_in_arming_order() {
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    let _inside = kernel.enter();
    let (log, done) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Completion::new()));
    let timers: Vec<_> = (0..6)
        .map(|who| {
            let (log, done) = (log.clone(), done.clone());
            HighResTimer::new(move |_| {
                log.lock().unwrap().push((who, ktime_get()));
                complete(&done);
                HRTIMER_NORESTART
            })
        })
        .collect();
    let at = ktime_add_ms(ktime_get(), 30);
    timers.iter().for_each(|timer| hrtimer_start(timer, at, HRTIMER_MODE_ABS));
    // Started anew, it is the last; and one more is due before all of them.
    hrtimer_start(&timers[1], at, HRTIMER_MODE_ABS);
    hrtimer_start(&timers[5], at - 1, HRTIMER_MODE_ABS);
    timers.iter().for_each(|_| wait_for_completion(&done));
    let log = log.lock().unwrap();
    assert_eq!(log.iter().map(|(who, _)| *who).collect::<Vec<_>>(), [5, 0, 2, 3, 4, 1]);
    assert!(log[1..].iter().all(|(_, now)| *now >= at), "not before");
}

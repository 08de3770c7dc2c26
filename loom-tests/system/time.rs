//! Scene: sleeps with timeouts, and a timer, while time passes and events come at any moment.

use super::{Begun, Scene};
use kthread_rt::model::sync::{Arc, AtomicU32, Ordering};
use kthread_rt::model::{pass_time, spawn};
use kthread_rt::prelude::*;

pub(super) const SCENE: Scene =
    Scene { begin, outcomes: &["time: the event came first", "time: the time was over first"] };

/// The timeout of each sleep, in jiffies.
const LIMIT: u32 = 2;

/// Sleeps until its timeout, even if a task wakes it.
fn sleeper(_: ()) -> i32 {
    let mut left = i64::from(LIMIT);
    while left > 0 && !kthread_should_stop() {
        left = schedule_timeout_interruptible(left);
    }
    i32::from(left == 0)
}

fn begin() -> Begun {
    let (event, over) = (Arc::new(Completion::new()), Arc::new(AtomicU32::new(0)));
    let sleeper = kthread_run!(sleeper, (), "sleeper").expect("nothing refuses it");
    let waiter = spawn("waiter", {
        let (event, over) = (event.clone(), over.clone());
        move || {
            let left = wait_for_completion_timeout(&event, u64::from(LIMIT));
            over.fetch_add(1, Ordering::Relaxed);
            left
        }
    });
    let (called, calls) = (Arc::new(Completion::new()), Arc::new(AtomicU32::new(0)));
    let timer = Timer::new({
        let (called, calls) = (called.clone(), calls.clone());
        move |_| {
            calls.fetch_add(1, Ordering::Relaxed);
            complete(&called);
        }
    });
    mod_timer(&timer, jiffies() + u64::from(LIMIT));
    let caller = spawn("caller", {
        let (event, sleeper) = (event.clone(), sleeper.clone());
        move || {
            wake_up_process(&sleeper);
            complete(&event);
        }
    });
    let clock = spawn("clock", || {
        for _ in 0..LIMIT {
            pass_time(jiffies_to_nsecs(1));
        }
    });
    Box::new(move || {
        clock.join();
        caller.join();
        // Let time pass until all timed waits are over. No other thread has anything left to do.
        while over.load(Ordering::Relaxed) == 0 || calls.load(Ordering::Relaxed) == 0 {
            pass_time(jiffies_to_nsecs(1));
            r#yield();
        }
        wait_for_completion(&called);
        assert_eq!((timer_delete_sync(&timer), calls.load(Ordering::Relaxed)), (0, 1), "it is called once");
        let slept = kthread_stop(&sleeper);
        assert!([0, 1, -4].contains(&slept), "{slept}");
        let left = waiter.join();
        assert_eq!(completion_done(&event), left == 0, "an event that was not taken is left");
        if left == 0 { "time: the time was over first" } else { "time: the event came first" }.into()
    })
}

//! Completions without signals: counts, timeouts, the order of waiters.

use crate::handshake::*;
use kthread_rt::prelude::*;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A wait of some kind, with its result as a `long`.
type WaitFn = fn(&Completion) -> i64;

/// Jiffies as time.
fn jiffies_long(n: u64) -> Duration {
    Duration::from_nanos(jiffies_to_nsecs(n))
}

#[test]
fn completion_counts() {
    let x = Completion::new();
    let look = || (x.done(), completion_done(&x));
    // fresh
    assert_eq!(look(), (0, false));
    assert!(!try_wait_for_completion(&x));

    for _ in 0..3 {
        complete(&x);
    }
    assert_eq!(look(), (3, true));
    for _ in 0..3 {
        wait_for_completion(&x);
    }
    assert_eq!(look(), (0, false));
    assert!(!try_wait_for_completion(&x));

    complete(&x);
    assert!(try_wait_for_completion(&x));
    assert!(!try_wait_for_completion(&x));
    assert_eq!(x.done(), 0);

    complete_all(&x);
    assert_eq!(x.done(), 4_294_967_295);
    for _ in 0..5 {
        wait_for_completion(&x);
    }
    assert_eq!(look(), (u32::MAX, true));
    assert!(try_wait_for_completion(&x));
    assert_eq!(look(), (u32::MAX, true));

    complete(&x);
    assert_eq!(x.done(), u32::MAX, "complete_after_complete_all");
    complete_all(&x);
    assert_eq!(x.done(), u32::MAX, "complete_all_twice");

    reinit_completion(&x);
    assert_eq!(look(), (0, false));
    assert!(!try_wait_for_completion(&x));

    complete(&x);
    complete(&x);
    complete_all(&x);
    assert_eq!(x.done(), u32::MAX, "complete_x2_then_all");

    reinit_completion(&x);
    complete(&x);
    complete(&x);
    reinit_completion(&x);
    assert_eq!(x.done(), 0, "reinit_discards_counts");
}

#[test]
fn completion_counts_go_down_by_one_for_every_kind_of_wait() {
    let waits: [(&str, WaitFn); 12] = [
        ("try_wait", |x| i64::from(try_wait_for_completion(x)) - 1),
        ("plain", |x| {
            wait_for_completion(x);
            0
        }),
        ("io", |x| {
            wait_for_completion_io(x);
            0
        }),
        ("interruptible", |x| long(wait_for_completion_interruptible(x).map(|()| 0))),
        ("killable", |x| long(wait_for_completion_killable(x).map(|()| 0))),
        ("idle", |x| long(wait_for_completion_state(x, TASK_IDLE).map(|()| 0))),
        ("state", |x| long(wait_for_completion_state(x, TASK_INTERRUPTIBLE).map(|()| 0))),
        ("timeout", |x| wait_for_completion_timeout(x, 9) as i64 - 9),
        ("io_timeout", |x| wait_for_completion_io_timeout(x, 9) as i64 - 9),
        ("interruptible_timeout", |x| long(wait_for_completion_interruptible_timeout(x, 9)) - 9),
        ("killable_timeout", |x| long(wait_for_completion_killable_timeout(x, 9)) - 9),
        ("timeout 0", |x| wait_for_completion_timeout(x, 0) as i64 - 1),
    ];
    for (name, wait) in waits {
        let x = Completion::new();
        complete(&x);
        complete_on_current_cpu(&x);
        assert_eq!(wait(&x), 0, "{name}");
        assert_eq!(x.done(), 1, "{name}");
        complete_all(&x);
        assert_eq!(wait(&x), 0, "{name} after complete_all");
        assert_eq!(x.done(), u32::MAX, "{name} after complete_all");
    }
}

#[test]
fn completion_counts_begin_anew_with_init() {
    let mut x = Completion::default();
    complete_all(&x);
    init_completion(&mut x);
    assert_eq!(x.done(), 0);

    DECLARE_COMPLETION!(static DECLARED);
    assert_eq!(DECLARED.done(), 0);
    DECLARE_COMPLETION_ONSTACK!(on_stack);
    assert_eq!(on_stack.done(), 0);
}

#[test]
fn completion_timeout() {
    assert_eq!((HZ, MAX_SCHEDULE_TIMEOUT), (250, 9_223_372_036_854_775_807));
    let x = Completion::new();
    let done = || {
        complete(&x);
        &x
    };
    assert_eq!(wait_for_completion_timeout(&x, 0), 0);
    let before = Instant::now();
    assert_eq!(wait_for_completion_timeout(&x, 5), 0);
    assert!(before.elapsed() >= jiffies_long(5), "waited_at_least_5_jiffies=1");

    assert_eq!((wait_for_completion_timeout(done(), 0), x.done()), (1, 0));
    assert_eq!((wait_for_completion_timeout(done(), 100), x.done()), (100, 0));
    let max = MAX_SCHEDULE_TIMEOUT as u64;
    assert_eq!(wait_for_completion_timeout(done(), max), max);

    assert_eq!(wait_for_completion_interruptible_timeout(&x, 3), Ok(0));
    assert_eq!(wait_for_completion_killable_timeout(&x, 3), Ok(0));
    assert_eq!(wait_for_completion_interruptible_timeout(done(), 50), Ok(50));
    assert_eq!(wait_for_completion_killable_timeout(done(), 50), Ok(50));
    assert_eq!(wait_for_completion_interruptible(done()), Ok(()));
    assert_eq!(wait_for_completion_killable(done()), Ok(()));
    assert_eq!(x.done(), 0);
}

#[test]
fn completion_timeout_of_no_time_is_not_a_signal() {
    let x = Completion::new();
    assert_eq!(wait_for_completion_io_timeout(&x, 0), 0);
    assert_eq!(wait_for_completion_interruptible_timeout(&x, 0), Ok(0));
    assert_eq!(wait_for_completion_killable_timeout(&x, 0), Ok(0));
    complete_all(&x);
    assert_eq!(wait_for_completion_interruptible_timeout(&x, 0), Ok(1));
    assert_eq!(wait_for_completion_killable_timeout(&x, 0), Ok(1));
}

#[test]
fn completion_timeout_returns_the_remaining_jiffies_when_it_is_completed_meanwhile() {
    let waits: [(TaskState, WaitFn); 3] = [
        (TASK_UNINTERRUPTIBLE, |x| wait_for_completion_timeout(x, 60 * HZ) as i64),
        (TASK_INTERRUPTIBLE, |x| long(wait_for_completion_interruptible_timeout(x, 60 * HZ))),
        (TASK_KILLABLE, |x| long(wait_for_completion_killable_timeout(x, 60 * HZ))),
    ];
    for (state, wait) in waits {
        let x = Arc::new(Completion::new());
        let its = x.clone();
        let task = run(move || wait(&its) as i32, "waiter");
        assert_eq!(asleep(&task), state);
        complete(&x);
        await_end(&task);
        let left = kthread_stop(&task);
        assert!((1..=60 * HZ as i32).contains(&left), "{left} jiffies are left");
        assert_eq!(x.done(), 0);
    }
}

#[test]
fn completion_timeout_is_not_cut_short_by_stray_wakes() {
    let x = Arc::new(Completion::new());
    let its = x.clone();
    let task = run(move || wait_for_completion_timeout(&its, 60 * HZ) as i32, "waiter");
    for _ in 0..3 {
        assert_eq!(asleep(&task), TASK_UNINTERRUPTIBLE);
        assert!(wake_up_process(&task));
    }
    assert_eq!(asleep(&task), TASK_UNINTERRUPTIBLE, "it sleeps on");
    complete(&x);
    await_end(&task);
    assert!(kthread_stop(&task) > 0);
}

/// Waiters 1 to 4, which have gone to sleep on `x` in that order, and the channel on which each
/// reports the end of its wait.
fn four_waiters(x: &Arc<Completion>) -> (Vec<Task>, Receiver<i32>) {
    let (sender, receiver) = channel();
    let waiters = (1..=4)
        .map(|id| {
            let (x, sender) = (x.clone(), sender.clone());
            let threadfn = move || {
                wait_for_completion(&x);
                sender.send(id).unwrap();
                sleep_until_stopped(TASK_INTERRUPTIBLE);
                id
            };
            let waiter = run(threadfn, "waiter");
            assert_eq!(asleep(&waiter), TASK_UNINTERRUPTIBLE);
            waiter
        })
        .collect();
    (waiters, receiver)
}

fn stop_all(waiters: &[Task]) {
    for (waiter, id) in waiters.iter().zip(1..) {
        assert_eq!(kthread_stop(waiter), id);
    }
}

#[test]
fn completion_waiters_four_waiters_complete_one_by_one() {
    let x = Arc::new(Completion::new());
    let (waiters, receiver) = four_waiters(&x);
    for next in 1..=4 {
        complete(&x);
        assert_eq!(receiver.recv(), Ok(next));
        assert_eq!(x.done(), 0);
    }
    stop_all(&waiters);
}

#[test]
fn completion_waiters() {
    let x = Arc::new(Completion::new());
    let (waiters, receiver) = four_waiters(&x);
    complete(&x);
    complete(&x);
    let mut first_two = [receiver.recv().unwrap(), receiver.recv().unwrap()];
    first_two.sort_unstable();
    assert_eq!(first_two, [1, 2]);
    assert_eq!(x.done(), 0);
    for blocked in &waiters[2..] {
        assert_eq!(asleep(blocked), TASK_UNINTERRUPTIBLE);
    }
    assert!(receiver.try_recv().is_err(), "still_blocked=2");

    complete_all(&x);
    let mut rest = [receiver.recv().unwrap(), receiver.recv().unwrap()];
    rest.sort_unstable();
    assert_eq!(rest, [3, 4]);
    assert_eq!(x.done(), u32::MAX);
    stop_all(&waiters);
}

#[test]
fn completion_waiters_that_give_up_leave_the_order_of_the_others() {
    let x = Arc::new(Completion::new());
    let (waiters, receiver) = four_waiters(&x);
    let its = x.clone();
    // The fifth gives up before anything is done.
    assert_eq!(on_kthread(move || wait_for_completion_timeout(&its, 1)), 0);
    for next in 1..=4 {
        complete(&x);
        assert_eq!(receiver.recv(), Ok(next));
    }
    complete(&x);
    assert_eq!(x.done(), 1, "nobody is left to take it");
    stop_all(&waiters);
}

#[test]
fn completion_waiters_keep_their_places_through_stray_wakes() {
    let x = Arc::new(Completion::new());
    let (waiters, receiver) = four_waiters(&x);
    assert!(wake_up_process(&waiters[0]));
    assert_eq!(asleep(&waiters[0]), TASK_UNINTERRUPTIBLE);
    for next in 1..=4 {
        complete(&x);
        assert_eq!(receiver.recv(), Ok(next));
    }
    stop_all(&waiters);
}

#[test]
fn completion_waiters_stay_asleep_when_it_is_reinitialised() {
    let x = Arc::new(Completion::new());
    let (waiters, receiver) = four_waiters(&x);
    reinit_completion(&x);
    for blocked in &waiters {
        assert_eq!(asleep(blocked), TASK_UNINTERRUPTIBLE);
    }
    assert!(receiver.try_recv().is_err());
    complete(&x);
    assert_eq!(receiver.recv(), Ok(1));
    complete_all(&x);
    let mut rest: Vec<_> = receiver.iter().take(3).collect();
    rest.sort_unstable();
    assert_eq!(rest, [2, 3, 4]);
    stop_all(&waiters);
}

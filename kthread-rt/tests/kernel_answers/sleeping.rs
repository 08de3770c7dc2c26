//! Sleeping for a time. Times are lower bounds: a sleep is never too short; how much longer it
//! takes depends on the machine.

use crate::handshake::*;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::atomic::AtomicU32;
use std::sync::mpsc;
use std::time::{Duration, Instant};

const MINUTE: i64 = 60 * HZ as i64;

/// Asserts `sleep`'s result, that it took at least `least` milliseconds, and that the state is
/// RUNNING.
#[track_caller]
fn takes<R>(least: u64, sleep: impl FnOnce() -> R) -> R {
    let before = Instant::now();
    let ret = sleep();
    assert!(
        before.elapsed() >= Duration::from_millis(least),
        "{:?} is less than {least} ms",
        before.elapsed()
    );
    assert_eq!(current().state(), TASK_RUNNING);
    ret
}

#[test]
fn sleeping_schedule_timeout() {
    assert_eq!((HZ, HZ / 50), (250, 5));
    let in_state = |state, timeout| {
        set_current_state(state);
        schedule_timeout(timeout)
    };
    assert_eq!(takes(20, || in_state(TASK_UNINTERRUPTIBLE, HZ as i64 / 50)), 0);

    let before = Instant::now();
    let left = schedule_timeout(10 * HZ as i64);
    assert!(before.elapsed() < Duration::from_secs(10), "slept=0 in TASK_RUNNING");
    assert!(left > 9 * HZ as i64, "ret_gt_9HZ=1: {left}");

    assert_eq!(takes(0, || in_state(TASK_INTERRUPTIBLE, 0)), 0);
    assert_eq!(takes(0, || in_state(TASK_UNINTERRUPTIBLE, 0)), 0);
}

#[test]
fn sleeping_schedule_timeout_of_a_negative_time_warns() {
    let kernel = WatchedKernel::boot();
    set_current_state(TASK_INTERRUPTIBLE);
    let ret = kernel.warns(WarningKind::BadArgument, "schedule_timeout", "-5", || schedule_timeout(-5));
    assert_eq!((ret, current().state()), (0, TASK_RUNNING));
    kernel.shut_down();
}

/// The task is RUNNING, so the loop spins; it ends when its time is over, whatever ran between two
/// calls.
fn turns_take(timeout: i64) -> u64 {
    let (before, mut left) = (jiffies(), timeout);
    while left > 0 {
        let less = schedule_timeout(left);
        assert!((0..=left).contains(&less), "{less} of {left} jiffies are left");
        left = less;
    }
    jiffies() - before
}

#[test]
fn sleeping_schedule_timeout_in_a_loop_loses_no_time() {
    takes_at_best(20..=21, 10, || turns_take(20));
    // Code that has done something else in between gets its full time again.
    let after_another = || {
        mdelay(40);
        schedule_timeout(5)
    };
    takes_at_best(..=1, 10, || 5 - after_another());
    let kernel = Kernel::builder().exact_timeouts(true).boot().unwrap();
    let _inside = kernel.enter();
    takes_at_best(19..=21, 10, || turns_take(20));
}

/// `sleep` takes `least` jiffies, if no tick comes between the reads before and after it.
#[track_caller]
fn takes_jiffies(least: u64, sleep: impl Fn()) {
    takes_at_best(least..=least, 50, || {
        let before = jiffies();
        sleep();
        jiffies() - before
    });
}

#[test]
fn late_sleeps_end_when_their_last_jiffy_is_over() {
    let c = Completion::new();
    takes_jiffies(6, || assert_eq!(schedule_timeout_uninterruptible(5), 0));
    takes_jiffies(3, || msleep(1));
    takes_jiffies(4, || assert_eq!(wait_for_completion_timeout(&c, 3), 0));
    takes_at_best(..=1, 50, || {
        let before = jiffies();
        assert_eq!(schedule_timeout_uninterruptible(0), 0);
        jiffies() - before
    });
}

#[test]
fn late_timed_waits_of_every_kind_end_as_schedule_timeout_does() {
    let (wq, swq, sem) = (WaitQueueHead::new(), SwaitQueueHead::new(), Semaphore::new(0));
    let word = AtomicU32::new(1);
    let word = &word;
    let waits: [(&str, &dyn Fn()); 7] = [
        ("wait_event_timeout", &|| assert_eq!(wait_event_timeout!(wq, false, 2), 0)),
        ("swait_event_timeout", &|| assert_eq!(swait_event_timeout_exclusive!(swq, false, 2), 0)),
        ("wait_var_event_timeout", &|| assert_eq!(wait_var_event_timeout!(word, false, 2), 0)),
        ("wait_on_bit_timeout", &|| {
            assert_eq!(wait_on_bit_timeout(word, 0, TASK_UNINTERRUPTIBLE, 2), Err(Errno::EAGAIN));
        }),
        ("down_timeout", &|| assert_eq!(down_timeout(&sem, 2), Err(Errno::ETIME))),
        ("killable", &|| {
            assert_eq!(wait_for_completion_killable_timeout(&Completion::new(), 2), Ok(0));
        }),
        ("wait_woken", &|| {
            DEFINE_WAIT_FUNC!(entry, woken_wake_function);
            assert_eq!(wait_woken(entry, TASK_INTERRUPTIBLE, 2), 0);
        }),
    ];
    for (name, wait) in waits {
        println!("{name} for 2 jiffies");
        takes_jiffies(3, wait);
    }
}

#[test]
fn late_far_sleeps_end_with_their_bucket() {
    // 100 jiffies off: by eights.
    let last_of_bucket = || {
        let before = jiffies();
        schedule_timeout_uninterruptible(100);
        let now = jiffies();
        assert!(now - before >= 101);
        if now - before <= 108 { now % 8 } else { u64::MAX }
    };
    takes_at_best(0..=0, 1, last_of_bucket);
}

#[test]
fn exact_timeouts_end_as_many_jiffies_later_as_they_say() {
    let kernel = Kernel::builder().exact_timeouts(true).boot().unwrap();
    let inside = kernel.enter();
    let fired = Completion::new();
    for (ms, sleep) in [
        (8, &(|| assert_eq!(schedule_timeout_uninterruptible(2), 0)) as &dyn Fn()),
        (4, &|| msleep(1)),
        (8, &|| assert_eq!(wait_for_completion_timeout(&fired, 2), 0)),
    ] {
        let exactly = Duration::from_millis(ms)..Duration::from_millis(ms + 3);
        takes_at_best(exactly, 20, || {
            let before = Instant::now();
            sleep();
            before.elapsed()
        });
    }
    drop(inside);
    kernel.shutdown();
}

#[test]
fn no_time_is_lost_by_a_loop_that_does_not_sleep() {
    // In TASK_RUNNING each call returns at once; the sum is what matters.
    takes_at_best(Duration::from_millis(496)..Duration::from_millis(1000), 1, || {
        let before = Instant::now();
        let mut left = HZ as i64 / 2;
        while left > 0 {
            left = schedule_timeout(left);
        }
        before.elapsed()
    });
}

#[test]
fn sleeping_for_a_negative_time_is_over_at_once_in_every_timed_wait() {
    const MINUS_1: u64 = u64::MAX;
    let kernel = WatchedKernel::boot();
    let (wq, swq, c) = (WaitQueueHead::new(), SwaitQueueHead::new(), Completion::new());
    let (kind, about) = (WarningKind::BadArgument, "wrong timeout value");
    macro_rules! assert_over {
        ($call:literal, $wait:expr) => {
            assert_eq!(kernel.warns(kind, $call, about, || $wait), 0, $call)
        };
    }
    assert_over!("wait_for_completion_timeout", wait_for_completion_timeout(&c, MINUS_1));
    assert_over!(
        "wait_for_completion_killable_timeout",
        wait_for_completion_killable_timeout(&c, MINUS_1).unwrap()
    );
    assert_over!("wait_event_timeout", wait_event_timeout!(wq, false, MINUS_1));
    assert_over!("swait_event_timeout_exclusive", swait_event_timeout_exclusive!(swq, false, MINUS_1));
    // Times that the kernel does not pass to schedule_timeout().
    assert_eq!(down_timeout(&Semaphore::new(0), MINUS_1), Err(Errno::ETIME));
    let word = AtomicU32::new(1);
    assert_eq!(wait_on_bit_timeout(&word, 0, TASK_UNINTERRUPTIBLE, MINUS_1), Err(Errno::EAGAIN));
    // Done at the first test: the whole time is returned.
    assert_eq!(wait_event_timeout!(wq, true, MINUS_1), MINUS_1);
    complete(&c);
    assert_eq!(wait_for_completion_timeout(&c, MINUS_1), MINUS_1);
    kernel.shut_down();
}

#[test]
fn a_timed_wait_whose_condition_ends_the_waiting_task_ends_in_time() {
    let kernel = Kernel::builder().boot().unwrap();
    let mut inside = Some(kernel.enter());
    let wq = WaitQueueHead::new();
    let mut condition = || {
        drop(inside.take());
        false
    };
    assert_eq!(wait_event_timeout!(wq, condition(), 2), 0);
    kernel.shutdown();
}

#[test]
fn sleeping_schedule_timeout_variants() {
    let variants: [fn(i64) -> i64; 4] = [
        |jiffies| schedule_timeout_interruptible(jiffies),
        |jiffies| schedule_timeout_killable(jiffies),
        |jiffies| schedule_timeout_idle(jiffies),
        |jiffies| schedule_timeout_uninterruptible(jiffies),
    ];
    for sleep in variants {
        assert_eq!(takes(8, || sleep(2)), 0);
    }
    set_current_state(TASK_IDLE);
    assert_eq!(takes(8, || io_schedule_timeout(2)), 0);
}

#[test]
fn sleeping_schedule_timeout_woken() {
    for (sleep, state) in [
        (schedule_timeout_uninterruptible as fn(i64) -> i64, TASK_UNINTERRUPTIBLE),
        (schedule_timeout_interruptible, TASK_INTERRUPTIBLE),
        (schedule_timeout_killable, TASK_KILLABLE),
        (schedule_timeout_idle, TASK_IDLE),
    ] {
        let task = run(move || sleep(MINUTE) as i32, "sleeper");
        assert_eq!(asleep(&task), state);
        assert!(wake_up_process(&task));
        await_end(&task);
        let left = i64::from(kthread_stop(&task));
        assert!((1..=MINUTE).contains(&left), "ret_gt_0=1 ret_le=1: {left}");
    }
}

#[test]
fn sleeping_schedule_timeout_max_woken() {
    let task = run(
        || {
            let ret = schedule_timeout_uninterruptible(MAX_SCHEDULE_TIMEOUT);
            i32::from(ret == MAX_SCHEDULE_TIMEOUT && current().state() == TASK_RUNNING)
        },
        "sleeper",
    );
    assert_eq!(asleep(&task), TASK_UNINTERRUPTIBLE);
    assert!(wake_up_process(&task));
    await_end(&task);
    assert_eq!(kthread_stop(&task), 1, "ret_is_MAX=1 state=0x0");
}

#[test]
fn sleeping_msleep_with_a_stray_wake_up() {
    let task = run(
        || {
            takes(200, || msleep(200));
            1
        },
        "sleeper",
    );
    asleep(&task);
    wake_up_process(&task);
    // Either msleep continues to sleep, or this machine took 200 ms to get here.
    asleep(&task);
    assert_eq!(kthread_stop(&task), 1, "slept_full=1");
}

#[test]
fn sleeping_msleep_continues_after_a_stop() {
    let task = run(
        || {
            takes(100, || msleep(100));
            1
        },
        "sleeper",
    );
    asleep(&task);
    assert_eq!(kthread_stop(&task), 1);
}

#[test]
fn sleeping_delays() {
    takes(20, || msleep(20));
    takes(0, || msleep(0));
    takes(1, || usleep_range(1000, 2000));
    takes(1, || usleep_range_state(1000, 2000, TASK_IDLE));
    takes(1, || fsleep(1000));
    assert_eq!(takes(20, || msleep_interruptible(20)), 0);
    assert_eq!(takes(0, || msleep_interruptible(0)), 0);
}

#[test]
fn sleeping_ssleep() {
    takes(1000, || ssleep(1));
}

#[test]
fn sleeping_usleep_range_is_not_ended_by_a_signal() {
    on_kthread(|| {
        allow_signal(SIGKILL).unwrap();
        send_sig(SIGKILL, &current(), 1).unwrap();
        takes(5, || usleep_range_state(5000, 6000, TASK_INTERRUPTIBLE));
        takes(5, || msleep(5));
    });
}

#[test]
fn sleeping_conversions() {
    for (ms, jiffies) in [(0, 0), (1, 1), (4, 1), (5, 2), (1000, 250), (u32::MAX, MAX_JIFFY_OFFSET)] {
        assert_eq!(msecs_to_jiffies(ms), jiffies, "{ms} ms");
    }
    assert_eq!(jiffies_to_msecs(1), 4);
    assert_eq!(jiffies_to_usecs(1), 4000);
    assert_eq!((usecs_to_jiffies(4000), usecs_to_jiffies(4001)), (1, 2));
}

#[test]
fn sleeping_advances_jiffies() {
    let before = jiffies();
    takes(12, || schedule_timeout_uninterruptible(3));
    assert!(time_after_eq(jiffies(), before + 3));
}

#[test]
fn sleeping_while_atomic_warns() {
    let kernel = WatchedKernel::boot();
    let atomic = "sleeping function called from invalid context";
    let kind = WarningKind::SleepingWhileAtomic;
    preempt_disable();
    kernel.warns(kind, "msleep", atomic, || msleep(1));
    kernel.warns(kind, "schedule_timeout_idle", "scheduling while atomic", || schedule_timeout_idle(1));
    kernel.warns(kind, "wait_for_completion_timeout", atomic, || {
        wait_for_completion_timeout(&Completion::new(), 1)
    });
    kernel.warns(kind, "might_sleep", atomic, || might_sleep());
    preempt_enable();
    msleep(1);
    kernel.shut_down();
}

#[test]
fn sleeping_for_no_time_and_for_odd_ranges() {
    takes(0, || usleep_range(0, 0));
    takes(1, || usleep_range(1000, 0)); // the minimum counts
    takes(1, || usleep_idle_range(1000, 2000));
    takes(0, || fsleep(0));
    takes(0, || ssleep(0));
    takes(0, || (ndelay(0), udelay(0), mdelay(0)));
    takes(1, || mdelay(1));
    assert_eq!(schedule_timeout_interruptible(0), 0);
    assert_eq!(schedule_timeout_uninterruptible(0), 0);
    assert_eq!(schedule_timeout(MAX_SCHEDULE_TIMEOUT), MAX_SCHEDULE_TIMEOUT, "slept=0 in TASK_RUNNING");
    assert!(schedule_timeout(MAX_SCHEDULE_TIMEOUT - 1) > 0);
}

#[test]
fn sleeping_for_a_negative_time_warns_in_each_variant() {
    let kernel = WatchedKernel::boot();
    let kind = WarningKind::BadArgument;
    kernel.warns(kind, "schedule_timeout_interruptible", "-1", || {
        assert_eq!(schedule_timeout_interruptible(-1), 0);
    });
    kernel.warns(kind, "schedule_timeout_uninterruptible", "-9223372036854775808", || {
        assert_eq!(schedule_timeout_uninterruptible(i64::MIN), 0);
    });
    set_current_state(TASK_UNINTERRUPTIBLE);
    kernel.warns(kind, "io_schedule_timeout", "-2", || assert_eq!(io_schedule_timeout(-2), 0));
    assert!(task_is_running(&current()));
    kernel.shut_down();
}

/// Negative milliseconds (as an int) are the longest possible sleep; a stop ends it.
#[test]
fn sleeping_for_the_longest_time() {
    for ms in [i32::MAX as u32 + 1, u32::MAX] {
        let task = run(move || i32::from(msleep_interruptible(ms) > 0), "sleeper");
        assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
        assert_eq!(kthread_stop(&task), 1);
    }
}

#[test]
fn sleeping_schedule_hrtimeout() {
    let in_state = |state, expires, mode| {
        set_current_state(state);
        schedule_hrtimeout(expires, mode)
    };
    assert_eq!(takes(2, || in_state(TASK_INTERRUPTIBLE, Some(ms_to_ktime(2)), HRTIMER_MODE_REL)), Ok(()));
    let at = ktime_add_ms(ktime_get(), 2);
    assert_eq!(in_state(TASK_UNINTERRUPTIBLE, Some(at), HRTIMER_MODE_ABS), Ok(()));
    assert!(ktime_get() >= at, "never early");
    // 0 is at once, whatever the mode; so is a time that has passed.
    for (expires, mode) in
        [(0, HRTIMER_MODE_REL), (0, HRTIMER_MODE_ABS), (1, HRTIMER_MODE_ABS), (-5, HRTIMER_MODE_REL)]
    {
        assert_eq!(in_state(TASK_UNINTERRUPTIBLE, Some(expires), mode), Ok(()));
        assert!(task_is_running(&current()));
    }
    // In TASK_RUNNING it does not sleep, and the time has not come.
    let minute = Some(ktime_set(60, 0));
    assert_eq!(takes(0, || schedule_hrtimeout(minute, HRTIMER_MODE_REL)), Err(Errno::EINTR));
    assert_eq!(schedule_hrtimeout(None, HRTIMER_MODE_REL), Err(Errno::EINTR));
}

#[test]
fn sleeping_schedule_hrtimeout_woken_or_signalled() {
    type Sleep = fn() -> Result<(), Errno>;
    let minute: Sleep = || schedule_hrtimeout(Some(ktime_set(60, 0)), HRTIMER_MODE_REL);
    let for_ever: Sleep = || schedule_hrtimeout(Some(KTIME_MAX), HRTIMER_MODE_ABS);
    let no_limit: Sleep = || schedule_hrtimeout_range(None, 5, HRTIMER_MODE_REL);
    for sleep in [minute, for_ever, no_limit] {
        for by_signal in [false, true] {
            let task = run(
                move || {
                    allow_signal(SIGUSR1).unwrap();
                    set_current_state(TASK_INTERRUPTIBLE);
                    let ret = kthread_rt::errno::to_return(sleep());
                    assert!(task_is_running(&current()));
                    ret
                },
                "sleeper",
            );
            assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
            if by_signal {
                send_sig(SIGUSR1, &task, 1).unwrap();
            } else {
                assert!(wake_up_process(&task));
            }
            await_end(&task);
            assert_eq!(kthread_stop(&task), -4);
        }
    }
}

#[test]
fn sleeping_times_beside_now() {
    let now = jiffies();
    assert!(time_is_before_eq_jiffies(now) && !time_is_after_jiffies(now));
    assert!(time_is_before_jiffies(now.wrapping_sub(1)) && !time_is_after_eq_jiffies(now.wrapping_sub(1)));
    assert!(time_is_after_jiffies(now + HZ * 3600) && time_is_after_eq_jiffies(now + HZ * 3600));
    assert!(time_in_range(now, now - 1, now) && !time_in_range_open(now, now - 1, now));
    assert!(time_after_eq(get_jiffies_64(), now));
}

/// The time of five jiffies for a task that sleeps for the remaining jiffies again and again, and
/// is woken as often as possible.
fn five_jiffies_under_wakes() -> (Duration, u32) {
    let (ends, ended) = mpsc::channel();
    let sleeper = move |()| {
        let (begun, mut calls, mut left) = (Instant::now(), 0, 5);
        while left > 0 {
            left = schedule_timeout_uninterruptible(left);
            calls += 1;
        }
        ends.send((begun.elapsed(), calls)).unwrap();
        0
    };
    let task = kthread_run!(sleeper, (), "sleeper").unwrap();
    let limit = Instant::now() + Duration::from_secs(20);
    let told = loop {
        wake_up_process(&task);
        match ended.try_recv() {
            Ok(told) => break told,
            Err(_) => assert!(Instant::now() < limit, "the loop does not end"),
        }
    };
    _ = kthread_stop(&task);
    told
}

/// As in a kernel, the last jiffy may be a partial one; nothing else is lost, and nothing is waited
/// for twice. A tick between two calls does not count.
#[test]
fn wake_ups_do_not_keep_a_loop_from_its_end() {
    for exact in [true, false] {
        let kernel = Kernel::builder().exact_timeouts(exact).boot().unwrap();
        let inside = kernel.enter();
        takes_at_best(16..=40, 5, || {
            loop {
                let (took, calls) = five_jiffies_under_wakes();
                // Woken more often than there are jiffies.
                if calls > 10 {
                    break took.as_millis();
                }
            }
        });
        drop(inside);
        kernel.shutdown();
    }
}

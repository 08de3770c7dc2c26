//! Stopping: before the first wake-up, while running, after the end, twice; and the sleeps that a
//! stop ends.

use crate::handshake::*;
use kthread_rt::prelude::*;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

#[test]
fn stop_never_woken() {
    let ran = Arc::new(AtomicU32::new(0));
    let data = ran.clone();
    let task = create(move || data.fetch_add(1, SeqCst) as i32, "never-woken");
    assert_eq!(kthread_stop(&task), -4);
    assert_eq!(ran.load(SeqCst), 0);
}

#[test]
fn stop_never_woken_drops_the_data_once_and_before_it_returns() {
    let data = Arc::new(());
    let task = kthread_create(|_data| 7, data.clone(), "never-woken").unwrap();
    assert_eq!(Arc::strong_count(&data), 2);
    assert_eq!(task.stop(), Ok(ExitStatus::NeverRan));
    assert_eq!(Arc::strong_count(&data), 1);
}

#[test]
fn stop_after_run() {
    for threadfn_returns in [42, 0, -5, i32::MIN, i32::MAX] {
        let (sender, receiver) = channel();
        let look = || (kthread_should_stop(), signal_pending(&current()));
        let task = run(
            move || {
                sender.send(look()).unwrap();
                sleep_until_stopped(TASK_INTERRUPTIBLE);
                sender.send(look()).unwrap();
                threadfn_returns
            },
            "runs",
        );
        assert_eq!(receiver.recv(), Ok((false, false)), "should_stop_before=0 signal_pending_before=0");
        assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
        assert_eq!(kthread_stop(&task), threadfn_returns);
        assert_eq!(receiver.recv(), Ok((true, true)), "should_stop_after=1 signal_pending_after_stop=1");
    }
}

#[test]
fn stop_after_self_exit() {
    let task = run(|| 7, "exits");
    await_end(&task);
    assert_eq!(task.exit_state(), 0x10);
    assert_eq!(task.state().bits(), 0x80);
    assert!(task.flags().contains(PF_EXITING));
    assert!(task.mm_is_null());
    assert_eq!(kthread_stop(&task), 7);
}

#[test]
fn complete_and_exit() {
    // With a completion, its code, and the stop's result: an int.
    let cases = [(true, 5, 5), (false, 9, 9), (true, -3, -3), (true, 4_294_967_301_i64, 5)];
    for (with_completion, code, stop_ret) in cases {
        let over = Arc::new(Completion::new());
        let ran = Arc::new(AtomicU32::new(0));
        let (completion, counter) = (with_completion.then(|| over.clone().into()), ran.clone());
        let task = run(
            move || {
                counter.fetch_add(1, SeqCst);
                kthread_complete_and_exit(completion, code)
            },
            "completer",
        );
        if with_completion {
            wait_for_completion(&over);
        } else {
            await_end(&task);
        }
        assert_eq!(kthread_stop(&task), stop_ret, "code={code}");
        assert_eq!(ran.load(SeqCst), 1);
        assert_eq!(over.done(), 0, "what was completed was waited for");
    }
}

#[test]
fn complete_and_exit_completes_when_nothing_of_the_callers_is_left_on_the_thread() {
    DECLARE_COMPLETION!(static OVER);
    let data = Arc::new(());
    let task = run(
        {
            let data = data.clone();
            move || {
                let _on_the_threads_stack = data;
                kthread_complete_and_exit(Some((&OVER).into()), 1)
            }
        },
        "completer",
    );
    wait_for_completion(&OVER);
    assert_eq!(Arc::strong_count(&data), 1, "frames were unwound and the data dropped before the completion");
    assert!(task.flags().contains(PF_EXITING));
    assert_eq!(kthread_stop(&task), 1);
}

/// The kernel: `first=7 second_returned_within_300ms=0 second_blocked=1`. Here the second returns
/// the result.
#[test]
fn stop_twice() {
    let task = run(
        || {
            sleep_until_stopped(TASK_INTERRUPTIBLE);
            7
        },
        "stopped-twice",
    );
    asleep(&task);
    assert_eq!(kthread_stop(&task), 7);
    assert_eq!(kthread_stop(&task), 7);
    assert_eq!(task.stop(), Ok(ExitStatus::Exited(7)));
}

#[test]
fn stop_twice_at_the_same_time() {
    let (busy, is_busy, let_go) = Busy::new();
    let task = run(
        move || {
            busy.wait();
            7
        },
        "stopped-twice",
    );
    is_busy.recv().unwrap();
    let stoppers = ["stopper/0", "stopper/1"].map(|name| {
        let task = task.clone();
        run(move || kthread_stop(&task), name)
    });
    for stopper in &stoppers {
        assert_eq!(asleep(stopper), TASK_UNINTERRUPTIBLE, "both wait in kthread_stop");
    }
    let_go.send(()).unwrap();
    for stopper in &stoppers {
        assert_eq!(kthread_stop(stopper), 7);
    }
}

#[test]
fn stop_twice_of_a_thread_that_never_ran_says_so_to_all() {
    let task = create(|| 7, "never-ran");
    let together = Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                together.wait();
                assert_eq!(kthread_stop(&task), -4);
            });
        }
    });
}

/// Stops a thread that is in `sleep`, asserts the line's answers except the first, and returns the
/// state in which it slept and the first answer: the result of `sleep`.
#[track_caller]
fn stopped_in(sleep: impl FnOnce() -> i64 + Send + 'static) -> (TaskState, i64) {
    let (sender, receiver) = channel();
    let task = run(
        move || {
            let ret = sleep();
            // A sleep that ended by its time may have ended before the stop.
            sleep_until_signalled();
            let me = current();
            let (pending, fatal) = (signal_pending(&me), fatal_signal_pending(&me));
            let dequeued = kernel_dequeue_signal();
            let after_dequeue = signal_pending(&me);
            flush_signals(&me);
            let answers =
                (pending, fatal, dequeued, after_dequeue, signal_pending(&me), kthread_should_stop());
            sender.send((ret, answers)).unwrap();
            11
        },
        "sleeper",
    );
    let state = asleep(&task);
    assert_eq!(kthread_stop(&task), 11);
    let (ret, answers) = receiver.recv().unwrap();
    // signal_pending=1 fatal=0 dequeue=0 pending_after_dequeue=1 pending_after_flush=1
    assert_eq!(answers, (true, false, 0, true, true, true));
    (state, ret)
}

#[test]
fn stop_breaks_sleep() {
    let completion = || long(wait_for_completion_interruptible(&Completion::new()).map(|()| 0));
    assert_eq!(stopped_in(completion), (TASK_INTERRUPTIBLE, -512));

    let (state, left) = stopped_in(|| msleep_interruptible(60_000).into());
    assert_eq!(state, TASK_INTERRUPTIBLE);
    assert!((1..=60_004).contains(&left), "{left} ms are left");

    let (state, left) = stopped_in(|| schedule_timeout_interruptible(60 * HZ as i64));
    assert_eq!(state, TASK_INTERRUPTIBLE);
    assert!((1..=60 * HZ as i64).contains(&left), "{left} jiffies are left");

    let (state, left) = stopped_in(|| schedule_timeout_uninterruptible(60 * HZ as i64));
    assert_eq!(state, TASK_UNINTERRUPTIBLE);
    assert!((1..=60 * HZ as i64).contains(&left), "{left} jiffies are left: it was woken");
}

#[test]
fn stop_breaks_sleep_but_not_a_killable_or_uninterruptible_timed_wait() {
    const MS_200: Duration = Duration::from_millis(200);
    let waits: [fn(&Completion) -> i64; 2] = [
        |x| long(wait_for_completion_killable_timeout(x, msecs_to_jiffies(200))),
        |x| wait_for_completion_timeout(x, msecs_to_jiffies(200)) as i64,
    ];
    for wait in waits {
        let (_, ret) = stopped_in(move || {
            let before = Instant::now();
            let ret = wait(&Completion::new());
            assert!(before.elapsed() >= MS_200, "it waited to the end");
            ret
        });
        assert_eq!(ret, 0);
    }
}

#[test]
fn stop_breaks_sleep_of_further_kinds() {
    let timed = || long(wait_for_completion_interruptible_timeout(&Completion::new(), 60 * HZ));
    assert_eq!(stopped_in(timed), (TASK_INTERRUPTIBLE, -512));

    const NO_LIMIT: u64 = MAX_SCHEDULE_TIMEOUT as u64;
    let no_limit = || long(wait_for_completion_interruptible_timeout(&Completion::new(), NO_LIMIT));
    assert_eq!(stopped_in(no_limit), (TASK_INTERRUPTIBLE, -512));

    let in_state = || long(wait_for_completion_state(&Completion::new(), TASK_INTERRUPTIBLE).map(|()| 0));
    assert_eq!(stopped_in(in_state), (TASK_INTERRUPTIBLE, -512));

    // These are woken, which also ends a killable or idle schedule_timeout.
    for (sleep, state) in
        [(schedule_timeout_killable as fn(i64) -> i64, TASK_KILLABLE), (schedule_timeout_idle, TASK_IDLE)]
    {
        let (slept, left) = stopped_in(move || sleep(60 * HZ as i64));
        assert_eq!(slept, state);
        assert!((1..=60 * HZ as i64).contains(&left));
    }
    assert_eq!(
        stopped_in(|| schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT)),
        (TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT)
    );
}

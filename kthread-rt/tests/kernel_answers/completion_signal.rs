//! Completions and signals: which waits a signal ends, pending before or sent meanwhile.

use crate::handshake::*;
use kthread_rt::prelude::*;
use std::sync::Arc;

/// Allows the two signals of the recorded cases, and sends one of them to the calling kthread.
fn allow_and_send(sig: i32) {
    allow_signal(SIGKILL).unwrap();
    allow_signal(SIGTERM).unwrap();
    assert_eq!(send_sig(sig, &current(), 1), Ok(()));
}

fn look() -> (bool, bool) {
    (signal_pending(&current()), fatal_signal_pending(&current()))
}

/// The results, with KILL pending, of the four waits that can't last for ever: interruptible,
/// interruptible_timeout, killable_timeout, timeout.
fn not_done(x: &Completion) -> [i64; 4] {
    [
        long(wait_for_completion_interruptible(x).map(|()| 0)),
        long(wait_for_completion_interruptible_timeout(x, 3)),
        long(wait_for_completion_killable_timeout(x, 3)),
        wait_for_completion_timeout(x, 3) as i64,
    ]
}

/// The results of four waits on a completion with this many completions: interruptible,
/// interruptible_timeout5, killable_timeout5, killable; and the count afterwards.
fn done(x: &Completion) -> [i64; 5] {
    for _ in 0..4 {
        complete(x);
    }
    [
        long(wait_for_completion_interruptible(x).map(|()| 0)),
        long(wait_for_completion_interruptible_timeout(x, 5)),
        long(wait_for_completion_killable_timeout(x, 5)),
        long(wait_for_completion_killable(x).map(|()| 0)),
        x.done().into(),
    ]
}

#[test]
fn completion_signal_kill_pending() {
    let stopped = on_kthread(|| {
        let x = Completion::new();
        allow_and_send(SIGKILL);
        assert_eq!(look(), (true, true));
        assert_eq!(not_done(&x), [-512, -512, -512, 0]);
        assert_eq!(done(&x), [0, 5, 5, 0, 0]);
        assert_eq!(wait_for_completion_killable(&x), Err(Errno::ERESTARTSYS));
        flush_signals(&current());
        look()
    });
    assert_eq!(stopped, (false, false), "after_flush signal_pending=0");
}

#[test]
fn completion_signal_term_pending() {
    on_kthread(|| {
        let x = Completion::new();
        allow_and_send(SIGTERM);
        assert_eq!(look(), (true, false));
        assert_eq!(not_done(&x), [-512, -512, 0, 0]);
        assert_eq!(done(&x), [0, 5, 5, 0, 0]);
        assert_eq!(look(), (true, false), "waiting takes no signal");
    });
}

/// A thread in `wait`, with KILL and TERM allowed, that returns its wait's result.
fn waiter(x: &Arc<Completion>, wait: fn(&Completion) -> Result<(), Errno>) -> Task {
    let x = x.clone();
    run(
        move || {
            allow_signal(SIGKILL).unwrap();
            allow_signal(SIGTERM).unwrap();
            kthread_rt::errno::to_return(wait(&x))
        },
        "waiter",
    )
}

fn plain(x: &Completion) -> Result<(), Errno> {
    wait_for_completion(x);
    Ok(())
}

#[test]
fn completion_signal_sent_during_a_wait_that_it_ends() {
    for (wait, state, sig) in [
        (wait_for_completion_killable as fn(&Completion) -> _, 0x102, SIGKILL),
        (wait_for_completion_interruptible, 0x1, SIGTERM),
        (wait_for_completion_interruptible, 0x1, SIGKILL),
        (|x| wait_for_completion_state(x, TASK_KILLABLE), 0x102, SIGKILL),
    ] {
        let x = Arc::new(Completion::new());
        let task = waiter(&x, wait);
        assert_eq!(asleep(&task).bits(), state);
        assert_eq!(send_sig(sig, &task, 1), Ok(()));
        await_end(&task);
        assert_eq!(kthread_stop(&task), -512);
        assert_eq!(x.done(), 0);
        complete(&x);
        assert_eq!(x.done(), 1, "the waiter has left the queue");
    }
}

#[test]
fn completion_signal_sent_during_a_wait_that_it_does_not_end() {
    for (wait, state, sig) in [
        (plain as fn(&Completion) -> _, TASK_UNINTERRUPTIBLE, SIGKILL),
        (plain, TASK_UNINTERRUPTIBLE, SIGTERM),
        (wait_for_completion_killable, TASK_KILLABLE, SIGTERM),
        (|x| wait_for_completion_state(x, TASK_IDLE), TASK_IDLE, SIGKILL),
        (|x| wait_for_completion_state(x, TASK_IDLE), TASK_IDLE, SIGTERM),
    ] {
        let x = Arc::new(Completion::new());
        let task = waiter(&x, wait);
        assert_eq!(asleep(&task), state);
        assert_eq!(send_sig(sig, &task, 1), Ok(()));
        assert!(signal_pending(&task));
        assert_eq!(asleep(&task), state, "still_blocked=1");
        assert_eq!(task.exit_state(), EXIT_NONE);
        complete(&x);
        await_end(&task);
        assert_eq!((kthread_stop(&task), x.done()), (0, 0), "then_completed ret=0 done=0");
    }
}

#[test]
fn completion_signal_that_is_not_allowed_ends_no_wait() {
    let x = Arc::new(Completion::new());
    let its = x.clone();
    let task =
        run(move || kthread_rt::errno::to_return(wait_for_completion_interruptible(&its)), "deaf-waiter");
    assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
    for sig in [SIGKILL, SIGTERM, SIGINT, SIGUSR1] {
        assert_eq!(send_sig(sig, &task, 1), Ok(()));
        assert!(!signal_pending(&task));
        assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
    }
    complete(&x);
    await_end(&task);
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn completion_signal_of_a_stop_ends_an_interruptible_wait_and_no_killable_one() {
    for (wait, state) in [
        (plain as fn(&Completion) -> _, TASK_UNINTERRUPTIBLE),
        (wait_for_completion_killable, TASK_KILLABLE),
        (|x| wait_for_completion_state(x, TASK_IDLE), TASK_IDLE),
    ] {
        let x = Arc::new(Completion::new());
        let task = waiter(&x, wait);
        assert_eq!(asleep(&task), state);
        let stopper = {
            let task = task.clone();
            run(move || kthread_stop(&task), "stopper")
        };
        assert_eq!(asleep(&stopper), TASK_UNINTERRUPTIBLE, "it waits for the thread's end");
        assert_eq!(asleep(&task), state, "woken, the waiter goes on according to its own condition");
        complete(&x);
        assert_eq!(kthread_stop(&stopper), 0);
    }
}

//! Signals: those that are not allowed, those that are, and the sleeps that they end.

use crate::handshake::*;
use kthread_rt::prelude::*;
use std::sync::mpsc::channel;

const MINUTE: i64 = 60 * HZ as i64;

fn send_to_self(sig: i32) {
    assert_eq!(send_sig(sig, &current(), 1), Ok(()));
}

fn pending() -> bool {
    signal_pending(&current())
}

#[test]
fn sig_not_allowed() {
    for sig in [SIGTERM, SIGKILL, SIGINT, SIGUSR1, SIGSTOP] {
        for from_kernel in [0, 1] {
            let answers = on_kthread(move || {
                (send_sig(sig, &current(), from_kernel), pending(), kernel_dequeue_signal())
            });
            assert_eq!(answers, (Ok(()), false, 0), "sig={sig} priv={from_kernel}");
        }
    }
}

#[test]
fn sig_not_allowed_sleeper() {
    let task = run(
        || {
            sleep_until_stopped(TASK_INTERRUPTIBLE);
            0
        },
        "sleeper",
    );
    assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
    for sig in [SIGTERM, SIGKILL] {
        assert_eq!(send_sig(sig, &task, 1), Ok(()));
        assert_eq!((task.state(), task.on_rq()), (TASK_INTERRUPTIBLE, false), "still_blocked=1");
    }
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn sig_not_allowed_numbers() {
    let task = create(|| 0, "target");
    assert_eq!(send_sig(0, &task, 1), Ok(()));
    assert_eq!(send_sig(65, &task, 1), Err(Errno::EINVAL));
    assert_eq!(send_sig(-1, &task, 1), Err(Errno::EINVAL));
    assert_eq!(send_sig(64, &task, 1), Ok(()));
    _ = kthread_stop(&task);
    assert_eq!(send_sig(0, &task, 1), Err(Errno::ESRCH), "it has ended");
    assert_eq!(send_sig(SIGTERM, &task, 1), Err(Errno::ESRCH));

    let refused = on_kthread(|| [0, 65, -1].map(|sig| (allow_signal(sig), disallow_signal(sig))));
    assert_eq!(refused, [(Err(Errno::EINVAL), Err(Errno::EINVAL)); 3]);
}

#[test]
fn sig_allowed() {
    for from_kernel in [0, 1] {
        let answers = on_kthread(move || {
            allow_signal(SIGTERM).unwrap();
            let sent = send_sig(SIGTERM, &current(), from_kernel);
            (sent, pending(), kernel_dequeue_signal(), pending())
        });
        assert_eq!(answers, (Ok(()), true, 15, false), "priv={from_kernel}");
    }
}

#[test]
fn sig_allowed_sent_term_term_usr1_kill_int() {
    let (dequeued, pending_after) = on_kthread(|| {
        for sig in [SIGTERM, SIGUSR1, SIGKILL, SIGINT] {
            allow_signal(sig).unwrap();
        }
        for sig in [SIGTERM, SIGTERM, SIGUSR1, SIGKILL, SIGINT] {
            send_to_self(sig);
        }
        (std::array::from_fn::<_, 6, _>(|_| kernel_dequeue_signal()), pending())
    });
    assert_eq!((dequeued, pending_after), ([2, 9, 10, 15, 0, 0], false));
}

#[test]
fn sig_allowed_handler_after_allow() {
    let answers = on_kthread(|| {
        let handlers = |signals: [i32; 3]| signals.map(|sig| current().sa_handler(sig));
        let all = [SIGTERM, SIGUSR1, SIGKILL];
        let before = handlers(all);
        all.iter().for_each(|&sig| allow_signal(sig).unwrap());
        let allowed = handlers(all);
        allow_kernel_signal(SIGUSR1).unwrap();
        disallow_signal(SIGKILL).unwrap();
        (before, allowed, handlers(all), handlers([0, 65, -1]))
    });
    // handler_after_allow TERM=2 USR1=2 KILL=2
    assert_eq!(answers, ([1, 1, 1], [2, 2, 2], [2, 3, 1], [1, 1, 1]));
    assert_eq!(current().sa_handler(SIGTERM), 0, "a thread of the process has the default");
}

#[test]
fn sig_allowed_flush_signals() {
    let answers = on_kthread(|| {
        allow_signal(SIGTERM).unwrap();
        send_to_self(SIGTERM);
        flush_signals(&current());
        (pending(), kernel_dequeue_signal())
    });
    assert_eq!(answers, (false, 0));
}

#[test]
fn sig_allowed_disallow_while_pending() {
    let answers = on_kthread(|| {
        allow_signal(SIGTERM).unwrap();
        send_to_self(SIGTERM);
        let before = pending();
        disallow_signal(SIGTERM).unwrap();
        let after = (pending(), kernel_dequeue_signal());
        allow_signal(SIGTERM).unwrap();
        (before, after, pending())
    });
    assert_eq!(answers, (true, (false, 0), false));
}

#[test]
fn sig_allowed_disallow_leaves_the_others() {
    let answers = on_kthread(|| {
        allow_signal(SIGTERM).unwrap();
        allow_signal(SIGUSR1).unwrap();
        send_to_self(SIGTERM);
        send_to_self(SIGUSR1);
        disallow_signal(SIGUSR1).unwrap();
        send_to_self(SIGUSR1);
        (pending(), kernel_dequeue_signal(), kernel_dequeue_signal())
    });
    assert_eq!(answers, (true, 15, 0));
}

#[test]
fn sig_allowed_blocked_term() {
    let answers = on_kthread(|| {
        allow_signal(SIGTERM).unwrap();
        let before = set_blocked_signals(1 << (SIGTERM - 1));
        send_to_self(SIGTERM);
        let while_blocked = (pending(), kernel_dequeue_signal());
        let blocked = set_blocked_signals(before);
        let unblocked = (pending(), kernel_dequeue_signal(), pending());
        (before, while_blocked, blocked, unblocked)
    });
    assert_eq!(answers, (0, (false, 0), 1 << 14, (true, 15, false)));
}

#[test]
fn sig_allowed_kill_cannot_be_blocked() {
    let answers = on_kthread(|| {
        allow_signal(SIGKILL).unwrap();
        set_blocked_signals(u64::MAX);
        send_to_self(SIGKILL);
        (pending(), fatal_signal_pending(&current()), kernel_dequeue_signal())
    });
    assert_eq!(answers, (true, true, 9));
}

#[test]
fn sig_sleeps_term_pending() {
    on_kthread(|| {
        allow_signal(SIGTERM).unwrap();
        send_to_self(SIGTERM);
        let me = current();
        let left = msleep_interruptible(60_000);
        // It begins with one jiffy more, and no time has passed.
        assert!((30_000..=60_004).contains(&left), "msleep_interruptible_returns_rest=1: {left}");
        let left = schedule_timeout_interruptible(MINUTE);
        assert!((MINUTE / 2..=MINUTE).contains(&left), "returns_rest=1: {left}");

        set_current_state(TASK_INTERRUPTIBLE);
        schedule();
        assert_eq!(me.state().bits(), 0x0, "state_after_schedule");

        assert_eq!(schedule_timeout_uninterruptible(3), 0);
        assert_eq!(schedule_timeout_killable(3), 0);
        assert_eq!(schedule_timeout_idle(3), 0);
        assert!(signal_pending(&me), "still_pending=1");
    });
}

#[test]
fn sig_sleeps_kill_pending() {
    on_kthread(|| {
        allow_signal(SIGKILL).unwrap();
        send_to_self(SIGKILL);
        assert!(schedule_timeout_interruptible(MINUTE) > 0);
        assert!(schedule_timeout_killable(MINUTE) > 0);
        assert_eq!(schedule_timeout_uninterruptible(3), 0);
        assert_eq!(schedule_timeout_idle(3), 0);
        set_current_state(TASK_KILLABLE);
        schedule();
        assert_eq!(current().state(), TASK_RUNNING);
    });
}

#[test]
fn sig_sleeps_pending_state() {
    let states = [TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_UNINTERRUPTIBLE, TASK_IDLE, TASK_PARKED];
    for (sig, ends) in
        [(SIGTERM, [true, false, false, false, false]), (SIGKILL, [true, true, false, false, false])]
    {
        let answers = on_kthread(move || {
            allow_signal(sig).unwrap();
            send_to_self(sig);
            states.map(|state| signal_pending_state(state, &current()))
        });
        assert_eq!(answers, ends, "signal {sig}");
    }
}

/// A thread that takes USR1 in `sleep`, and returns its result.
fn usr1_sleeper(sleep: impl FnOnce() -> i32 + Send + 'static) -> Task {
    let task = run(
        || {
            allow_signal(SIGUSR1).unwrap();
            sleep()
        },
        "sleeper",
    );
    assert_eq!(asleep(&task), TASK_INTERRUPTIBLE);
    task
}

#[test]
fn sig_sleeps_usr1_during_msleep_interruptible() {
    let task = usr1_sleeper(|| msleep_interruptible(60_000) as i32);
    assert!(wake_up_process(&task), "a stray wake: wake_ret=1");
    assert_eq!(asleep(&task), TASK_INTERRUPTIBLE, "msleep_interruptible_sleeps_on=1");
    assert_eq!(send_sig(SIGUSR1, &task, 1), Ok(()));
    await_end(&task);
    let left = kthread_stop(&task);
    assert!((1..=60_004).contains(&left), "{left} ms are left");
}

#[test]
fn sig_sleeps_usr1_during_schedule_timeout_interruptible() {
    let task = usr1_sleeper(|| schedule_timeout_interruptible(MINUTE) as i32);
    assert_eq!(send_sig(SIGUSR1, &task, 1), Ok(()));
    await_end(&task);
    assert!(kthread_stop(&task) > 0);
}

#[test]
fn sig_sleeps_a_blocked_signal_ends_none() {
    let (sender, receiver) = channel();
    let task = usr1_sleeper(move || {
        let before = set_blocked_signals(1 << (SIGUSR1 - 1));
        set_current_state(TASK_INTERRUPTIBLE);
        schedule();
        sender.send(pending()).unwrap();
        set_blocked_signals(before);
        i32::from(pending())
    });
    assert_eq!(send_sig(SIGUSR1, &task, 1), Ok(()));
    assert_eq!((task.state(), task.on_rq()), (TASK_INTERRUPTIBLE, false));
    assert!(wake_up_process(&task));
    assert_eq!(receiver.recv(), Ok(false));
    await_end(&task);
    assert_eq!(kthread_stop(&task), 1, "unblocked, it is pending");
}

/// A foreign thread has a process's defaults: a signal that would end the process is fatal.
#[test]
fn sig_default_for_a_thread_that_the_runtime_did_not_create() {
    let me = current();
    for (sig, pends, fatal) in [
        (SIGTERM, true, true),
        (SIGKILL, true, true),
        (SIGCHLD, false, false),
        (SIGQUIT, true, false), // it dumps core, which is not a group exit yet
    ] {
        assert_eq!(send_sig(sig, &me, 1), Ok(()));
        assert_eq!((signal_pending(&me), fatal_signal_pending(&me)), (pends, fatal), "signal {sig}");
        flush_signals(&me);
        assert!(!signal_pending(&me));
    }
}

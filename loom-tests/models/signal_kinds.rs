//! What becomes of a signal (`signal.rs`, `task/signal_bits.rs`): by its number, the task's kind
//! and dispositions, the blocked set, and the sender.
//!
//! Most of these models have one thread: they check the rules on which the others rely, and that a
//! second signal finds the task as the first one should have left it.

use crate::harness::{
    Bound, Model, actor, asleep, builder, in_kernel, in_small_kernel, in_small_kernel_of, sleeper, started,
    warnings,
};
use kthread_rt::faults::{Fault, FaultPlan, When};
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "signal_dispositions",
        claim: "a signal is taken, ignored or fatal as its number and the task's disposition say; one that is ignored is dropped",
        bound: Bound::Complete,
        outcomes: &["as said"],
        run: signal_dispositions,
    },
    Model {
        name: "signal_of_a_kthread",
        claim: "a kthread ignores every signal that it has not allowed; a fatal one is its last",
        bound: Bound::Preemptions(1),
        outcomes: &["as said"],
        run: signal_of_a_kthread,
    },
    Model {
        name: "signal_blocked",
        claim: "a blocked signal stays pending, ends no sleep, and counts when it is unblocked",
        bound: Bound::Complete,
        outcomes: &["as said"],
        run: signal_blocked,
    },
    Model {
        name: "signal_forced",
        claim: "a forced signal is neither blocked nor ignored",
        bound: Bound::Complete,
        outcomes: &["as said"],
        run: signal_forced,
    },
    Model {
        name: "signal_order",
        claim: "signals to the task are taken before those to its process, faults before others, and then lower numbers first",
        bound: Bound::Complete,
        outcomes: &["in order"],
        run: signal_order,
    },
    Model {
        name: "signal_stop_and_continue",
        claim: "SIGCONT drops a pending stop, a stop drops a pending SIGCONT, and a stop that was taken and then continued does not stop",
        bound: Bound::Complete,
        outcomes: &["as said"],
        run: signal_stop_and_continue,
    },
    Model {
        name: "signal_stops",
        claim: "a task that has taken a stop stops; SIGCONT, and nothing else but SIGKILL, lets it continue, and it can be stopped again",
        bound: Bound::Preemptions(1),
        outcomes: &["stopped twice"],
        run: signal_stops,
    },
    Model {
        name: "signal_wakes_a_kthread",
        claim: "SIGKILL wakes a kthread from a killable sleep if it has allowed it, and only then",
        bound: Bound::Preemptions(1),
        outcomes: &["woken once"],
        run: signal_wakes_a_kthread,
    },
    Model {
        name: "signal_refused",
        claim: "a signal to an ended task, with no such number, or to no task is refused; signal 0 asks whether the task lives",
        bound: Bound::Preemptions(1),
        outcomes: &["refused"],
        run: signal_refused,
    },
    Model {
        name: "signal_wakes_whom",
        claim: "a signal wakes a task only from a sleep that admits it, and only if the task takes it",
        bound: Bound::Preemptions(1),
        outcomes: &["as said"],
        run: signal_wakes_whom,
    },
    Model {
        name: "signal_kills_by_any_name",
        claim: "a fatal signal of any number ends a killable sleep, and SIGKILL is pending then",
        bound: Bound::Preemptions(2),
        outcomes: &["killed"],
        run: signal_kills_by_any_name,
    },
    Model {
        name: "signal_that_nobody_sent",
        claim: "an interruption by a fault ends one sleep, and is gone when the task itself has seen it",
        bound: Bound::Preemptions(1),
        outcomes: &["seen once"],
        run: signal_that_nobody_sent,
    },
];

const SIGSEGV: i32 = 11;

fn send(sig: i32) {
    send_sig(sig, &current(), 0).expect("the task is alive");
}

/// The pending signals, in the order in which they are taken; blocked ones, too.
fn taken() -> Vec<i32> {
    std::iter::from_fn(|| Some(dequeue_signal(0)).filter(|&sig| sig != 0)).collect()
}

/// Whether a signal is pending, and a fatal one.
fn pending() -> (bool, bool) {
    let me = current();
    assert!(!signal_pending_state(TASK_UNINTERRUPTIBLE, &me));
    assert_eq!(signal_pending_state(TASK_INTERRUPTIBLE, &me), signal_pending(&me));
    assert_eq!(signal_pending_state(TASK_KILLABLE, &me), fatal_signal_pending(&me));
    (signal_pending(&me), fatal_signal_pending(&me))
}

fn signal_dispositions() -> String {
    in_small_kernel(|| {
        let me = current();
        // By default: fatal, not fatal, ignored.
        send(SIGTERM);
        assert_eq!((pending(), taken()), ((true, true), vec![SIGKILL, SIGTERM]));
        send(SIGQUIT);
        assert_eq!((pending(), taken()), ((true, false), vec![SIGQUIT]));
        send(SIGCHLD);
        assert_eq!((pending(), taken()), ((false, false), vec![]));
        // Allowed.
        for sig in [SIGTERM, SIGCHLD] {
            assert_eq!(allow_signal(sig), Ok(()));
            assert_eq!(me.sa_handler(sig), 2);
            send(sig);
            assert_eq!((pending(), taken()), ((true, false), vec![sig]));
        }
        // Allowed from the kernel only.
        assert_eq!(allow_kernel_signal(SIGTERM), Ok(()));
        assert_eq!(me.sa_handler(SIGTERM), 3);
        send(SIGTERM);
        assert_eq!(pending(), (false, false));
        kill_pid(task_pid(&me), SIGTERM, 0).expect("the task is alive");
        assert_eq!(pending(), (false, false));
        send_sig(SIGTERM, &me, 1).expect("the task is alive");
        assert_eq!(pending(), (true, false));
        // Ignored: also what is pending.
        send_sig(SIGCHLD, &me, 0).expect("the task is alive");
        kill_pid(task_pid(&me), SIGTERM, 1).expect("the task is alive");
        assert_eq!(disallow_signal(SIGTERM), Ok(()));
        assert_eq!((me.sa_handler(SIGTERM), taken()), (1, vec![SIGCHLD]));
        send(SIGTERM);
        assert_eq!((pending(), taken()), ((false, false), vec![]));
        // By default again; nothing is dropped.
        assert_eq!(allow_signal(SIGTERM), Ok(()));
        send(SIGTERM);
        assert_eq!(default_signal(SIGTERM), Ok(()));
        assert_eq!((me.sa_handler(SIGTERM), taken()), (0, vec![SIGTERM]));
        send(SIGTERM);
        assert_eq!((pending(), taken()), ((true, true), vec![SIGKILL, SIGTERM]));
        send(SIGTERM);
        kill_pid(task_pid(&me), SIGUSR1, 0).expect("the task is alive");
        flush_signals(&me);
        assert_eq!((pending(), taken()), ((false, false), vec![]));
        "as said".to_owned()
    })
}

fn signal_of_a_kthread() -> String {
    in_kernel(|| {
        let task = started(|_| {
            let me = current();
            for sig in [SIGTERM, SIGKILL, SIGSTOP] {
                send(sig);
                assert_eq!((pending(), taken()), ((false, false), vec![]));
            }
            assert_eq!(me.sa_handler(SIGTERM), 1);
            allow_signal(SIGTERM).expect("it is a signal");
            send(SIGTERM);
            assert_eq!((pending(), taken()), ((true, false), vec![SIGTERM]));
            // Fatal: the kthread gets SIGKILL, and no further signal.
            default_signal(SIGUSR1).expect("it is a signal");
            allow_signal(SIGUSR2).expect("it is a signal");
            assert_eq!(me.sa_handler(SIGUSR1), 0);
            send(SIGUSR1);
            assert_eq!((pending(), taken()), ((true, true), vec![SIGKILL, SIGUSR1]));
            send(SIGTERM);
            assert_eq!((pending(), taken()), ((false, false), vec![]));
            7
        });
        assert_eq!(kthread_stop(&task), 7);
        drop(task);
        "as said".to_owned()
    })
}

fn signal_blocked() -> String {
    in_small_kernel(|| {
        let me = current();
        assert_eq!(sigprocmask(SIG_BLOCK, sigmask(SIGUSR1)), Ok(0));
        assert_eq!(sigprocmask(SIG_BLOCK, sigmask(SIGUSR2)), Ok(sigmask(SIGUSR1)));
        assert_eq!(me.blocked(), sigmask(SIGUSR1) | sigmask(SIGUSR2));
        send(SIGUSR1);
        assert_eq!((pending(), kernel_dequeue_signal()), ((false, false), 0));
        // An ignored one stays pending, too, since it is blocked.
        assert_eq!(disallow_signal(SIGUSR2), Ok(()));
        send(SIGUSR2);
        assert_eq!(taken(), [SIGUSR1, SIGUSR2]);
        send(SIGUSR1);
        send(SIGQUIT);
        assert_eq!((pending(), kernel_dequeue_signal()), ((true, false), SIGQUIT));
        assert_eq!((pending(), kernel_dequeue_signal()), ((false, false), 0));
        assert_eq!(sigprocmask(SIG_UNBLOCK, sigmask(SIGUSR1)), Ok(sigmask(SIGUSR1) | sigmask(SIGUSR2)));
        assert_eq!((pending(), kernel_dequeue_signal()), ((true, false), SIGUSR1));
        assert_eq!(sigprocmask(SIG_SETMASK, sigmask(SIGHUP)), Ok(sigmask(SIGUSR2)));
        assert_eq!(me.blocked(), sigmask(SIGHUP));
        assert_eq!(sigprocmask(7, sigmask(SIGUSR1)), Err(Errno::EINVAL));
        let all = u64::MAX;
        assert_eq!(set_blocked_signals(all), sigmask(SIGHUP));
        assert_eq!(me.blocked(), all & !(sigmask(SIGKILL) | sigmask(SIGSTOP)));
        send(SIGKILL);
        assert_eq!((pending(), taken()), ((true, true), vec![SIGKILL]));
        assert_eq!(set_blocked_signals(0), all & !(sigmask(SIGKILL) | sigmask(SIGSTOP)));
        "as said".to_owned()
    })
}

fn signal_forced() -> String {
    in_small_kernel(|| {
        let me = current();
        assert_eq!(force_sig(SIGQUIT), Ok(()));
        assert_eq!((me.sa_handler(SIGQUIT), taken()), (0, vec![SIGQUIT]));
        allow_signal(SIGQUIT).expect("it is a signal");
        assert_eq!(force_sig(SIGQUIT), Ok(()));
        assert_eq!((me.sa_handler(SIGQUIT), taken()), (2, vec![SIGQUIT]));
        disallow_signal(SIGQUIT).expect("it is a signal");
        assert_eq!(force_sig(SIGQUIT), Ok(()));
        assert_eq!((me.sa_handler(SIGQUIT), taken()), (0, vec![SIGQUIT]));
        allow_signal(SIGQUIT).expect("it is a signal");
        assert_eq!(sigprocmask(SIG_BLOCK, sigmask(SIGQUIT) | sigmask(SIGHUP)), Ok(0));
        assert_eq!(force_sig(SIGQUIT), Ok(()));
        assert_eq!((me.sa_handler(SIGQUIT), me.blocked()), (0, sigmask(SIGHUP)));
        assert_eq!((pending(), kernel_dequeue_signal()), ((true, false), SIGQUIT));
        assert_eq!(force_sig(65), Err(Errno::EINVAL));
        "as said".to_owned()
    })
}

fn signal_order() -> String {
    in_small_kernel(|| {
        let me = current();
        for sig in [SIGHUP, SIGSEGV, SIGUSR1, SIGUSR2] {
            allow_signal(sig).expect("it is a signal");
        }
        kill_pid(task_pid(&me), SIGHUP, 0).expect("the task is alive");
        kill_pid(task_pid(&me), SIGUSR1, 0).expect("the task is alive");
        send(SIGUSR2);
        send(SIGSEGV);
        send(SIGHUP);
        send(SIGHUP);
        assert_eq!(pending(), (true, false));
        assert_eq!(dequeue_signal(sigmask(SIGSEGV)), SIGHUP);
        send(SIGHUP);
        assert_eq!(taken(), [SIGSEGV, SIGHUP, SIGUSR2, SIGHUP, SIGUSR1]);
        assert_eq!(pending(), (false, false));
        "in order".to_owned()
    })
}

fn signal_stop_and_continue() -> String {
    in_small_kernel(|| {
        let me = current();
        allow_signal(SIGCONT).expect("it is a signal");
        send(SIGSTOP);
        send(SIGCONT);
        assert_eq!((pending(), taken()), ((true, false), vec![SIGCONT]));
        send(SIGCONT);
        send(SIGSTOP);
        assert_eq!((pending(), kernel_dequeue_signal()), ((true, false), SIGSTOP));
        assert_eq!(pending(), (false, false));
        // Continued after it was taken: it does not stop.
        send(SIGCONT);
        kernel_signal_stop();
        assert_eq!((current().state(), taken()), (TASK_RUNNING, vec![SIGCONT]));
        // Killed after it was taken: it does not stop either.
        send(SIGSTOP);
        assert_eq!(kernel_dequeue_signal(), SIGSTOP);
        send(SIGKILL);
        kernel_signal_stop();
        assert_eq!((me.state(), taken()), (TASK_RUNNING, vec![SIGKILL]));
        // No signal was taken: there is no stop.
        allow_signal(SIGUSR1).expect("it is a signal");
        send(SIGUSR1);
        assert_eq!(kernel_dequeue_signal(), SIGUSR1);
        kernel_signal_stop();
        // The sender of SIGCONT drops the stop, and the task finds out when it looks.
        disallow_signal(SIGCONT).expect("it is a signal");
        send(SIGSTOP);
        send(SIGCONT);
        assert!(signal_pending(&me));
        assert_eq!((kernel_dequeue_signal(), signal_pending(&me)), (0, false));
        "as said".to_owned()
    })
}

fn signal_stops() -> String {
    in_small_kernel(|| {
        let (sleeper, task) = asleep(|| {
            allow_signal(SIGUSR1).expect("it is a signal");
            for _ in 0..2 {
                send(SIGSTOP);
                assert_eq!(kernel_dequeue_signal(), SIGSTOP);
                // It does not undo the stop.
                send(SIGUSR1);
                kernel_signal_stop();
                assert_eq!(current().state(), TASK_RUNNING);
                assert_eq!(taken(), [SIGUSR1]);
            }
        });
        for _ in 0..2 {
            assert!(wait_task_inactive(&task, TASK_RUNNING));
            assert_eq!(task.state(), TASK_STOPPED);
            assert!(!wake_up_process(&task));
            send_sig(SIGUSR1, &task, 0).expect("the task is alive");
            assert_eq!(task.state(), TASK_STOPPED, "an ordinary signal ends a stop");
            send_sig(SIGCONT, &task, 0).expect("the task is alive");
        }
        sleeper.join();
        "stopped twice".to_owned()
    })
}

fn signal_wakes_a_kthread() -> String {
    in_kernel(|| {
        let sleeps = |()| {
            let sleeps = || {
                set_current_state(TASK_KILLABLE);
                schedule();
                assert_eq!(current().state(), TASK_RUNNING);
                taken()
            };
            assert_eq!(sleeps(), []);
            allow_signal(SIGKILL).expect("it is a signal");
            assert_eq!(sleeps(), [SIGKILL]);
            7
        };
        let task = kthread_run!(sleeps, (), "sleeps").expect("nothing refuses it");
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        send_sig(SIGKILL, &task, 1).expect("the task is alive");
        assert_eq!(task.state(), TASK_KILLABLE, "an ignored signal woke it");
        assert!(wake_up_state(&task, TASK_KILLABLE));
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        send_sig(SIGKILL, &task, 1).expect("the task is alive");
        assert_eq!(kthread_stop(&task), 7);
        drop(task);
        "woken once".to_owned()
    })
}

fn signal_refused() -> String {
    in_kernel(|| {
        let me = current();
        assert_eq!(
            [0, -1, 65].map(|sig| send_sig(sig, &me, 0)),
            [Ok(()), Err(Errno::EINVAL), Err(Errno::EINVAL)]
        );
        assert_eq!(send_sig(64, &me, 0), Ok(()));
        assert_eq!(taken(), [SIGKILL, 64]);
        assert_eq!(kill_pid(4711, SIGTERM, 0), Err(Errno::ESRCH));
        assert_eq!(kill_pid(me.pid(), SIGQUIT, 0), Ok(()));
        assert_eq!(taken(), [SIGQUIT]);
        for set in [allow_signal, allow_kernel_signal, disallow_signal, default_signal] {
            assert_eq!([0, 65].map(set), [Err(Errno::EINVAL); 2]);
        }
        assert_eq!((me.sa_handler(0), me.sa_handler(65)), (1, 1));
        let task = started(|_| 7);
        assert_eq!(kthread_stop(&task), 7);
        assert_eq!([0, SIGTERM].map(|sig| send_sig(sig, &task, 0)), [Err(Errno::ESRCH); 2]);
        drop(task);
        "refused".to_owned()
    })
}

/// A task that is asleep in `state` and has done `prepare` before.
fn sleeps_in(state: TaskState, prepare: fn()) -> (crate::harness::Actor<Vec<i32>>, Task) {
    asleep(move || {
        prepare();
        set_current_state(state);
        schedule();
        assert_eq!(current().state(), TASK_RUNNING);
        taken()
    })
}

fn signal_wakes_whom() -> String {
    in_small_kernel(|| {
        let [interruptible, killable] = [TASK_INTERRUPTIBLE, TASK_KILLABLE].map(|state| {
            sleeps_in(state, || {
                sigprocmask(SIG_BLOCK, sigmask(SIGUSR2)).expect("it is a mask");
                allow_kernel_signal(SIGUSR1).expect("it is a signal");
                allow_signal(SIGTERM).expect("it is a signal");
            })
        });
        let assert_asleep = || {
            assert_eq!(interruptible.1.state(), TASK_INTERRUPTIBLE);
            assert_eq!(killable.1.state(), TASK_KILLABLE);
        };
        // Ignored, not from the kernel, blocked.
        for sig in [SIGCHLD, SIGUSR1, SIGUSR2, SIGCONT] {
            for (_, task) in [&interruptible, &killable] {
                send_sig(sig, task, 0).expect("the task is alive");
            }
            assert_asleep();
        }
        send_sig(SIGTERM, &killable.1, 0).expect("the task is alive");
        assert_asleep();
        send_sig(SIGUSR1, &interruptible.1, 1).expect("the task is alive");
        assert_eq!(interruptible.0.join(), [SIGUSR1, SIGUSR2]);
        send_sig(SIGKILL, &killable.1, 0).expect("the task is alive");
        assert_eq!(killable.0.join(), [SIGKILL, SIGUSR2, SIGTERM]);
        "as said".to_owned()
    })
}

fn signal_kills_by_any_name() -> String {
    in_small_kernel(|| {
        let (sleeper, task) = sleeps_in(TASK_KILLABLE, || ());
        let senders = [SIGTERM, SIGUSR1].map(|sig| {
            let task = task.clone();
            // ESRCH if it has ended.
            actor(move || {
                let _ = send_sig(sig, &task, 0);
            })
        });
        for sender in senders {
            sender.join();
        }
        let taken = sleeper.join();
        assert_eq!(taken[0], SIGKILL);
        "killed".to_owned()
    })
}

fn signal_that_nobody_sent() -> String {
    let plan = FaultPlan::new().with(Fault::SignalInSleep, When::EveryNth(1));
    in_small_kernel_of(builder().faults(plan), || {
        let me = current();
        let wq = WaitQueueHead::new();
        let mut looks = 0;
        let result = wait_event_interruptible!(wq, {
            looks += 1;
            looks == 4
        });
        assert_eq!(result, Err(Errno::ERESTARTSYS));
        assert_eq!((signal_pending(&me), taken()), (false, vec![]));
        // A task that asks about another one does not end its interruption.
        for seen_by in [signal_pending, |me: &TaskStruct| signal_pending_state(TASK_INTERRUPTIBLE, me)] {
            set_current_state(TASK_INTERRUPTIBLE);
            schedule();
            let other = sleeper({
                let me = me.clone();
                move || signal_pending(&me) && signal_pending_state(TASK_INTERRUPTIBLE, &me)
            });
            assert!(other.join(), "it is pending");
            assert!(seen_by(&me) && !seen_by(&me), "it is seen once");
        }
        warnings();
        "seen once".to_owned()
    })
}

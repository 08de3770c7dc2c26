//! Signals beyond the recorded basics: `kill_pid` and the shared pending set, signals that only the
//! kernel may send, blocking, and signals that cancel each other. Tests whose names begin with
//! `sig_` are for the kernel's recorded answers.

#![cfg(not(any(loom, shuttle)))]

mod witness;

use kthread_rt::prelude::*;
use std::sync::mpsc::channel;
use witness::running_kthread;

const fn bit(sig: i32) -> u64 {
    1 << (sig - 1)
}

/// What `f` returns on a kthread of its own.
#[track_caller]
fn on_kthread<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    let (sender, receiver) = channel();
    let task = kthread_run(
        move |()| {
            sender.send(f()).expect("the test listens");
            0
        },
        (),
        "asked",
    )
    .expect("a kthread");
    let answer = receiver.recv().expect("the thread function did not panic");
    _ = kthread_stop(&task);
    answer
}

fn allow(signals: &[i32]) {
    for &sig in signals {
        allow_signal(sig).unwrap();
    }
}

fn to_self(sig: i32) {
    send_sig(sig, &current(), 1).unwrap();
}

fn to_own_group(sig: i32) {
    kill_pid(current().pid(), sig, 1).unwrap();
}

/// All pending signals, in the order in which they are dequeued.
fn dequeue_all() -> Vec<i32> {
    std::iter::from_fn(|| Some(kernel_dequeue_signal()).filter(|&sig| sig != 0)).collect()
}

/// A kthread that allows `signals`, then calls `sleep`, where it is asleep. It returns the result
/// of `sleep`.
fn sleeper(signals: &'static [i32], sleep: impl FnOnce() -> i32 + Send + 'static) -> Task {
    let task = kthread_run(
        move |()| {
            allow(signals);
            sleep()
        },
        (),
        "sleeper",
    )
    .unwrap();
    _ = wait_task_inactive(&task, TASK_RUNNING);
    task
}

/// Waits until a task that does not sleep any more has ended.
fn await_end(task: &TaskStruct) {
    _ = wait_task_inactive(task, TASK_RUNNING);
    assert_eq!(task.state(), TASK_DEAD);
}

#[test]
fn sig_allowed_term_by_kill_pid() {
    for from_kernel in [0, 1] {
        let answers = on_kthread(move || {
            allow(&[SIGTERM]);
            let sent = kill_pid(current().pid(), SIGTERM, from_kernel);
            (sent, signal_pending(&current()), kernel_dequeue_signal(), signal_pending(&current()))
        });
        assert_eq!(answers, (Ok(()), true, 15, false));
    }
}

#[test]
fn sig_not_allowed_by_kill_pid() {
    for sig in [SIGTERM, SIGKILL, SIGINT, SIGUSR1, SIGSTOP, 64] {
        let answers = on_kthread(move || {
            (kill_pid(current().pid(), sig, 1), signal_pending(&current()), kernel_dequeue_signal())
        });
        assert_eq!(answers, (Ok(()), false, 0), "signal {sig}");
    }
}

#[test]
fn sig_not_allowed_numbers_by_kill_pid() {
    let task = running_kthread("target", 0);
    let pid = task.pid();
    assert_eq!(kill_pid(pid, 0, 1), Ok(()));
    assert_eq!(kill_pid(pid, 65, 1), Err(Errno::EINVAL));
    assert_eq!(kill_pid(pid, -1, 1), Err(Errno::EINVAL));
    assert_eq!(kill_pid(pid, 64, 1), Ok(()));
    _ = kthread_stop(&task);
    // It has ended, and its pid is free: the number of the signal is not checked.
    for sig in [0, SIGTERM, SIGKILL, 65, -1] {
        assert_eq!(kill_pid(pid, sig, 1), Err(Errno::ESRCH), "signal {sig}");
    }
    for nobody in [-1, i32::MIN, i32::MAX] {
        assert_eq!(kill_pid(nobody, SIGTERM, 1), Err(Errno::ESRCH), "pid {nobody}");
    }
}

#[test]
fn a_task_that_was_created_and_never_woken_can_be_signalled() {
    let task = kthread_create!(|()| 0, (), "new").unwrap();
    assert_eq!(kill_pid(task.pid(), SIGTERM, 1), Ok(()));
    assert!(!signal_pending(&task), "it allows none");
    assert_eq!(task.state(), TASK_UNINTERRUPTIBLE);
    _ = kthread_stop(&task);
    assert_eq!(kill_pid(task.pid(), SIGTERM, 1), Err(Errno::ESRCH));
    assert_eq!(send_sig(SIGTERM, &task, 1), Err(Errno::ESRCH));
}

#[test]
fn kill_pid_knows_the_pids_of_its_own_kernel_only() {
    let kernel = Kernel::builder().boot().unwrap();
    let inside = kernel.enter();
    let tasks: Vec<_> = (0..40).map(|_| kthread_create!(|()| 0, (), "crowd").unwrap()).collect();
    let last = tasks.last().unwrap().pid();
    let other = Kernel::builder().boot_on_demand().unwrap();
    let inside_other = other.enter();
    assert_eq!(kill_pid(last, SIGTERM, 1), Err(Errno::ESRCH));
    drop(inside_other);
    assert_eq!(kill_pid(last, SIGTERM, 1), Ok(()));
    for task in tasks {
        _ = kthread_stop(&task);
    }
    drop(inside);
}

#[test]
fn the_private_set_is_emptied_before_the_shared_one() {
    let dequeued = on_kthread(|| {
        allow(&[SIGHUP, SIGINT, SIGUSR1, SIGTERM, 11]);
        to_own_group(SIGHUP);
        to_own_group(11);
        to_self(SIGTERM);
        to_self(SIGUSR1);
        to_self(11);
        to_own_group(SIGINT);
        dequeue_all()
    });
    assert_eq!(dequeued, [11, 10, 15, 11, 1, 2]);
}

#[test]
fn a_signal_is_dequeued_once_for_each_set_that_it_is_in() {
    let dequeued = on_kthread(|| {
        allow(&[SIGTERM, 40]);
        for _ in 0..3 {
            to_self(SIGTERM);
            to_own_group(SIGTERM);
            to_self(40);
        }
        dequeue_all()
    });
    assert_eq!(dequeued, [15, 40, 15]);
}

#[test]
fn flush_and_disallow_empty_both_sets() {
    let answers = on_kthread(|| {
        let send = || {
            to_self(SIGTERM);
            to_own_group(SIGTERM);
            to_own_group(SIGUSR1);
        };
        allow(&[SIGTERM, SIGUSR1]);
        send();
        flush_signals(&current());
        let flushed = (signal_pending(&current()), dequeue_all());
        send();
        disallow_signal(SIGTERM).unwrap();
        (flushed, dequeue_all())
    });
    assert_eq!(answers, ((false, vec![]), vec![10]));
}

#[test]
fn only_sigkill_in_the_private_set_is_fatal() {
    let answers = on_kthread(|| {
        allow(&[SIGKILL]);
        let look = || {
            let me = current();
            (signal_pending(&me), fatal_signal_pending(&me), signal_pending_state(TASK_KILLABLE, &me))
        };
        to_own_group(SIGKILL);
        let shared = (look(), signal_pending_state(TASK_INTERRUPTIBLE, &current()));
        flush_signals(&current());
        to_self(SIGKILL);
        (shared, look())
    });
    assert_eq!(answers, (((true, false, false), true), (true, true, true)));
}

#[test]
fn kill_pid_of_sigkill_ends_an_interruptible_sleep_and_no_killable_wait() {
    let task = sleeper(&[SIGKILL], || msleep_interruptible(60_000) as i32);
    assert_eq!(kill_pid(task.pid(), SIGKILL, 1), Ok(()));
    await_end(&task);
    assert!(kthread_stop(&task) > 0);

    let task = sleeper(&[SIGKILL], || {
        let never = Completion::new();
        i32::from(wait_for_completion_killable(&never).is_err())
    });
    assert_eq!(kill_pid(task.pid(), SIGKILL, 1), Ok(()));
    // Woken without effect, it is on its way back to sleep.
    _ = wait_task_inactive(&task, TASK_RUNNING);
    assert_eq!(task.state(), TASK_KILLABLE);
    assert_eq!(send_sig(SIGKILL, &task, 1), Ok(()));
    await_end(&task);
    assert_eq!(kthread_stop(&task), 1);
}

#[test]
fn a_signal_allowed_from_the_kernel_is_taken_with_priv_1_only() {
    for (allowed, from_kernel, pends) in
        [(SIGUSR1, 0, false), (SIGUSR1, 1, true), (SIGKILL, 0, false), (SIGKILL, 1, true)]
    {
        let answers = on_kthread(move || {
            allow_kernel_signal(allowed).unwrap();
            let me = current();
            let private = (send_sig(allowed, &me, from_kernel), signal_pending(&me), kernel_dequeue_signal());
            let shared =
                (kill_pid(me.pid(), allowed, from_kernel), signal_pending(&me), kernel_dequeue_signal());
            (private, shared)
        });
        let expected = (Ok(()), pends, if pends { allowed } else { 0 });
        assert_eq!(answers, (expected, expected), "signal {allowed}, priv {from_kernel}");
    }
}

#[test]
fn the_last_setting_of_a_signals_action_counts() {
    let answers = on_kthread(|| {
        let from_process = || {
            send_sig(SIGUSR1, &current(), 0).unwrap();
            dequeue_all()
        };
        allow_kernel_signal(SIGUSR1).unwrap();
        let kernel_only = from_process();
        allow_signal(SIGUSR1).unwrap();
        let all = from_process();
        // Pending ones stay when the action for new ones changes, unless they are to be ignored.
        send_sig(SIGUSR1, &current(), 0).unwrap();
        allow_kernel_signal(SIGUSR1).unwrap();
        let kept = dequeue_all();
        disallow_signal(SIGUSR1).unwrap();
        send_sig(SIGUSR1, &current(), 1).unwrap();
        (kernel_only, all, kept, dequeue_all())
    });
    assert_eq!(answers, (vec![], vec![10], vec![10], vec![]));
    let refused = on_kthread(|| [0, 65, -1].map(allow_kernel_signal));
    assert_eq!(refused, [Err(Errno::EINVAL); 3]);
}

#[test]
fn sigprocmask_blocks_unblocks_and_sets() {
    let answers = on_kthread(|| {
        let (term, int) = (bit(SIGTERM), bit(SIGINT));
        [
            sigprocmask(SIG_BLOCK, term),
            sigprocmask(SIG_BLOCK, int),
            sigprocmask(SIG_UNBLOCK, term | bit(SIGHUP)),
            sigprocmask(SIG_SETMASK, 0),
            sigprocmask(3, term),
            sigprocmask(-1, term),
            sigprocmask(SIG_BLOCK, 0),
        ]
    });
    let (term, int) = (bit(SIGTERM), bit(SIGINT));
    let einval = Err(Errno::EINVAL);
    assert_eq!(answers, [Ok(0), Ok(term), Ok(term | int), Ok(int), einval, einval, Ok(0)]);
}

#[test]
fn a_blocked_signal_is_kept_whatever_its_disposition_and_not_judged_later() {
    let answers = on_kthread(|| {
        // Not allowed, and kept nevertheless: it might be allowed by the time it is unblocked.
        sigprocmask(SIG_SETMASK, bit(SIGUSR1) | bit(SIGTERM)).unwrap();
        to_self(SIGUSR1);
        to_own_group(SIGTERM);
        let blocked = (signal_pending(&current()), dequeue_all());
        sigprocmask(SIG_UNBLOCK, bit(SIGTERM)).unwrap();
        let one = (signal_pending(&current()), dequeue_all());
        sigprocmask(SIG_SETMASK, 0).unwrap();
        (blocked, one, signal_pending(&current()), dequeue_all(), signal_pending(&current()))
    });
    assert_eq!(answers, ((false, vec![]), (true, vec![15]), true, vec![10], false));
}

#[test]
fn sigprocmask_blocks_sigkill_and_the_other_call_does_not() {
    let answers = on_kthread(|| {
        allow(&[SIGKILL, SIGSTOP]);
        let send = || {
            to_self(SIGKILL);
            to_self(SIGSTOP);
            let pending = signal_pending(&current());
            flush_signals(&current());
            pending
        };
        sigprocmask(SIG_SETMASK, u64::MAX).unwrap();
        let all_blocked = send();
        set_blocked_signals(u64::MAX);
        (all_blocked, send(), sigprocmask(SIG_SETMASK, 0))
    });
    assert_eq!(answers, (false, true, Ok(!(bit(SIGKILL) | bit(SIGSTOP)))));
}

#[test]
fn signals_that_stop_and_sigcont_cancel_each_other() {
    let answers = on_kthread(|| {
        const TSTP: i32 = 20;
        allow(&[SIGSTOP, TSTP, SIGCONT, SIGTERM]);
        to_self(SIGTERM);
        to_self(SIGCONT);
        to_own_group(SIGCONT);
        to_self(TSTP);
        let stopping = dequeue_all();
        to_self(SIGSTOP);
        to_own_group(TSTP);
        to_self(SIGCONT);
        let going_on = dequeue_all();
        // Even one that is ignored.
        to_self(SIGSTOP);
        disallow_signal(SIGCONT).unwrap();
        to_own_group(SIGCONT);
        (stopping, going_on, dequeue_all())
    });
    assert_eq!(answers, (vec![15, 20], vec![18], vec![]));
}

#[test]
fn a_foreign_thread_has_the_defaults_of_a_process() {
    const FATAL: [i32; 7] = [SIGHUP, SIGINT, SIGKILL, SIGUSR1, SIGUSR2, SIGTERM, 64];
    let me = current();
    for sig in 1..=64 {
        for send in [to_self, to_own_group] {
            send(sig);
            let dropped = [SIGCHLD, SIGCONT, 23, 28].contains(&sig);
            assert_eq!(signal_pending(&me), !dropped, "signal {sig}");
            if FATAL.contains(&sig) {
                assert!(fatal_signal_pending(&me), "signal {sig}");
            } else if dropped || [3, 4, 5, 6, 7, 8, 11, 19, 20, 21, 22, 24, 25, 31].contains(&sig) {
                assert!(!fatal_signal_pending(&me), "signal {sig}");
            }
            flush_signals(&me);
        }
    }
}

#[test]
fn a_fatal_signal_to_the_group_of_a_foreign_thread_ends_its_killable_wait() {
    let (sender, receiver) = channel();
    let waiter = std::thread::spawn(move || {
        sender.send(current()).unwrap();
        wait_for_completion_killable(&Completion::new())
    });
    let task = receiver.recv().unwrap();
    _ = wait_task_inactive(&task, TASK_RUNNING);
    assert_eq!(kill_pid(task.pid(), SIGTERM, 1), Ok(()));
    assert_eq!(waiter.join().unwrap(), Err(Errno::ERESTARTSYS));
    assert_eq!(kill_pid(task.pid(), SIGTERM, 1), Err(Errno::ESRCH));
}

#[test]
fn a_fatal_signal_that_a_foreign_thread_has_blocked_is_not_fatal_yet() {
    let me = current();
    sigprocmask(SIG_SETMASK, bit(SIGTERM)).unwrap();
    to_self(SIGTERM);
    assert!(!signal_pending(&me) && !fatal_signal_pending(&me));
    sigprocmask(SIG_SETMASK, 0).unwrap();
    assert!(signal_pending(&me) && !fatal_signal_pending(&me));
    assert_eq!(dequeue_all(), [15]);
}

#[test]
fn signals_of_many_senders_are_not_lost() {
    let (sender, receiver) = channel();
    let task = kthread_run!(
        move |()| {
            allow(&[SIGHUP, SIGINT, SIGUSR1, SIGTERM]);
            sender.send(()).unwrap();
            let mut missing = vec![SIGHUP, SIGINT, SIGUSR1, SIGTERM];
            while !missing.is_empty() {
                set_current_state(TASK_INTERRUPTIBLE);
                match kernel_dequeue_signal() {
                    0 => schedule(),
                    sig => missing.retain(|&other| other != sig),
                }
                set_current_state(TASK_RUNNING);
            }
            0
        },
        (),
        "taker"
    )
    .unwrap();
    receiver.recv().unwrap();
    std::thread::scope(|scope| {
        for sig in [SIGHUP, SIGINT, SIGUSR1, SIGTERM] {
            let task = &task;
            scope.spawn(
                move || while kill_pid(task.pid(), sig, 1).is_ok() && send_sig(sig, task, 1).is_ok() {},
            );
        }
    });
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn a_pid_refers_to_its_task_and_no_other_and_its_end_is_esrch() {
    let task = running_kthread("named", 0);
    let pid = find_get_pid(task.pid()).expect("it is alive");
    assert_eq!((pid_nr(&pid), pid_vnr(&pid)), (task.pid(), task.pid()));
    assert_eq!(task_pid(&task), pid);
    assert_eq!(get_task_pid(&task, PIDTYPE_TGID), pid);
    assert_eq!(
        (task_pid_nr(&task), task_pid_vnr(&task), task_tgid_nr(&task)),
        (pid.nr(), pid.nr(), pid.nr())
    );
    assert_eq!(pid_task(&pid, PIDTYPE_PID), Some(task.clone()));
    assert_eq!(get_pid_task(&pid, PIDTYPE_PID), find_task_by_vpid(pid.nr()));
    assert_eq!(kill_pid(&pid, 0, 1), Ok(()));
    assert_eq!(kill_pid(get_pid(&pid), SIGTERM, 0), Ok(()));
    assert_eq!(kill_pid(find_vpid(pid.nr()), SIGTERM, 1), Ok(()));
    assert_eq!(kill_pid(Some(&pid), 65, 1), Err(Errno::EINVAL));
    _ = kthread_stop(&task);
    // Another task may get its number one day, but not the Pid.
    for sig in [0, SIGTERM, 65] {
        assert_eq!(kill_pid(&pid, sig, 1), Err(Errno::ESRCH), "signal {sig}");
    }
    assert_eq!(pid_task(&pid, PIDTYPE_PID), None);
    assert_eq!(find_vpid(pid.nr()), None);
    assert_eq!(kill_pid(None::<Pid>, SIGTERM, 1), Err(Errno::ESRCH), "the kernel's NULL");
    put_pid(pid);
}

#[test]
fn a_pid_of_another_kernel_still_refers_to_its_task() {
    let kernel = Kernel::builder().boot().unwrap();
    let inside = kernel.enter();
    let task = running_kthread("named", 0);
    let pid = task_pid(&task);
    let other = Kernel::builder().boot_on_demand().unwrap();
    let inside_other = other.enter();
    assert_eq!(kill_pid(&pid, SIGTERM, 1), Ok(()));
    assert_eq!(pid_task(&pid, PIDTYPE_PID), Some(task.clone()));
    drop(inside_other);
    _ = kthread_stop(&task);
    drop(inside);
    kernel.shutdown();
}

#[test]
fn a_signal_that_cancels_another_leaves_it_to_the_task_to_find_that() {
    on_kthread(|| {
        allow(&[SIGSTOP]);
        to_self(SIGSTOP);
        // Ignored, and cancels the stop.
        to_self(SIGCONT);
        assert!(signal_pending(&current()));
        assert_eq!(schedule_timeout_interruptible(1000), 1000);
        assert_eq!(kernel_dequeue_signal(), 0);
        assert!(!signal_pending(&current()));
    });
}

#[test]
fn a_kthread_that_takes_the_default_drops_what_is_ignored_by_default() {
    on_kthread(|| {
        for sig in [SIGCHLD, SIGCONT, 23, 28] {
            default_signal(sig).unwrap();
            to_self(sig);
            assert!(!signal_pending(&current()), "{sig}");
            assert_eq!(current().sa_handler(sig), 0);
        }
        default_signal(SIGTERM).unwrap();
        to_self(SIGTERM);
        assert!(fatal_signal_pending(&current()));
        assert_eq!(dequeue_all(), [SIGKILL, SIGTERM]);
    });
}

#[test]
fn a_forced_signal_sets_its_default_action_and_a_killed_group_gets_no_other() {
    on_kthread(|| {
        allow(&[SIGUSR2]);
        force_sig(SIGUSR2).unwrap();
        assert_eq!((dequeue_all(), current().sa_handler(SIGUSR2)), (vec![SIGUSR2], 2));
        force_sig(SIGUSR1).unwrap();
        assert!(fatal_signal_pending(&current()));
        assert_eq!((dequeue_all(), current().sa_handler(SIGUSR1)), (vec![SIGKILL, SIGUSR1], 0));
        force_sig(SIGUSR2).unwrap();
        assert_eq!(dequeue_all(), []);
        assert_eq!(force_sig(65), Err(Errno::EINVAL));
    });
}

#[test]
fn dequeue_signal_uses_its_mask_and_not_the_blocked_set() {
    on_kthread(|| {
        allow(&[SIGTERM, SIGINT]);
        to_self(SIGTERM);
        to_self(SIGINT);
        assert_eq!(dequeue_signal(bit(SIGINT)), SIGTERM);
        sigprocmask(SIG_BLOCK, bit(SIGINT)).unwrap();
        assert_eq!(kernel_dequeue_signal(), 0);
        assert_eq!(dequeue_signal(0), SIGINT);
    });
}

#[test]
fn no_task_has_the_pid_0() {
    assert_eq!(find_vpid(0), None);
    assert_eq!(find_task_by_vpid(0), None);
    assert_eq!(kill_pid(0, SIGTERM, 1), Err(Errno::ESRCH));
}

#[test]
fn a_stopped_task_continues_with_sigcont_and_with_no_other_wake_up() {
    let task = sleeper(&[SIGSTOP, SIGTERM], || {
        to_self(SIGSTOP);
        assert_eq!(kernel_dequeue_signal(), SIGSTOP);
        kernel_signal_stop();
        7
    });
    assert_eq!((task.state().letter(), task.state().bits()), ('T', 0x104));
    send_sig(SIGTERM, &task, 1).unwrap();
    assert!(!wake_up_process(&task));
    assert_eq!(task.state(), TASK_STOPPED);
    // It ignores the signal, which continues it nevertheless.
    send_sig(SIGCONT, &task, 1).unwrap();
    assert_eq!(kthread_stop(&task), 7);
}

#[test]
fn a_stopped_task_continues_when_it_takes_sigkill() {
    let task = sleeper(&[SIGSTOP, SIGKILL], || {
        to_self(SIGSTOP);
        assert_eq!(kernel_dequeue_signal(), SIGSTOP);
        kernel_signal_stop();
        kernel_dequeue_signal()
    });
    assert_eq!(task.state(), TASK_STOPPED);
    send_sig(SIGKILL, &task, 1).unwrap();
    assert_eq!(kthread_stop(&task), SIGKILL);
}

#[test]
fn a_task_stops_only_after_a_signal_that_stops_and_before_sigcont() {
    let went_on = on_kthread(|| {
        kernel_signal_stop();
        allow(&[SIGSTOP, SIGTERM]);
        to_self(SIGTERM);
        assert_eq!(kernel_dequeue_signal(), SIGTERM);
        kernel_signal_stop();
        to_self(SIGSTOP);
        assert_eq!(kernel_dequeue_signal(), SIGSTOP);
        to_self(SIGCONT);
        kernel_signal_stop();
        current().state()
    });
    assert_eq!(went_on, TASK_RUNNING);
}

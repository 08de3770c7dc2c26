//! The result of a wake-up, the sleeps that it ends, and waiting until a task is asleep.

use crate::handshake::*;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::mpsc::channel;

#[test]
fn wake_ret_created() {
    let task = create(|| 7, "created");
    assert!(wake_up_process(&task));
    await_end(&task);
    assert_eq!(kthread_stop(&task), 7);
}

#[test]
fn wake_ret_running_other() {
    let (busy, is_busy, let_go) = Busy::new();
    let task = run(
        move || {
            busy.wait();
            0
        },
        "running",
    );
    is_busy.recv().unwrap();
    assert!(!wake_up_process(&task));
    assert_eq!((task.state(), task.on_rq()), (TASK_RUNNING, true));
    let_go.send(()).unwrap();
    await_end(&task);
    assert_eq!(kthread_stop(&task), 0);
}

#[test]
fn wake_ret_self() {
    let answers = on_kthread(|| {
        let me = current();
        let running = wake_up_process(&me);
        set_current_state(TASK_INTERRUPTIBLE);
        let interruptible = (wake_up_process(&me), me.state().bits());
        set_current_state(TASK_UNINTERRUPTIBLE);
        (running, interruptible, (wake_up_process(&me), me.state().bits()))
    });
    assert_eq!(answers, (false, (true, 0x0), (true, 0x0)));
}

#[test]
fn wake_ret_exited() {
    let task = run(|| 0, "exits");
    await_end(&task);
    assert!(!wake_up_process(&task));
    assert_eq!(task.state(), TASK_DEAD);
    assert_eq!(kthread_stop(&task), 0);
    assert!(!wake_up_process(&task));
}

/// A thread that sleeps in `state` once and then returns 3.
fn sleeps_once(state: TaskState) -> Task {
    let threadfn = move || {
        set_current_state(state);
        schedule();
        assert_eq!(current().state(), TASK_RUNNING);
        3
    };
    let task = run(threadfn, "sleeper");
    assert_eq!(asleep(&task), state);
    task
}

#[test]
fn wake_ret_sleeping_in() {
    for state in [TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_KILLABLE, TASK_IDLE] {
        let task = sleeps_once(state);
        assert!(wake_up_process(&task), "{state:?}");
        await_end(&task);
        assert_eq!(kthread_stop(&task), 3);
    }
}

#[test]
fn wake_ret_of_wake_up_state_is_true_for_the_states_in_its_mask() {
    for (state, not, yes) in [
        (TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE | TASK_WAKEKILL, TASK_INTERRUPTIBLE),
        (TASK_UNINTERRUPTIBLE, TASK_INTERRUPTIBLE | TASK_WAKEKILL, TASK_UNINTERRUPTIBLE),
        (TASK_KILLABLE, TASK_INTERRUPTIBLE | TASK_PARKED, TASK_WAKEKILL),
        (TASK_KILLABLE, TASK_PARKED, TASK_NORMAL),
        (TASK_IDLE, TASK_INTERRUPTIBLE | TASK_WAKEKILL, TASK_UNINTERRUPTIBLE),
        (TASK_INTERRUPTIBLE, TASK_RUNNING, TASK_NORMAL),
    ] {
        let task = sleeps_once(state);
        assert!(!wake_up_state(&task, not), "{not:?} of {state:?}");
        assert_eq!(asleep(&task), state);
        assert!(wake_up_state(&task, yes), "{yes:?} of {state:?}");
        await_end(&task);
        assert_eq!(kthread_stop(&task), 3);
    }
}

#[test]
fn wake_ret_is_true_for_one_of_many_wakers() {
    let task = sleeps_once(TASK_INTERRUPTIBLE);
    let woke: Vec<bool> = std::thread::scope(|scope| {
        let wakers: Vec<_> = (0..4).map(|_| scope.spawn(|| wake_up_process(&task))).collect();
        wakers.into_iter().map(|waker| waker.join().unwrap()).collect()
    });
    assert_eq!(woke.iter().filter(|&&woke| woke).count(), 1, "{woke:?}");
    await_end(&task);
    assert_eq!(kthread_stop(&task), 3);
}

/// A signal that is sent and allowed wakes as `wake_up_state` does, with the states that it may
/// end.
#[test]
fn wake_by_signal_ends_the_sleeps_that_admit_it() {
    for (state, sig, ends) in [
        (TASK_INTERRUPTIBLE, SIGTERM, true),
        (TASK_INTERRUPTIBLE, SIGKILL, true),
        (TASK_KILLABLE, SIGTERM, false),
        (TASK_KILLABLE, SIGKILL, true),
        (TASK_UNINTERRUPTIBLE, SIGKILL, false),
        (TASK_IDLE, SIGKILL, false),
    ] {
        let threadfn = move || {
            allow_signal(SIGTERM).unwrap();
            allow_signal(SIGKILL).unwrap();
            set_current_state(state);
            schedule();
            3
        };
        let task = run(threadfn, "sleeper");
        assert_eq!(asleep(&task), state);
        assert_eq!(send_sig(sig, &task, 1), Ok(()));
        if !ends {
            assert_eq!(asleep(&task), state, "signal {sig} in {state:?}");
            assert!(wake_up_process(&task));
        }
        await_end(&task);
        assert_eq!(kthread_stop(&task), 3);
    }
}

#[test]
fn a_wake_between_set_current_state_and_schedule_is_not_lost() {
    let (sender, receiver) = channel();
    let (let_go, go) = channel();
    let threadfn = move || {
        set_current_state(TASK_INTERRUPTIBLE);
        sender.send(()).unwrap();
        go.recv().unwrap();
        schedule();
        4
    };
    let task = run(threadfn, "about-to-sleep");
    receiver.recv().unwrap();
    assert_eq!((task.state(), task.on_rq()), (TASK_INTERRUPTIBLE, true));
    assert!(wake_up_process(&task), "a task that has set its state counts as asleep");
    assert!(!wake_up_process(&task));
    let_go.send(()).unwrap();
    await_end(&task);
    assert_eq!(kthread_stop(&task), 4);
}

#[test]
fn a_wake_of_a_running_task_is_not_stored() {
    let (sender, receiver) = channel();
    let (let_go, go) = channel();
    let threadfn = move || {
        sender.send(()).unwrap();
        go.recv().unwrap();
        set_current_state(TASK_INTERRUPTIBLE);
        schedule();
        5
    };
    let task = run(threadfn, "runs-first");
    receiver.recv().unwrap();
    assert!(!wake_up_process(&task));
    let_go.send(()).unwrap();
    assert_eq!(asleep(&task), TASK_INTERRUPTIBLE, "it has to be woken again");
    assert!(wake_up_process(&task));
    await_end(&task);
    assert_eq!(kthread_stop(&task), 5);
}

#[test]
fn schedule_in_task_running_does_not_sleep() {
    assert_eq!(current().state(), TASK_RUNNING);
    schedule();
    io_schedule();
    assert!(!cond_resched());
    r#yield();
    set_current_state(TASK_INTERRUPTIBLE);
    __set_current_state(TASK_RUNNING);
    schedule();
}

#[test]
fn wait_task_inactive_says_whether_the_state_is_the_one_asked_for() {
    let task = sleeps_once(TASK_INTERRUPTIBLE);
    assert!(wait_task_inactive(&task, TASK_INTERRUPTIBLE));
    assert!(wait_task_inactive(&task, TASK_RUNNING), "0 matches any");
    assert!(!wait_task_inactive(&task, TASK_UNINTERRUPTIBLE));
    assert!(!wait_task_inactive(&task, TASK_NORMAL), "it is no mask");
    assert!(wake_up_process(&task));
    await_end(&task);
    assert!(wait_task_inactive(&task, TASK_DEAD));
    assert!(!wait_task_inactive(&task, TASK_INTERRUPTIBLE));
    assert_eq!(kthread_stop(&task), 3);
}

#[test]
fn wait_task_inactive_of_oneself_is_refused() {
    let kernel = WatchedKernel::boot();
    let me = current();
    let inactive = kernel.warns(WarningKind::Deadlock, "wait_task_inactive", "its own sleep", || {
        wait_task_inactive(&me, TASK_RUNNING)
    });
    assert!(!inactive);
    kernel.shut_down();
}

//! Waiting for a variable, as `questions/wait_var.c` asks of it.

use crate::ask::*;

cases![true_at_once, woken, signalled, times, both];

type Wait = fn(&AtomicBool, u64) -> i64;

/// Each macro, and what it returns; 1000 if it returns nothing.
const VARIANTS: [(&str, Wait, TaskState); 4] = [
    (
        "wait_var_event",
        |var, _| {
            wait_var_event!(var, var.load(SeqCst));
            1000
        },
        TASK_UNINTERRUPTIBLE,
    ),
    (
        "wait_var_event_killable",
        |var, _| int(wait_var_event_killable!(var, var.load(SeqCst))),
        TASK_KILLABLE,
    ),
    (
        "wait_var_event_interruptible",
        |var, _| int(wait_var_event_interruptible!(var, var.load(SeqCst))),
        TASK_INTERRUPTIBLE,
    ),
    (
        "wait_var_event_timeout",
        |var, timeout| int(wait_var_event_timeout!(var, var.load(SeqCst), timeout)),
        TASK_UNINTERRUPTIBLE,
    ),
];

fn begin(var: &'static AtomicBool, wait: Wait, state: TaskState) -> Waiter {
    Waiter::begin(Some(state), move || wait(var, 3600 * HZ))
}

fn set_and_wake(var: &AtomicBool) {
    var.store(true, SeqCst);
    wake_up_var(var);
}

fn true_at_once() {
    let var = AtomicBool::new(true);
    for (name, wait, _) in VARIANTS {
        let returned = wait(&var, 7);
        answer!("wait={name} returned={returned} state={:#x}", current().state().bits());
    }
}

fn woken() {
    let other = shared(AtomicBool::new(false));
    for (name, wait, state) in VARIANTS {
        let var = shared(AtomicBool::new(false));
        let waiter = begin(var, wait, state);
        wake_up_var(var);
        wake_up_var(other);
        until_state(&waiter.task, state);
        let early = int(waiter.ended());
        set_and_wake(var);
        let returned = waiter.returned().min(1001);
        answer!("wait={name} slept_in={:#x} early={early} returned={returned}", state.bits());
        waiter.stop();
    }
}

fn signalled() {
    for (name, wait, state) in VARIANTS {
        for signal in [SIGTERM, SIGKILL] {
            let var = shared(AtomicBool::new(false));
            let waiter = begin(var, wait, state);
            let _ = send_sig(signal, &waiter.task, 1);
            waiter.until_settled(state);
            let ended = int(waiter.ended());
            set_and_wake(var);
            let returned = waiter.returned().min(1001);
            answer!("wait={name} signal={signal} ended={ended} returned={returned}");
            waiter.stop();
        }
    }
}

fn times() {
    let (no, yes) = (AtomicBool::new(false), AtomicBool::new(true));
    let zero = int(wait_var_event_timeout!(&no, no.load(SeqCst), 0));
    let some = int(wait_var_event_timeout!(&no, no.load(SeqCst), 2));
    let zero_true = int(wait_var_event_timeout!(&yes, yes.load(SeqCst), 0));
    answer!("false 0={zero} 2={some} true 0={zero_true}");
}

fn both() {
    let var = shared(AtomicBool::new(false));
    let (_, wait, state) = VARIANTS[0];
    let waiters = [begin(var, wait, state), begin(var, wait, state)];
    set_and_wake(var);
    answer!("returned={},{}", waiters[0].returned(), waiters[1].returned());
    waiters.into_iter().for_each(Waiter::stop);
}

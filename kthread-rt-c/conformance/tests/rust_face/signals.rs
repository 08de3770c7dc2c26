//! Signals between tasks, as `questions/signals.c` asks of them.

use crate::ask::*;

cases![
    not_allowed,
    bad,
    allowed,
    order,
    flushed,
    disallowed,
    blocked,
    blocked_and_flushed,
    stops,
    stops_ignored,
    by_state,
    wakes,
    by_pid,
    other_task,
    stopped
];

/// The signals that there are, in the order in which they are taken.
fn taken() -> String {
    let mut text = Vec::new();
    loop {
        let signal = kernel_dequeue_signal();
        text.push(signal.to_string());
        if signal == 0 {
            return text.join(",");
        }
    }
}

fn pending() -> i64 {
    int(signal_pending(&current()))
}

/// Whether some are pending, which there are, and whether some are pending then.
fn found() -> String {
    let was = pending();
    let taken = taken();
    format!("pending={was} taken={taken} then={}", pending())
}

fn sends(signal: i32) {
    let _ = send_sig(signal, &current(), 1);
}

fn allows(signals: &[i32]) {
    for signal in signals {
        let _ = allow_signal(*signal);
    }
}

fn mask(signal: i32) -> u64 {
    1 << (signal - 1)
}

const SIGILL: i32 = 4;
const SIGTRAP: i32 = 5;
const SIGBUS: i32 = 7;
const SIGFPE: i32 = 8;
const SIGSEGV: i32 = 11;
const SIGTSTP: i32 = 20;
const SIGTTIN: i32 = 21;
const SIGTTOU: i32 = 22;
const SIGURG: i32 = 23;
const SIGWINCH: i32 = 28;
const SIGSYS: i32 = 31;

fn not_allowed() {
    on_thread(|| {
        let signals = [
            SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGUSR1, SIGSEGV, SIGTERM, SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP,
            SIGWINCH, 34, 64,
        ];
        for from_kernel in [0, 1] {
            let (mut sent, mut seen) = (0, 0);
            for signal in signals {
                sent += int(send_sig(signal, &current(), from_kernel) == Ok(()));
                seen += pending();
            }
            answer!("priv={from_kernel} of={} sent={sent} pending={seen} taken={}", signals.len(), taken());
        }
    });
}

fn bad() {
    on_thread(|| {
        for signal in [-1, 65, 100, i32::MAX] {
            let sent = int(send_sig(signal, &current(), 1));
            answer!("signal={signal} sent={sent} pending={}", pending());
        }
    });
}

fn allowed() {
    on_thread(|| {
        for signal in
            [SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGTERM, SIGCHLD, SIGCONT, SIGSTOP, SIGURG, 34, 64]
        {
            allows(&[signal]);
            let sent = int(send_sig(signal, &current(), 0));
            let fatal = int(fatal_signal_pending(&current()));
            answer!("signal={signal} sent={sent} fatal={fatal} {}", found());
        }
    });
}

fn order() {
    on_thread(|| {
        allows(&[
            SIGHUP, SIGINT, SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGTERM,
            SIGSYS, 34, 35, 64,
        ]);
        [SIGTERM, SIGTERM, SIGUSR1, SIGKILL, SIGINT].into_iter().for_each(sends);
        answer!("lowest_first={}", taken());
        [SIGTERM, SIGHUP, SIGSEGV, SIGFPE, SIGSYS, SIGKILL].into_iter().for_each(sends);
        answer!("faults={}", taken());
        [64, 35, 35, 34, 35, SIGUSR2].into_iter().for_each(sends);
        answer!("realtime={}", taken());
    });
}

fn flushed() {
    on_thread(|| {
        allows(&[SIGINT, SIGTERM, SIGKILL, 40]);
        [SIGINT, SIGKILL, 40].into_iter().for_each(sends);
        let was = pending();
        flush_signals(&current());
        answer!("was={was} fatal={} {}", int(fatal_signal_pending(&current())), found());
        sends(SIGTERM);
        answer!("still_allowed {}", found());
        flush_signals(&current());
        answer!("none pending={}", pending());
    });
}

fn disallowed() {
    on_thread(|| {
        allows(&[SIGTERM, SIGUSR1]);
        sends(SIGTERM);
        let was = pending();
        let _ = disallow_signal(SIGTERM);
        answer!("was={was} {}", found());
        allows(&[SIGTERM]);
        answer!("allowed_again {}", found());
        sends(SIGTERM);
        sends(SIGUSR1);
        let _ = disallow_signal(SIGTERM);
        answer!("other {}", found());
        let _ = (disallow_signal(SIGUSR1), disallow_signal(SIGUSR1));
        sends(SIGUSR1);
        answer!("twice {}", found());
    });
}

fn blocked() {
    on_thread(|| {
        allows(&[SIGTERM, SIGINT]);
        let has = |set: Result<u64, Errno>, signal| int(set.unwrap_or(0) & mask(signal) != 0);
        let done = |set: Result<u64, Errno>| int(set.map(|_| ()));
        let old = sigprocmask(SIG_BLOCK, mask(SIGTERM));
        answer!("block={} was_blocked={}", done(old), has(old, SIGTERM));
        sends(SIGTERM);
        answer!("{}", found());
        sends(SIGINT);
        answer!("other {}", found());
        let now = sigprocmask(SIG_UNBLOCK, mask(SIGTERM));
        answer!("unblock={} was_blocked={} {}", done(now), has(now, SIGTERM), found());
        let all = sigprocmask(SIG_SETMASK, u64::MAX);
        sends(SIGTERM);
        sends(SIGINT);
        answer!("all={} {}", done(all), found());
        let now = sigprocmask(SIG_SETMASK, old.unwrap_or(0));
        answer!("none={} were_blocked={},{} {}", done(now), has(now, SIGTERM), has(now, SIGINT), found());
        answer!("bad={}", done(sigprocmask(3, u64::MAX)));
    });
}

fn blocked_and_flushed() {
    on_thread(|| {
        allows(&[SIGTERM]);
        let _ = sigprocmask(SIG_BLOCK, mask(SIGTERM));
        sends(SIGTERM);
        flush_signals(&current());
        let _ = sigprocmask(SIG_UNBLOCK, mask(SIGTERM));
        answer!("flushed {}", found());
        let _ = sigprocmask(SIG_BLOCK, mask(SIGTERM));
        let _ = disallow_signal(SIGTERM);
        sends(SIGTERM);
        allows(&[SIGTERM]);
        let _ = sigprocmask(SIG_UNBLOCK, mask(SIGTERM));
        answer!("ignored_while_blocked {}", found());
    });
}

fn stops() {
    on_thread(|| {
        allows(&[SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGTERM]);
        [SIGSTOP, SIGSTOP, SIGTSTP].into_iter().for_each(sends);
        answer!("stops {}", found());
        [SIGTSTP, SIGTERM, SIGTTIN, SIGTTOU, SIGCONT].into_iter().for_each(sends);
        answer!("cont_after_stops {}", found());
        [SIGCONT, SIGTSTP].into_iter().for_each(sends);
        answer!("stop_after_cont {}", found());
        [SIGCONT, SIGSTOP, SIGCONT].into_iter().for_each(sends);
        answer!("cont_stop_cont {}", found());
    });
}

fn stops_ignored() {
    on_thread(|| {
        allows(&[SIGSTOP]);
        sends(SIGSTOP);
        let before = pending();
        sends(SIGCONT);
        answer!("cont_ignored before={before} after={} {}", pending(), found());
        let _ = disallow_signal(SIGSTOP);
        allows(&[SIGCONT]);
        sends(SIGCONT);
        let before = pending();
        sends(SIGSTOP);
        answer!("stop_ignored before={before} after={} {}", pending(), found());
    });
}

fn by_state() {
    on_thread(|| {
        let states = [
            TASK_RUNNING,
            TASK_INTERRUPTIBLE,
            TASK_UNINTERRUPTIBLE,
            TASK_KILLABLE,
            TASK_IDLE,
            TASK_WAKEKILL,
            TASK_PARKED,
        ];
        allows(&[SIGTERM, SIGKILL]);
        for signal in [0, SIGTERM, SIGKILL] {
            if signal != 0 {
                sends(signal);
            }
            let pending = states.map(|state| int(signal_pending_state(state, &current())));
            answer!(
                "signal={signal} running={} interruptible={} uninterruptible={} killable={} idle={} wakekill={} parked={}",
                pending[0],
                pending[1],
                pending[2],
                pending[3],
                pending[4],
                pending[5],
                pending[6]
            );
            flush_signals(&current());
        }
    });
}

fn wakes() {
    for state in [TASK_INTERRUPTIBLE, TASK_UNINTERRUPTIBLE, TASK_KILLABLE, TASK_IDLE] {
        for signal in [SIGTERM, SIGKILL] {
            for allow in [false, true] {
                let ended = shared(Completion::new());
                let task = thread(move || {
                    if allow {
                        allows(&[SIGTERM, SIGKILL]);
                    }
                    set_current_state(state);
                    schedule();
                    complete(ended);
                    sleep_until_stopped()
                });
                until_state(&task, state);
                let _ = send_sig(signal, &task, 1);
                let woken = task.state() != state;
                answer!(
                    "state={:#x} signal={signal} allowed={} woken={} pending={}",
                    state.bits(),
                    int(allow),
                    int(woken),
                    int(signal_pending(&task))
                );
                if !woken {
                    wake_up_process(&task);
                }
                wait_for_completion(ended);
                _ = kthread_stop(&task);
            }
        }
    }
}

fn by_pid() {
    on_thread(|| {
        allows(&[SIGINT, SIGUSR1, SIGTERM]);
        let me = task_pid(&current());
        let sent = [SIGINT, 0, 99].map(|signal| int(kill_pid(&me, signal, 1)));
        answer!("sent={} none={} bad={} {}", sent[0], sent[1], sent[2], found());
        let _ = kill_pid(&me, SIGINT, 1);
        sends(SIGTERM);
        let _ = kill_pid(&me, SIGTERM, 1);
        sends(SIGUSR1);
        answer!("both taken={}", taken());
    });
}

fn other_task() {
    for flush in [false, true] {
        let (allowed, go, ended) =
            (shared(Completion::new()), shared(Completion::new()), shared(Completion::new()));
        let took = shared(std::sync::Mutex::new(String::new()));
        let task = thread(|| {
            allows(&[SIGUSR1, SIGTERM]);
            complete(allowed);
            wait_for_completion(go);
            *took.lock().unwrap() = taken();
            complete(ended);
            sleep_until_stopped()
        });
        wait_for_completion(allowed);
        let _ = send_sig(SIGTERM, &task, 1);
        let _ = send_sig(SIGUSR1, &task, 0);
        let was = int(signal_pending(&task));
        if flush {
            flush_signals(&task);
        }
        answer!("was={was} flush={} pending={}", int(flush), int(signal_pending(&task)));
        complete(go);
        wait_for_completion(ended);
        answer!("taken={}", took.lock().unwrap());
        _ = kthread_stop(&task);
    }
}

fn stopped() {
    let begun = shared(Completion::new());
    let task = thread(|| {
        allows(&[SIGTERM]);
        complete(begun);
        while !kthread_should_stop() {
            schedule_timeout_interruptible(MAX_SCHEDULE_TIMEOUT);
        }
        let me = current();
        let took = kernel_dequeue_signal();
        flush_signals(&me);
        answer!(
            "taken={took} flushed={} fatal={} state_interruptible={} killable={}",
            pending(),
            int(fatal_signal_pending(&me)),
            int(signal_pending_state(TASK_INTERRUPTIBLE, &me)),
            int(signal_pending_state(TASK_KILLABLE, &me))
        );
        sends(SIGTERM);
        answer!("{}", found());
        0
    });
    wait_for_completion(begun);
    _ = kthread_stop(&task);
}

//! Completions, as `questions/completion.c` asks of them.

use crate::ask::*;

cases![counts, all, already_done, time_left, timed_out, woken, signalled, not_signalled, stopped, order];

type Wait = fn(&Completion) -> i64;

fn plain(x: &Completion) -> i64 {
    wait_for_completion(x);
    0
}

fn plain_io(x: &Completion) -> i64 {
    wait_for_completion_io(x);
    0
}

fn interruptible(x: &Completion) -> i64 {
    int(wait_for_completion_interruptible(x))
}

fn killable(x: &Completion) -> i64 {
    int(wait_for_completion_killable(x))
}

fn interruptible_timeout(x: &Completion) -> i64 {
    int(wait_for_completion_interruptible_timeout(x, MAX_SCHEDULE_TIMEOUT as u64))
}

fn killable_timeout(x: &Completion) -> i64 {
    int(wait_for_completion_killable_timeout(x, MAX_SCHEDULE_TIMEOUT as u64))
}

fn begin(x: &'static Completion, wait: Wait, state: TaskState) -> Waiter {
    Waiter::begin(Some(state), move || wait(x))
}

fn counts() {
    DECLARE_COMPLETION_ONSTACK!(x);
    answer!("declared done={} is_done={}", x.done(), int(completion_done(&x)));
    answer!("try_of_none={}", int(try_wait_for_completion(&x)));
    complete(&x);
    x.complete();
    answer!("two done={} is_done={}", x.done(), int(x.is_done()));
    let tries = [try_wait_for_completion(&x), x.try_wait(), try_wait_for_completion(&x)].map(int);
    answer!("tries={},{},{} done={}", tries[0], tries[1], tries[2], x.done());
    complete(&x);
    reinit_completion(&x);
    answer!("reinit done={}", x.done());
    complete(&x);
    let mut x = x;
    init_completion(&mut x);
    answer!("init done={}", x.done());
}

fn all() {
    let x = Completion::new();
    complete_all(&x);
    answer!("all done={} is_done={}", x.done(), int(completion_done(&x)));
    x.wait();
    let tried = int(x.try_wait());
    answer!("try={tried} done={}", x.done());
    complete(&x);
    answer!("one_more done={}", x.done());
    x.reinit();
    answer!("reinit done={} is_done={}", x.done(), int(x.is_done()));
}

fn already_done() {
    let x = Completion::new();
    (0..12).for_each(|_| complete(&x));
    wait_for_completion(&x);
    wait_for_completion_io(&x);
    answer!("plain done={}", x.done());
    answer!("interruptible={} killable={}", interruptible(&x), killable(&x));
    answer!(
        "timeout_0={} timeout_7={}",
        int(wait_for_completion_timeout(&x, 0)),
        int(wait_for_completion_timeout(&x, 7))
    );
    answer!(
        "io_timeout_0={} io_timeout_7={}",
        int(wait_for_completion_io_timeout(&x, 0)),
        int(wait_for_completion_io_timeout(&x, 7))
    );
    answer!(
        "interruptible_0={} interruptible_7={}",
        int(wait_for_completion_interruptible_timeout(&x, 0)),
        int(x.wait_interruptible_timeout(7))
    );
    answer!(
        "killable_0={} killable_7={}",
        int(wait_for_completion_killable_timeout(&x, 0)),
        int(x.wait_killable_timeout(7))
    );
    answer!("left={}", x.done());
}

fn time_left() {
    const LIMIT: u64 = 100 * HZ;
    let waits_of: [(&str, Wait, TaskState); 4] = [
        ("timeout", |x| int(wait_for_completion_timeout(x, LIMIT)), TASK_UNINTERRUPTIBLE),
        ("io_timeout", |x| int(wait_for_completion_io_timeout(x, LIMIT)), TASK_UNINTERRUPTIBLE),
        (
            "interruptible_timeout",
            |x| int(wait_for_completion_interruptible_timeout(x, LIMIT)),
            TASK_INTERRUPTIBLE,
        ),
        ("killable_timeout", |x| int(wait_for_completion_killable_timeout(x, LIMIT)), TASK_KILLABLE),
    ];
    for all in [false, true] {
        for (name, wait, state) in waits_of {
            let x = shared(Completion::new());
            let waiter = begin(x, wait, state);
            if all { complete_all(x) } else { complete(x) }
            let left = between(waiter.returned(), 1, LIMIT as i64);
            answer!("wait={name} all={} left={left} done={}", int(all), x.done());
            waiter.stop();
        }
    }
}

fn timed_out() {
    let x = Completion::new();
    let begin = jiffies();
    answer!("timeout_0={} timeout_3={}", int(x.wait_timeout(0)), int(x.wait_timeout(3)));
    answer!("at_least_3_ticks={}", int(jiffies() - begin >= 3));
    answer!(
        "io_0={} io_1={}",
        int(wait_for_completion_io_timeout(&x, 0)),
        int(wait_for_completion_io_timeout(&x, 1))
    );
    answer!(
        "interruptible_0={} interruptible_1={}",
        int(wait_for_completion_interruptible_timeout(&x, 0)),
        int(wait_for_completion_interruptible_timeout(&x, 1))
    );
    answer!(
        "killable_0={} killable_1={}",
        int(wait_for_completion_killable_timeout(&x, 0)),
        int(wait_for_completion_killable_timeout(&x, 1))
    );
    complete(&x);
    answer!("done_after={}", x.done());
}

fn woken() {
    let waits_of: [(&str, Wait, TaskState); 6] = [
        ("plain", plain, TASK_UNINTERRUPTIBLE),
        ("plain_io", plain_io, TASK_UNINTERRUPTIBLE),
        ("interruptible", interruptible, TASK_INTERRUPTIBLE),
        ("killable", killable, TASK_KILLABLE),
        ("interruptible_timeout", interruptible_timeout, TASK_INTERRUPTIBLE),
        ("killable_timeout", killable_timeout, TASK_KILLABLE),
    ];
    for (name, wait, state) in waits_of {
        let x = shared(Completion::new());
        let waiter = begin(x, wait, state);
        complete(x);
        let returned = waiter.returned();
        answer!(
            "wait={name} state={state:#x} positive={} negative={} done={}",
            int(returned > 0),
            int(returned < 0),
            x.done(),
            state = state.bits()
        );
        waiter.stop();
    }
}

fn signalled() {
    let waits_of: [(&str, Wait, TaskState, i32); 5] = [
        ("interruptible", interruptible, TASK_INTERRUPTIBLE, SIGTERM),
        ("interruptible_timeout", interruptible_timeout, TASK_INTERRUPTIBLE, SIGTERM),
        ("interruptible", interruptible, TASK_INTERRUPTIBLE, SIGKILL),
        ("killable", killable, TASK_KILLABLE, SIGKILL),
        ("killable_timeout", killable_timeout, TASK_KILLABLE, SIGKILL),
    ];
    for (name, wait, state, signal) in waits_of {
        let x = shared(Completion::new());
        let waiter = begin(x, wait, state);
        let _ = send_sig(signal, &waiter.task, 1);
        answer!(
            "wait={name} signal={signal} returned={} pending={} done={}",
            waiter.returned(),
            waiter.pending(),
            x.done()
        );
        waiter.stop();
    }
}

fn not_signalled() {
    let waits_of: [(&str, Wait, TaskState); 2] =
        [("plain", plain, TASK_UNINTERRUPTIBLE), ("killable", killable, TASK_KILLABLE)];
    for (name, wait, state) in waits_of {
        let x = shared(Completion::new());
        let waiter = begin(x, wait, state);
        let _ = send_sig(SIGTERM, &waiter.task, 1);
        answer!("wait={name} ended_by_signal={}", int(waiter.ended()));
        complete(x);
        answer!("wait={name} returned={} pending={}", waiter.returned(), waiter.pending());
        waiter.stop();
    }
}

fn stopped() {
    let waits_of: [(&str, Wait, TaskState, bool); 4] = [
        ("interruptible", interruptible, TASK_INTERRUPTIBLE, true),
        ("interruptible_timeout", interruptible_timeout, TASK_INTERRUPTIBLE, true),
        ("killable", killable, TASK_KILLABLE, false),
        ("plain", plain, TASK_UNINTERRUPTIBLE, false),
    ];
    for (name, wait, state, ends) in waits_of {
        let x = shared(Completion::new());
        let waiter = begin(x, wait, state);
        let task = waiter.task.clone();
        let stopped = shared(Completion::new());
        let stopper = thread(move || {
            _ = kthread_stop(&task);
            complete(stopped);
            sleep_until_stopped()
        });
        if !ends {
            until(|| signal_pending(&waiter.task));
            answer!("wait={name} ended_by_stop={}", int(waiter.ended()));
            complete(x);
        }
        wait_for_completion(stopped);
        answer!(
            "wait={name} returned={} pending={} done={}",
            waiter.returned(),
            waiter.pending(),
            x.done()
        );
        _ = kthread_stop(&stopper);
    }
}

fn order() {
    for all in [false, true] {
        let x = shared(Completion::new());
        let place = shared(AtomicI64::new(0));
        let takes_a_place = || {
            Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || {
                wait_for_completion(x);
                place.fetch_add(1, SeqCst) + 1
            })
        };
        let waiters = [takes_a_place(), takes_a_place(), takes_a_place()];
        let queued = |waiter: &Waiter| waiter.task.waits_on().is_some_and(|on| on.kind == WaitKind::Completion);
        let queued = |waiters: &[Waiter]| int(waiters.iter().any(queued));
        answer!("waiting is_done={} done={} queued={}", int(completion_done(x)), x.done(), queued(&waiters));
        if all {
            complete_all(x);
        }
        for (i, waiter) in waiters.iter().enumerate() {
            if !all {
                complete(x);
            }
            let returned = waiter.returned();
            if !all {
                answer!("waiter={i} place={returned}");
            }
        }
        waiters.iter().for_each(|waiter| until_state(&waiter.task, TASK_UNINTERRUPTIBLE));
        answer!(
            "all={} places={} done={} queued={}",
            int(all),
            place.load(SeqCst),
            x.done(),
            queued(&waiters)
        );
        waiters.into_iter().for_each(Waiter::stop);
    }
}

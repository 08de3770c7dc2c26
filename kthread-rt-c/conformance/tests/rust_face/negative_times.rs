//! Times below zero, as `questions/negative_times.c` asks of them. Where the Rust function takes a
//! `u64`, it is what C's negative `long` becomes as one.

use crate::ask::*;

cases![schedule_timeout, wait_event, completion, bit];

#[derive(Default)]
struct Things {
    queue: WaitQueueHead,
    nothing: Completion,
    flag: AtomicBool,
    word: AtomicU64,
}

impl Things {
    fn is_set(&self) -> bool {
        self.flag.load(SeqCst)
    }
}

type Sleep = fn(&Things) -> i64;

/// What a sleep returns, and whether it has ended by itself.
fn asks(name: &str, sleep: Sleep) {
    let things = shared(Things { word: AtomicU64::new(1), ..Things::default() });
    let after = shared(AtomicU64::new(u64::MAX));
    let ended = shared(Completion::new());
    let returned = shared(AtomicI64::new(0));
    let task = thread(move || {
        returned.store(sleep(things), SeqCst);
        after.store(current().state().bits().into(), SeqCst);
        complete(ended);
        __set_current_state(TASK_RUNNING);
        sleep_until_stopped()
    });
    let by_itself = wait_for_completion_timeout(ended, 3 * HZ) > 0;
    if !by_itself {
        things.flag.store(true, SeqCst);
        wake_up_all(&things.queue);
        wake_up_var(&things.word);
        clear_and_wake_up_bit(&things.word, 0);
        complete_all(&things.nothing);
        wake_up_process(&task);
        wait_for_completion(ended);
        returned.store(0, SeqCst);
    }
    answer!(
        "sleep={name} ended={} returned={} state={:#x}",
        int(by_itself),
        returned.load(SeqCst),
        after.load(SeqCst)
    );
    _ = kthread_stop(&task);
}

/// As the argument of a function that takes jiffies.
const fn minus(jiffies: i64) -> u64 {
    -jiffies as u64
}

fn schedule_timeout() {
    asks("schedule_timeout", |_| {
        set_current_state(TASK_UNINTERRUPTIBLE);
        kthread_rt::schedule_timeout(-1)
    });
    asks("schedule_timeout_running", |_| kthread_rt::schedule_timeout(-1));
    asks("schedule_timeout_lowest", |_| {
        set_current_state(TASK_INTERRUPTIBLE);
        kthread_rt::schedule_timeout(i64::MIN)
    });
    asks("interruptible", |_| schedule_timeout_interruptible(-5));
    asks("uninterruptible", |_| schedule_timeout_uninterruptible(-5));
    asks("killable", |_| schedule_timeout_killable(-5));
    asks("idle", |_| schedule_timeout_idle(-5));
    asks("io", |_| {
        set_current_state(TASK_UNINTERRUPTIBLE);
        io_schedule_timeout(-5)
    });
}

fn wait_event() {
    asks("timeout", |of| int(wait_event_timeout!(of.queue, of.is_set(), minus(1))));
    asks("interruptible_timeout", |of| {
        int(wait_event_interruptible_timeout!(of.queue, of.is_set(), minus(7)))
    });
    asks("killable_timeout", |of| int(wait_event_killable_timeout!(of.queue, of.is_set(), minus(7))));
    asks("idle_timeout", |of| int(wait_event_idle_timeout!(of.queue, of.is_set(), minus(7))));
    asks("hrtimeout", |of| int(wait_event_hrtimeout!(of.queue, of.is_set(), -1)));
    asks("interruptible_hrtimeout", |of| {
        int(wait_event_interruptible_hrtimeout!(of.queue, of.is_set(), -NSEC_PER_MSEC))
    });
    asks("true_timeout", |of| int(wait_event_timeout!(of.queue, true, minus(3))));
    asks("true_interruptible_timeout", |of| int(wait_event_interruptible_timeout!(of.queue, true, minus(3))));
    asks("wait_woken", |of| {
        DEFINE_WAIT_FUNC!(entry, woken_wake_function);
        add_wait_queue(&of.queue, entry);
        wait_woken(entry, TASK_UNINTERRUPTIBLE, -1)
    });
}

fn completion() {
    asks("timeout", |of| int(wait_for_completion_timeout(&of.nothing, minus(1))));
    asks("io_timeout", |of| int(wait_for_completion_io_timeout(&of.nothing, minus(2))));
    asks("interruptible_timeout", |of| {
        int(wait_for_completion_interruptible_timeout(&of.nothing, minus(1)))
    });
    asks("killable_timeout", |of| int(wait_for_completion_killable_timeout(&of.nothing, minus(1))));
    asks("done_timeout", |of| {
        complete(&of.nothing);
        int(wait_for_completion_timeout(&of.nothing, minus(1)))
    });
}

fn bit() {
    asks("wait_on_bit_timeout", |of| int(wait_on_bit_timeout(&of.word, 0, TASK_UNINTERRUPTIBLE, minus(1))));
    asks("wait_var_event_timeout", |of| int(wait_var_event_timeout!(&of.word, of.is_set(), minus(1))));
}

//! Waiting for a bit, as `questions/wait_bit.c` asks of it.

use crate::ask::*;

cases![clear_at_once, woken, signalled, clear_and_signal, signal_before, times, lock_order];

type Word = AtomicU64;
type Wait = fn(&Word, TaskState) -> Result<(), Errno>;

const BIT: u64 = 1 << 3;

const VARIANTS: [(&str, Wait); 5] = [
    ("wait_on_bit", |word, mode| wait_on_bit(word, 3, mode)),
    ("wait_on_bit_io", |word, mode| wait_on_bit_io(word, 3, mode)),
    ("wait_on_bit_timeout", |word, mode| wait_on_bit_timeout(word, 3, mode, 3600 * HZ)),
    ("wait_on_bit_lock", |word, mode| wait_on_bit_lock(word, 3, mode)),
    ("wait_on_bit_lock_io", |word, mode| wait_on_bit_lock_io(word, 3, mode)),
];

fn word(value: u64) -> &'static Word {
    shared(Word::new(value))
}

fn set(word: &Word) -> i64 {
    int(word.load(SeqCst) & BIT != 0)
}

fn begin(word: &'static Word, wait: Wait, mode: TaskState) -> Waiter {
    Waiter::begin(Some(mode), move || wait(word, mode))
}

fn clear_at_once() {
    for (name, wait) in VARIANTS {
        let word = word(!BIT);
        let returned = int(wait(word, TASK_INTERRUPTIBLE));
        let others = int(word.load(SeqCst) | BIT == u64::MAX);
        let state = current().state().bits();
        answer!("wait={name} returned={returned} set={} others={others} state={state:#x}", set(word));
    }
}

fn woken() {
    for (name, wait) in VARIANTS {
        let word = word(BIT);
        let waiter = begin(word, wait, TASK_UNINTERRUPTIBLE);
        wake_up_bit(word, 3);
        until_state(&waiter.task, TASK_UNINTERRUPTIBLE);
        clear_and_wake_up_bit(word, 5);
        until_state(&waiter.task, TASK_UNINTERRUPTIBLE);
        let early = int(waiter.ended());
        clear_and_wake_up_bit(word, 3);
        answer!("wait={name} early={early} returned={} set={}", waiter.returned(), set(word));
        waiter.stop();
    }
}

fn signalled() {
    for (i, (name, wait)) in VARIANTS.into_iter().enumerate() {
        for mode in [TASK_INTERRUPTIBLE, TASK_KILLABLE, TASK_UNINTERRUPTIBLE] {
            for signal in [SIGTERM, SIGKILL] {
                if mode != TASK_INTERRUPTIBLE && i != 0 && i != 3 {
                    continue;
                }
                let word = word(BIT);
                let waiter = begin(word, wait, mode);
                let _ = send_sig(signal, &waiter.task, 1);
                waiter.until_settled(mode);
                let ended = int(waiter.ended());
                clear_and_wake_up_bit(word, 3);
                answer!(
                    "wait={name} mode={:#x} signal={signal} ended={ended} returned={} set={}",
                    mode.bits(),
                    waiter.returned(),
                    set(word)
                );
                waiter.stop();
            }
        }
    }
}

fn clear_and_signal() {
    for i in [0, 2, 3] {
        let (name, wait) = VARIANTS[i];
        let word = word(BIT);
        let waiter = begin(word, wait, TASK_INTERRUPTIBLE);
        word.fetch_and(!BIT, SeqCst);
        let _ = send_sig(SIGTERM, &waiter.task, 1);
        answer!("wait={name} returned={} set={}", waiter.returned(), set(word));
        waiter.stop();
    }
}

fn signal_before() {
    on_thread(|| {
        let _ = allow_signal(SIGTERM);
        let _ = send_sig(SIGTERM, &current(), 1);
        for (name, wait) in VARIANTS {
            let when_clear = int(wait(word(0), TASK_INTERRUPTIBLE));
            let when_set = int(wait(word(BIT), TASK_INTERRUPTIBLE));
            answer!("wait={name} clear={when_clear} set={when_set}");
        }
    });
}

fn times() {
    let set = word(BIT);
    let zero = int(wait_on_bit_timeout(set, 3, TASK_UNINTERRUPTIBLE, 0));
    let some = int(wait_on_bit_timeout(set, 3, TASK_INTERRUPTIBLE, 2));
    let zero_clear = int(wait_on_bit_timeout(word(0), 3, TASK_UNINTERRUPTIBLE, 0));
    answer!("set 0={zero} 2={some} clear 0={zero_clear} state={:#x}", current().state().bits());
}

fn lock_order() {
    let word = word(BIT);
    let begin = || begin(word, VARIANTS[3].1, TASK_UNINTERRUPTIBLE);
    let waiters = [begin(), begin(), begin()];
    for n in 0..3 {
        clear_and_wake_up_bit(word, 3);
        waiters[n].returned();
        let done = waiters.each_ref().map(|waiter| int(waiter.ended()));
        answer!("released={} locked_by={},{},{} set={}", n + 1, done[0], done[1], done[2], set(word));
    }
    waiters.into_iter().for_each(Waiter::stop);
}

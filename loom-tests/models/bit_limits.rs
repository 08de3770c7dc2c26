//! Waits for bits and variables beyond the simplest ones (`wait/bit.rs`, `wait/var.rs`): with a
//! time limit, with an action in place of the sleep, with a signal, and two that share a queue.

use crate::harness::{Bound, Model, actor, asleep, in_small_kernel};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering};
use kthread_rt::__private::model::pass_time;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "bit_in_time",
        claim: "a wait for a bit with a time limit ends when the bit is clear, or with EAGAIN at its time",
        bound: Bound::Preemptions(2),
        outcomes: &["clear", "timed out"],
        run: bit_in_time,
    },
    Model {
        name: "bit_at_once",
        claim: "a wait for a clear bit returns at once, and one without time does not sleep",
        bound: Bound::Complete,
        outcomes: &["as said"],
        run: bit_at_once,
    },
    Model {
        name: "bit_beside_another",
        claim: "a wake-up for one bit of a word leaves the waiter for another asleep, and so does one for a bit that is set again",
        bound: Bound::Preemptions(1),
        outcomes: &["each by its own"],
        run: bit_beside_another,
    },
    Model {
        name: "bit_with_an_action",
        claim: "a wait with an action sleeps in the action, and returns when the bit is clear",
        bound: Bound::Preemptions(2),
        outcomes: &["acted", "clear at once"],
        run: bit_with_an_action,
    },
    Model {
        name: "bit_locked_with_an_action",
        claim: "of two tasks that lock a bit with an action, one has it at a time",
        bound: Bound::Preemptions(2),
        outcomes: &["both"],
        run: bit_locked_with_an_action,
    },
    Model {
        name: "bit_with_an_action_that_fails",
        claim: "an action's error ends the wait, unless the wait has locked the bit all the same",
        bound: Bound::Complete,
        outcomes: &["as said"],
        run: bit_with_an_action_that_fails,
    },
    Model {
        name: "bit_killed_alone",
        claim: "a killed waiter for a bit that stays set returns EINTR; one that locks it after the signal keeps it",
        bound: Bound::Preemptions(1),
        outcomes: &["killed, then kept"],
        run: bit_killed_alone,
    },
    Model {
        name: "bit_woken_in_vain",
        claim: "a waiter for a bit that is woken by another cause waits on, queued once, and gets the bit; one whose time is over looks once more",
        bound: Bound::Preemptions(1),
        outcomes: &["both in the end"],
        run: bit_woken_in_vain,
    },
    Model {
        name: "var_woken_for_all",
        claim: "a signal ends a wait for a variable; a wake-up for the variable wakes all its waiters, also the one that waits again",
        bound: Bound::Preemptions(1),
        outcomes: &["interrupted, then true"],
        run: var_woken_for_all,
    },
    Model {
        name: "var_in_time",
        claim: "a wait for a variable returns when its condition is true, or 0 at its time; it is woken by a change alone",
        bound: Bound::Preemptions(2),
        outcomes: &["true", "timed out"],
        run: var_in_time,
    },
    Model {
        name: "bit_and_var_share_nothing",
        claim: "a wake-up for a bit of a variable does not wake the waiter for the variable, and a wake-up for the variable wakes all of them",
        bound: Bound::Preemptions(1),
        outcomes: &["each by its own"],
        run: bit_and_var_share_nothing,
    },
];

/// A word of bits that loom sees.
struct Word(AtomicU32);

impl BitWord for Word {
    const BITS: u32 = 32;

    fn test_bit(&self, bit: u32) -> bool {
        self.0.load(Ordering::Relaxed) & (1 << bit) != 0
    }

    fn test_and_set_bit(&self, bit: u32) -> bool {
        self.0.fetch_or(1 << bit, Ordering::AcqRel) & (1 << bit) != 0
    }

    fn clear_bit(&self, bit: u32) {
        self.0.fetch_and(!(1 << bit), Ordering::Release);
    }

    fn test_and_clear_bit(&self, bit: u32) -> bool {
        self.0.fetch_and(!(1 << bit), Ordering::AcqRel) & (1 << bit) != 0
    }
}

/// A word with these bits set.
fn word(bits: u32) -> Arc<Word> {
    Arc::new(Word(AtomicU32::new(bits)))
}

/// No task waits in the one queue that a model's bits share.
fn assert_unqueued(word: &Word) {
    assert!(!waitqueue_active(raw_wait::bit_waitqueue(std::ptr::from_ref(word).addr(), 3)));
    assert_eq!(current().state(), TASK_RUNNING);
}

fn bit_in_time() -> String {
    in_small_kernel(|| {
        let word = word(1 << 3);
        let clock = actor(|| pass_time(jiffies_to_nsecs(2)));
        let clears = actor({
            let word = word.clone();
            move || clear_and_wake_up_bit(&*word, 3)
        });
        let began = jiffies();
        let result = wait_on_bit_timeout(&*word, 3, TASK_UNINTERRUPTIBLE, 2);
        if result.is_ok() {
            assert!(!word.test_bit(3));
        } else {
            assert_eq!((result, jiffies() - began), (Err(Errno::EAGAIN), 2));
        }
        assert_unqueued(&word);
        clock.join();
        clears.join();
        assert_eq!(wait_on_bit_lock(&*word, 3, TASK_UNINTERRUPTIBLE), Ok(()), "it can be locked");
        if result.is_ok() { "clear" } else { "timed out" }.to_owned()
    })
}

fn bit_at_once() -> String {
    in_small_kernel(|| {
        let word = word(1 << 3);
        for timeout in [0, u64::MAX] {
            assert_eq!(wait_on_bit_timeout(&*word, 3, TASK_UNINTERRUPTIBLE, timeout), Err(Errno::EAGAIN));
            assert_eq!(wait_on_bit_timeout(&*word, 4, TASK_UNINTERRUPTIBLE, timeout), Ok(()));
        }
        assert_eq!(wait_on_bit(&*word, 4, TASK_UNINTERRUPTIBLE), Ok(()));
        assert!(!test_and_clear_wake_up_bit(&*word, 4) && test_and_clear_wake_up_bit(&*word, 3));
        assert_eq!(wait_on_bit_lock(&*word, 3, TASK_UNINTERRUPTIBLE), Ok(()));
        assert!(word.test_bit(3));
        assert_unqueued(&word);
        "as said".to_owned()
    })
}

fn bit_beside_another() -> String {
    in_small_kernel(|| {
        let word = word(1 << 3 | 1 << 5);
        let waiters = [3, 5].map(|bit| {
            let word = word.clone();
            asleep(move || wait_on_bit(&*word, bit, TASK_UNINTERRUPTIBLE))
        });
        let (locks, locks_task) = asleep({
            let word = word.clone();
            move || wait_on_bit_lock(&*word, 5, TASK_UNINTERRUPTIBLE)
        });
        let [(third, third_task), (fifth, fifth_task)] = waiters;
        let assert_asleep = |tasks: &[&Task]| {
            for task in tasks {
                assert_eq!(task.state(), TASK_UNINTERRUPTIBLE, "it was woken by another bit, or in vain");
            }
        };
        // Cleared and set again before the wake-up.
        word.clear_bit(3);
        assert!(!word.test_and_set_bit(3));
        wake_up_bit(&*word, 3);
        assert_asleep(&[&third_task, &fifth_task, &locks_task]);
        clear_and_wake_up_bit(&*word, 3);
        assert_eq!(third.join(), Ok(()));
        assert_asleep(&[&fifth_task, &locks_task]);
        clear_and_wake_up_bit(&*word, 5);
        assert_eq!(locks.join(), Ok(()));
        // The other one may have been too late.
        clear_and_wake_up_bit(&*word, 5);
        assert_eq!(fifth.join(), Ok(()));
        assert_unqueued(&word);
        "each by its own".to_owned()
    })
}

/// The action of a wait that sleeps as usual.
fn sleeps() -> Result<(), Errno> {
    schedule();
    assert_eq!(current().state(), TASK_RUNNING);
    Ok(())
}

fn bit_with_an_action() -> String {
    in_small_kernel(|| {
        let word = word(1 << 3);
        let clears = actor({
            let word = word.clone();
            move || clear_and_wake_up_bit(&*word, 3)
        });
        let mut acts = 0;
        let result = raw_wait::wait_on_bit_action(&*word, 3, TASK_UNINTERRUPTIBLE, &mut || {
            acts += 1;
            sleeps()
        });
        assert_eq!(result, Ok(()));
        assert!(!word.test_bit(3));
        clears.join();
        assert_unqueued(&word);
        if acts == 0 { "clear at once" } else { "acted" }.to_owned()
    })
}

fn bit_locked_with_an_action() -> String {
    in_small_kernel(|| {
        let word = word(1 << 3);
        let (other, _) = asleep({
            let word = word.clone();
            move || {
                let result = raw_wait::wait_on_bit_lock_action(&*word, 3, TASK_UNINTERRUPTIBLE, &mut sleeps);
                assert!(word.test_bit(3), "it is locked");
                clear_and_wake_up_bit(&*word, 3);
                result
            }
        });
        let clears = actor({
            let word = word.clone();
            move || clear_and_wake_up_bit(&*word, 3)
        });
        let result = raw_wait::wait_on_bit_lock_action(&*word, 3, TASK_UNINTERRUPTIBLE, &mut sleeps);
        assert!(word.test_bit(3), "it is locked");
        clear_and_wake_up_bit(&*word, 3);
        assert_eq!((result, other.join()), (Ok(()), Ok(())));
        clears.join();
        assert!(!word.test_bit(3));
        assert_unqueued(&word);
        "both".to_owned()
    })
}

fn bit_with_an_action_that_fails() -> String {
    in_small_kernel(|| {
        let word = word(1 << 3);
        let fails = &mut || Err(Errno::EBUSY);
        let state = TASK_UNINTERRUPTIBLE;
        assert_eq!(raw_wait::wait_on_bit_action(&*word, 3, state, fails), Err(Errno::EBUSY));
        assert_eq!(raw_wait::wait_on_bit_lock_action(&*word, 3, state, fails), Err(Errno::EBUSY));
        assert_unqueued(&word);
        // The bit is clear when the action fails.
        let clears_and_fails = &mut || {
            assert_eq!(current().state(), TASK_UNINTERRUPTIBLE, "it acts in its state");
            word.clear_bit(3);
            Err(Errno::EBUSY)
        };
        assert_eq!(raw_wait::wait_on_bit_lock_action(&*word, 3, state, clears_and_fails), Ok(()));
        assert!(word.test_bit(3), "it is locked");
        assert_eq!(raw_wait::wait_on_bit_action(&*word, 3, state, clears_and_fails), Err(Errno::EBUSY));
        // An action without effect is repeated.
        let mut acts = 0;
        let clears_at_last = &mut || {
            acts += 1;
            if acts == 3 {
                word.clear_bit(3);
            }
            Ok(())
        };
        assert!(word.0.fetch_or(1 << 3, Ordering::Relaxed) & 1 << 3 == 0);
        assert_eq!(raw_wait::wait_on_bit_action(&*word, 3, state, clears_at_last), Ok(()));
        assert_eq!((acts, word.test_bit(3)), (3, false));
        // Clear at the first look: no action.
        let never = &mut || unreachable!("the bit is clear");
        assert_eq!(raw_wait::wait_on_bit_action(&*word, 3, state, never), Ok(()));
        assert_eq!(raw_wait::wait_on_bit_lock_action(&*word, 3, state, never), Ok(()));
        assert!(word.test_bit(3), "it is locked");
        assert_unqueued(&word);
        "as said".to_owned()
    })
}

fn bit_killed_alone() -> String {
    in_small_kernel(|| {
        let word = word(1 << 3);
        for wait in [wait_on_bit::<Word>, wait_on_bit_lock] {
            let (waiter, task) = asleep({
                let word = word.clone();
                move || wait(&word, 3, TASK_KILLABLE)
            });
            send_sig(SIGKILL, &task, 1).expect("the task is alive");
            assert_eq!(waiter.join(), Err(Errno::EINTR));
            assert!(word.test_bit(3));
        }
        // The bit is cleared without a wake-up, and then the signal comes.
        let (waiter, task) = asleep({
            let word = word.clone();
            move || wait_on_bit(&*word, 3, TASK_KILLABLE)
        });
        word.clear_bit(3);
        send_sig(SIGKILL, &task, 1).expect("the task is alive");
        assert_eq!(waiter.join(), Err(Errno::EINTR), "the signal counts first");
        assert!(!word.test_and_set_bit(3));
        let (waiter, task) = asleep({
            let word = word.clone();
            move || wait_on_bit_lock(&*word, 3, TASK_KILLABLE)
        });
        word.clear_bit(3);
        send_sig(SIGKILL, &task, 1).expect("the task is alive");
        assert_eq!(waiter.join(), Ok(()));
        assert!(word.test_bit(3), "it is locked");
        assert_unqueued(&word);
        "killed, then kept".to_owned()
    })
}

fn bit_woken_in_vain() -> String {
    in_small_kernel(|| {
        let word = word(1 << 3 | 1 << 5);
        let (locks, locks_task) = asleep({
            let word = word.clone();
            move || wait_on_bit_lock(&*word, 3, TASK_UNINTERRUPTIBLE)
        });
        let (limited, _) = asleep({
            let word = word.clone();
            move || wait_on_bit_timeout(&*word, 5, TASK_UNINTERRUPTIBLE, 2)
        });
        assert!(wake_up_process(&locks_task));
        assert!(wait_task_inactive(&locks_task, TASK_RUNNING));
        clear_and_wake_up_bit(&*word, 3);
        assert_eq!(locks.join(), Ok(()));
        assert!(word.test_bit(3), "it is locked");
        // Without a wake-up.
        word.clear_bit(5);
        pass_time(jiffies_to_nsecs(2));
        assert_eq!(limited.join(), Ok(()));
        assert_unqueued(&word);
        "both in the end".to_owned()
    })
}

fn var_woken_for_all() -> String {
    in_small_kernel(|| {
        let word = word(1);
        let (other, _) = asleep({
            let word = word.clone();
            move || wait_var_event!(&*word, !word.test_bit(0))
        });
        let (signalled, task) = asleep({
            let word = word.clone();
            move || {
                let result = wait_var_event_interruptible!(&*word, !word.test_bit(0));
                assert_eq!(current().state(), TASK_RUNNING);
                wait_var_event!(&*word, !word.test_bit(0));
                result
            }
        });
        send_sig(SIGTERM, &task, 1).expect("the task is alive");
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        assert_eq!(task.state(), TASK_UNINTERRUPTIBLE, "it waits again");
        word.0.store(0, Ordering::Relaxed);
        wake_up_var(&*word);
        other.join();
        assert_eq!(signalled.join(), Err(Errno::ERESTARTSYS));
        assert_unqueued(&word);
        "interrupted, then true".to_owned()
    })
}

fn var_in_time() -> String {
    in_small_kernel(|| {
        let word = word(1);
        let clock = actor(|| pass_time(jiffies_to_nsecs(2)));
        let changes = actor({
            let word = word.clone();
            move || {
                // In vain.
                wake_up_var(&*word);
                word.0.store(0, Ordering::Relaxed);
                wake_up_var(&*word);
            }
        });
        let (began, left) = (jiffies(), wait_var_event_timeout!(&*word, !word.test_bit(0), 2));
        if left == 0 {
            assert_eq!(jiffies() - began, 2);
        } else {
            assert!(!word.test_bit(0));
        }
        assert_unqueued(&word);
        clock.join();
        changes.join();
        if left == 0 { "timed out" } else { "true" }.to_owned()
    })
}

fn bit_and_var_share_nothing() -> String {
    in_small_kernel(|| {
        let word = word(1 << 3);
        let (of_var, var_task) = asleep({
            let word = word.clone();
            move || wait_var_event!(&*word, !word.test_bit(3))
        });
        let (of_bit, bit_task) = asleep({
            let word = word.clone();
            move || wait_on_bit(&*word, 3, TASK_UNINTERRUPTIBLE)
        });
        wake_up_var(&*word.clone());
        assert_eq!(bit_task.state(), TASK_UNINTERRUPTIBLE);
        assert!(wait_task_inactive(&var_task, TASK_RUNNING), "its condition is false");
        clear_and_wake_up_bit(&*word, 3);
        assert_eq!(of_bit.join(), Ok(()));
        assert_eq!(var_task.state(), TASK_UNINTERRUPTIBLE);
        wake_up_var(&*word);
        of_var.join();
        assert_unqueued(&word);
        "each by its own".to_owned()
    })
}

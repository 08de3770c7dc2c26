//! Waits for bits and for variables (`wait/bit.rs`, `wait/var.rs`).
//!
//! A bit that serves as a lock admits one task at a time and is handed on; a task that waits for a
//! variable is not left asleep. The words are loom's atomics, which a model sees.

use crate::harness::{Bound, Model, actor, asleep, in_small_kernel, sleeper};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering};
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "bit_lock_of_two",
        claim: "if two tasks lock a bit, it admits one at a time, and the second gets it when the first clears it",
        bound: Bound::Preemptions(3),
        outcomes: &["one waited", "none waited"],
        run: bit_lock_of_two,
    },
    Model {
        name: "bit_lock_killed",
        claim: "a task that is killed while it waits for a bit gets the bit, or leaves the wake-up to the next; the bit can be locked again",
        bound: Bound::Preemptions(2),
        outcomes: &["killed", "locked"],
        run: bit_lock_killed,
    },
    Model {
        name: "bit_lock_in_order",
        claim: "the task that came first gets the bit first, and a wake-up wakes one of the tasks that want to lock it",
        bound: Bound::Preemptions(1),
        outcomes: &["first, then second"],
        run: bit_lock_in_order,
    },
    Model {
        name: "bit_cleared_for_all",
        claim: "a task that waits for a clear bit without locking it is woken with all other waiters; a signal ends its wait",
        bound: Bound::Preemptions(2),
        outcomes: &["clear", "killed"],
        run: bit_cleared_for_all,
    },
    Model {
        name: "wait_var_woken",
        claim: "a wait for a variable returns if the variable was changed before the wake-up",
        bound: Bound::Preemptions(2),
        outcomes: &["at once", "after a sleep"],
        run: wait_var_woken,
    },
];

/// A word of bits that loom sees.
struct Word(AtomicU32);

impl BitWord for Word {
    const BITS: u32 = 32;

    fn test_bit(&self, bit: u32) -> bool {
        self.0.load(Ordering::Acquire) & (1 << bit) != 0
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

/// The bit, and the counter that it protects.
struct Locked {
    word: Word,
    came: UnsafeCell<u32>,
}

// SAFETY: the cell is accessed with the bit locked, which the model checks.
unsafe impl Sync for Locked {}
// SAFETY: as above.
unsafe impl Send for Locked {}

impl Locked {
    /// Returns true if the other task had the bit locked at first.
    fn come(&self) -> bool {
        let waits = self.word.test_bit(3);
        wait_on_bit_lock(&self.word, 3, TASK_UNINTERRUPTIBLE).expect("nothing interrupts it");
        // SAFETY: the bit is locked; loom checks the access.
        self.came.with_mut(|came| unsafe { *came += 1 });
        clear_and_wake_up_bit(&self.word, 3);
        waits
    }

    /// Waits to lock the bit, and counts if it gets it.
    fn come_killable(&self) -> Result<(), Errno> {
        wait_on_bit_lock(&self.word, 3, TASK_KILLABLE)?;
        // SAFETY: as in `come`.
        self.came.with_mut(|came| unsafe { *came += 1 });
        assert!(test_and_clear_wake_up_bit(&self.word, 3), "it was locked");
        Ok(())
    }
}

fn bit_lock_of_two() -> String {
    in_small_kernel(|| {
        let locked = Arc::new(Locked { word: Word(AtomicU32::new(0)), came: UnsafeCell::new(0) });
        let other = sleeper({
            let locked = locked.clone();
            move || locked.come()
        });
        let waited = locked.come() | other.join();
        assert!(!locked.word.test_bit(3));
        // SAFETY: no other thread is left.
        assert_eq!(locked.came.with(|came| unsafe { *came }), 2);
        if waited { "one waited" } else { "none waited" }.to_owned()
    })
}

/// A bit that the caller has locked.
fn locked_bit() -> Arc<Locked> {
    let locked = Arc::new(Locked { word: Word(AtomicU32::new(0)), came: UnsafeCell::new(0) });
    assert!(!locked.word.test_and_set_bit(3));
    locked
}

fn bit_lock_killed() -> String {
    in_small_kernel(|| {
        let locked = locked_bit();
        let (first, task) = asleep({
            let locked = locked.clone();
            move || locked.come_killable()
        });
        let (second, _) = asleep({
            let locked = locked.clone();
            move || locked.come()
        });
        let killer = actor(move || {
            // ESRCH if it has ended.
            let _ = send_sig(SIGKILL, &task, 1);
        });
        clear_and_wake_up_bit(&locked.word, 3);
        second.join();
        let result = first.join();
        killer.join();
        assert!(!locked.word.test_and_set_bit(3), "it can be locked again");
        if result.is_ok() {
            "locked".to_owned()
        } else {
            assert_eq!(result, Err(Errno::EINTR));
            "killed".to_owned()
        }
    })
}

fn bit_lock_in_order() -> String {
    in_small_kernel(|| {
        let locked = locked_bit();
        let [(first, _), (second, second_task)] = [(); 2].map(|()| {
            let locked = locked.clone();
            asleep(move || {
                wait_on_bit_lock(&locked.word, 3, TASK_UNINTERRUPTIBLE).expect("nothing interrupts it");
            })
        });
        clear_and_wake_up_bit(&locked.word, 3);
        first.join();
        assert_eq!(second_task.state(), TASK_UNINTERRUPTIBLE, "it is the first one's turn");
        assert!(locked.word.test_bit(3));
        clear_and_wake_up_bit(&locked.word, 3);
        second.join();
        "first, then second".to_owned()
    })
}

fn bit_cleared_for_all() -> String {
    in_small_kernel(|| {
        let locked = locked_bit();
        let (first, task) = asleep({
            let locked = locked.clone();
            move || {
                let result = wait_on_bit(&locked.word, 3, TASK_KILLABLE);
                assert_eq!(current().state(), TASK_RUNNING);
                result
            }
        });
        let (second, _) = asleep({
            let locked = locked.clone();
            move || wait_on_bit(&locked.word, 3, TASK_UNINTERRUPTIBLE)
        });
        let killer = actor(move || {
            // ESRCH if it has ended.
            let _ = send_sig(SIGKILL, &task, 1);
        });
        clear_and_wake_up_bit(&locked.word, 3);
        assert_eq!(second.join(), Ok(()));
        let result = first.join();
        killer.join();
        assert!(!locked.word.test_bit(3), "no waiter locked it");
        if result.is_ok() { "clear" } else { "killed" }.to_owned()
    })
}

fn wait_var_woken() -> String {
    in_small_kernel(|| {
        let users = Arc::new(AtomicU32::new(1));
        let last = actor({
            let users = users.clone();
            move || {
                users.store(0, Ordering::Relaxed);
                wake_up_var(&*users);
            }
        });
        let mut looks = 0;
        wait_var_event!(&*users, {
            looks += 1;
            users.load(Ordering::Relaxed) == 0
        });
        last.join();
        if looks == 1 { "at once" } else { "after a sleep" }.to_owned()
    })
}

//! Waits for bits and for variables (`wait/bit.rs`, `wait/var.rs`).
//!
//! A bit that is a lock lets one task in at a time and is handed on; who waits for a variable is not left asleep. The words
//! are loom's atomics, which a model sees.

use crate::harness::{Bound, Model, actor, in_small_kernel, sleeper};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicU32, Ordering};
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "bit_lock_of_two",
        claim: "a bit that two tasks lock lets one in at a time, and the second gets it when the first clears it",
        bound: Bound::Preemptions(3),
        outcomes: &["one waited", "nobody waited"],
        run: bit_lock_of_two,
    },
    Model {
        name: "wait_var_woken",
        claim: "a wait for a variable returns, if the variable was changed before the wake-up",
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
}

/// The bit, and what it protects: how many came.
struct Locked {
    word: Word,
    came: UnsafeCell<u32>,
}

// SAFETY: the cell is accessed under the bit only; that it is, is what the model shows.
unsafe impl Sync for Locked {}
// SAFETY: as above.
unsafe impl Send for Locked {}

impl Locked {
    /// True if the bit was locked by the other at first.
    fn come(&self) -> bool {
        let waits = self.word.test_bit(3);
        wait_on_bit_lock(&self.word, 3, TASK_UNINTERRUPTIBLE).expect("nothing interrupts it");
        // SAFETY: as said; loom checks it.
        self.came.with_mut(|came| unsafe { *came += 1 });
        clear_and_wake_up_bit(&self.word, 3);
        waits
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
        // SAFETY: nobody else is left.
        assert_eq!(locked.came.with(|came| unsafe { *came }), 2);
        if waited { "one waited" } else { "nobody waited" }.to_owned()
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

//! RCU (`rcu/mod.rs`).
//!
//! When a wait for readers returns, every reader that was inside has left, and later readers see
//! what was done before the wait. No wait sleeps for ever.

use crate::harness::{Bound, Model, in_small_kernel, sleeper, warnings};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicUsize, Ordering};
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "rcu_reader",
        claim: "what a reader uses is not freed before the reader's section ends",
        bound: Bound::Preemptions(3),
        outcomes: &["old", "new"],
        run: rcu_reader,
    },
    Model {
        name: "rcu_late_reader",
        claim: "a reader that comes after the change of the phase does not end the wait for an earlier one",
        bound: Bound::Preemptions(2),
        outcomes: &["late: new", "late: old"],
        run: rcu_late_reader,
    },
    Model {
        name: "rcu_twice",
        claim: "a second wait is for its own readers, whatever the first has left behind",
        bound: Bound::Preemptions(2),
        outcomes: &["0 0", "0 1", "0 2", "1 1", "1 2", "2 2"],
        run: rcu_twice,
    },
    Model {
        name: "rcu_cookie",
        claim: "a cookie is not reached while a reader is inside that was inside when the cookie was taken, whichever other tasks wait",
        bound: Bound::Preemptions(2),
        outcomes: &["come", "not yet"],
        run: rcu_cookie,
    },
    Model {
        name: "srcu_two_updaters",
        claim: "with two updaters, what a reader uses is not freed, whichever updater removed it",
        bound: Bound::Preemptions(2),
        outcomes: &["0", "1", "2"],
        run: srcu_two_updaters,
    },
    Model {
        name: "rcu_ends_inside",
        claim: "what a reader uses is not freed before the reader's task has ended, and is freed then",
        bound: Bound::Preemptions(3),
        outcomes: &["old", "new"],
        run: rcu_ends_inside,
    },
];

/// Values, one of which is current; and which of them have been freed, recorded in plain memory.
struct Shown {
    domain: SrcuStruct,
    index: AtomicUsize,
    values: [UnsafeCell<u32>; 3],
}

// SAFETY: loom checks the cells' accesses.
unsafe impl Sync for Shown {}
// SAFETY: as above.
unsafe impl Send for Shown {}

impl Shown {
    fn new() -> Arc<Self> {
        let value = |n| UnsafeCell::new(n);
        Arc::new(Self {
            domain: SrcuStruct::new(),
            index: AtomicUsize::new(0),
            values: [value(0), value(1), value(2)],
        })
    }

    /// Called in a section: the current value.
    fn look(&self) -> u32 {
        let index = self.index.load(Ordering::Acquire);
        // SAFETY: loom checks it.
        self.values[index].with(|value| unsafe { *value })
    }

    /// Called after the wait: no reader uses it any more.
    fn free(&self, index: usize) {
        // SAFETY: loom checks it.
        self.values[index].with_mut(|value| unsafe { *value = 99 });
    }
}

fn rcu_reader() -> String {
    in_small_kernel(|| {
        let shown = Shown::new();
        let updater = sleeper({
            let shown = shown.clone();
            move || {
                let old = shown.index.swap(1, Ordering::AcqRel);
                synchronize_rcu();
                shown.free(old);
            }
        });
        rcu_read_lock();
        rcu_read_lock();
        let seen = shown.look();
        rcu_read_unlock();
        assert_eq!(seen, shown.look().min(seen), "a value only changes from old to new");
        rcu_read_unlock();
        updater.join();
        if seen == 0 { "old" } else { "new" }.to_owned()
    })
}

fn rcu_late_reader() -> String {
    in_small_kernel(|| {
        let shown = Shown::new();
        rcu_read_lock();
        let seen = shown.index.load(Ordering::Acquire);
        let updater = sleeper({
            let shown = shown.clone();
            move || {
                let old = shown.index.swap(1, Ordering::AcqRel);
                synchronize_rcu();
                shown.free(old);
            }
        });
        let late = sleeper({
            let shown = shown.clone();
            move || {
                rcu_read_lock();
                let seen = shown.look();
                rcu_read_unlock();
                seen
            }
        });
        let late = late.join();
        // SAFETY: loom checks it: this section is not over.
        assert_eq!(shown.values[seen].with(|value| unsafe { *value }), 0);
        rcu_read_unlock();
        updater.join();
        // Once more: the count that was waited for is 0, and the mutex is free.
        synchronize_rcu();
        if late == 0 { "late: old" } else { "late: new" }.to_owned()
    })
}

fn rcu_twice() -> String {
    in_small_kernel(|| {
        let shown = Shown::new();
        let updater = sleeper({
            let shown = shown.clone();
            move || {
                for next in [1, 2] {
                    let old = shown.index.swap(next, Ordering::AcqRel);
                    synchronize_rcu();
                    shown.free(old);
                }
            }
        });
        let seen = [(); 2].map(|()| {
            rcu_read_lock();
            let seen = shown.look();
            rcu_read_unlock();
            seen
        });
        updater.join();
        format!("{} {}", seen[0], seen[1])
    })
}

fn rcu_cookie() -> String {
    in_small_kernel(|| {
        let updaters = [(); 2].map(|()| sleeper(synchronize_rcu));
        rcu_read_lock();
        let cookie = get_state_synchronize_rcu();
        assert!(!poll_state_synchronize_rcu(cookie), "this reader is inside");
        rcu_read_unlock();
        for updater in updaters {
            updater.join();
        }
        let come = poll_state_synchronize_rcu(cookie);
        synchronize_rcu();
        assert!(poll_state_synchronize_rcu(cookie), "a whole grace period has passed");
        if come { "come" } else { "not yet" }.to_owned()
    })
}

fn rcu_ends_inside() -> String {
    in_small_kernel(|| {
        let shown = Shown::new();
        let updater = sleeper({
            let shown = shown.clone();
            move || {
                let old = shown.index.swap(1, Ordering::AcqRel);
                synchronize_rcu();
                shown.free(old);
            }
        });
        let reader = sleeper({
            let shown = shown.clone();
            move || {
                rcu_read_lock();
                rcu_read_lock();
                shown.look()
            }
        });
        let seen = reader.join();
        updater.join();
        assert_eq!(warnings(), [WarningKind::LockMisuse]);
        if seen == 0 { "old" } else { "new" }.to_owned()
    })
}

fn srcu_two_updaters() -> String {
    in_small_kernel(|| {
        let shown = Shown::new();
        let update = |shown: &Shown, to| {
            let old = shown.index.swap(to, Ordering::AcqRel);
            synchronize_srcu(&shown.domain);
            shown.free(old);
        };
        let other = sleeper({
            let shown = shown.clone();
            move || update(&shown, 1)
        });
        let reader = sleeper({
            let shown = shown.clone();
            move || {
                let section = srcu_read_lock(&shown.domain);
                let seen = shown.look();
                srcu_read_unlock(&shown.domain, section);
                seen
            }
        });
        update(&shown, 2);
        other.join();
        reader.join().to_string()
    })
}

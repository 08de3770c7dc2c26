//! RCU (`rcu/mod.rs`).
//!
//! When a wait for readers returns, every reader that was inside has left, and later readers see
//! what was done before the wait. No wait sleeps for ever.

use crate::harness::{Actor, Bound, Model, actor, in_small_kernel, prepared, sleeper, warnings};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::__private::model::loom::sync::atomic::{AtomicUsize, Ordering, fence};
use kthread_rt::__private::model::loom::thread::yield_now;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;
use std::sync::{Arc as StdArc, Weak};

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
    Model {
        name: "rcu_polled",
        claim: "what a task removed before it took a cookie may be freed when the cookie is reached, whichever task waited",
        bound: Bound::Preemptions(2),
        outcomes: &["freed, new", "freed, old", "not yet, new", "not yet, old"],
        run: rcu_polled,
    },
    Model {
        name: "rcu_barrier_before_sections",
        claim: "the beginning of a wait is a full barrier for the sections that begin after it",
        bound: Bound::Preemptions(2),
        outcomes: &["0 0 1", "0 1 0", "0 1 1", "1 0 0", "1 0 1", "1 1 0", "1 1 1"],
        run: rcu_barrier_before_sections,
    },
    Model {
        name: "rcu_barrier_after_sections",
        claim: "the end of a wait is a full barrier for the sections that ended before it",
        bound: Bound::Preemptions(2),
        outcomes: &["0 0 1", "0 1 0", "0 1 1", "1 0 0", "1 0 1", "1 1 0", "1 1 1"],
        run: rcu_barrier_after_sections,
    },
    Model {
        name: "rcu_polling_is_a_barrier",
        claim: "a cookie that was reached is a full barrier, as a wait is",
        bound: Bound::Complete,
        outcomes: &["0 1", "1 0", "1 1"],
        run: rcu_polling_is_a_barrier,
    },
    Model {
        name: "rcu_misused",
        claim: "an unlock without a section ends none, and one level that the end of a task leaves open is ended, in either count",
        bound: Bound::Preemptions(2),
        outcomes: &["ended"],
        run: rcu_misused,
    },
    Model {
        name: "rcu_task_ends",
        claim: "a task that ends while readers are inside is kept until the last of them has left, and is freed then",
        bound: Bound::Preemptions(3),
        outcomes: &["freed"],
        run: rcu_task_ends,
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

fn rcu_polled() -> String {
    in_small_kernel(|| {
        let shown = Shown::new();
        let waiter = sleeper(synchronize_rcu);
        let reader = sleeper({
            let shown = shown.clone();
            move || {
                rcu_read_lock();
                let seen = shown.look();
                rcu_read_unlock();
                seen
            }
        });
        shown.index.store(1, Ordering::Release);
        let cookie = get_state_synchronize_rcu();
        let come = poll_state_synchronize_rcu(cookie);
        if come {
            shown.free(0);
        }
        let seen = reader.join();
        waiter.join();
        cond_synchronize_rcu(cookie);
        assert!(poll_state_synchronize_rcu(cookie), "a whole grace period has passed");
        shown.free(0);
        format!("{}, {}", if come { "freed" } else { "not yet" }, if seen == 0 { "old" } else { "new" })
    })
}

/// Three words, and how the tasks of a model access them: without an ordering of their own.
struct Words([AtomicUsize; 3]);

impl Words {
    fn new() -> Arc<Self> {
        Arc::new(Self([0; 3].map(AtomicUsize::new)))
    }

    fn set(&self, word: usize) {
        self.0[word].store(1, Ordering::Relaxed);
    }

    fn get(&self, word: usize) -> usize {
        self.0[word].load(Ordering::Relaxed)
    }

    /// Starts a task that sets one word, and then reads another in the same section.
    fn section(words: &Arc<Self>, sets: usize, reads: usize) -> Actor<usize> {
        let words = words.clone();
        sleeper(move || {
            rcu_read_lock();
            words.set(sets);
            let read = words.get(reads);
            rcu_read_unlock();
            read
        })
    }

    /// Starts a thread that sets one word, and then reads another behind a full barrier.
    fn fenced(words: &Arc<Self>, sets: usize, reads: usize) -> Actor<usize> {
        let words = words.clone();
        actor(move || {
            words.set(sets);
            fence(Ordering::SeqCst);
            words.get(reads)
        })
    }

    /// Sets one word, waits for the readers, and reads another.
    fn waited(&self, sets: usize, reads: usize) -> usize {
        self.set(sets);
        synchronize_rcu();
        self.get(reads)
    }
}

fn rcu_barrier_before_sections() -> String {
    in_small_kernel(|| {
        let words = Words::new();
        let section = Words::section(&words, 0, 1);
        let fenced = Words::fenced(&words, 1, 2);
        let waited = words.waited(2, 0);
        format!("{} {} {waited}", section.join(), fenced.join())
    })
}

fn rcu_barrier_after_sections() -> String {
    in_small_kernel(|| {
        let words = Words::new();
        let section = Words::section(&words, 0, 1);
        let fenced = Words::fenced(&words, 2, 0);
        let waited = words.waited(1, 2);
        format!("{} {} {waited}", section.join(), fenced.join())
    })
}

fn rcu_polling_is_a_barrier() -> String {
    in_small_kernel(|| {
        let words = Words::new();
        let fenced = Words::fenced(&words, 0, 1);
        words.set(1);
        assert!(poll_state_synchronize_rcu(get_completed_synchronize_rcu()));
        let polled = words.get(0);
        format!("{} {polled}", fenced.join())
    })
}

fn rcu_misused() -> String {
    in_small_kernel(|| {
        for _ in 0..2 {
            rcu_read_unlock();
            assert_eq!(warnings(), [WarningKind::LockMisuse]);
            assert!(!rcu_read_lock_held());
            let reader = sleeper(rcu_read_lock);
            // It changes the count in which the next reader is.
            synchronize_rcu();
            reader.join();
            assert_eq!(warnings(), [WarningKind::LockMisuse]);
        }
        might_sleep();
        assert_eq!(warnings(), []);
        rcu_read_lock();
        might_sleep();
        assert_eq!(warnings(), [WarningKind::SleepingWhileAtomic]);
        synchronize_rcu();
        assert_eq!(warnings(), [WarningKind::Deadlock]);
        assert!(rcu_read_lock_held());
        rcu_read_unlock();
        let domain = SrcuStruct::new();
        srcu_read_unlock(&domain, 0);
        srcu_read_unlock(&domain, 2);
        assert_eq!(warnings(), [WarningKind::LockMisuse; 2]);
        synchronize_srcu(&domain);
        "ended".to_owned()
    })
}

fn rcu_task_ends() -> String {
    in_small_kernel(|| {
        // A Kernel keeps its handler of warnings, and a task its Kernel.
        let kernels = prepared(|| {
            [(); 2].map(|()| {
                let kept = StdArc::new(());
                let is_kept = StdArc::downgrade(&kept);
                let kernel = Kernel::builder().on_warning(move |_| drop(kept.clone())).boot_on_demand();
                (kernel.expect("a model's Kernel boots"), is_kept)
            })
        });
        let freed = kernels.each_ref().map(|(_, is_kept)| is_kept.clone());
        let read = |(kernel, is_kept): (Kernel, Weak<()>)| {
            rcu_read_lock();
            // Its tasks end.
            drop(kernel);
            yield_now();
            assert_eq!(is_kept.strong_count(), 1, "a task was freed under a reader");
            rcu_read_unlock();
        };
        let [first, second] = kernels;
        let other = sleeper(move || read(first));
        read(second);
        other.join();
        freed.iter().for_each(|is_kept| assert_eq!(is_kept.strong_count(), 0, "a task was not freed"));
        // A shutdown may sleep, and so may not be in a section.
        assert_eq!(warnings(), [WarningKind::SleepingWhileAtomic; 2]);
        "freed".to_owned()
    })
}

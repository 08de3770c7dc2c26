//! Percpu_rwsems (`percpu_rwsem/mod.rs`, `lock_queue.rs`).
//!
//! A writer is exclusive, whatever slots the readers are counted in; readers see what the last
//! writer did, and a writer what all readers did. No waiter is forgotten, and none is overtaken by
//! a later one.

use super::locks::{self, ReadersAndWriters, excludes, two_readers, two_writers, waiting, with};
use crate::harness::{Actor, Bound, Model, in_small_kernel};
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "percpu_rwsem_excludes",
        claim: "a reader reads before or after the writer's change, never in the middle of it",
        bound: Bound::Preemptions(3),
        outcomes: &["before", "after"],
        run: excludes::<RawPercpuRwSemaphore>,
    },
    Model {
        name: "percpu_rwsem_two_writers",
        claim: "two writers and a reader get it, the writers one after the other",
        bound: Bound::Preemptions(2),
        outcomes: &["read 0", "read 1", "read 2"],
        run: two_writers::<RawPercpuRwSemaphore>,
    },
    Model {
        name: "percpu_rwsem_two_readers",
        claim: "two readers in different slots and a writer all get it, and none is forgotten",
        bound: Bound::Preemptions(2),
        outcomes: &["read 0 and 0", "read 0 and 1", "read 1 and 0", "read 1 and 1"],
        run: two_readers::<RawPercpuRwSemaphore>,
    },
    Model {
        name: "percpu_rwsem_readers_before_writer",
        claim: "a writer sees all that both readers before it did, though other tasks released their locks",
        bound: Bound::Preemptions(2),
        outcomes: &["read 0 and 0"],
        run: readers_before_writer,
    },
    Model {
        name: "percpu_rwsem_in_order",
        claim: "a waiting reader, writer and reader get it in this order",
        bound: Bound::Preemptions(2),
        outcomes: &["read 1 and 2"],
        run: in_order,
    },
    Model {
        name: "percpu_rwsem_trylock",
        claim: "a trylock takes it, or reports that a writer holds it or waits",
        bound: Bound::Preemptions(3),
        outcomes: &["a writer holds it or waits", "read 0", "read 1"],
        run: trylock,
    },
    Model {
        name: "percpu_rwsem_let_go_by_another",
        claim: "a reader's lock that another task releases is counted out once, while a third task reads",
        bound: Bound::Preemptions(2),
        outcomes: &["free"],
        run: let_go_by_another,
    },
    Model {
        name: "percpu_rwsem_trylock_without_writer",
        claim: "a trylock takes it if no writer holds it or waits, also while another task counts out a reader of another slot",
        bound: Bound::Preemptions(3),
        outcomes: &["taken"],
        run: trylock_without_writer,
    },
];

type Guarded = locks::Guarded<RawPercpuRwSemaphore>;

impl ReadersAndWriters for RawPercpuRwSemaphore {
    fn lock_read(&self) {
        percpu_down_read(self);
    }

    fn unlock_read(&self) {
        percpu_up_read(self);
    }

    fn lock_write(&self) {
        percpu_down_write(self);
    }

    fn unlock_write(&self) {
        percpu_up_write(self);
    }

    fn is_free(&self) -> bool {
        !percpu_is_write_locked(self) && !percpu_is_read_locked(self)
    }
}

fn readers_before_writer() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        // Both are in this task's slot, and other tasks release them.
        percpu_down_read(&guarded.lock);
        percpu_down_read(&guarded.lock);
        let reader = |guarded: &Guarded| {
            let value = guarded.value();
            percpu_up_read(&guarded.lock);
            value
        };
        let (one, two) = (with(&guarded, reader), with(&guarded, reader));
        guarded.write();
        let (one, two) = (one.join(), two.join());
        guarded.assert_free();
        format!("read {one} and {two}")
    })
}

fn in_order() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        percpu_down_write(&guarded.lock);
        let (first, _) = waiting(&guarded, Guarded::read);
        let (writer, _) = waiting(&guarded, Guarded::write);
        let (second, _) = waiting(&guarded, Guarded::read);
        guarded.change();
        percpu_up_write(&guarded.lock);
        let (first, second) = (first.join(), second.join());
        writer.join();
        guarded.assert_free();
        format!("read {first} and {second}")
    })
}

fn trylock() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let writer = with(&guarded, Guarded::write);
        let outcome = if percpu_down_read_trylock(&guarded.lock) {
            let value = guarded.value();
            percpu_up_read(&guarded.lock);
            format!("read {value}")
        } else {
            "a writer holds it or waits".to_owned()
        };
        writer.join();
        guarded.assert_free();
        outcome
    })
}

fn let_go_by_another() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        percpu_down_read(&guarded.lock);
        let another = with(&guarded, |guarded| percpu_up_read(&guarded.lock));
        let third = with(&guarded, Guarded::read);
        another.join();
        third.join();
        guarded.assert_free();
        "free".to_owned()
    })
}

fn trylock_without_writer() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        percpu_down_read(&guarded.lock);
        percpu_down_read(&guarded.lock);
        // Their pids are consecutive, so one of them is not counted in this task's slot.
        let others = [(); 2].map(|()| with(&guarded, |guarded| percpu_up_read(&guarded.lock)));
        let taken = percpu_down_read_trylock(&guarded.lock);
        others.into_iter().for_each(Actor::join);
        if taken {
            assert!(percpu_is_read_locked(&guarded.lock));
            percpu_up_read(&guarded.lock);
        }
        guarded.assert_free();
        if taken { "taken" } else { "refused" }.to_owned()
    })
}

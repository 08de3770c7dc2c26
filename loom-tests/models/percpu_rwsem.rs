//! Percpu_rwsems (`percpu_rwsem/mod.rs`, `lock_queue.rs`).
//!
//! A writer is exclusive, whatever slots the readers are counted in; readers see what the last
//! writer did, and a writer what all readers did. No waiter is forgotten, and none is overtaken by
//! a later one.

use super::locks::{
    self, ReadersAndWriters, address_of, assert_at_rest, excludes, held, oopses, readers_together,
    two_readers, two_writers, waiting, with,
};
use crate::harness::{Actor, Bound, Model, in_small_kernel, prepared, warnings};
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::diag::WarningKind;
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
    Model {
        name: "percpu_rwsem_held",
        claim: "the holders and the next ones find it held as they hold it",
        bound: Bound::Preemptions(2),
        outcomes: &["read 1"],
        run: || percpu_held(percpu_down_read, percpu_up_read),
    },
    Model {
        name: "percpu_rwsem_held_for_writing",
        claim: "two writers in turn and a reader find it held as they hold it",
        bound: Bound::Preemptions(2),
        outcomes: &["read 1"],
        run: || percpu_held(percpu_down_write, percpu_up_write),
    },
    Model {
        name: "percpu_rwsem_readers_together",
        claim: "a writer lets in two waiting readers, and both hold it at once",
        bound: Bound::Preemptions(2),
        outcomes: &["together"],
        run: readers_together::<RawPercpuRwSemaphore>,
    },
    Model {
        name: "percpu_rwsem_let_go_beside_another",
        claim: "a reader that another task counts out is counted out once, while a reader of that task's slot comes and goes",
        bound: Bound::Preemptions(3),
        outcomes: &["free"],
        run: let_go_beside_another,
    },
    Model {
        name: "percpu_rwsem_passed_on",
        claim: "the writer's lock can be passed to another task, which releases it to the waiter",
        bound: Bound::Preemptions(2),
        outcomes: &["read 2"],
        run: passed_on,
    },
    Model {
        name: "percpu_rwsem_read_unlock_too_many",
        claim: "a reader's release without a reader warns and lets no one in beside the writer",
        bound: Bound::Preemptions(2),
        outcomes: &["read 1"],
        run: read_unlock_too_many,
    },
    Model {
        name: "percpu_rwsem_guarded",
        claim: "guards unlock when they are dropped",
        bound: Bound::Preemptions(2),
        outcomes: &["1", "2"],
        run: guarded_data,
    },
    Model {
        name: "percpu_rwsem_misused",
        claim: "each misuse warns and changes nothing: locking it again as its writer, releasing what is not held, freeing it too early",
        bound: Bound::Complete,
        outcomes: &["refused"],
        run: misused,
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
        guarded.end();
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
        guarded.end();
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
        guarded.end();
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
        guarded.end();
        "free".to_owned()
    })
}

fn let_go_beside_another() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        percpu_down_read(&guarded.lock);
        let mine = current().pid();
        let (gate, next) = (Arc::new(Completion::new()), || prepared(|| with(&guarded, |_| ()).join()));
        // Pids are consecutive. Both tasks are in the slot that is not this task's.
        next();
        let (one, _) = waiting(&guarded, {
            let opened = gate.clone();
            move |guarded| {
                assert_eq!((current().pid() - mine) % 2, 1);
                wait_for_completion(&opened);
                percpu_up_read(&guarded.lock);
            }
        });
        next();
        let two = with(&guarded, move |guarded| {
            assert_eq!((current().pid() - mine) % 2, 1);
            guarded.read();
        });
        complete(&gate);
        one.join();
        two.join();
        guarded.end();
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
        guarded.end();
        if taken { "taken" } else { "refused" }.to_owned()
    })
}

fn percpu_held(down: fn(&RawPercpuRwSemaphore), up: fn(&RawPercpuRwSemaphore)) -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let lock = &guarded.lock;
        assert!(!percpu_rwsem_is_held(lock));
        down(lock);
        assert!(percpu_rwsem_is_held(lock));
        assert_eq!(percpu_is_read_locked(lock), held().is_empty());
        let (writer, _) = waiting(&guarded, |guarded| {
            percpu_down_write(&guarded.lock);
            assert!(percpu_rwsem_is_held(&guarded.lock) && percpu_is_write_locked(&guarded.lock));
            assert_eq!(held(), [address_of(&guarded.lock)]);
            guarded.change();
            percpu_up_write(&guarded.lock);
        });
        let (reader, _) = waiting(&guarded, |guarded| {
            percpu_down_read(&guarded.lock);
            assert!(percpu_rwsem_is_held(&guarded.lock));
            let value = guarded.value();
            percpu_up_read(&guarded.lock);
            value
        });
        // While a writer waits, no one is let in.
        assert!(!percpu_is_read_locked(lock) && !percpu_down_read_trylock(lock));
        up(lock);
        let read = reader.join();
        writer.join();
        guarded.end();
        format!("read {read}")
    })
}

fn passed_on() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        percpu_down_write(&guarded.lock);
        let (reader, _) = waiting(&guarded, Guarded::read);
        guarded.change();
        percpu_rwsem_release(&guarded.lock, false);
        assert!(held().is_empty() && !percpu_rwsem_is_held(&guarded.lock));
        let other = with(&guarded, |guarded| {
            percpu_rwsem_acquire(&guarded.lock, false);
            assert_eq!(held(), [address_of(&guarded.lock)]);
            guarded.change();
            percpu_up_write(&guarded.lock);
        });
        other.join();
        let read = reader.join();
        guarded.end();
        format!("read {read}")
    })
}

fn read_unlock_too_many() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        percpu_down_write(&guarded.lock);
        let (writer, _) = waiting(&guarded, Guarded::write);
        percpu_up_read(&guarded.lock);
        assert_eq!(warnings(), [WarningKind::LockMisuse]);
        let changed = guarded.change();
        percpu_up_write(&guarded.lock);
        writer.join();
        guarded.end();
        format!("read {changed}")
    })
}

fn guarded_data() -> String {
    in_small_kernel(|| {
        let shared = Arc::new(PercpuRwSemaphore::new(0));
        let count = |shared: &PercpuRwSemaphore<u32>| {
            let mut guard = shared.write();
            *guard += 1;
            *guard
        };
        let other = with(&shared, count);
        let mine = count(&shared);
        assert_eq!(mine + other.join(), 3);
        let reader = shared.read();
        assert!(*reader == 2 && shared.is_read_locked() && shared.try_read().is_some());
        drop(reader);
        assert!(!shared.is_read_locked() && !shared.is_write_locked());
        assert_at_rest();
        mine.to_string()
    })
}

fn misused() -> String {
    in_small_kernel(|| {
        const MISUSE: WarningKind = WarningKind::LockMisuse;
        let guarded = Guarded::new();
        let lock = &guarded.lock;
        percpu_up_read(lock);
        percpu_up_write(lock);
        percpu_rwsem_release(lock, false);
        percpu_rwsem_acquire(lock, false);
        assert_eq!(warnings(), [MISUSE; 4]);
        percpu_free_rwsem(lock);
        assert_eq!(warnings(), []);
        percpu_down_read(lock);
        percpu_free_rwsem(lock);
        percpu_up_write(lock);
        percpu_rwsem_acquire(lock, false);
        assert_eq!(warnings(), [MISUSE; 3]);
        assert!(percpu_is_read_locked(lock) && !percpu_is_write_locked(lock));
        percpu_up_read(lock);
        percpu_down_write(lock);
        assert!(oopses(|| percpu_down_read(lock)) && oopses(|| percpu_down_write(lock)));
        assert_eq!(warnings(), [WarningKind::Deadlock; 2]);
        percpu_free_rwsem(lock);
        percpu_rwsem_acquire(lock, false);
        assert_eq!(warnings(), [MISUSE; 2]);
        let by_another = |f: fn(&RawPercpuRwSemaphore)| {
            prepared(|| with(&guarded, move |guarded| f(&guarded.lock)).join());
            assert_eq!(warnings(), [MISUSE]);
        };
        by_another(percpu_up_write);
        by_another(|lock| percpu_rwsem_release(lock, false));
        by_another(|lock| percpu_rwsem_acquire(lock, false));
        prepared(|| with(&guarded, |guarded| assert!(!percpu_rwsem_is_held(&guarded.lock))).join());
        assert!(percpu_rwsem_is_held(lock) && held() == [address_of(lock)]);
        percpu_up_write(lock);
        guarded.end();
        "refused".to_owned()
    })
}

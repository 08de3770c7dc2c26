//! Percpu_rwsems (`percpu_rwsem/mod.rs`, `lock_queue.rs`).
//!
//! A writer is alone, whatever slots the readers are counted in; readers see what the last writer did, and a writer what all readers
//! did. Nobody who waits is forgotten, and nobody is overtaken by who comes later.

use crate::harness::{Actor, Bound, Model, in_small_kernel, prepared, sleeper};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "percpu_rwsem_excludes",
        claim: "a reader reads before or after the writer's change, never in the middle of it",
        bound: Bound::Preemptions(3),
        outcomes: &["before", "after"],
        run: excludes,
    },
    Model {
        name: "percpu_rwsem_two_writers",
        claim: "two writers and a reader get it, the writers one after the other",
        bound: Bound::Preemptions(2),
        outcomes: &["read 0", "read 1", "read 2"],
        run: two_writers,
    },
    Model {
        name: "percpu_rwsem_two_readers",
        claim: "two readers that are counted apart and a writer get it, and none is forgotten",
        bound: Bound::Preemptions(2),
        outcomes: &["read 0 and 0", "read 0 and 1", "read 1 and 0", "read 1 and 1"],
        run: two_readers,
    },
    Model {
        name: "percpu_rwsem_readers_before_writer",
        claim: "a writer comes after all that both readers did whom it waited for, though others let their locks go",
        bound: Bound::Preemptions(2),
        outcomes: &["read 0 and 0"],
        run: readers_before_writer,
    },
    Model {
        name: "percpu_rwsem_in_order",
        claim: "a reader, a writer and a reader that wait get it in this order",
        bound: Bound::Preemptions(2),
        outcomes: &["read 1 and 2"],
        run: in_order,
    },
    Model {
        name: "percpu_rwsem_trylock",
        claim: "a trylock takes it, or says that a writer is about",
        bound: Bound::Preemptions(3),
        outcomes: &["a writer is about", "read 0", "read 1"],
        run: trylock,
    },
    Model {
        name: "percpu_rwsem_let_go_by_another",
        claim: "a reader's lock that another task lets go is counted out once, while a third reads",
        bound: Bound::Preemptions(2),
        outcomes: &["free"],
        run: let_go_by_another,
    },
    Model {
        name: "percpu_rwsem_trylock_without_writer",
        claim: "a trylock takes it if no writer is about, also while another task counts out a reader that is not in its slot",
        bound: Bound::Preemptions(3),
        outcomes: &["taken"],
        run: trylock_without_writer,
    },
];

struct Guarded {
    sem: RawPercpuRwSemaphore,
    value: UnsafeCell<u32>,
}

impl Guarded {
    fn new() -> Arc<Self> {
        Arc::new(Self { sem: RawPercpuRwSemaphore::new(), value: UnsafeCell::new(0) })
    }

    fn change(&self) {
        // SAFETY: loom checks it.
        self.value.with_mut(|value| unsafe { *value += 1 });
    }

    fn value(&self) -> u32 {
        // SAFETY: loom checks it.
        self.value.with(|value| unsafe { *value })
    }

    fn read(&self) -> u32 {
        percpu_down_read(&self.sem);
        let value = self.value();
        percpu_up_read(&self.sem);
        value
    }

    fn write(&self) {
        percpu_down_write(&self.sem);
        self.change();
        percpu_up_write(&self.sem);
    }

    fn assert_free(&self) {
        assert!(!percpu_is_write_locked(&self.sem) && !percpu_is_read_locked(&self.sem));
    }
}

fn with<T: 'static>(guarded: &Arc<Guarded>, f: impl FnOnce(&Guarded) -> T + 'static) -> Actor<T> {
    let guarded = guarded.clone();
    sleeper(move || f(&guarded))
}

/// [`with`], where the actor has gone to sleep behind the lock. Not explored.
fn waiting<T: 'static>(guarded: &Arc<Guarded>, f: impl FnOnce(&Guarded) -> T + 'static) -> Actor<T> {
    prepared(|| {
        let (tell, told) = std::sync::mpsc::channel();
        let began = Arc::new(Completion::new());
        let begins = began.clone();
        let waiter = with(guarded, move |guarded| {
            tell.send(current()).expect("the model listens");
            complete(&begins);
            drop(begins);
            f(guarded)
        });
        wait_for_completion(&began);
        let task = told.recv().expect("the waiter has said who it is");
        assert!(wait_task_inactive(&task, TASK_RUNNING));
        waiter
    })
}

fn excludes() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let writer = with(&guarded, Guarded::write);
        let read = guarded.read();
        writer.join();
        guarded.assert_free();
        if read == 0 { "before" } else { "after" }.to_owned()
    })
}

fn two_writers() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let (one, two) = (with(&guarded, Guarded::write), with(&guarded, Guarded::write));
        let read = guarded.read();
        one.join();
        two.join();
        guarded.assert_free();
        assert_eq!(guarded.value(), 2);
        format!("read {read}")
    })
}

fn two_readers() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let (one, two) = (with(&guarded, Guarded::read), with(&guarded, Guarded::read));
        guarded.write();
        let (one, two) = (one.join(), two.join());
        guarded.assert_free();
        format!("read {one} and {two}")
    })
}

fn readers_before_writer() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        // Both in this task's slot, and let go on tasks of their own.
        percpu_down_read(&guarded.sem);
        percpu_down_read(&guarded.sem);
        let reader = |guarded: &Guarded| {
            let value = guarded.value();
            percpu_up_read(&guarded.sem);
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
        percpu_down_write(&guarded.sem);
        let first = waiting(&guarded, Guarded::read);
        let writer = waiting(&guarded, Guarded::write);
        let second = waiting(&guarded, Guarded::read);
        guarded.change();
        percpu_up_write(&guarded.sem);
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
        let outcome = if percpu_down_read_trylock(&guarded.sem) {
            let value = guarded.value();
            percpu_up_read(&guarded.sem);
            format!("read {value}")
        } else {
            "a writer is about".to_owned()
        };
        writer.join();
        guarded.assert_free();
        outcome
    })
}

fn let_go_by_another() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        percpu_down_read(&guarded.sem);
        let another = with(&guarded, |guarded| percpu_up_read(&guarded.sem));
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
        percpu_down_read(&guarded.sem);
        let another = with(&guarded, |guarded| percpu_up_read(&guarded.sem));
        let taken = percpu_down_read_trylock(&guarded.sem);
        another.join();
        if taken {
            assert!(percpu_is_read_locked(&guarded.sem));
            percpu_up_read(&guarded.sem);
        }
        guarded.assert_free();
        if taken { "taken" } else { "refused" }.to_owned()
    })
}

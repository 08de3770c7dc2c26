//! Reader-writer spinlocks (`rwlock/mod.rs`).
//!
//! A writer is alone, readers are among themselves; what a writer did is visible to the readers after it, and what a reader did to the
//! writer after it. Nobody is left asleep.

use crate::harness::{Bound, Model, in_small_kernel, sleeper};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::prelude::*;

pub(crate) const MODELS: &[Model] = &[
    Model {
        name: "rwlock_writers",
        claim: "two writers change plain memory one after the other",
        bound: Bound::Preemptions(3),
        outcomes: &["main first", "other first"],
        run: rwlock_writers,
    },
    Model {
        name: "rwlock_reader_and_writer",
        claim: "a reader sees all that the writer did, or nothing, and neither sleeps on",
        bound: Bound::Preemptions(3),
        outcomes: &["before", "after"],
        run: rwlock_reader_and_writer,
    },
    Model {
        name: "rwlock_writer_among_readers",
        claim: "a writer that two readers keep out gets in, and so does a reader that waits for the writer",
        bound: Bound::Preemptions(2),
        outcomes: &["00", "01", "10", "11"],
        run: rwlock_writer_among_readers,
    },
];

struct Guarded {
    lock: RawRwLock,
    data: UnsafeCell<u32>,
}

// SAFETY: loom checks the cell's accesses.
unsafe impl Sync for Guarded {}
// SAFETY: as above.
unsafe impl Send for Guarded {}

impl Guarded {
    fn new() -> Arc<Self> {
        Arc::new(Self { lock: RawRwLock::new(), data: UnsafeCell::new(0) })
    }

    fn write(&self) -> u32 {
        write_lock(&self.lock);
        // SAFETY: loom checks it.
        let now = self.data.with_mut(|data| unsafe {
            *data += 1;
            *data
        });
        // SAFETY: locked above.
        unsafe { write_unlock(&self.lock) };
        now
    }

    fn read(&self) -> u32 {
        read_lock(&self.lock);
        // SAFETY: loom checks it.
        let now = self.data.with(|data| unsafe { *data });
        // SAFETY: locked above.
        unsafe { read_unlock(&self.lock) };
        now
    }
}

fn rwlock_writers() -> String {
    in_small_kernel(|| {
        let shared = Guarded::new();
        let other = sleeper({
            let shared = shared.clone();
            move || shared.write()
        });
        let mine = shared.write();
        assert_eq!(mine + other.join(), 3);
        assert!(!rwlock_is_locked(&shared.lock) && !in_atomic());
        if mine == 1 { "main first" } else { "other first" }.to_owned()
    })
}

fn rwlock_reader_and_writer() -> String {
    in_small_kernel(|| {
        let shared = Guarded::new();
        let writer = sleeper({
            let shared = shared.clone();
            move || shared.write()
        });
        let seen = shared.read();
        writer.join();
        assert!(!rwlock_is_locked(&shared.lock));
        if seen == 0 { "before" } else { "after" }.to_owned()
    })
}

fn rwlock_writer_among_readers() -> String {
    in_small_kernel(|| {
        let shared = Guarded::new();
        let reader = sleeper({
            let shared = shared.clone();
            move || shared.read()
        });
        let writer = sleeper({
            let shared = shared.clone();
            move || shared.write()
        });
        let mine = shared.read();
        let other = reader.join();
        writer.join();
        assert_eq!(shared.read(), 1);
        format!("{mine}{other}")
    })
}

//! Reader-writer spinlocks (`rwlock/mod.rs`).
//!
//! A writer is exclusive, readers share it; the readers after a writer see what it did, and the
//! writer after a reader sees what that did. No waiter is left asleep.

use super::locks::{self, ReadersAndWriters, excludes, with};
use crate::harness::{Bound, Model, in_small_kernel};
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
        claim: "a reader sees all that the writer did, or nothing, and neither sleeps for ever",
        bound: Bound::Preemptions(3),
        outcomes: &["before", "after"],
        run: excludes::<RawRwLock>,
    },
    Model {
        name: "rwlock_writer_among_readers",
        claim: "a writer that two readers exclude gets in, and so does a reader that waits for the writer",
        bound: Bound::Preemptions(2),
        outcomes: &["00", "01", "10", "11"],
        run: rwlock_writer_among_readers,
    },
];

type Guarded = locks::Guarded<RawRwLock>;

impl ReadersAndWriters for RawRwLock {
    fn lock_read(&self) {
        read_lock(self);
    }

    fn unlock_read(&self) {
        // SAFETY: the scenes have locked it.
        unsafe { read_unlock(self) };
    }

    fn lock_write(&self) {
        write_lock(self);
    }

    fn unlock_write(&self) {
        // SAFETY: as above.
        unsafe { write_unlock(self) };
    }

    fn is_free(&self) -> bool {
        !rwlock_is_locked(self)
    }
}

fn rwlock_writers() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let other = with(&guarded, Guarded::write);
        let mine = guarded.write();
        assert_eq!(mine + other.join(), 3);
        assert!(!rwlock_is_locked(&guarded.lock) && !in_atomic());
        if mine == 1 { "main first" } else { "other first" }.to_owned()
    })
}

fn rwlock_writer_among_readers() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let reader = with(&guarded, Guarded::read);
        let writer = with(&guarded, Guarded::write);
        let mine = guarded.read();
        let other = reader.join();
        writer.join();
        assert_eq!(guarded.read(), 1);
        format!("{mine}{other}")
    })
}

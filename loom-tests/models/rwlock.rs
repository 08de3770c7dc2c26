//! Reader-writer spinlocks (`rwlock/mod.rs`).
//!
//! A writer is exclusive, readers share it; the readers after a writer see what it did, and the
//! writer after a reader sees what that did. No waiter is left asleep.

use super::locks::{self, ReadersAndWriters, excludes, two_readers, two_writers, with};
use crate::harness::{Bound, Model, in_small_kernel, warnings};
use kthread_rt::diag::WarningKind;
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
    Model {
        name: "rwlock_two_writers",
        claim: "two writers and a reader get it, the writers one after the other",
        bound: Bound::Preemptions(2),
        outcomes: &["read 0", "read 1", "read 2"],
        run: two_writers::<RawRwLock>,
    },
    Model {
        name: "rwlock_two_readers",
        claim: "two readers and a writer all get it, and each unlock wakes whom it lets in",
        bound: Bound::Preemptions(2),
        outcomes: &["read 0 and 0", "read 0 and 1", "read 1 and 0", "read 1 and 1"],
        run: two_readers::<RawRwLock>,
    },
    Model {
        name: "rwlock_waiting_writer_first",
        claim: "while a writer waits, neither a new reader nor a trying writer gets it before the writer",
        bound: Bound::Preemptions(3),
        outcomes: &["the writer waits", "the writer comes later"],
        run: waiting_writer_first,
    },
    Model {
        name: "rwlock_waiting_reader",
        claim: "a reader that waits for a writer shows, reads what the writer did, and leaves no trace",
        bound: Bound::Preemptions(3),
        outcomes: &["the reader waits", "the reader comes later"],
        run: waiting_reader,
    },
    Model {
        name: "rwlock_in_callback",
        claim: "a reader in a callback joins the readers, also while a writer waits",
        bound: Bound::Preemptions(1),
        outcomes: &["a writer waits", "no writer waits"],
        run: in_callback,
    },
    Model {
        name: "rwlock_misused",
        claim: "an unlock of what is not locked in this mode warns and changes nothing",
        bound: Bound::Complete,
        outcomes: &["refused"],
        run: misused,
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
        !rwlock_is_locked(self) && !rwlock_is_contended(self) && !in_atomic()
    }
}

fn rwlock_writers() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let other = with(&guarded, Guarded::write);
        let mine = guarded.write();
        assert_eq!(mine + other.join(), 3);
        guarded.end();
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
        guarded.end();
        format!("{mine}{other}")
    })
}

fn waiting_writer_first() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let lock = &guarded.lock;
        read_lock(lock);
        assert!(read_trylock(lock) && !write_trylock(lock));
        lock.unlock_read();
        let writer = with(&guarded, Guarded::write);
        let waits = rwlock_is_contended(lock);
        if read_trylock(lock) {
            assert!(!waits, "a reader overtook the writer");
            lock.unlock_read();
        }
        lock.unlock_read();
        if write_trylock(lock) {
            assert!(guarded.change() == 2 || !waits, "another writer overtook it");
            lock.unlock_write();
        }
        writer.join();
        guarded.end();
        if waits { "the writer waits" } else { "the writer comes later" }.to_owned()
    })
}

fn waiting_reader() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let lock = &guarded.lock;
        assert!(write_trylock(lock) && !read_trylock(lock) && !write_trylock(lock));
        let reader = with(&guarded, Guarded::read);
        let waits = rwlock_is_contended(lock);
        guarded.change();
        lock.unlock_write();
        assert_eq!(reader.join(), 1);
        guarded.end();
        if waits { "the reader waits" } else { "the reader comes later" }.to_owned()
    })
}

/// A lock that outlives the callback with this pointer.
#[derive(Clone, Copy)]
struct At(*const Guarded);

// SAFETY: the threads of a model are one thread for the compiler, and loom checks them.
unsafe impl Send for At {}

impl At {
    fn get(&self) -> &Guarded {
        // SAFETY: as the type says.
        unsafe { &*self.0 }
    }
}

fn in_callback() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::new();
        let at = At(&raw const *guarded);
        let waits = std::sync::Arc::new(std::sync::Mutex::new(None));
        let tasklet = Tasklet::new({
            let waits = waits.clone();
            move |_| {
                let guarded = at.get();
                *waits.lock().expect("no panic") = Some(rwlock_is_contended(&guarded.lock));
                assert!(read_trylock(&guarded.lock), "another reader has it");
                assert_eq!(guarded.value(), 0);
                guarded.lock.unlock_read();
            }
        });
        read_lock(&guarded.lock);
        let writer = with(&guarded, Guarded::write);
        tasklet_schedule(&tasklet);
        // Only so can the callback come before the unlock in all executions.
        tasklet_kill(&tasklet);
        assert_eq!(warnings(), [WarningKind::SleepingWhileAtomic]);
        guarded.lock.unlock_read();
        writer.join();
        drop(tasklet);
        guarded.end();
        let waits = waits.lock().expect("no panic").take();
        match waits {
            Some(true) => "a writer waits",
            Some(false) => "no writer waits",
            None => "the callback did not run",
        }
        .to_owned()
    })
}

fn misused() -> String {
    in_small_kernel(|| {
        const MISUSE: WarningKind = WarningKind::LockMisuse;
        let guarded = Guarded::new();
        let lock = &guarded.lock;
        lock.unlock_read();
        lock.unlock_write();
        assert_eq!(warnings(), [MISUSE; 2]);
        read_lock(lock);
        lock.unlock_write();
        assert!(rwlock_is_locked(lock) && !write_trylock(lock));
        lock.unlock_read();
        write_lock(lock);
        lock.unlock_read();
        assert!(rwlock_is_locked(lock) && !read_trylock(lock));
        lock.unlock_write();
        assert_eq!(warnings(), [MISUSE; 2]);
        guarded.end();
        "refused".to_owned()
    })
}

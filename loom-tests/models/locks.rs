//! Shared code for the models of locks: memory that a lock protects, waiters for it, and a lock
//! that its last user frees.
//!
//! [`assert_at_rest`] is for the end of a model, [`oopses`] for calls that don't return. It also
//! has the scenes of all reader-writer locks: [`excludes`], [`two_writers`], [`two_readers`],
//! [`readers_together`].

use crate::harness::{Actor, asleep, in_small_kernel, sleeper};
use kthread_rt::__private::model::loom::cell::UnsafeCell;
use kthread_rt::__private::model::loom::sync::Arc;
use kthread_rt::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A lock and memory that it protects.
pub(crate) struct Guarded<L> {
    pub(crate) lock: L,
    value: UnsafeCell<u32>,
}

impl<L: Default> Default for Guarded<L> {
    fn default() -> Self {
        Self { lock: L::default(), value: UnsafeCell::new(0) }
    }
}

impl<L: Default> Guarded<L> {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }
}

impl<L> Guarded<L> {
    /// The work of an exclusive holder; returns what it made of the memory.
    pub(crate) fn change(&self) -> u32 {
        // SAFETY: loom checks it.
        self.value.with_mut(|value| unsafe {
            *value += 1;
            *value
        })
    }

    pub(crate) fn value(&self) -> u32 {
        // SAFETY: loom checks it.
        self.value.with(|value| unsafe { *value })
    }
}

/// Starts a thread that does `f` with the data that it shares with the others.
pub(crate) fn with<S: 'static, T: 'static>(shared: &Arc<S>, f: impl FnOnce(&S) -> T + 'static) -> Actor<T> {
    let shared = shared.clone();
    sleeper(move || f(&shared))
}

/// [`with`], and waits until the thread sleeps behind the lock. Not explored.
pub(crate) fn waiting<S: 'static, T: 'static>(
    shared: &Arc<S>,
    f: impl FnOnce(&S) -> T + 'static,
) -> (Actor<T>, Task) {
    let shared = shared.clone();
    asleep(move || f(&shared))
}

/// The address of a lock, as in the list of held ones.
pub(crate) fn address_of<L>(lock: &L) -> usize {
    std::ptr::from_ref(lock).addr()
}

/// The addresses of the locks that the calling task holds, of the kinds with one owner.
pub(crate) fn held() -> Vec<usize> {
    current().held_locks().iter().map(|held| held.address).collect()
}

/// Checks that the calling task holds no lock, runs, and waits for nothing.
pub(crate) fn assert_at_rest() {
    assert_eq!(held(), []);
    let me = current();
    assert_eq!((me.state(), me.waits_on()), (TASK_RUNNING, None));
}

/// True if `f` ends its thread, as an oops does.
pub(crate) fn oopses(f: impl FnOnce()) -> bool {
    catch_unwind(AssertUnwindSafe(f)).is_err()
}

/// How a wait ended that a signal may end.
pub(crate) fn locked_or_killed(result: Result<(), Errno>) -> String {
    match result {
        Ok(()) => "locked",
        Err(Errno::EINTR) => "killed",
        Err(_) => "another error",
    }
    .to_owned()
}

/// A lock on the heap, and the number of its remaining users, which the lock protects. The last
/// user frees it.
pub(crate) struct Counted<L>(*mut (L, UnsafeCell<u32>));

impl<L> Clone for Counted<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for Counted<L> {}

impl<L> Counted<L> {
    pub(crate) fn new(lock: L, users: u32) -> Self {
        Self(Box::into_raw(Box::new((lock, UnsafeCell::new(users)))))
    }

    pub(crate) fn lock(&self) -> &L {
        // SAFETY: the models claim that it is valid where it is used; loom checks it.
        unsafe { &(*self.0).0 }
    }

    /// Removes one user, which holds the lock and releases it by `unlock`; the last one frees the
    /// lock. Returns true if this was the last.
    pub(crate) fn put(self, unlock: impl FnOnce(&L)) -> bool {
        // SAFETY: as above.
        let last = unsafe {
            (*self.0).1.with_mut(|users| {
                *users -= 1;
                *users == 0
            })
        };
        unlock(self.lock());
        if last {
            // SAFETY: made by `new`, freed once.
            drop(unsafe { Box::from_raw(self.0) });
        }
        last
    }
}

/// A lock for one writer or many readers.
pub(crate) trait ReadersAndWriters: Default + 'static {
    fn lock_read(&self);
    fn unlock_read(&self);
    fn lock_write(&self);
    fn unlock_write(&self);
    /// True if no task holds it and none waits.
    fn is_free(&self) -> bool;
}

impl<L: ReadersAndWriters> Guarded<L> {
    pub(crate) fn read(&self) -> u32 {
        self.lock.lock_read();
        let value = self.value();
        self.lock.unlock_read();
        value
    }

    /// The value that the holder made of the memory.
    pub(crate) fn write(&self) -> u32 {
        self.lock.lock_write();
        let value = self.change();
        self.lock.unlock_write();
        value
    }

    pub(crate) fn assert_free(&self) {
        assert!(self.lock.is_free());
    }

    /// Checks that it is free, and that it can be used again.
    pub(crate) fn end(&self) {
        self.assert_free();
        let changed = self.write();
        assert_eq!(self.read(), changed);
        self.assert_free();
        assert_at_rest();
    }
}

pub(crate) fn excludes<L: ReadersAndWriters>() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::<L>::new();
        let writer = with(&guarded, Guarded::write);
        let read = guarded.read();
        writer.join();
        guarded.end();
        if read == 0 { "before" } else { "after" }.to_owned()
    })
}

pub(crate) fn two_writers<L: ReadersAndWriters>() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::<L>::new();
        let (one, two) = (with(&guarded, Guarded::write), with(&guarded, Guarded::write));
        let read = guarded.read();
        let mut written = [one.join(), two.join()];
        written.sort_unstable();
        assert_eq!(written, [1, 2]);
        guarded.end();
        format!("read {read}")
    })
}

pub(crate) fn two_readers<L: ReadersAndWriters>() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::<L>::new();
        let (one, two) = (with(&guarded, Guarded::read), with(&guarded, Guarded::read));
        guarded.write();
        let (one, two) = (one.join(), two.join());
        guarded.end();
        format!("read {one} and {two}")
    })
}

pub(crate) fn readers_together<L: ReadersAndWriters>() -> String {
    in_small_kernel(|| {
        let guarded = Guarded::<L>::new();
        guarded.lock.lock_write();
        // Each releases it only once the other has it: they wait for each other with the lock held.
        let (mine, yours) = (Arc::new(Completion::new()), Arc::new(Completion::new()));
        let meet = |mine: Arc<Completion>, yours: Arc<Completion>| {
            move |guarded: &Guarded<L>| {
                guarded.lock.lock_read();
                assert_eq!(guarded.value(), 1);
                complete(&mine);
                wait_for_completion(&yours);
                guarded.lock.unlock_read();
            }
        };
        let (one, _) = waiting(&guarded, meet(mine.clone(), yours.clone()));
        let (two, _) = waiting(&guarded, meet(yours, mine));
        guarded.change();
        guarded.lock.unlock_write();
        one.join();
        two.join();
        guarded.end();
        "together".to_owned()
    })
}

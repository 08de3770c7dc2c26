//! Counts of RCU readers, and the ended tasks that readers may still use.
//!
//! [`Readers`] is the counting half of `rcu`. It is here, in a lower layer, because the end of a
//! task needs it: C code walks the lists of tasks in an `rcu_read_lock` section, and a task that it
//! has reached must not be freed.
//!
//! # The end of a task
//!
//! The ending task takes itself off the lists, and then checks whether there are readers. If there
//! are none, it drops the pid table's reference at once: a later reader does not find the task.
//! Otherwise it moves the reference to [`LIMBO`], which the last reader empties. The task adds the
//! reference before it checks (again), and a reader leaves before it checks LIMBO; one lock
//! protects the count. So either the task finds no reader, or the last reader finds the reference.

use crate::diag::too_many;
use crate::sync::{self, AtomicU32, Mutex, Ordering, RawSpinLock, UnsafeCell, const_fn};
use crate::task::Task;
use std::mem;

/// Two counts of readers, and a phase that says in which one new readers are counted.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Readers {
    lock: RawSpinLock,
    book: UnsafeCell<Book>,
}

/// Protected by the lock.
#[derive(Debug)]
#[repr(C)]
struct Book {
    phase: u32,
    readers: [u32; 2],
    /// The waiter for the other count to become 0.
    drains: Option<Waiter>,
}

/// The callback that the last reader calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiter {
    tell: unsafe fn(*const ()),
    on: *const (),
}

impl Waiter {
    /// # Safety
    ///
    /// If [`Readers::change_phase`] returns true, the last reader calls `tell(on)` once, on any
    /// thread. That call is sound until then.
    pub(crate) const unsafe fn new(tell: unsafe fn(*const ()), on: *const ()) -> Self {
        Self { tell, on }
    }
}

// SAFETY: the lock protects the book, and a waiter's callback may be called on any thread
// (`Waiter::new`).
unsafe impl Send for Readers {}
// SAFETY: as above.
unsafe impl Sync for Readers {}

crate::__declare_static!(
    /// The tasks in `rcu_read_lock` sections.
    pub(crate) TASK_READERS: Readers = Readers::new()
);

impl Readers {
    const_fn! {
        /// No readers.
        pub(crate) const fn new() -> Self {
            Self {
                lock: RawSpinLock::new(),
                book: UnsafeCell::new(Book { phase: 0, readers: [0; 2], drains: None }),
            }
        }
    }

    fn locked<R>(&self, f: impl FnOnce(&mut Book) -> R) -> R {
        self.lock.lock();
        // SAFETY: the lock is held; `f` does not unwind.
        let result = self.book.with_mut(|book| f(unsafe { &mut *book }));
        // SAFETY: locked above.
        unsafe { RawSpinLock::unlock(&raw const self.lock) };
        result
    }

    /// Counts a reader in. Returns which count it is in.
    pub(crate) fn enter(&self) -> u32 {
        self.locked(|book| {
            let readers = &mut book.readers[book.phase as usize];
            *readers = readers.checked_add(1).unwrap_or_else(|| too_many("sections of RCU or SRCU"));
            book.phase
        })
    }

    /// Counts a reader out of that count. False if the count is 0.
    pub(crate) fn leave(&self, phase: u32) -> bool {
        let (was_there, waiter) = self.locked(|book| {
            let Some(readers) = book.readers.get_mut(phase as usize).filter(|n| **n > 0) else {
                return (false, None);
            };
            *readers -= 1;
            let last = *readers == 0 && phase != book.phase;
            (true, if last { book.drains.take() } else { None })
        });
        if let Some(waiter) = waiter {
            // SAFETY: the contract of `Waiter::new` allows one call; the waiter was taken out of
            // the book for it.
            unsafe { (waiter.tell)(waiter.on) };
        }
        was_there
    }

    /// Counts new readers in the other count from now on. True if the old count has readers: the
    /// last of them calls `waiter`.
    pub(crate) fn change_phase(&self, waiter: Waiter) -> bool {
        self.locked(|book| {
            let old = book.phase as usize;
            book.phase ^= 1;
            book.drains = (book.readers[old] != 0).then_some(waiter);
            book.drains.is_some()
        })
    }

    /// The count in which new readers are counted at this moment.
    pub(crate) fn phase(&self) -> u32 {
        self.locked(|book| book.phase)
    }

    /// True if there are no readers.
    fn are_none(&self) -> bool {
        self.locked(|book| book.readers == [0; 2])
    }
}

/// References to ended tasks, until no reader is left.
struct Limbo {
    /// Not 0 if there are any.
    any: AtomicU32,
    tasks: Mutex<Vec<Task>>,
}

crate::__declare_static!(LIMBO: Limbo = Limbo::new());

impl Limbo {
    const_fn! {
        const fn new() -> Self {
            Self { any: AtomicU32::new(0), tasks: Mutex::new(Vec::new()) }
        }
    }

    fn add(&self, mut more: Vec<Task>) {
        let mut tasks = self.tasks.lock();
        tasks.append(&mut more);
        // Relaxed: the last reader takes the readers' lock after the caller's check under it; see
        // the module.
        self.any.store(1, Ordering::Relaxed);
    }

    fn take(&self) -> Vec<Task> {
        let mut tasks = self.tasks.lock();
        self.any.store(0, Ordering::Relaxed);
        mem::take(&mut *tasks)
    }
}

/// Drops the pid table's reference to a task once no reader is left that may have found the task on
/// a list.
pub(crate) fn put_after_readers(task: Option<Task>) {
    let Some(task) = task else { return };
    if !sync::has_readers() || TASK_READERS.are_none() {
        return drop(task);
    }
    LIMBO.add(vec![task]);
    empty_limbo();
}

/// Called after a reader has left [`TASK_READERS`].
#[inline]
pub(crate) fn reader_has_left() {
    if LIMBO.any.load(Ordering::Relaxed) != 0 {
        empty_limbo();
    }
}

#[cold]
fn empty_limbo() {
    while TASK_READERS.are_none() {
        // Take the references before the check: later readers may have found tasks that are added
        // later.
        let tasks = LIMBO.take();
        if tasks.is_empty() {
            return;
        }
        if TASK_READERS.are_none() {
            return drop(tasks);
        }
        // A reader came meanwhile. It may have left already, and found nothing here: check again.
        LIMBO.add(tasks);
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::Readers;
    use crate::diag::tests::assert_aborts;

    #[test]
    fn a_count_of_readers_does_not_begin_anew() {
        let readers = Readers::new();
        readers.locked(|book| book.readers[0] = u32::MAX - 1);
        assert_eq!(readers.enter(), 0);
        assert!(!readers.are_none());
        let name = "sched::readers::tests::a_count_of_readers_does_not_begin_anew";
        assert_aborts(name, "sections of RCU or SRCU", || _ = readers.enter());
    }
}

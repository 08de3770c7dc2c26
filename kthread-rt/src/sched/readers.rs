//! Readers that count themselves in and out; and the tasks that have ended while some of them may
//! still be looking.
//!
//! [`Readers`] is the counting half of `rcu`. It is here, below it, because the end of a task needs
//! it: C code walks the lists of tasks in a section of `rcu_read_lock`, and a task that it stands
//! on must not go.
//!
//! # The end of a task
//!
//! Who ends a task takes it off the lists, and then asks whether a reader is inside. If none is,
//! the reference goes at once: a reader that comes later does not find the task. If one is, the
//! reference goes to [`LIMBO`], and the reader that leaves last empties that. The task is put there
//! before its ender asks (again), and a reader leaves before it looks there; the count has one
//! lock. So either the ender finds that nobody is inside, or the last reader finds the task.

use crate::diag::too_many;
use crate::sync::{self, AtomicU32, Mutex, Ordering, RawSpinLock, UnsafeCell, const_fn};
use crate::task::Task;
use std::mem;

/// Two counts of readers, and a phase that says which one new readers are counted in.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Readers {
    lock: RawSpinLock,
    book: UnsafeCell<Book>,
}

/// Under the lock.
#[derive(Debug)]
#[repr(C)]
struct Book {
    phase: u32,
    readers: [u32; 2],
    /// Who waits for the other count to be 0.
    drains: Option<Waiter>,
}

/// Whom the last reader tells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Waiter {
    tell: unsafe fn(*const ()),
    on: *const (),
}

impl Waiter {
    /// # Safety
    ///
    /// [`Readers::change_phase`] that returns true lets the last reader call `tell` with `on`,
    /// once, on any thread: that is sound until then.
    pub(crate) const unsafe fn new(tell: unsafe fn(*const ()), on: *const ()) -> Self {
        Self { tell, on }
    }
}

// SAFETY: the book is accessed under the lock only, and a waiter may be told on any thread.
unsafe impl Send for Readers {}
// SAFETY: as above.
unsafe impl Sync for Readers {}

crate::__declare_static!(
    /// Who is inside a section of `rcu_read_lock`.
    pub(crate) TASK_READERS: Readers = Readers::new()
);

impl Readers {
    const_fn! {
        /// Nobody.
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

    /// A reader comes in; which count it is in.
    pub(crate) fn enter(&self) -> u32 {
        self.locked(|book| {
            let readers = &mut book.readers[book.phase as usize];
            *readers = readers.checked_add(1).unwrap_or_else(|| too_many("sections of RCU or SRCU"));
            book.phase
        })
    }

    /// A reader of that count leaves. False if there is none.
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
            // SAFETY: by the contract of `Waiter::new`; it was in the book, and is no more.
            unsafe { (waiter.tell)(waiter.on) };
        }
        was_there
    }

    /// New readers are counted in the other count from now on. True if there are some in the one
    /// before: the last of them tells `waiter`.
    pub(crate) fn change_phase(&self, waiter: Waiter) -> bool {
        self.locked(|book| {
            let old = book.phase as usize;
            book.phase ^= 1;
            book.drains = (book.readers[old] != 0).then_some(waiter);
            book.drains.is_some()
        })
    }

    /// The count that new readers are in at this moment.
    pub(crate) fn phase(&self) -> u32 {
        self.locked(|book| book.phase)
    }

    /// True if nobody is inside.
    fn are_none(&self) -> bool {
        self.locked(|book| book.readers == [0; 2])
    }
}

/// Tasks that have ended, until no reader is left.
struct Limbo {
    /// Not 0 if there are some.
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
        // Relaxed: who has to see it has the readers' lock after the caller, see the module's text.
        self.any.store(1, Ordering::Relaxed);
    }

    fn take(&self) -> Vec<Task> {
        let mut tasks = self.tasks.lock();
        self.any.store(0, Ordering::Relaxed);
        mem::take(&mut *tasks)
    }
}

/// Lets the pid table's reference to a task go, if it had one, when no reader is left that may have
/// found the task on a list.
pub(crate) fn put_after_readers(task: Option<Task>) {
    let Some(task) = task else { return };
    if !sync::has_readers() || TASK_READERS.are_none() {
        return drop(task);
    }
    LIMBO.add(vec![task]);
    empty_limbo();
}

/// A reader of [`TASK_READERS`] has left.
#[inline]
pub(crate) fn reader_has_left() {
    if LIMBO.any.load(Ordering::Relaxed) != 0 {
        empty_limbo();
    }
}

#[cold]
fn empty_limbo() {
    while TASK_READERS.are_none() {
        // Taken first: what comes later may have been found by a reader that came later.
        let tasks = LIMBO.take();
        if tasks.is_empty() {
            return;
        }
        if TASK_READERS.are_none() {
            return drop(tasks);
        }
        // A reader came meanwhile. It may have left, too, and found nothing here.
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

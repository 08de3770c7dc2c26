//! The class of ww_mutexes, which issues stamps, and the acquire context, which has one.
//!
//! # Invariants
//!
//! * Only the context's task writes `acquired`. Other tasks read it under the lock of a queue in
//!   which that task waits on behalf of this context; the task does not write it during that wait.
//! * Only the context's task accesses `done` and `contending`.
//! * Other tasks access a context only while it holds or waits for a ww_mutex, under the lock of
//!   that ww_mutex's queue.

use super::WwMutex;
use crate::diag::WarningKind;
use crate::errno::Errno;
use crate::sched::with_current;
use crate::sync::{AtomicU32, AtomicU64, Life, Ordering, UnsafeCell, const_fn, plain_memory};
use crate::task::TaskStruct;
use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::ptr;

/// `struct ww_class`: a class of ww_mutexes that are taken together, and how conflicts between them
/// are resolved. Plain memory; zeroed memory is a wound/wait class.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// DEFINE_WW_CLASS!(static BUFFERS);
/// DEFINE_WD_CLASS!(static CRTCS);
/// assert!(!BUFFERS.is_wait_die() && CRTCS.is_wait_die());
/// ```
#[derive(Debug)]
#[repr(C)]
pub struct WwClass {
    stamp: AtomicU64,
    is_wait_die: u32,
}

plain_memory!(WwClass: 16);

impl WwClass {
    const_fn! {
        /// Makes a wound/wait class: an older context makes a younger one back off. The kernel's
        /// `DEFINE_WW_CLASS`.
        pub const fn wound_wait() -> Self {
            Self { stamp: AtomicU64::new(0), is_wait_die: 0 }
        }
    }

    const_fn! {
        /// Makes a wait/die class: a younger context backs off rather than wait for an older one.
        /// The kernel's `DEFINE_WD_CLASS`.
        pub const fn wait_die() -> Self {
            Self { stamp: AtomicU64::new(0), is_wait_die: 1 }
        }
    }

    /// Returns true for wait/die, false for wound/wait.
    pub fn is_wait_die(&self) -> bool {
        self.is_wait_die != 0
    }
}

/// The phases of a context; the kernel's `done_acquire` has only the first two.
const ACQUIRES: u32 = 0;
const DONE: u32 = 1;
const FINISHED: u32 = 2;

/// `struct ww_acquire_ctx`: one transaction that takes several ww_mutexes of a class. Plain memory,
/// on the stack of its task.
///
/// Its stamp is its age: a context that began earlier is older, and in a conflict the older one
/// wins. A context that backs off keeps its stamp, so at some point it is the oldest.
///
/// New Rust code should use [`WwClass::acquire`], which cannot be misused.
#[repr(C)]
pub struct WwAcquireCtx {
    task: *const TaskStruct,
    stamp: u64,
    acquired: UnsafeCell<u32>,
    /// Not 0 if an older context waits for a lock that this one holds. Set under the lock of that
    /// queue; cleared by the context's task while it holds no lock.
    wounded: AtomicU32,
    is_wait_die: u32,
    done: Cell<u32>,
    class: *const WwClass,
    /// The ww_mutex that returned `EDEADLK` last; only compared.
    contending: Cell<*const WwMutex>,
    life: Life,
}

plain_memory!(WwAcquireCtx: 48);

impl WwAcquireCtx {
    /// Begins a context of the calling task, with the next stamp of `class`:
    /// [`ww_acquire_init`](super::ww_acquire_init).
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let class = WwClass::wound_wait();
    /// let (older, younger) = (WwAcquireCtx::new(&class), WwAcquireCtx::new(&class));
    /// assert!(older.stamp() < younger.stamp());
    /// assert_eq!(older.acquired(), 0);
    /// ```
    pub fn new(class: &WwClass) -> Self {
        with_current(|me| Self {
            task: me,
            // Relaxed: stamps only have to be unique.
            stamp: class.stamp.fetch_add(1, Ordering::Relaxed).wrapping_add(1),
            acquired: UnsafeCell::new(0),
            wounded: AtomicU32::new(0),
            is_wait_die: class.is_wait_die,
            done: Cell::new(ACQUIRES),
            class,
            contending: Cell::new(ptr::null()),
            life: Life::new(),
        })
    }

    /// Returns its stamp: the smaller, the older.
    pub fn stamp(&self) -> u64 {
        self.stamp
    }

    /// Returns how many locks it holds.
    pub fn acquired(&self) -> u32 {
        // SAFETY: the module's invariants.
        self.acquired.with(|acquired| unsafe { *acquired })
    }

    pub(super) fn is_wait_die(&self) -> bool {
        self.is_wait_die != 0
    }

    pub(super) fn has_locks(&self) -> bool {
        self.acquired() != 0
    }

    pub(super) fn is_younger_than(&self, other: &Self) -> bool {
        self.life.touch();
        other.life.touch();
        // Stamps may wrap.
        self.stamp.wrapping_sub(other.stamp).cast_signed() > 0
    }

    /// Prepares a lock call of the context's task. `EINVAL`, with a warning, for another task: a
    /// wound wakes the task that holds the context's locks, so that task must be the one that
    /// waits.
    #[inline]
    pub(super) fn begin(
        &self,
        me: &TaskStruct,
        call: &str,
        place: &'static Location<'static>,
    ) -> Result<(), Errno> {
        if !ptr::eq(self.task, me) {
            me.warn(WarningKind::BadArgument, call, place, "the acquire context is another task's");
            return Err(Errno::EINVAL);
        }
        if !self.has_locks() {
            // No task can wound it now: it holds no lock that a task could wait for.
            self.wounded.store(0, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Wounds it. Returns true if it was not wounded yet; then the caller must wake its task.
    pub(super) fn wound(&self) -> bool {
        // Relaxed: the fences in the wake-up and in the task's change of state order it.
        self.wounded.swap(1, Ordering::Relaxed) == 0
    }

    pub(super) fn is_wounded(&self) -> bool {
        self.wounded.load(Ordering::Relaxed) != 0
    }

    /// Counts one more lock.
    pub(super) fn count_in(&self) {
        // SAFETY: the module's invariants.
        self.acquired.with_mut(|acquired| unsafe { *acquired += 1 });
    }

    /// Counts one lock less. Returns false if it held none.
    pub(super) fn count_out(&self) -> bool {
        // SAFETY: the module's invariants.
        self.acquired.with_mut(|acquired| unsafe {
            let had = *acquired != 0;
            *acquired -= u32::from(had);
            had
        })
    }

    /// Records that `lock` returned `EDEADLK`.
    pub(super) fn refused_by(&self, lock: &WwMutex) {
        self.contending.set(lock);
    }

    /// The checks of CONFIG_DEBUG_MUTEXES after a context has got a lock.
    #[inline]
    pub(super) fn check_taken(
        &self,
        lock: &WwMutex,
        me: &TaskStruct,
        call: &str,
        place: &'static Location<'static>,
    ) {
        let contending = self.contending.replace(ptr::null());
        let usual = self.done.get() == ACQUIRES && contending.is_null() && lock.is_of(self.class);
        if !usual {
            self.warn_of_taken(lock, contending, me, call, place);
        }
    }

    #[cold]
    fn warn_of_taken(
        &self,
        lock: &WwMutex,
        contending: *const WwMutex,
        me: &TaskStruct,
        call: &str,
        place: &'static Location<'static>,
    ) {
        let warn = |message| me.warn(WarningKind::LockMisuse, call, place, message);
        match self.done.get() {
            ACQUIRES => {}
            DONE => warn("the acquire context has said that it is done acquiring, but takes another lock"),
            _ => warn("the acquire context is finished, but takes another lock"),
        }
        if !contending.is_null() && !ptr::eq(contending, lock) {
            warn("after EDEADLK, the context must first lock the ww_mutex that returned it");
        }
        if !contending.is_null() && self.acquired() > 1 {
            warn("after EDEADLK, the context must release all its locks first");
        }
        if !lock.is_of(self.class) {
            warn("the ww_mutex is of another class than the acquire context: deadlocks are possible");
        }
    }

    /// The check of CONFIG_DEBUG_MUTEXES at the start of the slow path.
    pub(super) fn check_slow(&self, me: &TaskStruct, call: &str, place: &'static Location<'static>) {
        if self.contending.get().is_null() {
            me.warn(WarningKind::LockMisuse, call, place, "no ww_mutex gave EDEADLK to the acquire context");
        }
    }

    pub(super) fn done(&self, place: &'static Location<'static>) {
        match self.done.get() {
            ACQUIRES => self.done.set(DONE),
            _ => warn_of_end("ww_acquire_done", place, "the acquire context was done before"),
        }
    }

    pub(super) fn fini(&self, place: &'static Location<'static>) {
        if self.done.replace(FINISHED) == FINISHED {
            warn_of_end("ww_acquire_fini", place, "the acquire context was finished before");
        }
        if self.has_locks() {
            let message = format!("the acquire context ends with {} lock(s) held", self.acquired());
            warn_of_end("ww_acquire_fini", place, &message);
        }
    }
}

#[cold]
fn warn_of_end(call: &str, place: &'static Location<'static>, message: &str) {
    with_current(|me| me.warn(WarningKind::LockMisuse, call, place, message));
}

impl fmt::Debug for WwAcquireCtx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WwAcquireCtx")
            .field("stamp", &self.stamp)
            .field("acquired", &self.acquired())
            .finish_non_exhaustive()
    }
}

//! loom: every permutation of a small model, with the reorderings that weak memory allows.

mod atomic;
pub(crate) mod driver;

pub(crate) use atomic::{AtomicBool, AtomicI32, AtomicI64, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize};
pub(crate) use loom::lazy_static::Lazy;
pub use loom::sync::Arc;
pub use loom::sync::atomic::{Ordering, fence};
pub(crate) use loom::sync::{Condvar, Mutex, MutexGuard};
pub(crate) use loom::{thread, thread_local};

use std::marker::PhantomData;

/// The checker's name for the thread that an execution begins with, if it has one.
pub(crate) const NAME_OF_MAIN: &str = "main";

/// A static that `init` makes in each execution.
pub(crate) const fn lazy<T>(init: fn() -> T) -> Lazy<T> {
    Lazy { init, _p: PhantomData }
}

/// A cell whose accesses loom checks against each other.
#[derive(Debug, Default)]
pub struct UnsafeCell<T>(loom::cell::UnsafeCell<T>);

impl<T> UnsafeCell<T> {
    /// Makes a cell with this value.
    pub fn new(value: T) -> Self {
        Self(loom::cell::UnsafeCell::new(value))
    }

    /// Returns the value; `&mut self` proves exclusive access.
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut T {
        // SAFETY: `self` is borrowed exclusively.
        self.0.with_mut(|value| unsafe { &mut *value })
    }

    /// Calls `f` with a pointer to read through.
    #[track_caller]
    pub fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        self.0.with(f)
    }

    /// Calls `f` with a pointer to write through.
    #[track_caller]
    pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        self.0.with_mut(f)
    }
}

/// Tracks the life of an object. loom reports one that is never dropped as a leak, and an access
/// that is not ordered before the drop as a use after free.
#[derive(Debug)]
pub(crate) struct Life {
    used: loom::cell::UnsafeCell<()>,
    _leak: loom::alloc::Track<()>,
}

// SAFETY: the cell holds no data, and loom checks its accesses.
unsafe impl Sync for Life {}

impl Life {
    pub(crate) fn new() -> Self {
        Self { used: loom::cell::UnsafeCell::new(()), _leak: loom::alloc::Track::new(()) }
    }

    /// Records a use of the object.
    #[track_caller]
    pub(crate) fn touch(&self) {
        self.used.with(|_| ());
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        self.used.with_mut(|_| ());
    }
}

//! shuttle: many random schedules of a big model.
//!
//! It is sequentially consistent, and checks neither cells nor leaks. So each access to a cell here
//! has a scheduling point in its middle and checks for overlapping accesses. Objects with a
//! [`Life`] are counted, so that a leaked object is detected at the end of the execution.

mod cell;
pub(crate) mod driver;
mod schedulers;

pub(crate) use cell::Life;
pub use cell::UnsafeCell;
pub(crate) use shuttle::lazy_static::Lazy;
pub use shuttle::sync::Arc;
pub(crate) use shuttle::sync::atomic::{
    AtomicBool, AtomicI32, AtomicI64, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize,
};
pub use shuttle::sync::atomic::{Ordering, fence};
pub(crate) use shuttle::sync::{Condvar, Mutex, MutexGuard};
pub(crate) use shuttle::{thread, thread_local};

/// The checker's name for the thread that an execution begins with.
pub(crate) const NAME_OF_MAIN: &str = "main-thread";

/// A static that `init` makes in each execution.
pub(crate) const fn lazy<T: Sync>(init: fn() -> T) -> Lazy<T> {
    Lazy::new(init)
}

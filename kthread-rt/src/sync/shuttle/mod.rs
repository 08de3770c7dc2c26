//! shuttle: many schedules of a big model, each drawn by chance.
//!
//! It is sequentially consistent and knows neither cells nor leaks. So a cell here has a scheduling
//! point in the middle of each access, and looks whether another access is under way; and the
//! objects that have a [`Life`] are counted, so that one that an execution leaves behind is seen at
//! its end.

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

/// What the checker calls the thread that an execution begins with.
pub(crate) const NAME_OF_MAIN: &str = "main-thread";

/// A static that `init` makes in each execution.
pub(crate) const fn lazy<T: Sync>(init: fn() -> T) -> Lazy<T> {
    Lazy::new(init)
}

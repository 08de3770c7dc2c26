//! Types that the threads of a model share: std's in an ordinary build, the model checker's under
//! one.
//!
//! ```
//! use kthread_rt::model::sync::{Arc, AtomicU32, Ordering};
//!
//! kthread_rt::model(|_kernel| {
//!     let count = Arc::new(AtomicU32::new(0));
//!     let other = kthread_rt::model::spawn("other", {
//!         let count = count.clone();
//!         move || count.fetch_add(1, Ordering::Relaxed)
//!     });
//!     count.fetch_add(1, Ordering::Relaxed);
//!     other.join();
//!     assert_eq!(count.load(Ordering::Relaxed), 2);
//! });
//! ```
//!
//! * The atomics have those of std's operations that kernel code needs. Each access is a step of
//!   the schedule that a failing model prints.
//! * `UnsafeCell` has `with` and `with_mut`, which take closures; two accesses that are not ordered
//!   fail the model.
//! * `Arc` under loom reports a lost reference as a leak. `task.data::<T>()` takes std's `Arc`,
//!   which a model can also use: then only the leak check is lost.

pub use crate::sync::model::shared::*;

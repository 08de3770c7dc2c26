//! What the threads of a model share: std's types in an ordinary build, the model checker's under
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
//! * The atomics have the operations of std's that kernel code needs. Each access is a step of the
//!   schedule that a failing model prints.
//! * `UnsafeCell` has `with` and `with_mut`, which take closures; two accesses that no protocol
//!   keeps apart fail the model.
//! * `Arc` under loom reports a lost reference as a leak. `task.data::<T>()` is for std's `Arc`,
//!   which a model can also use: nothing but the leak is missed.

pub use crate::sync::model::shared::*;

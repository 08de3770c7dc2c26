//! How the creating macros find a second reference to a thread's data.
//!
//! The data moves into the thread, which alone owns it. But if it is an `Arc<U>`, the task keeps a
//! weak reference for `task.data::<U>()`. The macros find out at compile time, without
//! specialisation, whether `T` is an `Arc`: they call `(&SharedProbe(&data)).shared()` with both
//! traits of this file in scope. Method lookup tries the receiver as it is before it borrows it
//! once more, so it chooses [`SharedViaArc`] wherever that applies and [`SharedViaNone`] for all
//! other types. (A generic `T` counts as another type even if it is an `Arc` in some instance.)
//!
//! The `Arc` is std's in every backend: it holds the caller's data and is not part of a protocol.

#![forbid(unsafe_code)]

use std::any::Any;
use std::sync::Arc;

/// A second reference to a thread's data, if the data is an `Arc`. The task keeps it as a weak one.
pub type Shared = Option<Arc<dyn Any + Send + Sync>>;

/// The receiver of the compile-time test whether `T` is an `Arc`; see the module.
#[derive(Debug)]
pub struct SharedProbe<'a, T>(pub &'a T);

/// The implementation for `Arc<U>`: returns another reference.
pub trait SharedViaArc {
    /// A further reference to the data.
    fn shared(&self) -> Shared;
}

impl<U: Any + Send + Sync> SharedViaArc for SharedProbe<'_, Arc<U>> {
    fn shared(&self) -> Shared {
        let data: Arc<U> = Arc::clone(self.0);
        Some(data)
    }
}

/// The implementation for every other type: returns none.
pub trait SharedViaNone {
    /// Always `None`.
    fn shared(&self) -> Shared;
}

impl<T> SharedViaNone for &SharedProbe<'_, T> {
    fn shared(&self) -> Shared {
        None
    }
}

/// Returns its arguments. A closure's parameter types are inferred from the other arguments of the
/// call that it appears in; for the macros, which do more before the real call, this is that call.
/// It has no `Send` bounds, so that the compiler reports a missing `Send` once, at the real call.
pub fn threadfn_and_data<F: FnOnce(T) -> i32, T>(threadfn: F, data: T) -> (F, T) {
    (threadfn, data)
}

#[cfg(test)]
mod tests {
    use super::{Arc, Shared, SharedProbe, SharedViaArc as _, SharedViaNone as _};

    struct NotClone;

    /// The test as the macros write it.
    macro_rules! shared {
        ($data:expr) => {
            (&SharedProbe($data)).shared()
        };
    }

    #[test]
    fn an_arc_is_shared() {
        let data = Arc::new(7_u32);
        let shared = shared!(&data).expect("an Arc is shared");
        assert!(Arc::ptr_eq(&data, &shared.downcast::<u32>().expect("of the same type")));
    }

    #[test]
    fn anything_else_is_not() {
        let unsized_arc: Arc<dyn Fn() + Send + Sync> = Arc::new(|| ());
        assert!(shared!(&()).is_none());
        assert!(shared!(&NotClone).is_none());
        assert!(shared!(&Box::new(7)).is_none());
        assert!(shared!(&unsized_arc).is_none());
    }

    #[test]
    fn generic_data_is_not_even_when_it_is_an_arc() {
        fn probe<T: Send + 'static>(data: &T) -> Shared {
            shared!(data)
        }
        assert!(probe(&NotClone).is_none());
        assert!(probe(&Arc::new(7)).is_none());
    }
}

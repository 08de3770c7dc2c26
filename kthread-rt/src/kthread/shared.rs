//! What the creating macros do with a thread's data before it moves into the thread.
//!
//! A thread's data is owned by the thread, so nobody else can look at it; unless it is an `Arc<U>`,
//! of which the task may keep a second, weak reference for `task.data::<U>()`. Whether `T` is an
//! `Arc` is asked at compile time and without specialisation: the macros call
//! `(&SharedProbe(&data)).shared()` with both traits of this file in scope. Method lookup tries the
//! receiver as it is before it borrows it once more, so [`SharedViaArc`] answers wherever it
//! applies and [`SharedViaNone`] answers for all other types, among them a generic `T` that happens
//! to be an `Arc` in some instance.
//!
//! The `Arc` is std's under every backend: it holds the caller's data and is no part of a protocol.

#![forbid(unsafe_code)]

use std::any::Any;
use std::sync::Arc;

/// A second reference to a thread's data, where the data allows one. The task keeps a weak one of
/// it.
pub type Shared = Option<Arc<dyn Any + Send + Sync>>;

/// Asks whether `T` is an `Arc`; see the module.
#[derive(Debug)]
pub struct SharedProbe<'a, T>(pub &'a T);

/// The answer for `Arc<U>`: another reference.
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

/// The answer for every other type: nothing.
pub trait SharedViaNone {
    /// Always `None`.
    fn shared(&self) -> Shared;
}

impl<T> SharedViaNone for &SharedProbe<'_, T> {
    fn shared(&self) -> Shared {
        None
    }
}

/// Gives back what it is given. A closure takes the types of its parameters from the other
/// arguments of the call it stands in; this is that call, since the macros have more to do before
/// they make the real one. It asks for nothing else, so that what is wrong with `Send` is said
/// once, by the real one.
pub fn threadfn_and_data<F: FnOnce(T) -> i32, T>(threadfn: F, data: T) -> (F, T) {
    (threadfn, data)
}

#[cfg(test)]
mod tests {
    use super::{Arc, Shared, SharedProbe, SharedViaArc as _, SharedViaNone as _};

    struct NotClone;

    /// The question as the macros ask it.
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

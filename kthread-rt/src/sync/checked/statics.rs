//! Statics of a model, which the public `DECLARE_…!` macros make.

use crate::sync::checker::{Lazy, lazy};
use std::fmt;
use std::ops::Deref;

/// A static that each execution of a model makes anew, at its first use.
pub struct ModelStatic<T: Sync + 'static>(Lazy<T>);

impl<T: Sync + 'static> ModelStatic<T> {
    /// Makes a static that `init` initializes.
    pub const fn new(init: fn() -> T) -> Self {
        Self(lazy(init))
    }
}

impl<T: Sync + 'static> Deref for ModelStatic<T> {
    type Target = T;

    fn deref(&self) -> &T {
        let this: *const Self = self;
        // SAFETY: the macros use this type only for statics, so the borrow may last as long as the
        // process.
        unsafe { &*this }.0.get()
    }
}

impl<T: Sync> fmt::Debug for ModelStatic<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ModelStatic")
    }
}

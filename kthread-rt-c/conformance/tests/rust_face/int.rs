//! What the kernel's function returns as a number, of what the Rust function returns: so that a
//! wrong type or value is seen in an answer.
//!
//! | Rust | the kernel |
//! |---|---|
//! | `bool` | 1 or 0 |
//! | `i32`, `u32`, `i64`, `u64`, `usize` | the same number |
//! | `Option<T>` of what was tried | 1 if it was got, else 0 |
//! | `Result<T, Errno>` | −errno, or what `T` is |
//! | `()` in it, a lock's guard, a [`Task`], a worker, a queue | 0, success |
//!
//! A `long` that has been told as −errno or as jiffies is one number here, too.

use kthread_rt::prelude::*;

pub(crate) trait Int {
    fn as_int(&self) -> i64;
}

/// The number.
pub(crate) fn int(returned: impl Int) -> i64 {
    returned.as_int()
}

macro_rules! numbers {
    ($($number:ty)*) => {
        $(impl Int for $number {
            fn as_int(&self) -> i64 {
                *self as i64
            }
        })*
    };
}

numbers!(bool i32 u32 i64 u64 usize);

macro_rules! successes {
    ($($success:ty)*) => {
        $(impl Int for $success {
            fn as_int(&self) -> i64 {
                0
            }
        })*
    };
}

successes!(() Task Worker Workqueue);

macro_rules! guards {
    ($($guard:ident)*) => {
        $(impl<T> Int for $guard<'_, T> {
            fn as_int(&self) -> i64 {
                0
            }
        })*
    };
}

guards!(KMutexGuard RwSemaphoreReadGuard RwSemaphoreWriteGuard RtMutexGuard KWwMutexGuard);

impl<T> Int for Option<T> {
    fn as_int(&self) -> i64 {
        self.is_some().into()
    }
}

impl<T: Int> Int for Result<T, Errno> {
    fn as_int(&self) -> i64 {
        match self {
            Ok(value) => value.as_int(),
            Err(errno) => errno.as_return().into(),
        }
    }
}

//! Types that a model's threads share: the checker's types, whose accesses are steps of the
//! schedule.

pub use crate::sync::checker::{Arc, Ordering, UnsafeCell, fence};

use super::observe;
use crate::sync::checker;
use std::fmt;

macro_rules! shared {
    ($name:ident, $value:ty, $($op:ident)*) => {
        /// An atomic like std's; the model checker sees every access.
        pub struct $name(checker::$name);

        impl $name {
            /// Makes an atomic with this value.
            pub fn new(value: $value) -> Self {
                Self(checker::$name::new(value))
            }

            /// Returns its value.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                let value = self.0.load(order);
                observe("reads", value as usize, Self::show);
                value
            }

            /// Sets its value.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                self.0.store(value, order);
                observe("writes", value as usize, Self::show);
            }

            /// Sets its value and returns the old one.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                let old = self.0.swap(value, order);
                observe("swaps in another value for", old as usize, Self::show);
                old
            }

            /// Sets its value to `new` if it is `old`.
            ///
            /// # Errors
            ///
            /// The value that it has instead.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                old: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                let result = self.0.compare_exchange(old, new, success, failure);
                match result {
                    Ok(_) => observe("exchanges as it expected, and writes", new as usize, Self::show),
                    Err(now) => observe("does not exchange, since it finds", now as usize, Self::show),
                }
                result
            }

            /// Same as [`compare_exchange`](Self::compare_exchange): the checker explores no
            /// spurious failures.
            ///
            /// # Errors
            ///
            /// As there.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                old: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.compare_exchange(old, new, success, failure)
            }

            /// Sets its value to what `f` returns for the old value.
            ///
            /// # Errors
            ///
            /// The value for which `f` returned `None`.
            #[track_caller]
            pub fn fetch_update(
                &self,
                success: Ordering,
                failure: Ordering,
                mut f: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let mut old = self.load(failure);
                while let Some(new) = f(old) {
                    match self.compare_exchange(old, new, success, failure) {
                        Ok(old) => return Ok(old),
                        Err(now) => old = now,
                    }
                }
                Err(old)
            }

            $(
                /// Like std's; returns the old value.
                #[track_caller]
                pub fn $op(&self, value: $value, order: Ordering) -> $value {
                    let old = self.0.$op(value, order);
                    observe(concat!("calls ", stringify!($op), ", which finds"), old as usize, Self::show);
                    old
                }
            )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new(<$value>::default())
            }
        }

        impl From<$value> for $name {
            fn from(value: $value) -> Self {
                Self::new(value)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                // Does not print the value, since reading it would be one more step.
                f.write_str(stringify!($name))
            }
        }
    };
}

macro_rules! integers {
    ($($name:ident: $value:ident),*) => { $(
        shared!(
            $name, $value,
            fetch_add fetch_sub fetch_and fetch_or fetch_xor fetch_max fetch_min
        );

        impl $name {
            fn show(value: usize) -> String {
                (value as $value).to_string()
            }
        }
    )* };
}

integers!(AtomicI32: i32, AtomicI64: i64, AtomicU32: u32, AtomicU64: u64, AtomicUsize: usize);
shared!(AtomicBool, bool, fetch_and fetch_or fetch_xor);

impl AtomicBool {
    fn show(value: usize) -> String {
        (value != 0).to_string()
    }
}

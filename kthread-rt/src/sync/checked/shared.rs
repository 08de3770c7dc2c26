//! What a model shares between its threads: the checker's types, whose accesses are steps of the
//! schedule.

pub use crate::sync::checker::{Arc, Ordering, UnsafeCell, fence};

use super::observe;
use crate::sync::checker;
use std::fmt;

macro_rules! shared {
    ($name:ident, $value:ty, $($op:ident)*) => {
        /// An atomic as std's, of which a model checker sees every access.
        pub struct $name(checker::$name);

        impl $name {
            /// An atomic with this value.
            pub fn new(value: $value) -> Self {
                Self(checker::$name::new(value))
            }

            /// Its value.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                let value = self.0.load(order);
                observe("reads", value as usize, Self::show);
                value
            }

            /// Makes `value` its value.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                self.0.store(value, order);
                observe("writes", value as usize, Self::show);
            }

            /// Makes `value` its value; the one that it had.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                let old = self.0.swap(value, order);
                observe("swaps in another value for", old as usize, Self::show);
                old
            }

            /// Makes `new` its value if that is `old`.
            ///
            /// # Errors
            ///
            /// The value that it has, if that is another.
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

            /// As [`compare_exchange`](Self::compare_exchange): no failure without a reason is
            /// explored.
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

            /// Makes what `f` makes of its value its value.
            ///
            /// # Errors
            ///
            /// The value that it has, for which `f` returned `None`.
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
                /// As std's; returns the value before.
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
                // Not its value: to read it would be one more step.
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

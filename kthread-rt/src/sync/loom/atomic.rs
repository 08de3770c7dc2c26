//! Atomics for which loom tries every order of loads and writes.
//!
//! loom records only the last access to each atomic. If a thread loads a value and then writes it
//! (as a wake-up does: load, then compare-exchange), its load replaces the record of another
//! thread's load. loom then never tries the order in which the write comes before that other load,
//! so it misses permutations, even without a bound. So each atomic here has a second one, its
//! `turn`: every load first stores to it, and no code ever reads it. These stores make two loads
//! conflict, so loom tries them, and what follows, in both orders. A store that is never read
//! orders nothing, so it hides no bug.

use loom::sync::atomic as real;
use std::fmt;

use loom::sync::atomic::Ordering;

macro_rules! atomic {
    ($name:ident($($t:ident)?), $value:ty) => {
        /// loom's atomic, with a turn.
        pub(crate) struct $name $(<$t>)? {
            value: real::$name $(<$t>)?,
            turn: real::AtomicU8,
        }

        impl $(<$t>)? fmt::Debug for $name $(<$t>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }

        #[allow(dead_code, reason = "each atomic has the operations of all")]
        impl $(<$t>)? $name $(<$t>)? {
            pub(crate) fn new(value: $value) -> Self {
                Self { value: real::$name::new(value), turn: real::AtomicU8::new(0) }
            }

            #[track_caller]
            pub(crate) fn load(&self, order: Ordering) -> $value {
                self.turn.store(0, Ordering::Relaxed);
                self.value.load(order)
            }

            #[track_caller]
            pub(crate) fn store(&self, value: $value, order: Ordering) {
                self.value.store(value, order);
            }

            #[track_caller]
            pub(crate) fn swap(&self, value: $value, order: Ordering) -> $value {
                self.value.swap(value, order)
            }

            #[track_caller]
            pub(crate) fn compare_exchange(
                &self,
                old: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.value.compare_exchange(old, new, success, failure)
            }

            #[track_caller]
            pub(crate) fn fetch_update(
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
        }
    };
}

macro_rules! rmw {
    ($name:ident, $value:ty, $($op:ident)*) => {
        #[allow(dead_code, reason = "each atomic has the operations of all")]
        impl $name {
            $(
                #[track_caller]
                pub(crate) fn $op(&self, value: $value, order: Ordering) -> $value {
                    self.value.$op(value, order)
                }
            )*
        }
    };
}

macro_rules! integer {
    ($name:ident, $value:ty) => {
        atomic!($name(), $value);
        rmw!($name, $value, fetch_add fetch_sub fetch_or fetch_and fetch_xor fetch_max fetch_min);
    };
}

atomic!(AtomicPtr(T), *mut T);
atomic!(AtomicBool(), bool);
rmw!(AtomicBool, bool, fetch_or fetch_and fetch_xor);
integer!(AtomicI32, i32);
integer!(AtomicI64, i64);
integer!(AtomicU32, u32);
integer!(AtomicU64, u64);
integer!(AtomicUsize, usize);

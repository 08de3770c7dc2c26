//! The common impls of the guards of locks with data inside.
//!
//! Each guard and its `Drop` are in its lock's file. Here is what all guards share: a guard
//! dereferences to the data, prints like the data, and is `Sync` if the data is.

/// Implements `$Guard<'_, T>` as a reference to the data of the lock in its field `$lock`: `&lock`
/// for a reader's guard, `&mut lock` for an exclusive one.
///
/// # Safety
///
/// As long as the guard exists, the lock lets others not change its `data`, and with `&mut` not
/// read it either.
macro_rules! guard_is_reference {
    (unsafe $Guard:ident: &$lock:ident) => {
        // SAFETY: a `&$Guard` only gives shared access to the data, which is `Sync`.
        unsafe impl<T: Sync> Sync for $Guard<'_, T> {}

        impl<T> std::ops::Deref for $Guard<'_, T> {
            type Target = T;

            #[inline(always)]
            fn deref(&self) -> &T {
                // SAFETY: by the macro's contract nobody changes the data as long as the guard
                // exists.
                self.$lock.data.with(|data| unsafe { &*data })
            }
        }

        impl<T: std::fmt::Debug> std::fmt::Debug for $Guard<'_, T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                (**self).fmt(f)
            }
        }
    };
    (unsafe $Guard:ident: &mut $lock:ident) => {
        guard_is_reference!(unsafe $Guard: &$lock);

        impl<T> std::ops::DerefMut for $Guard<'_, T> {
            #[inline(always)]
            fn deref_mut(&mut self) -> &mut T {
                // SAFETY: by the macro's contract nobody else accesses the data, and the guard is
                // borrowed exclusively.
                self.$lock.data.with_mut(|data| unsafe { &mut *data })
            }
        }
    };
}

pub(crate) use guard_is_reference;

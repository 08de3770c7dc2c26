//! What the guards of locks with data inside have in common.
//!
//! A guard names its lock, and how it got it; its `Drop` stands beside that. Here is what is the
//! same for all of them: the guard is the data's reference, looks like the data, and may be shared
//! where the data may.

/// The impls of `$Guard<'_, T>` as a reference to the data of the lock in its field `$lock`:
/// `&lock` for a reader's, `&mut lock` for that of who is alone.
///
/// # Safety
///
/// As long as the guard exists, the lock lets nobody change its `data` but through the guard; with
/// `&mut`, nobody else see it either.
macro_rules! guard_is_reference {
    (unsafe $Guard:ident: &$lock:ident) => {
        // SAFETY: a shared guard gives shared access to the data only.
        unsafe impl<T: Sync> Sync for $Guard<'_, T> {}

        impl<T> std::ops::Deref for $Guard<'_, T> {
            type Target = T;

            #[inline(always)]
            fn deref(&self) -> &T {
                // SAFETY: nobody changes the data meanwhile, by the contract.
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
                // SAFETY: nobody else sees the data, by the contract, and the guard is borrowed
                // exclusively.
                self.$lock.data.with_mut(|data| unsafe { &mut *data })
            }
        }
    };
}

pub(crate) use guard_is_reference;

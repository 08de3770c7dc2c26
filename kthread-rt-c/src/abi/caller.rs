//! The return address of a call from C, for calls that record it so often that a stack walk would
//! cost too much: taking locks. Their symbols are jumps that pass the return address on. In a
//! Kernel with `debug`, it is kept until [`take_caller`] takes it or the call ends.

use std::cell::Cell;

thread_local! {
    /// The return address of the thread's current call, or 0.
    static CALLER: Cell<usize> = const { Cell::new(0) };
}

/// Takes the return address of the calling thread's current call of a lock function; 0 if it is not
/// known or already taken.
pub fn take_caller() -> usize {
    CALLER.take()
}

/// Runs `f` for a call whose return address is `caller`.
#[inline(always)]
pub(super) fn from<R>(caller: usize, f: impl FnOnce() -> R) -> R {
    /// Clears the address when the call ends or unwinds, so that the next call does not see it.
    struct Over;

    impl Drop for Over {
        fn drop(&mut self) {
            CALLER.set(0);
        }
    }

    if !kthread_rt::__for_c::debugs() {
        return f();
    }
    let _over = Over;
    CALLER.set(caller);
    f()
}

/// Defines symbols `$name` for functions with at most one argument; `$target` has the body.
macro_rules! from_c {
    ($($name:ident => $target:ident($lock:ident: $type:ty) $(-> $ret:ty)? = $body:expr;)*) => { $(
        /// Jumps to the target, with the return address as the third argument.
        #[unsafe(naked)]
        #[unsafe(no_mangle)]
        unsafe extern "C-unwind" fn $name() {
            #[cfg(target_arch = "x86_64")]
            std::arch::naked_asm!("mov rdx, [rsp]", "jmp {}", sym $target);
            #[cfg(target_arch = "aarch64")]
            std::arch::naked_asm!("mov x2, x30", "b {}", sym $target);
        }

        extern "C-unwind" fn $target($lock: $type, _second: usize, caller: usize) $(-> $ret)? {
            $crate::abi::caller::from(caller, || $body)
        }
    )* };
}

pub(super) use from_c;

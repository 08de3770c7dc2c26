//! Where C code made a call, for calls that note it so often that a walk of the stack would be
//! felt: taking locks. Their symbols are jumps that hand the return address on; where places are
//! noted, it is kept until [`take_caller`] asks for it, or the call is over.

use std::cell::Cell;

thread_local! {
    /// The return address of the call that the thread is in; else 0.
    static CALLER: Cell<usize> = const { Cell::new(0) };
}

/// The return address into C code of the call of a lock's that the calling thread is in, once; 0 if
/// it is not known.
pub fn take_caller() -> usize {
    CALLER.take()
}

/// Makes the call `f`, which came from `caller`.
#[inline(always)]
pub(super) fn from<R>(caller: usize, f: impl FnOnce() -> R) -> R {
    /// It says nothing of the next call, however this one ends.
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

/// Symbols `$name`, of functions with at most one argument, whose body is that of `$target`.
macro_rules! from_c {
    ($($name:ident => $target:ident($lock:ident: $type:ty) $(-> $ret:ty)? = $body:expr;)*) => { $(
        /// A jump, with the return address as the third argument.
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

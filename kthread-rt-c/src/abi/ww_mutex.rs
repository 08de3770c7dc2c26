//! `linux/ww_mutex.h`.

use super::uninit::is_initialised;
use super::{In, int};
use kthread_rt::{WwAcquireCtx, WwClass, WwMutex};
use std::ffi::c_int;

// The sizes are the header's. There, a class has further fields, names that only C reads.
const _: () = assert!(size_of::<WwMutex>() == 48 && size_of::<WwAcquireCtx>() == 48);

/// The context, if any.
fn context<'a>(ctx: *const WwAcquireCtx) -> Option<&'a WwAcquireCtx> {
    // SAFETY: by the C contract, null, or valid while it holds a lock.
    unsafe { ctx.as_ref() }
}

macro_rules! locking {
    ($($name:ident -> $ret:ty = |$result:ident| $convert:expr;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name(lock: In<WwMutex>, ctx: *const WwAcquireCtx) -> $ret {
            is_initialised(&*lock, stringify!($name));
            // SAFETY: by the C contract, the context does not move while it holds the lock.
            let $result = unsafe { kthread_rt::$name(&lock, context(ctx)) };
            $convert
        }
    )* };
}

locking! {
    ww_mutex_lock -> c_int = |done| int(done);
    ww_mutex_lock_interruptible -> c_int = |done| int(done);
    ww_mutex_trylock -> c_int = |taken| taken.into();
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_ww_mutex_lock_slow(lock: In<WwMutex>, ctx: In<WwAcquireCtx>) {
    // SAFETY: as in `locking`.
    unsafe { kthread_rt::ww_mutex_lock_slow(&lock, &ctx) }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_ww_mutex_lock_slow_interruptible(lock: In<WwMutex>, ctx: In<WwAcquireCtx>) -> c_int {
    // SAFETY: as in `locking`.
    int(unsafe { kthread_rt::ww_mutex_lock_slow_interruptible(&lock, &ctx) })
}

#[unsafe(no_mangle)]
extern "C-unwind" fn ww_mutex_unlock(lock: In<WwMutex>) {
    kthread_rt::ww_mutex_unlock(&lock);
}

/// # Safety
///
/// `ctx` may be written to.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_ww_acquire_init(ctx: *mut WwAcquireCtx, class: In<WwClass>) {
    let fresh = WwAcquireCtx::new(&class);
    // SAFETY: by the contract.
    unsafe { ctx.write(fresh) };
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_ww_acquire_done(ctx: In<WwAcquireCtx>) {
    kthread_rt::ww_acquire_done(&ctx);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_ww_acquire_fini(ctx: In<WwAcquireCtx>) {
    kthread_rt::ww_acquire_fini(&ctx);
}

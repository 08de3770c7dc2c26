//! `linux/percpu-rwsem.h`.

use super::{In, int};
use kthread_rt::{Errno, RawPercpuRwSemaphore};
use std::ffi::{c_char, c_int, c_void};

const _: () = assert!(size_of::<RawPercpuRwSemaphore>() == 1064 && align_of::<RawPercpuRwSemaphore>() == 8);

macro_rules! calls {
    ($($name:ident() -> $ret:ty;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name(sem: In<RawPercpuRwSemaphore>) -> $ret {
            kthread_rt::$name(&sem)
        }
    )* };
}

calls! {
    percpu_free_rwsem() -> ();
    percpu_down_read() -> ();
    percpu_down_read_trylock() -> bool;
    percpu_up_read() -> ();
    percpu_down_write() -> ();
    percpu_up_write() -> ();
    percpu_is_read_locked() -> bool;
    percpu_is_write_locked() -> bool;
}

/// # Safety
///
/// `sem` is memory for a percpu_rwsem.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __percpu_init_rwsem(
    sem: *mut RawPercpuRwSemaphore,
    name: *const c_char,
    key: *mut c_void,
) -> c_int {
    if super::is_err_or_null(sem) {
        return int(Err(Errno::EINVAL));
    }
    if super::no_memory_for("percpu_init_rwsem") {
        return int(Err(Errno::ENOMEM));
    }
    // SAFETY: the C contract.
    unsafe {
        sem.write(RawPercpuRwSemaphore::new());
        if !key.is_null() {
            super::lockdep::kt_lock_class(sem.cast(), key, name, 0);
        }
    }
    0
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_percpu_rwsem_release(sem: In<RawPercpuRwSemaphore>, read: bool) {
    kthread_rt::percpu_rwsem_release(&sem, read);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_percpu_rwsem_acquire(sem: In<RawPercpuRwSemaphore>, read: bool) {
    kthread_rt::percpu_rwsem_acquire(&sem, read);
}

/// For `lockdep_assert_held`: true if the calling task holds it for writing, or any readers hold
/// it.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_percpu_rwsem_is_held(sem: In<RawPercpuRwSemaphore>) -> c_int {
    kthread_rt::percpu_rwsem_is_held(&sem).into()
}

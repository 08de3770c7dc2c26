//! `linux/mutex.h`, `linux/semaphore.h`, `linux/rwsem.h`.

use super::caller::from_c;
use super::uninit::is_initialised;
use super::{In, int};
use kthread_rt::diag::{self, WarningKind};
use kthread_rt::{RawMutex, RawRwSemaphore, Semaphore};
use std::ffi::{c_int, c_long};
use std::panic::Location;
use std::sync::atomic::{AtomicI32, Ordering};

const _: () = assert!(size_of::<RawMutex>() == 32 && size_of::<Semaphore>() == 32);
const _: () = assert!(size_of::<RawRwSemaphore>() == 40);

macro_rules! calls {
    ($type:ty: $($name:ident($($arg:ident: $arg_type:ty),*) $(-> $ret:ty)? = |$result:ident| $convert:expr;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name(lock: In<$type> $(, $arg: $arg_type)*) $(-> $ret)? {
            is_initialised(&*lock, stringify!($name));
            let $result = kthread_rt::$name(&lock $(, $arg)*);
            $convert
        }
    )* };
}

from_c! {
    mutex_lock => lock(lock: In<RawMutex>) = {
        is_initialised(&*lock, "mutex_lock");
        kthread_rt::mutex_lock(&lock)
    };
    mutex_lock_interruptible => lock_interruptible(lock: In<RawMutex>) -> c_int = {
        is_initialised(&*lock, "mutex_lock_interruptible");
        int(kthread_rt::mutex_lock_interruptible(&lock))
    };
    mutex_lock_killable => lock_killable(lock: In<RawMutex>) -> c_int = {
        is_initialised(&*lock, "mutex_lock_killable");
        int(kthread_rt::mutex_lock_killable(&lock))
    };
    mutex_trylock => trylock(lock: In<RawMutex>) -> c_int = {
        is_initialised(&*lock, "mutex_trylock");
        kthread_rt::mutex_trylock(&lock).into()
    };
}

calls! { RawMutex:
    mutex_unlock() = |done| done;
    mutex_is_locked() -> bool = |locked| locked;
}

/// Warns if the mutex is locked, as the kernel's debugging does.
#[unsafe(no_mangle)]
extern "C-unwind" fn mutex_destroy(lock: In<RawMutex>) {
    if kthread_rt::mutex_is_locked(&lock) {
        let message = "the mutex is locked: unlock it first";
        diag::warn(WarningKind::LockMisuse, "mutex_destroy", Location::caller(), message);
    }
}

/// Decrements the count. If it becomes zero, locks the mutex and returns 1, else 0.
///
/// # Safety
///
/// `count` is valid.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn atomic_dec_and_mutex_lock(count: *const AtomicI32, lock: In<RawMutex>) -> c_int {
    // SAFETY: the C contract.
    let count = unsafe { &*count };
    let not_the_last = |n: i32| (n != 1).then(|| n.wrapping_sub(1));
    if count.fetch_update(Ordering::SeqCst, Ordering::Relaxed, not_the_last).is_ok() {
        return 0;
    }
    kthread_rt::mutex_lock(&lock);
    if count.fetch_sub(1, Ordering::SeqCst) == 1 {
        return 1;
    }
    kthread_rt::mutex_unlock(&lock);
    0
}

/// For `lockdep_assert_held`: true if the calling task holds it.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_mutex_is_held(lock: In<RawMutex>) -> c_int {
    kthread_rt::mutex_is_owned_by(&lock, &kthread_rt::current()).into()
}

calls! { Semaphore:
    down() = |done| done;
    down_interruptible() -> c_int = |done| int(done);
    down_killable() -> c_int = |done| int(done);
    down_trylock() -> c_int = |failed| failed.into();
    up() = |done| done;
}

/// A negative timeout has already expired.
#[unsafe(no_mangle)]
extern "C-unwind" fn down_timeout(sem: In<Semaphore>, jiffies: c_long) -> c_int {
    is_initialised(&*sem, "down_timeout");
    int(kthread_rt::down_timeout(&sem, jiffies.max(0) as u64))
}

from_c! {
    down_read => read(sem: In<RawRwSemaphore>) = {
        is_initialised(&*sem, "down_read");
        kthread_rt::down_read(&sem)
    };
    down_read_interruptible => read_interruptible(sem: In<RawRwSemaphore>) -> c_int = {
        is_initialised(&*sem, "down_read_interruptible");
        int(kthread_rt::down_read_interruptible(&sem))
    };
    down_read_killable => read_killable(sem: In<RawRwSemaphore>) -> c_int = {
        is_initialised(&*sem, "down_read_killable");
        int(kthread_rt::down_read_killable(&sem))
    };
    down_read_trylock => read_trylock(sem: In<RawRwSemaphore>) -> c_int = {
        is_initialised(&*sem, "down_read_trylock");
        kthread_rt::down_read_trylock(&sem).into()
    };
    down_write => write(sem: In<RawRwSemaphore>) = {
        is_initialised(&*sem, "down_write");
        kthread_rt::down_write(&sem)
    };
    down_write_killable => write_killable(sem: In<RawRwSemaphore>) -> c_int = {
        is_initialised(&*sem, "down_write_killable");
        int(kthread_rt::down_write_killable(&sem))
    };
    down_write_trylock => write_trylock(sem: In<RawRwSemaphore>) -> c_int = {
        is_initialised(&*sem, "down_write_trylock");
        kthread_rt::down_write_trylock(&sem).into()
    };
}

calls! { RawRwSemaphore:
    up_read() = |done| done;
    up_write() = |done| done;
    downgrade_write() = |done| done;
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_rwsem_is_contended(sem: In<RawRwSemaphore>) -> c_int {
    kthread_rt::rwsem_is_contended(&sem).into()
}

/// For `lockdep_assert_held`: true if any task holds it.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_rwsem_is_held(sem: In<RawRwSemaphore>, for_writing: c_int) -> c_int {
    if for_writing != 0 { sem.is_write_locked().into() } else { sem.is_locked().into() }
}

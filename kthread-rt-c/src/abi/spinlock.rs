//! `linux/spinlock.h`, `linux/rwlock.h`, `linux/preempt.h`, `linux/irqflags.h`.

use super::In;
use super::caller::from_c;
use kthread_rt::{RawRwLock, RawSpinLock};
use std::ffi::{c_int, c_uint, c_ulong};
use std::sync::atomic::{AtomicU32, Ordering};

const _: () = assert!(size_of::<RawSpinLock>() == 4 && size_of::<RawRwLock>() == 4);

from_c! {
    _raw_spin_lock => spin_lock(lock: In<RawSpinLock>) = kthread_rt::spin_lock(&lock);
    _raw_spin_trylock => spin_trylock(lock: In<RawSpinLock>) -> c_int = kthread_rt::spin_trylock(&lock).into();
    _raw_read_lock => read_lock(lock: In<RawRwLock>) = kthread_rt::read_lock(&lock);
    _raw_read_trylock => read_trylock(lock: In<RawRwLock>) -> c_int = kthread_rt::read_trylock(&lock).into();
    _raw_write_lock => write_lock(lock: In<RawRwLock>) = kthread_rt::write_lock(&lock);
    _raw_write_trylock => write_trylock(lock: In<RawRwLock>) -> c_int = kthread_rt::write_trylock(&lock).into();
    kt_local_bh_disable => bh_disable(_lock: usize) = kthread_rt::local_bh_disable();
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn _raw_spin_unlock(lock: In<RawSpinLock>) {
    // SAFETY: the C contract.
    unsafe { kthread_rt::spin_unlock(&lock) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn _raw_read_unlock(lock: In<RawRwLock>) {
    // SAFETY: the C contract.
    unsafe { kthread_rt::read_unlock(&lock) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn _raw_write_unlock(lock: In<RawRwLock>) {
    // SAFETY: the C contract.
    unsafe { kthread_rt::write_unlock(&lock) };
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_local_bh_enable() {
    kthread_rt::local_bh_enable();
}

/// x86's flag for enabled interrupts.
const INTERRUPTS_ON: c_ulong = 0x200;

/// Interrupts also count as off in contexts in which a kernel has them off.
#[unsafe(no_mangle)]
extern "C-unwind" fn kt_irq_flags() -> c_ulong {
    if kthread_rt::irqs_disabled() || kthread_rt::__for_c::irqs_off() { 0 } else { INTERRUPTS_ON }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_irq_set(flags: c_ulong) -> c_ulong {
    let were = kt_irq_flags();
    let off = flags & INTERRUPTS_ON == 0;
    kthread_rt::__for_c::set_irqs_off(off);
    if !off {
        super::irq_work::release();
    }
    were
}

/// False in the thread's own section with interrupts off.
pub(super) fn interrupts_are_on() -> bool {
    !kthread_rt::__for_c::irqs_off()
}

/// Calls `function` with interrupts off, as in an interrupt handler. Restores them, after an oops,
/// too.
pub(super) fn without_interrupts(function: impl FnOnce()) {
    struct Were(bool);

    impl Drop for Were {
        fn drop(&mut self) {
            kthread_rt::__for_c::set_irqs_off(self.0);
            if !self.0 {
                super::irq_work::release();
            }
        }
    }

    let _were = Were(kthread_rt::__for_c::set_irqs_off(true));
    function();
}

/// How often a reader checks before it yields.
const SPINS: u32 = 64;

/// Waits for the end of a seqcount's write, while the number is odd. It spins and yields: a
/// seqcount has no queue to sleep on.
///
/// # Safety
///
/// `sequence` is valid and aligned.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kt_seqcount_wait(sequence: *const c_uint) {
    // SAFETY: the C contract.
    let sequence = unsafe { AtomicU32::from_ptr(sequence.cast_mut()) };
    for _ in 0..SPINS {
        if sequence.load(Ordering::Relaxed) & 1 == 0 {
            return;
        }
        std::hint::spin_loop();
    }
    std::thread::yield_now();
}

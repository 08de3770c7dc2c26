//! `linux/irq_work.h`. The header initialises an irq_work.

use super::In;
use super::spinlock::interrupts_are_on;
use kthread_rt::IrqWork;
use std::cell::Cell;
use std::ffi::c_int;
use std::sync::Once;

// `struct irq_work` of the header.
const _: () = assert!(size_of::<IrqWork>() == 40 && align_of::<IrqWork>() == 8);

macro_rules! calls {
    ($($symbol:ident = $name:ident;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $symbol(work: In<IrqWork>) -> bool {
            kthread_rt::$name(&work)
        }
    )* };
}

thread_local! {
    /// True if irq_works wait until this thread enables interrupts.
    static HOLDS: Cell<bool> = const { Cell::new(false) };
}

#[unsafe(no_mangle)]
extern "C-unwind" fn irq_work_queue(work: In<IrqWork>) -> bool {
    if interrupts_are_on() {
        return kthread_rt::irq_work_queue(&work);
    }
    static HOOK: Once = Once::new();
    HOOK.call_once(|| kthread_rt::__for_c::on_leave(release));
    HOLDS.set(true);
    work.queue_held()
}

/// Runs the irq_works that this thread has queued. Called when the thread enables interrupts or
/// leaves the cpu.
pub(super) fn release() {
    if HOLDS.take() {
        IrqWork::release_held();
    }
}

calls! {
    kt_irq_work_is_pending = irq_work_is_pending;
    kt_irq_work_is_busy = irq_work_is_busy;
}

#[unsafe(no_mangle)]
extern "C-unwind" fn irq_work_queue_on(work: In<IrqWork>, cpu: c_int) -> bool {
    // Interrupts of the other cpu are on.
    kthread_rt::irq_work_queue_on(&work, cpu.max(0) as u32)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn irq_work_sync(work: In<IrqWork>) {
    kthread_rt::irq_work_sync(&work);
}

//! `linux/irq_work.h`. What initialises a work is in the header.

use super::In;
use kthread_rt::IrqWork;
use std::ffi::c_int;

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

calls! {
    irq_work_queue = irq_work_queue;
    kt_irq_work_is_pending = irq_work_is_pending;
    kt_irq_work_is_busy = irq_work_is_busy;
}

#[unsafe(no_mangle)]
extern "C-unwind" fn irq_work_queue_on(work: In<IrqWork>, cpu: c_int) -> bool {
    kthread_rt::irq_work_queue_on(&work, cpu.max(0) as u32)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn irq_work_sync(work: In<IrqWork>) {
    kthread_rt::irq_work_sync(&work);
}

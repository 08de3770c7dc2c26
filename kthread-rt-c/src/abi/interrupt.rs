//! `linux/interrupt.h`: tasklets. The header initialises them.

use super::In;
use kthread_rt::TaskletStruct;

// `struct tasklet_struct` of the header.
const _: () = assert!(size_of::<TaskletStruct>() == 56 && align_of::<TaskletStruct>() == 8);

macro_rules! calls {
    ($($symbol:ident = $name:ident;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $symbol(tasklet: In<TaskletStruct>) {
            kthread_rt::$name(&tasklet);
        }
    )* };
}

calls! {
    kt_tasklet_schedule = tasklet_schedule;
    kt_tasklet_hi_schedule = tasklet_hi_schedule;
    kt_tasklet_disable = tasklet_disable;
    kt_tasklet_disable_nosync = tasklet_disable_nosync;
    kt_tasklet_disable_in_atomic = tasklet_disable_in_atomic;
    kt_tasklet_enable = tasklet_enable;
    tasklet_unlock_wait = tasklet_unlock_wait;
    tasklet_kill = tasklet_kill;
}

//! `linux/timer.h`. The header initialises timers.

use super::In;
use super::uninit::timer_is_set_up;
use kthread_rt::TimerList;
use std::ffi::{c_int, c_ulong};

// `struct timer_list` of the header.
const _: () = assert!(size_of::<TimerList>() == 56 && align_of::<TimerList>() == 8);

macro_rules! calls {
    ($($symbol:ident($($arg:ident: $type:ty),*) $(-> $ret:ty)? = $name:ident;)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $symbol(timer: In<TimerList> $(, $arg: $type)*) $(-> $ret)? {
            if !timer_is_set_up(&timer, stringify!($name)) {
                return Default::default();
            }
            kthread_rt::$name(&timer $(, $arg)*)
        }
    )* };
}

calls! {
    add_timer() = add_timer;
    add_timer_local() = add_timer_local;
    add_timer_global() = add_timer_global;
    mod_timer(expires: c_ulong) -> c_int = mod_timer;
    mod_timer_pending(expires: c_ulong) -> c_int = mod_timer_pending;
    timer_reduce(expires: c_ulong) -> c_int = timer_reduce;
    del_timer() -> c_int = timer_delete;
    del_timer_sync() -> c_int = timer_delete_sync;
    kt_timer_delete() -> c_int = timer_delete;
    timer_delete_sync() -> c_int = timer_delete_sync;
    timer_delete_sync_try() -> c_int = timer_delete_sync_try;
    try_to_del_timer_sync() -> c_int = try_to_del_timer_sync;
    timer_shutdown() -> c_int = timer_shutdown;
    timer_shutdown_sync() -> c_int = timer_shutdown_sync;
}

/// Since 6.9, this pins the timer.
#[unsafe(no_mangle)]
extern "C-unwind" fn add_timer_on(timer: In<TimerList>, cpu: u32) {
    if !timer_is_set_up(&timer, "add_timer_on") {
        return;
    }
    if super::modules::version() >= (6, 9) {
        kthread_rt::add_timer_on(&timer, cpu);
    } else {
        kthread_rt::add_timer(&timer);
    }
}

macro_rules! roundings {
    ($($name:ident)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name(j: c_ulong) -> c_ulong {
            kthread_rt::$name(j)
        }
    )* };
}

roundings! { round_jiffies round_jiffies_relative round_jiffies_up round_jiffies_up_relative }

macro_rules! roundings_of_a_cpu {
    ($($name:ident)*) => { $(
        #[unsafe(no_mangle)]
        extern "C-unwind" fn $name(j: c_ulong, cpu: c_int) -> c_ulong {
            kthread_rt::$name(j, cpu.cast_unsigned())
        }
    )* };
}

roundings_of_a_cpu! {
    __round_jiffies __round_jiffies_relative __round_jiffies_up __round_jiffies_up_relative
}

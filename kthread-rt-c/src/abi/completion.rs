//! `linux/completion.h`.

use super::uninit::is_initialised;
use super::{In, int, long};
use kthread_rt::__for_c::is_not_due;
use kthread_rt::Completion;
use kthread_rt::TaskStruct;
use kthread_rt::prelude::TaskState;
use std::ffi::{c_int, c_long, c_uint, c_ulong};

const _: () = assert!(size_of::<Completion>() == 32);

/// Reading the count alone needs no initialised queue: in a kernel, too, a zeroed completion is
/// just not done.
#[track_caller]
fn check(x: &Completion, call: &str) {
    if !matches!(call, "try_wait_for_completion" | "completion_done") {
        is_initialised(x, call);
    }
}

macro_rules! calls {
    ($($name:ident($($arg:ident: $type:ty),*) $(-> $ret:ty)? = |$result:ident| $convert:expr;)*) => {
        $(
            #[unsafe(no_mangle)]
            extern "C-unwind" fn $name(x: In<Completion> $(, $arg: $type)*) $(-> $ret)? {
                check(&x, stringify!($name));
                let $result = kthread_rt::$name(&x $(, $arg)*);
                $convert
            }
        )*

        /// The same for code of a kernel before 5.7, where a completion's queue is a wait queue:
        /// `kt_wq_…`.
        mod with_wait_queues {
            use super::*;

            $(
                #[unsafe(export_name = concat!("kt_wq_", stringify!($name)))]
                extern "C-unwind" fn $name(x: In<Completion> $(, $arg: $type)*) $(-> $ret)? {
                    check(&x, stringify!($name));
                    x.have_entries();
                    let $result = kthread_rt::$name(&x $(, $arg)*);
                    $convert
                }
            )*
        }
    };
}

calls! {
    complete() = |done| done;
    complete_all() = |done| done;
    completion_done() -> bool = |done| done;
    try_wait_for_completion() -> bool = |done| done;
    wait_for_completion() = |done| done;
    wait_for_completion_io() = |done| done;
    wait_for_completion_interruptible() -> c_int = |done| int(done);
    wait_for_completion_killable() -> c_int = |done| int(done);
    wait_for_completion_timeout(timeout: c_ulong) -> c_ulong = |left| left;
    wait_for_completion_io_timeout(timeout: c_ulong) -> c_ulong = |left| left;
    wait_for_completion_interruptible_timeout(timeout: c_ulong) -> c_long = |left| long(left);
    wait_for_completion_killable_timeout(timeout: c_ulong) -> c_long = |left| long(left);
}

#[unsafe(no_mangle)]
extern "C-unwind" fn wait_for_completion_state(x: In<Completion>, state: c_uint) -> c_int {
    is_initialised(&*x, "wait_for_completion_state");
    int(kthread_rt::wait_for_completion_state(&x, TaskState::from_bits_retain(state)))
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_completion_due(x: In<Completion>, task: In<TaskStruct>) {
    // C code calls `kt_completion_not_due` when the task no longer has to complete it.
    std::mem::forget(x.is_due_from(&task));
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_completion_not_due(x: In<Completion>) {
    is_not_due(std::ptr::from_ref(&*x).addr());
}

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_reinit_completion(x: In<Completion>) {
    is_initialised(&*x, "reinit_completion");
    kthread_rt::reinit_completion(&x);
}

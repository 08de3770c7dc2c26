//! `linux/sched.h`: the current task, sleeping and waking, affinity and priority.
//!
//! # The sleep protocol
//!
//! A sleeper and its waker share a condition and the sleeper's state word. Each writes one and then
//! reads the other:
//!
//! ```text
//! sleeper                                   waker
//! set_current_state(S): swap, SeqCst fence  makes the condition true
//! if the condition is false:                SeqCst fence (in try_to_wake_up)
//!     schedule()                            reads the state; if it is S:
//!                                               compare-exchange S -> RUNNING, wake
//! ```
//!
//! The two fences are totally ordered. If the sleeper's fence comes first, the waker sees S and
//! ends the sleep; if the waker's fence comes first, the sleeper sees the condition. So the sleeper
//! never sleeps without a wake-up to come. `schedule` returns at once if the state is RUNNING, so a
//! wake-up between `set_current_state` and `schedule` is not lost. A wake-up of a running task does
//! nothing, and is not remembered.
//!
//! Only swaps and compare-exchanges write the state word. If the sleeper moves on to another state
//! before the waker's compare-exchange, the exchange fails, and the waker reads the state again. A
//! waker may find S again in a *later* sleep of the task and end that one: a spurious wake-up.
//! Sleepers allow for it: each tests its condition in a loop.
//!
//! `on_rq` is 0 while the task is in the sleeping part of `schedule`. `wait_task_inactive` waits
//! for that, and a waker makes no futex call while it is 1: the sleeper clears `on_rq`, fences,
//! then reads the state; the waker writes the state, fences, then reads `on_rq`. If the waker reads
//! 1, the sleeper will read RUNNING.

mod attributes;
mod context;
mod current;
mod event;
mod idle;
mod inactive;
mod inherit;
mod might_sleep;
mod readers;
mod release;
mod resume;
mod section;
mod sleep;
mod timeout;
mod wake;
mod wake_q;

pub(crate) use attributes::{Refusal, apply_attributes, begin_on_os_thread};
pub use attributes::{
    SchedAttr, SchedParam, sched_set_fifo, sched_set_fifo_low, sched_set_normal, sched_setattr,
    sched_setscheduler, set_cpus_allowed_ptr, set_user_nice, task_nice,
};
pub(crate) use context::{
    HARDIRQ_OFFSET, IRQS_OFF, PREEMPT_MASK, SOFTIRQ_DISABLE_MASK, SOFTIRQ_OFFSET, atomic_section_end,
    begin_atomic_section, begin_atomic_section_of, begin_callback, counts, has_irqs_off, set_counts,
    set_irqs_off,
};
pub use context::{
    in_atomic, in_hardirq, in_interrupt, in_serving_softirq, in_task, irqs_disabled, local_bh_disable,
    local_bh_enable, preempt_count, preempt_disable, preempt_enable, yield_now as r#yield,
};
pub(crate) use current::{Attached, attach, leave_for_good, peek_current, peek_current_if_any, with_current};
pub use current::{current, current_ptr};
#[doc(hidden)]
pub use event::{WaitLimit, WaitMode};
pub(crate) use event::{Waiting, first_look, sleep_until_true};
pub use idle::{play_idle, play_idle_precise};
pub use inactive::wait_task_inactive;
pub(crate) use inactive::{wait_all_inactive, wait_inactive, with_watched};
pub(crate) use inherit::Graph;
pub use might_sleep::{
    ToldCall, cond_resched, might_sleep, might_sleep_at, might_sleep_in_all_at, sched_annotate_sleep,
};
pub(crate) use might_sleep::{
    might_pause_in, might_schedule_in, might_sleep_in, might_sleep_in_all, note_state_here,
};
pub(crate) use readers::{Readers, TASK_READERS, Waiter, put_after_readers};
pub(crate) use release::release_task;
pub(crate) use resume::{leaves, resumed};
#[doc(hidden)]
pub use resume::{on_leave, on_resume};
pub(crate) use section::{begin_section, end_section, leave_sections, leave_stray_section};
pub use sleep::{__set_current_state, io_schedule, schedule, set_current_state, set_special_state};
pub(crate) use sleep::{change_state, schedule_noted, sleep_until, waits_spinning};
pub(crate) use timeout::{Timeout, timeout_in as schedule_timeout_in};
pub use timeout::{
    get_jiffies_64, io_schedule_timeout, jiffies, ktime_get, schedule_timeout, schedule_timeout_idle,
    schedule_timeout_interruptible, schedule_timeout_killable, schedule_timeout_uninterruptible,
    time_is_after_eq_jiffies, time_is_after_jiffies, time_is_before_eq_jiffies, time_is_before_jiffies,
};
pub(crate) use wake::{claim_wake_up, deliver_wake_up, try_to_wake_up};
pub use wake::{wake_up_process, wake_up_state};
pub(crate) use wake_q::WakeQueue;

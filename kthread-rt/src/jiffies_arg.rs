//! [`Jiffies`]: the argument of a call that takes a time limit in jiffies.
//!
//! In C, `schedule_timeout(msecs_to_jiffies(5))` passes an `unsigned long` as a `long`. Here a
//! limit is any integer type that C code passes there, with C's conversion.

/// A time limit in jiffies: the type of `timeout` in the calls that sleep.
///
/// An unsigned number that is too big for a `long` is negative, as in C, and a negative limit is a
/// warning and over at once. (`msecs_to_jiffies` never returns one.)
///
/// ```
/// use kthread_rt::prelude::*;
///
/// set_current_state(TASK_INTERRUPTIBLE);
/// assert_eq!(schedule_timeout(msecs_to_jiffies(5)), 0);
/// let wq = WaitQueueHead::new();
/// assert_eq!(wait_event_timeout!(wq, false, HZ / 50), 0);
/// ```
#[diagnostic::on_unimplemented(
    message = "a time limit is a number of jiffies, not `{Self}`",
    label = "not a number of jiffies",
    note = "milliseconds become jiffies by `msecs_to_jiffies(ms)`, seconds by `n * HZ`"
)]
pub trait Jiffies: Copy {
    /// The limit as the kernel's `long`.
    fn as_long(self) -> i64;
}

macro_rules! integers {
    ($($integer:ty)*) => { $(
        impl Jiffies for $integer {
            #[inline]
            fn as_long(self) -> i64 {
                self as i64
            }
        }
    )* };
}

integers! { i32 i64 u32 u64 }

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::Jiffies;

    #[test]
    fn limits_convert_as_in_c() {
        assert_eq!((5_i32.as_long(), 5_u32.as_long(), 5_u64.as_long(), 5_i64.as_long()), (5, 5, 5, 5));
        assert_eq!(((-1_i32).as_long(), u32::MAX.as_long()), (-1, 4_294_967_295));
        assert_eq!((u64::MAX.as_long(), (1_u64 << 63).as_long()), (-1, i64::MIN));
        assert_eq!((i64::MAX as u64).as_long(), crate::MAX_SCHEDULE_TIMEOUT);
    }
}

//! `linux/printk.h`: `pr_info!` and its like.
//!
//! A message goes to standard error, after the Kernel's time, as on a console:
//! `[    0.000749] text`. Its format is the kernel's or Rust's, as for the names of kthreads; the
//! newline at its end is optional. Levels are not filtered, as on a console with
//! `ignore_loglevel`; [`pr_debug!`](crate::pr_debug) prints in a Kernel with
//! [`debug`](crate::KernelBuilder::debug) only. A kernel also keeps messages for `dmesg`; this
//! runtime does not.
//!
//! ```
//! use kthread_rt::prelude::*;
//!
//! pr_info!("counted to %d\n", 7);
//! pr_warn!("{} of {} are gone", 2, 3);
//! ```

use crate::sched::with_current;
use std::io::Write;

#[doc(inline)]
pub use crate::{pr_alert, pr_crit, pr_debug, pr_emerg, pr_err, pr_info, pr_notice, pr_warn};

/// What the macros call.
#[doc(hidden)]
pub fn print(message: &str) {
    let clock_ns = with_current(|me| {
        let clock = &me.kernel_state().clock;
        clock.since_boot_ns(clock.now_ns())
    });
    let (seconds, micros) = (clock_ns / 1_000_000_000, clock_ns / 1_000 % 1_000_000);
    let message = message.strip_suffix('\n').unwrap_or(message);
    // In one write, so that lines of several tasks don't mix. One that nobody can read is no error.
    _ = std::io::stderr().write_all(format!("[{seconds:>5}.{micros:06}] {message}\n").as_bytes());
}

/// Whether `pr_debug!` prints.
#[doc(hidden)]
pub fn debugs() -> bool {
    with_current(|me| me.kernel_state().debug)
}

/// Prints a message of level 0 (the system is unusable): `pr_emerg`. Never sleeps.
///
/// **Form**: `pr_emerg!("format" [, args…])`. The format is a literal, in printf or Rust style.
/// **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// pr_emerg!("the last disk is gone\n");
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! pr_emerg {
    ($($format:tt)+) => {
        $crate::printk::print(&$crate::kthread_name!($($format)+))
    };
}

/// Prints a message of level 1 (something must be done at once): `pr_alert`. Never sleeps.
///
/// **Form**: `pr_alert!("format" [, args…])`. The format is a literal, in printf or Rust style.
/// **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// pr_alert!("cpu %d is too hot\n", 3);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! pr_alert {
    ($($format:tt)+) => {
        $crate::printk::print(&$crate::kthread_name!($($format)+))
    };
}

/// Prints a message of level 2 (critical): `pr_crit`. Never sleeps.
///
/// **Form**: `pr_crit!("format" [, args…])`. The format is a literal, in printf or Rust style.
/// **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// pr_crit!("cpu %d is too hot\n", 3);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! pr_crit {
    ($($format:tt)+) => {
        $crate::printk::print(&$crate::kthread_name!($($format)+))
    };
}

/// Prints a message of level 3 (an error): `pr_err`. Never sleeps.
///
/// **Form**: `pr_err!("format" [, args…])`. The format is a literal, in printf or Rust style.
/// **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// pr_err!("can't read sector %lu\n", 77_u64);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! pr_err {
    ($($format:tt)+) => {
        $crate::printk::print(&$crate::kthread_name!($($format)+))
    };
}

/// Prints a message of level 4 (a warning): `pr_warn`. Never sleeps.
///
/// **Form**: `pr_warn!("format" [, args…])`. The format is a literal, in printf or Rust style.
/// **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// pr_warn!("{} retries left", 2);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! pr_warn {
    ($($format:tt)+) => {
        $crate::printk::print(&$crate::kthread_name!($($format)+))
    };
}

/// Prints a message of level 5 (normal, but worth a note): `pr_notice`. Never sleeps.
///
/// **Form**: `pr_notice!("format" [, args…])`. The format is a literal, in printf or Rust style.
/// **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// pr_notice!("sda: attached\n");
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! pr_notice {
    ($($format:tt)+) => {
        $crate::printk::print(&$crate::kthread_name!($($format)+))
    };
}

/// Prints a message of level 6 (information): `pr_info`. Never sleeps.
///
/// **Form**: `pr_info!("format" [, args…])`. The format is a literal, in printf or Rust style.
/// **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// pr_info!("counted to %d\n", 7);
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! pr_info {
    ($($format:tt)+) => {
        $crate::printk::print(&$crate::kthread_name!($($format)+))
    };
}

/// Prints a message for debugging, in a Kernel with [`debug`](crate::KernelBuilder::debug) only:
/// `pr_debug`. Its arguments are not evaluated otherwise.
///
/// **Form**: `pr_debug!("format" [, args…])`. The format is a literal, in printf or Rust style.
/// **Returns** `()`.
///
/// ```
/// use kthread_rt::prelude::*;
///
/// pr_debug!("queue {:?}", [1, 2]); // only in a Kernel with debug
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! pr_debug {
    ($($format:tt)+) => {
        if $crate::printk::debugs() {
            $crate::printk::print(&$crate::kthread_name!($($format)+));
        }
    };
}

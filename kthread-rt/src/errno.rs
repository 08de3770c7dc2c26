//! `linux/errno.h`: the kernel's error numbers.

use std::fmt;

/// An error number of the kernel, as from `PTR_ERR` or a negative `int` return.
///
/// The numbers are the kernel's, including those that never reach a user program, such as
/// `ERESTARTSYS`.
///
/// ```
/// use kthread_rt::Errno;
///
/// assert_eq!(Errno::EINTR.to_string(), "EINTR (4): interrupted by a fatal signal, or never run");
/// assert_eq!(Errno::ERESTARTSYS.as_return(), -512);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Errno(i32);

macro_rules! errnos {
    ($($(#[$meta:meta])* $name:ident = $number:literal, $text:literal;)*) => {
        impl Errno {
            $(#[doc = $text] $(#[$meta])* pub const $name: Self = Self($number);)*

            fn known(self) -> Option<(&'static str, &'static str)> {
                match self.0 {
                    $($number => Some((stringify!($name), $text)),)*
                    _ => None,
                }
            }
        }
    };
}

errnos! {
    EPERM = 1, "operation not permitted";
    ENOENT = 2, "no such file, program or sysctl";
    ESRCH = 3, "no such task";
    EINTR = 4, "interrupted by a fatal signal, or never run";
    EIO = 5, "input or output error";
    ENXIO = 6, "no such device number";
    ENOEXEC = 8, "not an executable that the system can run";
    EBADF = 9, "the file is not open, or not open for this";
    ECHILD = 10, "no such child process";
    EAGAIN = 11, "resource temporarily unavailable";
    ENOMEM = 12, "out of memory";
    EACCES = 13, "permission denied";
    EFAULT = 14, "bad address: the thread function panicked";
    EBUSY = 16, "busy: it is in use, or was requested already";
    EEXIST = 17, "exists already";
    ENODEV = 19, "no such device";
    EISDIR = 21, "is a directory";
    EINVAL = 22, "invalid argument";
    ENOTTY = 25, "no such ioctl";
    ENOSPC = 28, "no space left";
    ESPIPE = 29, "the file has no position to seek";
    ERANGE = 34, "number out of range";
    EDEADLK = 35, "deadlock: it would wait for itself, or must back off";
    ENOSYS = 38, "not possible for this task";
    ETIME = 62, "timer expired";
    ESHUTDOWN = 108, "the Kernel has shut down";
    EALREADY = 114, "the same acquire context holds the lock already";
    EOWNERDEAD = 130, "the process is a forked child of the one that runs the Kernel: exec first";
    ERESTARTSYS = 512, "interrupted by a signal";
}

impl Errno {
    /// Makes the error with this positive number.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// assert_eq!(Errno::from_raw(22), Errno::EINVAL);
    /// assert_eq!((Errno::EINVAL.raw(), Errno::EINVAL.as_return()), (22, -22));
    /// ```
    pub const fn from_raw(number: i32) -> Self {
        Self(number)
    }

    /// Returns the positive number.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// assert_eq!(Errno::from_raw(22), Errno::EINVAL);
    /// assert_eq!((Errno::EINVAL.raw(), Errno::EINVAL.as_return()), (22, -22));
    /// ```
    pub const fn raw(self) -> i32 {
        self.0
    }

    /// Returns the negative number, as a kernel function returns it.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// assert_eq!(Errno::from_raw(22), Errno::EINVAL);
    /// assert_eq!((Errno::EINVAL.raw(), Errno::EINVAL.as_return()), (22, -22));
    /// ```
    pub const fn as_return(self) -> i32 {
        -self.0
    }
}

/// Converts a result to `0` or `-errno`, as a kernel function returns them.
///
/// ```
/// use kthread_rt::{Errno, errno::to_return};
///
/// assert_eq!(to_return(Ok(())), 0);
/// assert_eq!(to_return(Err(Errno::EBUSY)), -16);
/// ```
pub fn to_return(result: Result<(), Errno>) -> i32 {
    result.map_or_else(Errno::as_return, |()| 0)
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known() {
            Some((name, text)) => write!(f, "{name} ({}): {text}", self.0),
            None => write!(f, "{}", std::io::Error::from_raw_os_error(self.0)),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known() {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "errno {}", self.0),
        }
    }
}

impl std::error::Error for Errno {}

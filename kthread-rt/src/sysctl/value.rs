//! The values: how each type parses a written text.

#![forbid(unsafe_code)]

use crate::errno::Errno;
use crate::sync::Mutex;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// A value that can be named in the tree: the `data` of a `struct ctl_table`, with its limits.
///
/// A clone is another handle to the same value.
#[derive(Clone)]
pub struct Sysctl<T: SysctlValue>(Arc<Cell<T>>);

struct Cell<T: SysctlValue> {
    value: Mutex<T>,
    limits: T::Limits,
}

/// A type that a [`Sysctl`] may have: `i32`, `u32`, `bool`, `String`.
pub trait SysctlValue: Clone + Send + sealed::Parse + 'static {}

impl SysctlValue for i32 {}
impl SysctlValue for u32 {}
impl SysctlValue for bool {}
impl SysctlValue for String {}

/// A value of any type.
pub(super) trait Entry: Send + Sync {
    fn show(&self) -> String;
    fn store(&self, text: &str) -> Result<(), Errno>;
}

impl<T: SysctlValue> Entry for Cell<T> {
    fn show(&self) -> String {
        self.value.lock().show()
    }

    fn store(&self, text: &str) -> Result<(), Errno> {
        if let Some(value) = T::parse(text, &self.limits)? {
            *self.value.lock() = value;
        }
        Ok(())
    }
}

impl<T: SysctlValue> Sysctl<T> {
    /// Returns the value. Never sleeps.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let limit = Sysctl::int(7);
    /// limit.set(8);
    /// assert_eq!(limit.get(), 8);
    /// ```
    pub fn get(&self) -> T {
        self.0.value.lock().clone()
    }

    /// Sets the value. The limits are only for [`sysctl_write`](super::sysctl_write), as the
    /// kernel's don't limit the C variable.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let limit = Sysctl::int(7);
    /// limit.set(8);
    /// assert_eq!(limit.get(), 8);
    /// ```
    pub fn set(&self, value: T) {
        *self.0.value.lock() = value;
    }

    pub(super) fn entry(&self) -> Arc<dyn Entry> {
        self.0.clone()
    }

    fn with_limits(value: T, limits: T::Limits) -> Self {
        Self(Arc::new(Cell { value: Mutex::new(value), limits }))
    }
}

impl Sysctl<String> {
    /// A text of fewer than `maxlen` bytes: as in the kernel, `maxlen` counts a final NUL.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let name = Sysctl::string("none", 5);
    /// let _names = register_sysctl("kernel/demo", &[CtlTable::new("name", 0o644, &name)])?;
    /// sysctl_write("kernel/demo/name", "jiffy\n")?;
    /// assert_eq!(name.get(), "jiff");
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn string(value: &str, maxlen: usize) -> Self {
        Self::with_limits(value.to_owned(), maxlen)
    }
}

impl<T: SysctlValue<Limits = RangeInclusive<T>>> Sysctl<T> {
    /// A number that writes can set only to those in `range`.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let percent = Sysctl::ranged(50_u32, 0..=100);
    /// assert_eq!(percent.get(), 50);
    /// ```
    pub fn ranged(value: T, range: RangeInclusive<T>) -> Self {
        Self::with_limits(value, range)
    }
}

impl Sysctl<i32> {
    /// Any number that an `int` can be.
    ///
    /// ```
    /// use kthread_rt::prelude::*;
    ///
    /// let limit = Sysctl::int(7);
    /// limit.set(8);
    /// assert_eq!(limit.get(), 8);
    /// ```
    pub fn int(value: i32) -> Self {
        Self::ranged(value, i32::MIN..=i32::MAX)
    }
}

impl Sysctl<u32> {
    /// Any number that an `unsigned int` can be.
    pub fn uint(value: u32) -> Self {
        Self::ranged(value, 0..=u32::MAX)
    }
}

impl Sysctl<bool> {
    /// A switch: 0 or 1.
    pub fn switch(value: bool) -> Self {
        Self::with_limits(value, ())
    }
}

impl<T: SysctlValue + fmt::Debug> fmt::Debug for Sysctl<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sysctl").field(&self.get()).finish()
    }
}

mod sealed {
    use super::{Errno, RangeInclusive, number};

    /// Parses a text to a value and formats a value as a text.
    pub trait Parse: Sized {
        /// What limits the value.
        type Limits: Send + Sync;
        /// Returns the value, or `None` if the text leaves it unchanged.
        fn parse(text: &str, limits: &Self::Limits) -> Result<Option<Self>, Errno>;
        /// Formats the value.
        fn show(&self) -> String;
    }

    macro_rules! numbers {
        ($($ty:ty),*) => { $(
            impl Parse for $ty {
                type Limits = RangeInclusive<Self>;

                fn parse(text: &str, limits: &Self::Limits) -> Result<Option<Self>, Errno> {
                    let Some(number) = number(text)? else { return Ok(None) };
                    let value = Self::try_from(number).map_err(|_| Errno::EINVAL)?;
                    if limits.contains(&value) { Ok(Some(value)) } else { Err(Errno::EINVAL) }
                }

                fn show(&self) -> String {
                    self.to_string()
                }
            }
        )* };
    }

    numbers!(i32, u32);

    impl Parse for bool {
        type Limits = ();

        fn parse(text: &str, (): &()) -> Result<Option<Self>, Errno> {
            Ok(u32::parse(text, &(0..=1))?.map(|n| n == 1))
        }

        fn show(&self) -> String {
            u32::from(*self).to_string()
        }
    }

    impl Parse for String {
        /// The maximum number of bytes, plus 1.
        type Limits = usize;

        fn parse(text: &str, maxlen: &usize) -> Result<Option<Self>, Errno> {
            if text.is_empty() {
                return Ok(None);
            }
            let line = text.split(['\n', '\0']).next().unwrap_or_default();
            let mut end = line.len().min(maxlen.saturating_sub(1));
            while !line.is_char_boundary(end) {
                end -= 1;
            }
            Ok(Some(line[..end].to_owned()))
        }

        fn show(&self) -> String {
            self.clone()
        }
    }
}

/// The kernel's `isspace`, for ASCII.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

/// A longer number is an error, even if most digits are zeros.
const LONGEST: usize = 20;

/// The first number of `text`: the kernel's `proc_get_long`. `None` for an empty text.
fn number(text: &str) -> Result<Option<i64>, Errno> {
    if text.is_empty() {
        return Ok(None);
    }
    let text = text.trim_start_matches(is_space);
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (radix, digits) = match text.as_bytes() {
        [b'0', b'x' | b'X', c, ..] if c.is_ascii_hexdigit() => (16, &text[2..]),
        [b'0', ..] => (8, text),
        _ => (10, text),
    };
    let end = digits.find(|c: char| !c.is_digit(radix)).unwrap_or(digits.len());
    let (digits, rest) = digits.split_at(end);
    if digits.is_empty()
        || text.len() - rest.len() > LONGEST
        || rest.starts_with(|c| ![' ', '\t', '\n'].contains(&c))
    {
        return Err(Errno::EINVAL);
    }
    let magnitude = i64::from_str_radix(digits, radix).map_err(|_| Errno::EINVAL)?;
    Ok(Some(if negative { -magnitude } else { magnitude }))
}

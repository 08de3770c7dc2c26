//! The run-time half of printf-style thread names: conversions print values.
//!
//! `kthread_run!` and its like parse the format string at compile time and expand to a chain of
//! calls on [`Name`]. `"kworker/%u:%-3ld"` becomes
//!
//! ```text
//! Name::new()
//!     .text("kworker/").unsigned(Spec::new(), int(cpu))
//!     .text(":").signed(Spec::new().left().width(3), long(id))
//!     .into_string()
//! ```
//!
//! The functions [`int`], [`long`] and so on check an argument's type, as `gcc -Wformat` does; the
//! methods of [`Name`] print.
//!
//! The output is C's, byte for byte. Where the C standard or Rust's strings leave a choice:
//!
//! * Where the kernel's printf differs from C, we follow C. It differs for zero with a precision of
//!   zero (C prints no digit), `%#x` of zero (C prints no prefix), the flag `0` with a precision (C
//!   ignores the flag), and a negative precision given through `*` (C treats it as absent).
//! * `%p` prints what the kernel's `%px` prints, the address in 16 hex digits. (The kernel's own
//!   `%p` prints a hash, to hide its addresses from users; a process has nothing to hide from
//!   itself.)
//! * Widths and precisions count bytes. A precision never cuts a character in half: it keeps the
//!   whole characters that fit.
//! * A name is UTF-8. Bytes of a C string that are not valid UTF-8 become U+FFFD, and so does a
//!   `%c` of a byte above 127.
//! * A width or precision given through `*` is clamped to the kernel's bounds.

#![forbid(unsafe_code)]

mod args;

use std::borrow::Cow;

pub use self::args::{
    CharArg, Int, IntArg, LongArg, PointerArg, SizeArg, StrArg, byte, character, int, long, pointer, short,
    size, string,
};

/// The kernel's bounds on widths and precisions; the macros reject larger ones in a format string.
const WIDTH_MAX: usize = (1 << 23) - 1;
const PRECISION_MAX: usize = (1 << 15) - 1;

/// Hex digits of an address.
const POINTER_DIGITS: usize = 16;

/// The flags, width and precision of a conversion.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spec {
    left: bool,
    plus: bool,
    space: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    precision: Option<usize>,
}

impl Spec {
    /// No flags, no width, no precision.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The flag `-`: pad on the right.
    #[must_use]
    pub fn left(self) -> Self {
        Self { left: true, ..self }
    }

    /// The flag `+`: print a sign for positive numbers too.
    #[must_use]
    pub fn plus(self) -> Self {
        Self { plus: true, ..self }
    }

    /// The flag ` `: print a space where `+` would print a plus.
    #[must_use]
    pub fn space(self) -> Self {
        Self { space: true, ..self }
    }

    /// The flag `#`: `0x` before hex, `0` before octal.
    #[must_use]
    pub fn alternate(self) -> Self {
        Self { alternate: true, ..self }
    }

    /// The flag `0`: pad with zeros.
    #[must_use]
    pub fn zero(self) -> Self {
        Self { zero: true, ..self }
    }

    /// A width in the format string.
    #[must_use]
    pub fn width(self, width: usize) -> Self {
        Self { width, ..self }
    }

    /// A width given through `*`: negative means the flag `-` and its absolute value.
    #[must_use]
    pub fn width_from(self, width: Int) -> Self {
        let width = width.signed();
        let bytes = usize::try_from(width.unsigned_abs()).unwrap_or(WIDTH_MAX).min(WIDTH_MAX);
        Self { left: self.left || width < 0, width: bytes, ..self }
    }

    /// A precision in the format string.
    #[must_use]
    pub fn precision(self, precision: usize) -> Self {
        Self { precision: Some(precision), ..self }
    }

    /// A precision given through `*`: negative means none.
    #[must_use]
    pub fn precision_from(self, precision: Int) -> Self {
        let precision = usize::try_from(precision.signed()).ok();
        Self { precision: precision.map(|precision| precision.min(PRECISION_MAX)), ..self }
    }
}

/// A name under construction.
#[derive(Debug, Default)]
pub struct Name(String);

impl Name {
    /// An empty name.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The finished name.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// Literal text.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.0.push_str(text);
        self
    }

    /// `%d` and `%i`.
    #[must_use]
    pub fn signed(self, spec: Spec, value: Int) -> Self {
        let value = value.signed();
        let sign = match value {
            ..0 => "-",
            _ if spec.plus => "+",
            _ if spec.space => " ",
            _ => "",
        };
        self.integer(spec, sign, value.unsigned_abs().to_string())
    }

    /// `%u`.
    #[must_use]
    pub fn unsigned(self, spec: Spec, value: Int) -> Self {
        self.integer(spec, "", value.unsigned().to_string())
    }

    /// `%o`. Its `#` adds a leading zero *digit*, which counts towards the precision, rather than a
    /// prefix.
    #[must_use]
    pub fn octal(self, spec: Spec, value: Int) -> Self {
        let value = value.unsigned();
        let leading = if spec.alternate && value != 0 { "0" } else { "" };
        // With `#`, zero is printed even where the precision would print nothing.
        let precision = spec.precision.map(|least| if spec.alternate { least.max(1) } else { least });
        self.integer(Spec { precision, ..spec }, "", format!("{leading}{value:o}"))
    }

    /// `%x`.
    #[must_use]
    pub fn lower_hex(self, spec: Spec, value: Int) -> Self {
        let value = value.unsigned();
        let prefix = if spec.alternate && value != 0 { "0x" } else { "" };
        self.integer(spec, prefix, format!("{value:x}"))
    }

    /// `%X`.
    #[must_use]
    pub fn upper_hex(self, spec: Spec, value: Int) -> Self {
        let value = value.unsigned();
        let prefix = if spec.alternate && value != 0 { "0X" } else { "" };
        self.integer(spec, prefix, format!("{value:X}"))
    }

    /// `%c`.
    #[must_use]
    pub fn character(self, spec: Spec, value: char) -> Self {
        self.justified(spec, value.encode_utf8(&mut [0; 4]))
    }

    /// `%s`; a precision limits the bytes that are taken.
    #[must_use]
    pub fn string(self, spec: Spec, value: Cow<'_, str>) -> Self {
        let mut end = spec.precision.map_or(value.len(), |most| most.min(value.len()));
        while !value.is_char_boundary(end) {
            end -= 1;
        }
        self.justified(spec, &value[..end])
    }

    /// `%p`, as the kernel's `%px`: at least 16 digits, unless a width is given.
    #[must_use]
    pub fn pointer(self, spec: Spec, address: usize) -> Self {
        let precision = match spec.width {
            0 => Some(spec.precision.map_or(POINTER_DIGITS, |least| least.max(POINTER_DIGITS))),
            _ => spec.precision,
        };
        let prefix = if spec.alternate { "0x" } else { "" };
        self.integer(Spec { precision, ..spec }, prefix, format!("{address:x}"))
    }

    /// A sign or prefix, zeros, and the digits of a number.
    fn integer(self, spec: Spec, prefix: &str, digits: String) -> Self {
        let digits = if digits == "0" && spec.precision == Some(0) { "" } else { &digits };
        let least = match spec.precision {
            // In C, a precision and the flag `-` both override the flag `0`.
            Some(precision) => precision,
            None if spec.zero && !spec.left => spec.width.saturating_sub(prefix.len()),
            None => 0,
        };
        let zeros = "0".repeat(least.saturating_sub(digits.len()));
        self.justified(spec, &[prefix, &zeros, digits].concat())
    }

    /// `text`, padded with spaces to the width.
    fn justified(mut self, spec: Spec, text: &str) -> Self {
        let spaces = " ".repeat(spec.width.saturating_sub(text.len()));
        let parts = if spec.left { [text, &spaces] } else { [&spaces, text] };
        self.0.extend(parts);
        self
    }
}

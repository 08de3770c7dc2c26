//! Which arguments a conversion accepts: a trait for each class of arguments, and the functions
//! through which the macros convert an argument.
//!
//! The notes of each trait tell the user what to write instead. The impls are marked
//! `do_not_recommend` because the compiler's list of implementing types would bury that advice.

#![forbid(unsafe_code)]

use std::borrow::Cow;
use std::ffi::{CStr, CString};
use std::ptr::NonNull;

/// An integer argument as C passes it: bits, which the conversion reads as signed or unsigned.
#[derive(Clone, Copy, Debug)]
pub struct Int {
    bits: u64,
    size: u32,
}

impl Int {
    /// The low `size` bits, read as two's complement.
    pub(super) fn signed(self) -> i64 {
        let unused = u64::BITS - self.size;
        (self.bits << unused).cast_signed() >> unused
    }

    /// The low `size` bits.
    pub(super) fn unsigned(self) -> u64 {
        let unused = u64::BITS - self.size;
        (self.bits << unused) >> unused
    }
}

/// The argument of a conversion without a length: C's `int`, or a type that is promoted to it.
#[diagnostic::on_unimplemented(
    message = "`%d`, `%u`, `%x` and the like want an integer of at most 32 bits, and this is `{Self}`",
    label = "not an integer of at most 32 bits",
    note = "write `%ld` or `%lld` for 64 bits, `%zu` or `%zd` for `usize` and `isize`, `%s` for a string"
)]
pub trait IntArg {
    /// The value after C's promotion to `int`.
    fn promote(self) -> u32;
}

/// The argument of `%ld`, `%lld`, `%jd`: 64 bits.
#[diagnostic::on_unimplemented(
    message = "`%ld`, `%lu`, `%llx` and the like want an integer of 64 bits, and this is `{Self}`",
    label = "not an integer of 64 bits",
    note = "write `%d`, `%u` or `%x` for up to 32 bits"
)]
pub trait LongArg {
    /// The value's bits.
    fn bits(self) -> u64;
}

/// The argument of `%zd`, `%td`: the size of a pointer.
#[diagnostic::on_unimplemented(
    message = "`%zu`, `%zd`, `%td` and the like want `usize` or `isize`, and this is `{Self}`",
    label = "neither `usize` nor `isize`",
    note = "write `%d` or `%u` for up to 32 bits, `%ld` or `%lld` for 64"
)]
pub trait SizeArg {
    /// The value's bits.
    fn bits(self) -> u64;
}

/// The argument of `%c`.
#[diagnostic::on_unimplemented(
    message = "`%c` wants a `char` or a byte, and this is `{Self}`",
    label = "not a character",
    note = "write `%d` or `%u` for a number, `%s` for a string"
)]
pub trait CharArg {
    /// The character.
    fn character(self) -> char;
}

/// The argument of `%s`.
#[diagnostic::on_unimplemented(
    message = "`%s` wants a string, and this is `{Self}`",
    label = "not a `str`, `String`, `CStr`, `CString` or `Cow<str>`",
    note = "write `%d`, `%u` or `%x` for a number, or use the Rust style, `{{}}`, for what implements `Display`"
)]
pub trait StrArg {
    /// The text, with U+FFFD for bytes that are not UTF-8.
    fn text(&self) -> Cow<'_, str>;
}

/// The argument of `%p`.
#[diagnostic::on_unimplemented(
    message = "`%p` wants a raw pointer, and this is `{Self}`",
    label = "not a raw pointer",
    note = "write `&raw const place` or `std::ptr::from_ref(reference)` for the address of something"
)]
pub trait PointerArg {
    /// The address.
    fn address(&self) -> usize;
}

/// C's promotion keeps the value if it fits an `int`, and the bits if it does not.
macro_rules! int_args {
    ($($small:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntArg for $small {
            fn promote(self) -> u32 {
                i32::from(self).cast_unsigned()
            }
        }
    )*};
}
int_args!(i8, i16, i32, u8, u16);

#[diagnostic::do_not_recommend]
impl IntArg for u32 {
    fn promote(self) -> u32 {
        self
    }
}

/// All of these have 64 bits on the supported targets, so the cast keeps all bits.
macro_rules! wide_args {
    ($class:ident: $($wide:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl $class for $wide {
            fn bits(self) -> u64 {
                self as u64
            }
        }
    )*};
}
wide_args!(LongArg: i64, u64, isize, usize);
wide_args!(SizeArg: isize, usize);

#[diagnostic::do_not_recommend]
impl CharArg for char {
    fn character(self) -> char {
        self
    }
}

#[diagnostic::do_not_recommend]
impl CharArg for u8 {
    fn character(self) -> char {
        if self.is_ascii() { char::from(self) } else { char::REPLACEMENT_CHARACTER }
    }
}

/// C's `char` is signed on x86-64.
#[diagnostic::do_not_recommend]
impl CharArg for i8 {
    fn character(self) -> char {
        self.cast_unsigned().character()
    }
}

#[diagnostic::do_not_recommend]
impl StrArg for str {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl StrArg for String {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl StrArg for Cow<'_, str> {
    fn text(&self) -> Cow<'_, str> {
        Cow::Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl StrArg for CStr {
    fn text(&self) -> Cow<'_, str> {
        self.to_string_lossy()
    }
}

#[diagnostic::do_not_recommend]
impl StrArg for CString {
    fn text(&self) -> Cow<'_, str> {
        self.to_string_lossy()
    }
}

#[diagnostic::do_not_recommend]
impl<S: StrArg + ?Sized> StrArg for &S {
    fn text(&self) -> Cow<'_, str> {
        (**self).text()
    }
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> PointerArg for *const T {
    fn address(&self) -> usize {
        self.addr()
    }
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> PointerArg for *mut T {
    fn address(&self) -> usize {
        self.addr()
    }
}

#[diagnostic::do_not_recommend]
impl<T: ?Sized> PointerArg for NonNull<T> {
    fn address(&self) -> usize {
        self.addr().get()
    }
}

#[diagnostic::do_not_recommend]
impl<P: PointerArg> PointerArg for &P {
    fn address(&self) -> usize {
        (**self).address()
    }
}

/// The value of a conversion without a length, and of a `*`.
pub fn int(value: impl IntArg) -> Int {
    Int { bits: value.promote().into(), size: 32 }
}

/// The value of a conversion with `h`.
pub fn short(value: impl IntArg) -> Int {
    Int { size: 16, ..int(value) }
}

/// The value of a conversion with `hh`.
pub fn byte(value: impl IntArg) -> Int {
    Int { size: 8, ..int(value) }
}

/// The value of a conversion with `l`, `ll` or `j`.
pub fn long(value: impl LongArg) -> Int {
    Int { bits: value.bits(), size: 64 }
}

/// The value of a conversion with `z` or `t`.
pub fn size(value: impl SizeArg) -> Int {
    Int { bits: value.bits(), size: 64 }
}

/// The value of `%c`.
pub fn character(value: impl CharArg) -> char {
    value.character()
}

/// The value of `%s`.
pub fn string<S: StrArg + ?Sized>(value: &S) -> Cow<'_, str> {
    value.text()
}

/// The value of `%p`.
pub fn pointer(value: &impl PointerArg) -> usize {
    value.address()
}

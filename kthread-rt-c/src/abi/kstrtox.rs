//! `linux/kstrtox.h`: converts text to numbers, with the kernel's syntax and its errors.

use super::int;
use kthread_rt::Errno;
use std::ffi::{CStr, c_char, c_int, c_longlong, c_uint, c_ulonglong};

/// The rest of the text after the prefix, and the base. Base 0 is determined by the prefix; base 16
/// may have one.
fn radix(text: &[u8], base: u32) -> (&[u8], u32) {
    let hexadecimal = matches!(text, [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit());
    match base {
        0 if hexadecimal => (&text[2..], 16),
        0 if text.first() == Some(&b'0') => (text, 8),
        0 => (text, 10),
        16 if matches!(text, [b'0', b'x' | b'X', ..]) => (&text[2..], 16),
        _ => (text, base),
    }
}

/// Parses all leading digits. Returns the number, its length in bytes with the prefix, and whether
/// it overflowed (it wraps then).
fn digits(text: &[u8], base: u32) -> (u64, usize, bool) {
    let (rest, base) = radix(text, base);
    let (mut number, mut count, mut overflow) = (0u64, 0, false);
    // No letter after f is a digit, whatever the base.
    let digit = |&byte: &u8| char::from(byte).to_digit(16).filter(|digit| *digit < base);
    for digit in rest.iter().map_while(digit) {
        let next = number.checked_mul(base.into()).and_then(|number| number.checked_add(digit.into()));
        overflow |= next.is_none();
        number = number.wrapping_mul(base.into()).wrapping_add(digit.into());
        count += 1;
    }
    let prefix = text.len() - rest.len();
    (number, if count == 0 { 0 } else { prefix + count }, overflow)
}

/// Parses a whole text without a sign.
fn whole(text: &[u8], base: u32) -> Result<u64, Errno> {
    let (number, length, overflow) = digits(text, base);
    if overflow {
        return Err(Errno::ERANGE);
    }
    match &text[length..] {
        _ if length == 0 => Err(Errno::EINVAL),
        [] | [b'\n'] => Ok(number),
        _ => Err(Errno::EINVAL),
    }
}

/// `kstrtoull`. A leading plus is allowed.
pub(super) fn unsigned(text: &[u8], base: u32) -> Result<u64, Errno> {
    whole(text.strip_prefix(b"+").unwrap_or(text), base)
}

/// `kstrtoll`.
pub(super) fn signed(text: &[u8], base: u32) -> Result<i64, Errno> {
    match text.strip_prefix(b"-") {
        Some(rest) => 0i64.checked_sub_unsigned(whole(rest, base)?).ok_or(Errno::ERANGE),
        None => i64::try_from(unsigned(text, base)?).map_err(|_| Errno::ERANGE),
    }
}

/// `kstrtobool`: by the first letter, or the second of "on" and "off".
pub(super) fn boolean(text: &[u8]) -> Result<bool, Errno> {
    match text {
        [b'y' | b'Y' | b't' | b'T' | b'1', ..] | [b'o' | b'O', b'n' | b'N', ..] => Ok(true),
        [b'n' | b'N' | b'f' | b'F' | b'0', ..] | [b'o' | b'O', b'f' | b'F', ..] => Ok(false),
        _ => Err(Errno::EINVAL),
    }
}

/// # Safety
///
/// `text` is null or a C string.
unsafe fn bytes<'a>(text: *const c_char) -> Result<&'a [u8], Errno> {
    if text.is_null() {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the contract.
    Ok(unsafe { CStr::from_ptr(text) }.to_bytes())
}

/// At most `count` bytes of user memory, and at most 70, which is enough for any number.
///
/// # Safety
///
/// `text` has `count` readable bytes, unless it is an address in the first or the last page.
unsafe fn from_user<'a>(text: *const c_char, count: usize) -> Result<&'a [u8], Errno> {
    if text.addr() < 4096 || text.addr() > usize::MAX - 4095 {
        return Err(Errno::EFAULT);
    }
    // SAFETY: the contract.
    let bytes = unsafe { std::slice::from_raw_parts(text.cast::<u8>(), count.min(70)) };
    Ok(bytes.split(|&byte| byte == 0).next().unwrap_or(bytes))
}

/// Stores the parsed value. Returns 0 or −errno.
///
/// # Safety
///
/// `result` can be written.
unsafe fn store<T>(parsed: Result<T, Errno>, result: *mut T) -> c_int {
    // SAFETY: the contract.
    int(parsed.map(|number| unsafe { result.write(number) }))
}

macro_rules! kstrtox {
    ($($name:ident $user:ident: $type:ty = $parse:ident;)*) => { $(
        #[unsafe(no_mangle)]
        unsafe extern "C-unwind" fn $name(text: *const c_char, base: c_uint, result: *mut $type) -> c_int {
            // SAFETY: the C contract.
            unsafe {
                let number = bytes(text).and_then(|text| $parse(text, base));
                store(number.and_then(|number| <$type>::try_from(number).map_err(|_| Errno::ERANGE)), result)
            }
        }

        #[unsafe(no_mangle)]
        unsafe extern "C-unwind" fn $user(
            text: *const c_char,
            count: usize,
            base: c_uint,
            result: *mut $type,
        ) -> c_int {
            // SAFETY: the C contract.
            unsafe {
                let number = from_user(text, count).and_then(|text| $parse(text, base));
                store(number.and_then(|number| <$type>::try_from(number).map_err(|_| Errno::ERANGE)), result)
            }
        }
    )* };
}

kstrtox! {
    kstrtoull kstrtoull_from_user: c_ulonglong = unsigned;
    kstrtoll kstrtoll_from_user: c_longlong = signed;
    kstrtouint kstrtouint_from_user: u32 = unsigned;
    kstrtoint kstrtoint_from_user: i32 = signed;
    kstrtou16 kstrtou16_from_user: u16 = unsigned;
    kstrtos16 kstrtos16_from_user: i16 = signed;
    kstrtou8 kstrtou8_from_user: u8 = unsigned;
    kstrtos8 kstrtos8_from_user: i8 = signed;
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kstrtobool(text: *const c_char, result: *mut bool) -> c_int {
    // SAFETY: the C contract.
    unsafe { store(bytes(text).and_then(boolean), result) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn kstrtobool_from_user(
    text: *const c_char,
    count: usize,
    result: *mut bool,
) -> c_int {
    let _whole = crate::abi::may_sleep_in_all("kstrtobool_from_user");
    // SAFETY: the C contract.
    unsafe { store(from_user(text, count).and_then(boolean), result) }
}

/// Stores the end of the number, if `end` is not null.
///
/// # Safety
///
/// `end` is null or can be written; `length` is within the text.
unsafe fn tell_end(text: *const c_char, length: usize, end: *mut *const c_char) {
    if !end.is_null() {
        // SAFETY: the contract.
        unsafe { *end = text.add(length) };
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn simple_strtoull(
    text: *const c_char,
    end: *mut *const c_char,
    base: c_uint,
) -> c_ulonglong {
    // SAFETY: the C contract.
    unsafe {
        let (number, length, _) = digits(CStr::from_ptr(text).to_bytes(), base);
        tell_end(text, length, end);
        number
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn simple_strtoll(
    text: *const c_char,
    end: *mut *const c_char,
    base: c_uint,
) -> c_longlong {
    // SAFETY: the C contract.
    unsafe {
        match CStr::from_ptr(text).to_bytes().strip_prefix(b"-") {
            Some(_) => (simple_strtoull(text.add(1), end, base) as i64).wrapping_neg(),
            None => simple_strtoull(text, end, base) as i64,
        }
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn memparse(text: *const c_char, end: *mut *const c_char) -> c_ulonglong {
    // SAFETY: the C contract.
    unsafe {
        let bytes = CStr::from_ptr(text).to_bytes();
        let (number, length, _) = digits(bytes, 0);
        let unit = bytes.get(length).map(u8::to_ascii_uppercase);
        let power = unit.and_then(|unit| b"KMGTPE".iter().position(|&other| other == unit));
        tell_end(text, length + usize::from(power.is_some()), end);
        number << (10 * power.map_or(0, |power| power + 1))
    }
}

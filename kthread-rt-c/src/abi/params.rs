//! `linux/moduleparam.h`: the operations of the kernel's own parameter types, for modules that wrap
//! them in `module_param_cb`.

use super::kstrtox::{boolean, signed, unsigned};
use super::module::{KernelParam, KernelParamOps};
use super::{int, text};
use kthread_rt::Errno;
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::ptr;
use std::sync::{Mutex, PoisonError};

/// Writes a value as text with a newline. Returns the length.
///
/// # Safety
///
/// `buffer` has room for a page.
unsafe fn show(buffer: *mut c_char, value: &dyn std::fmt::Display) -> c_int {
    let text = format!("{value}\n");
    // SAFETY: the contract.
    unsafe { super::sched::copy_text(&text, buffer, 4096) };
    text.len() as c_int
}

// SAFETY: a table of functions that is never changed.
unsafe impl Sync for KernelParamOps {}

macro_rules! params {
    ($($ops:ident $set:ident $get:ident: $type:ty = |$text:ident| $parse:expr;)*) => { $(
        #[unsafe(no_mangle)]
        unsafe extern "C-unwind" fn $set(value: *const c_char, param: *const KernelParam) -> c_int {
            if value.is_null() {
                return Errno::EINVAL.as_return();
            }
            // SAFETY: the C contract.
            unsafe {
                let value = text(value);
                let $text = value.as_bytes();
                int($parse.and_then(|value| {
                    (*param).arg.cast::<$type>().write(<$type>::try_from(value).map_err(|_| Errno::ERANGE)?);
                    Ok(())
                }))
            }
        }

        #[unsafe(no_mangle)]
        unsafe extern "C-unwind" fn $get(buffer: *mut c_char, param: *const KernelParam) -> c_int {
            // SAFETY: the C contract.
            unsafe { show(buffer, &(*param).arg.cast::<$type>().read()) }
        }

        #[unsafe(no_mangle)]
        #[allow(non_upper_case_globals, reason = "the kernel's name")]
        static $ops: KernelParamOps = KernelParamOps { flags: 0, set: Some($set), get: Some($get), free: None };
    )* };
}

params! {
    param_ops_byte param_set_byte param_get_byte: u8 = |text| unsigned(text, 0);
    param_ops_short param_set_short param_get_short: i16 = |text| signed(text, 0);
    param_ops_ushort param_set_ushort param_get_ushort: u16 = |text| unsigned(text, 0);
    param_ops_int param_set_int param_get_int: i32 = |text| signed(text, 0);
    param_ops_uint param_set_uint param_get_uint: u32 = |text| unsigned(text, 0);
    param_ops_long param_set_long param_get_long: i64 = |text| signed(text, 0);
    param_ops_ulong param_set_ulong param_get_ulong: u64 = |text| unsigned(text, 0);
    param_ops_ullong param_set_ullong param_get_ullong: u64 = |text| unsigned(text, 0);
}

/// Defines the operations of a type that is not a plain number.
macro_rules! more {
    ($($ops:ident $set:ident $get:ident free $free:expr;)*) => { $(
        #[unsafe(no_mangle)]
        #[allow(non_upper_case_globals, reason = "the kernel's name")]
        static $ops: KernelParamOps = KernelParamOps { flags: 0, set: Some($set), get: Some($get), free: $free };
    )* };
}

more! {
    param_ops_hexint param_set_hexint param_get_hexint free None;
    param_ops_bool param_set_bool param_get_bool free None;
    param_ops_bool_enable_only param_set_bool_enable_only param_get_bool free None;
    param_ops_invbool param_set_invbool param_get_invbool free None;
    param_ops_bint param_set_bint param_get_bint free None;
    param_ops_charp param_set_charp param_get_charp free Some(param_free_charp);
    param_ops_string param_set_copystring param_get_string free None;
    param_array_ops param_set_array param_get_array free None;
}

/// The text; −EINVAL for null.
unsafe fn given(value: *const c_char) -> Result<String, Errno> {
    if value.is_null() {
        return Err(Errno::EINVAL);
    }
    // SAFETY: the C contract: a C string.
    Ok(unsafe { text(value) })
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_set_uint_minmax(
    value: *const c_char,
    param: *const KernelParam,
    min: c_uint,
    max: c_uint,
) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        int(given(value).and_then(|value| {
            let number = c_uint::try_from(unsigned(value.as_bytes(), 0)?).map_err(|_| Errno::ERANGE)?;
            if !(min..=max).contains(&number) {
                return Err(Errno::EINVAL);
            }
            (*param).arg.cast::<c_uint>().write(number);
            Ok(())
        }))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_set_hexint(value: *const c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the same contract.
    unsafe { param_set_uint(value, param) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_get_hexint(buffer: *mut c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the C contract.
    unsafe { show(buffer, &format_args!("{:#08x}", (*param).arg.cast::<c_uint>().read())) }
}

/// Sets a `bool`; no text means true.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_set_bool(value: *const c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        let value = if value.is_null() { "1".to_owned() } else { text(value) };
        int(boolean(value.as_bytes()).map(|value| (*param).arg.cast::<bool>().write(value)))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_get_bool(buffer: *mut c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the C contract.
    unsafe { show(buffer, if (*param).arg.cast::<bool>().read() { &"Y" } else { &"N" }) }
}

/// Parses a boolean; no text means true.
unsafe fn truth(value: *const c_char) -> Result<bool, Errno> {
    // SAFETY: the C contract.
    if value.is_null() { Ok(true) } else { boolean(unsafe { text(value) }.as_bytes()) }
}

/// Once true, the parameter can't be set to false.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_set_bool_enable_only(
    value: *const c_char,
    param: *const KernelParam,
) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        let at = (*param).arg.cast::<bool>();
        int(truth(value).and_then(|value| match (at.read(), value) {
            (true, false) => Err(Errno::from_raw(libc::EROFS)),
            (before, value) => {
                at.write(before || value);
                Ok(())
            }
        }))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_set_invbool(value: *const c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the C contract.
    unsafe { int(truth(value).map(|value| (*param).arg.cast::<bool>().write(!value))) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_get_invbool(buffer: *mut c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the C contract.
    unsafe { show(buffer, if (*param).arg.cast::<bool>().read() { &"N" } else { &"Y" }) }
}

/// An `int` that is 0 or 1.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_set_bint(value: *const c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the C contract.
    unsafe { int(truth(value).map(|value| (*param).arg.cast::<c_int>().write(value.into()))) }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_get_bint(buffer: *mut c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the same contract.
    unsafe { param_get_int(buffer, param) }
}

/// The texts that `charp` parameters were set to.
static TEXTS: Mutex<Vec<CString>> = Mutex::new(Vec::new());

/// The longest text of a `charp`.
const LONGEST: usize = 1024;

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_set_charp(value: *const c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        int(given(value).and_then(|_| {
            let copy = CStr::from_ptr(value).to_owned();
            if copy.as_bytes().len() > LONGEST {
                return Err(Errno::ENOSPC);
            }
            let at = (*param).arg.cast::<*const c_char>();
            let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
            let before = std::mem::replace(&mut *at, copy.as_ptr());
            texts.retain(|text| text.as_ptr() != before);
            texts.push(copy);
            Ok(())
        }))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_get_charp(buffer: *mut c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the C contract.
    unsafe { show(buffer, &text((*param).arg.cast::<*const c_char>().read())) }
}

/// Frees the text, if it was set.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_free_charp(arg: *mut c_void) {
    // SAFETY: the C contract: the variable of such a parameter.
    let of = unsafe { arg.cast::<*const c_char>().read() };
    TEXTS.lock().unwrap_or_else(PoisonError::into_inner).retain(|text| text.as_ptr() != of);
}

/// `struct kparam_string`.
#[repr(C)]
struct ParamString {
    room: c_uint,
    string: *mut c_char,
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_set_copystring(value: *const c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        int(given(value).and_then(|_| {
            let (bytes, to) = (CStr::from_ptr(value).to_bytes_with_nul(), (*param).arg.cast::<ParamString>());
            if bytes.len() > (*to).room as usize {
                return Err(Errno::ENOSPC);
            }
            (*to).string.copy_from_nonoverlapping(bytes.as_ptr().cast(), bytes.len());
            Ok(())
        }))
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn param_get_string(buffer: *mut c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the C contract.
    unsafe { show(buffer, &text((*(*param).arg.cast::<ParamString>()).string)) }
}

/// `struct kparam_array`.
#[repr(C)]
struct ParamArray {
    max: c_uint,
    size: c_uint,
    num: *mut c_uint,
    ops: *const KernelParamOps,
    elements: *mut u8,
}

/// One element of an array as a parameter.
unsafe fn element(param: *const KernelParam, array: &ParamArray, index: usize) -> KernelParam {
    // SAFETY: the C contract: within the array.
    unsafe {
        KernelParam {
            ops: array.ops,
            arg: array.elements.add(index * array.size as usize).cast(),
            max: 0,
            size: array.size,
            num: ptr::null_mut(),
            ..ptr::read(param)
        }
    }
}

unsafe extern "C-unwind" fn param_set_array(value: *const c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the C contract.
    unsafe {
        int(given(value).and_then(|value| {
            let array = &*(*param).arg.cast::<ParamArray>();
            let set = array.ops.as_ref().and_then(|ops| ops.set).ok_or(Errno::EINVAL)?;
            // The number of elements that were accepted, even if the next one is invalid.
            let mut counted = 0;
            let count = array.num.as_mut().unwrap_or(&mut counted);
            *count = 0;
            for part in value.split(',') {
                if *count == array.max {
                    return Err(Errno::EINVAL);
                }
                let part = CString::new(part).map_err(|_| Errno::EINVAL)?;
                match set(part.as_ptr(), &element(param, array, *count as usize)) {
                    0 => *count += 1,
                    error => return Err(Errno::from_raw(-error)),
                }
            }
            Ok(())
        }))
    }
}

unsafe extern "C-unwind" fn param_get_array(buffer: *mut c_char, param: *const KernelParam) -> c_int {
    // SAFETY: the C contract. Each element ends in a newline; a comma replaces it, except after the
    // last one.
    unsafe {
        let array = &*(*param).arg.cast::<ParamArray>();
        let Some(get) = array.ops.as_ref().and_then(|ops| ops.get) else { return Errno::EINVAL.as_return() };
        let count = array.num.as_ref().map_or(array.max, |num| *num);
        if count == 0 {
            // An empty array shows nothing, not even a newline.
            *buffer = 0;
            return 0;
        }
        let mut line = String::new();
        for index in 0..count as usize {
            let mut page = vec![0 as c_char; 4096];
            match get(page.as_mut_ptr(), &element(param, array, index)) {
                error if error < 0 => return error,
                _ => line += &(text(page.as_ptr()).trim_end_matches('\n').to_owned() + ","),
            }
        }
        show(buffer, &line.trim_end_matches(','))
    }
}

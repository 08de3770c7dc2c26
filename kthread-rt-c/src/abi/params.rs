//! `linux/moduleparam.h`: the operations of the kernel's own kinds of parameters, for modules that wrap them in
//! `module_param_cb`.

use super::kstrtox::{boolean, signed, unsigned};
use super::module::{KernelParam, KernelParamOps};
use super::{int, text};
use kthread_rt::Errno;
use std::ffi::{c_char, c_int};

/// Writes a value as text, with a newline; its length.
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

// SAFETY: a table of functions that nobody changes.
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

/// Of a `bool`; no text is "yes".
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

#[unsafe(no_mangle)]
#[allow(non_upper_case_globals, reason = "the kernel's name")]
static param_ops_bool: KernelParamOps =
    KernelParamOps { flags: 0, set: Some(param_set_bool), get: Some(param_get_bool), free: None };

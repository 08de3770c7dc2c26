//! Sets a module's parameters from their texts.

use kthread_rt_c::module::KernelParam;
use std::ffi::{CStr, CString};
use std::sync::{Mutex, PoisonError};

/// The texts that `charp` parameters point to.
static TEXTS: Mutex<Vec<CString>> = Mutex::new(Vec::new());

/// Writes `value` into the variable of `param`.
pub(crate) fn set(param: &KernelParam, value: &str) -> Result<(), String> {
    // SAFETY: the kind is a C string of the header's macro.
    let kind = unsafe { CStr::from_ptr(param.kind) }.to_string_lossy();
    let text = CString::new(value).map_err(|e| e.to_string())?;
    match (&*kind, param.max) {
        ("callback", _) => set_by_ops(param, &text),
        ("string", _) => {
            let bytes = text.as_bytes_with_nul();
            if bytes.len() > param.size as usize {
                return Err(format!("longer than {} bytes", param.size - 1));
            }
            // SAFETY: the variable has `size` bytes.
            unsafe { param.arg.cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
            Ok(())
        }
        (kind, 0) if !KNOWN.contains(&kind) => set_by_ops(param, &text),
        (kind, 0) => set_value(kind, param.arg.cast(), value),
        (kind, max) => {
            let values: Vec<_> = value.split(',').collect();
            if values.len() > max as usize {
                return Err(format!("more than {max} values"));
            }
            for (index, value) in values.iter().enumerate() {
                // SAFETY: within the array.
                set_value(kind, unsafe { param.arg.cast::<u8>().add(index * param.size as usize) }, value)?;
            }
            // SAFETY: null or the module's count.
            if let Some(num) = unsafe { param.num.as_mut() } {
                *num = values.len() as u32;
            }
            Ok(())
        }
    }
}

/// The kinds that are set here. Modules define operations for others.
const KNOWN: [&str; 13] = [
    "byte", "short", "ushort", "int", "uint", "hexint", "long", "ulong", "ullong", "bool", "_Bool",
    "invbool", "charp",
];

/// Sets the parameter by its operations.
fn set_by_ops(param: &KernelParam, text: &CStr) -> Result<(), String> {
    // SAFETY: the module's own table.
    let set =
        unsafe { param.ops.as_ref() }.and_then(|ops| ops.set).ok_or("the parameter has no set function")?;
    // SAFETY: the module's own function, with its own parameter.
    match unsafe { set(text.as_ptr(), param) } {
        0 => Ok(()),
        error => Err(format!("its set function returned {error}")),
    }
}

/// A number as the kernel reads it: decimal, 0x… or 0….
fn number(value: &str) -> Result<i128, String> {
    let (sign, digits) = value.strip_prefix('-').map_or((1, value), |digits| (-1, digits));
    let parsed = if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        i128::from_str_radix(hex, 16)
    } else if digits.len() > 1 && digits.starts_with('0') {
        i128::from_str_radix(digits, 8)
    } else {
        digits.parse()
    };
    parsed.map(|n| sign * n).map_err(|_| "not a number".to_owned())
}

fn set_value(kind: &str, at: *mut u8, value: &str) -> Result<(), String> {
    macro_rules! write_number {
        ($type:ty) => {{
            let number = <$type>::try_from(number(value)?).map_err(|_| "out of range".to_owned())?;
            // SAFETY: the header's macro gave the variable's type by its name.
            unsafe { at.cast::<$type>().write(number) };
            Ok(())
        }};
    }
    match kind {
        "byte" => write_number!(u8),
        "short" => write_number!(i16),
        "ushort" => write_number!(u16),
        "int" => write_number!(i32),
        "uint" | "hexint" => write_number!(u32),
        "long" => write_number!(i64),
        "ulong" => write_number!(u64),
        "ullong" => write_number!(u64),
        // `bool` is a macro of <stdbool.h>.
        "bool" | "_Bool" | "invbool" => {
            let truth = match value {
                "" | "1" | "y" | "Y" | "yes" | "on" | "true" => true,
                "0" | "n" | "N" | "no" | "off" | "false" => false,
                _ => return Err("not a boolean; use y or n".to_owned()),
            };
            // SAFETY: as above.
            unsafe { at.cast::<bool>().write(truth != (kind == "invbool")) };
            Ok(())
        }
        "charp" => {
            let text = CString::new(value).map_err(|e| e.to_string())?;
            // SAFETY: as above.
            unsafe { at.cast::<*const std::ffi::c_char>().write(text.as_ptr()) };
            // The module may keep the pointer.
            TEXTS.lock().unwrap_or_else(PoisonError::into_inner).push(text);
            Ok(())
        }
        _ => Err(format!("parameters of type {kind} are not supported")),
    }
}

//! A module in this process: loaded, its parameters set, its init and exit called.

use kthread_rt_c::module::{self, Exitcall, Initcall, KernelParam, Registered};
use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};
use std::any::Any;
use std::ffi::{CStr, CString};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// A module that is mapped.
pub(crate) struct Module {
    pub(crate) name: String,
    registered: Registered,
    library: Library,
}

/// What a module's function did.
pub(crate) type Called<T> = Result<T, Box<dyn Any + Send>>;

impl Module {
    /// Maps the shared object at `path`; its constructors say what is in it.
    pub(crate) fn map(name: String, path: &Path) -> Result<Self, String> {
        // Global, for what EXPORT_SYMBOL made visible; everything else in it is hidden.
        // SAFETY: the constructors are those of our headers and of the module's source, which is what is to be run.
        let library =
            unsafe { Library::open(Some(path), RTLD_NOW | RTLD_GLOBAL) }.map_err(|e| e.to_string())?;
        Ok(Self { name, registered: module::take_registered(), library })
    }

    /// Sets a parameter from its text.
    pub(crate) fn set(&self, name: &str, value: &str) -> Result<(), String> {
        // SAFETY: what the module's constructors registered lives as long as it is mapped.
        let params = || self.registered.params.iter().map(|&param| unsafe { &*param });
        // SAFETY: the names are C strings.
        let name_of =
            |param: &KernelParam| unsafe { CStr::from_ptr(param.name) }.to_string_lossy().into_owned();
        let Some(param) = params().find(|param| name_of(param) == name) else {
            let known: Vec<_> = params().map(name_of).collect();
            return Err(format!("{}: unknown parameter '{name}'; it has: {}", self.name, known.join(", ")));
        };
        set_param(param, value).map_err(|e| format!("{}: '{value}' for parameter '{name}': {e}", self.name))
    }

    /// Calls the module's init. A module without one is all right, as for the kernel.
    pub(crate) fn init(&self) -> Called<i32> {
        let init = self.registered.inits.first().copied().or_else(|| self.symbol("kt_init_module"));
        // SAFETY: it is the module's, of this type, and called once.
        init.map_or(Ok(0), |init: Initcall| catch_unwind(AssertUnwindSafe(|| unsafe { init() })))
    }

    /// Calls the module's exit.
    pub(crate) fn exit(&self) -> Called<()> {
        let exit = self.registered.exits.first().copied().or_else(|| self.symbol("kt_cleanup_module"));
        // SAFETY: as in `init`.
        exit.map_or(Ok(()), |exit: Exitcall| catch_unwind(AssertUnwindSafe(|| unsafe { exit() })))
    }

    fn symbol<T: Copy>(&self, name: &str) -> Option<T> {
        // SAFETY: only asked for functions, as the type that the headers declare for the name.
        unsafe { self.library.get::<T>(name.as_bytes()).ok().map(|symbol| *symbol) }
    }

    /// Unmaps it.
    pub(crate) fn unmap(self) {
        drop(self.library);
    }

    /// Leaves it mapped for ever: somebody may still run in it.
    pub(crate) fn keep(self) {
        std::mem::forget(self.library);
    }
}

/// Writes `value` into the variable of `param`.
fn set_param(param: &KernelParam, value: &str) -> Result<(), String> {
    // SAFETY: the kind is a C string of the header's macro.
    let kind = unsafe { CStr::from_ptr(param.kind) }.to_string_lossy();
    let text = CString::new(value).map_err(|e| e.to_string())?;
    match (&*kind, param.max) {
        ("callback", _) => {
            // SAFETY: the module's own table.
            let set = unsafe { param.ops.as_ref() }.and_then(|ops| ops.set).ok_or("it can't be set")?;
            // SAFETY: the module's own function, with its own parameter.
            match unsafe { set(text.as_ptr(), param) } {
                0 => Ok(()),
                error => Err(format!("refused with {error}")),
            }
        }
        ("string", _) => {
            let bytes = text.as_bytes_with_nul();
            if bytes.len() > param.size as usize {
                return Err(format!("longer than {} bytes", param.size - 1));
            }
            // SAFETY: the variable has `size` bytes.
            unsafe { param.arg.cast::<u8>().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
            Ok(())
        }
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
        "bool" | "invbool" => {
            let truth = match value {
                "" | "1" | "y" | "Y" | "yes" | "on" | "true" => true,
                "0" | "n" | "N" | "no" | "off" | "false" => false,
                _ => return Err("not a truth value; say y or n".to_owned()),
            };
            // SAFETY: as above.
            unsafe { at.cast::<bool>().write(truth != (kind == "invbool")) };
            Ok(())
        }
        "charp" => {
            let text = CString::new(value).map_err(|e| e.to_string())?;
            // Kept for ever: the module may keep the pointer.
            // SAFETY: as above.
            unsafe { at.cast::<*const std::ffi::c_char>().write(text.into_raw()) };
            Ok(())
        }
        _ => Err(format!("parameters of type {kind} are not supported")),
    }
}

//! Finds the symbols that a module needs and nobody defines, before it is loaded, so that all can
//! be reported at once.

use object::{Object, ObjectSymbol};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{CStr, CString};
use std::fs;
use std::mem::MaybeUninit;
use std::path::Path;

/// What an object file imports and exports.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    pub(crate) wanted: BTreeSet<String>,
    pub(crate) exported: BTreeSet<String>,
}

impl Symbols {
    /// Reads the dynamic symbols of a shared object, or all of an object file.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let data = fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
        Self::of(&data).map_err(|e| format!("{}: {e}", path.display()))
    }

    /// Reads the symbols of a file with these bytes.
    pub(crate) fn of(data: &[u8]) -> object::Result<Self> {
        let file = object::File::parse(data)?;
        let mut symbols = Self::default();
        let mut sort = |symbol: object::Symbol<'_, '_>| {
            let Some(name) = symbol.name().ok().filter(|name| !name.is_empty()) else { return };
            if symbol.is_undefined() {
                if !symbol.is_weak() {
                    symbols.wanted.insert(name.to_owned());
                }
            } else if symbol.is_global() {
                symbols.exported.insert(name.to_owned());
            }
        };
        match file.kind() {
            object::ObjectKind::Dynamic => file.dynamic_symbols().for_each(&mut sort),
            _ => file.symbols().for_each(&mut sort),
        }
        Ok(symbols)
    }
}

/// Where a symbol would be resolved.
#[derive(Debug, PartialEq, Eq)]
enum Origin {
    Runtime,
    /// The C library, or another library of this process.
    Library,
    Nowhere,
}

fn origin(name: &str) -> Origin {
    let Ok(name) = CString::new(name) else { return Origin::Nowhere };
    // SAFETY: the name is a C string.
    let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    if address.is_null() {
        return Origin::Nowhere;
    }
    let object = |address| {
        let mut info = MaybeUninit::<libc::Dl_info>::uninit();
        // SAFETY: `info` is filled if the call says so; the name is a C string of the loader's.
        unsafe {
            (libc::dladdr(address, info.as_mut_ptr()) != 0)
                .then(|| CStr::from_ptr(info.assume_init().dli_fname).to_owned())
        }
    };
    let ours = object(origin as *const std::ffi::c_void);
    if object(address.cast_const()) == ours { Origin::Runtime } else { Origin::Library }
}

/// True if it is code for a kernel: it uses a symbol of the runtime, or defines a module's init or
/// exit.
pub(crate) fn uses_runtime(symbols: &Symbols) -> bool {
    let functions = ["kt_init_module", "kt_cleanup_module"];
    functions.iter().any(|name| symbols.exported.contains(*name))
        || symbols.wanted.iter().any(|name| origin(name) == Origin::Runtime)
}

/// True for functions that the compiler itself calls, or that mean the same in a kernel.
fn same_in_kernel(name: &str) -> bool {
    ["mem", "str", "_"].iter().any(|prefix| name.starts_with(prefix))
}

/// The imports of a module that the runtime does not define.
#[derive(Debug, Default)]
pub(crate) struct Lacking {
    /// Symbols that nobody defines.
    pub(crate) missing: Vec<String>,
    /// Symbols that would be resolved to the C library's functions, which are not a kernel's.
    pub(crate) foreign: Vec<String>,
}

/// Searches for the wanted `symbols` in this process and in `others`, the exports of modules that
/// are loaded before.
pub(crate) fn unresolved(symbols: &Symbols, others: &BTreeSet<String>) -> Lacking {
    let mut lacking = Lacking::default();
    for name in symbols.wanted.iter().filter(|&name| !others.contains(name)) {
        match origin(name) {
            Origin::Runtime => {}
            Origin::Library if same_in_kernel(name) => {}
            Origin::Library => lacking.foreign.push(name.clone()),
            // The process that loads the module preloads the sanitizer.
            Origin::Nowhere if name.starts_with("__asan_") => {}
            Origin::Nowhere => lacking.missing.push(name.clone()),
        }
    }
    lacking
}

/// For each undefined symbol, the sources of the object files that use it.
pub(crate) fn wanted_by<'a>(
    objects: impl Iterator<Item = (&'a Path, &'a Path)>,
) -> BTreeMap<String, Vec<String>> {
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (source, object) in objects {
        // An error here is ignored: the linker has already read the file.
        let symbols = Symbols::read(object).unwrap_or_default();
        for name in symbols.wanted {
            wanted.entry(name).or_default().push(source.display().to_string());
        }
    }
    wanted
}

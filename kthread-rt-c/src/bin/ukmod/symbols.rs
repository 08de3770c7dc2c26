//! Which symbols a module wants, and which of them nobody has: found before it is loaded, so that
//! all are told at once.

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

    /// Those of a file with these bytes.
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

/// Where a symbol would come from.
#[derive(Debug, PartialEq, Eq)]
enum Origin {
    Runtime,
    /// The C library, or another that this process has.
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

/// True if it is code for a kernel: it wants something of the runtime, or has the init or the exit
/// of a module.
pub(crate) fn uses_runtime(symbols: &Symbols) -> bool {
    let functions = ["kt_init_module", "kt_cleanup_module"];
    functions.iter().any(|name| symbols.exported.contains(*name))
        || symbols.wanted.iter().any(|name| origin(name) == Origin::Runtime)
}

/// What the compiler calls on its own, and what has the same meaning in a kernel.
fn same_in_kernel(name: &str) -> bool {
    ["mem", "str", "_"].iter().any(|prefix| name.starts_with(prefix))
}

/// What is wrong with the imports of a module.
#[derive(Debug, Default)]
pub(crate) struct Lacking {
    /// Nobody has them.
    pub(crate) missing: Vec<String>,
    /// They would be the C library's: not what a kernel has under the name, if it has it.
    pub(crate) foreign: Vec<String>,
}

/// Looks for what `symbols` wants, in this process and in `others`, the exports of modules that are
/// loaded before.
pub(crate) fn look(symbols: &Symbols, others: &BTreeSet<String>) -> Lacking {
    let mut lacking = Lacking::default();
    for name in symbols.wanted.iter().filter(|&name| !others.contains(name)) {
        match origin(name) {
            Origin::Runtime => {}
            Origin::Library if same_in_kernel(name) => {}
            Origin::Library => lacking.foreign.push(name.clone()),
            // The sanitizer is got into the process that loads them.
            Origin::Nowhere if name.starts_with("__asan_") => {}
            Origin::Nowhere => lacking.missing.push(name.clone()),
        }
    }
    lacking
}

/// Who of the object files wants which symbol.
pub(crate) fn wanted_by<'a>(
    objects: impl Iterator<Item = (&'a Path, &'a Path)>,
) -> BTreeMap<String, Vec<String>> {
    let mut wanted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (source, object) in objects {
        // One that can't be read says nothing; the linker has read it.
        let symbols = Symbols::read(object).unwrap_or_default();
        for name in symbols.wanted {
            wanted.entry(name).or_default().push(source.display().to_string());
        }
    }
    wanted
}

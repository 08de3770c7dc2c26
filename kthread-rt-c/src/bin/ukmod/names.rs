//! The names of modules' variables: a task waits for an address, and who reads that wants to know whose.

use crate::crash::known_modules;
use object::{Object, ObjectSymbol};
use std::ffi::{CStr, OsStr};
use std::fs;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

/// The variable of a module that has the address: its name, and how far into it. Static ones too, by the symbols that a debugger
/// would use.
pub(crate) fn variable_at(address: usize) -> Option<String> {
    let mut info = MaybeUninit::<libc::Dl_info>::uninit();
    // SAFETY: `info` is filled if the call says so.
    if unsafe { libc::dladdr(ptr::without_provenance(address), info.as_mut_ptr()) } == 0 {
        return None;
    }
    // SAFETY: as above; the name is a C string of the loader's.
    let (path, base) = unsafe {
        let info = info.assume_init();
        (Path::new(OsStr::from_bytes(CStr::from_ptr(info.dli_fname).to_bytes())), info.dli_fbase.addr())
    };
    if !known_modules().iter().any(|module| module == path) {
        return None;
    }
    let data = fs::read(path).ok()?;
    let file = object::File::parse(&*data).ok()?;
    let offset = (address - base) as u64;
    file.symbols().find_map(|symbol| {
        let into = offset.checked_sub(symbol.address()).filter(|&into| into < symbol.size())?;
        let name = symbol.name().ok()?;
        Some(if into == 0 { name.to_owned() } else { format!("{name}+{into:#x}") })
    })
}

//! Finds the loaded object (program or shared object) that contains an address.
//!
//! `dladdr` knows most, but it waits for the loader's lock, which a thread that maps a module holds
//! while the module's constructors run. So while a module is being mapped, `find` walks the list of
//! objects instead, whose lock is held for moments only.

use backtrace::SymbolName;
use std::ffi::{CStr, OsStr, c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// An object: its file, its base address, and the exported symbol that contains the address, if
/// that is known.
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) base: usize,
    pub(crate) symbol: Option<String>,
}

/// True while a thread is in the loader.
static LOADING: AtomicBool = AtomicBool::new(false);

/// Calls `f`, which calls the loader.
pub(crate) fn loading<T>(f: impl FnOnce() -> T) -> T {
    LOADING.store(true, Ordering::Relaxed);
    let result = f();
    LOADING.store(false, Ordering::Relaxed);
    result
}

pub(crate) fn find(address: usize) -> Option<Found> {
    if LOADING.load(Ordering::Relaxed) { walk(address) } else { ask(address) }
}

fn ask(address: usize) -> Option<Found> {
    let mut info = MaybeUninit::<libc::Dl_info>::uninit();
    // SAFETY: `info` is filled if the call says so.
    if unsafe { libc::dladdr(ptr::without_provenance(address), info.as_mut_ptr()) } == 0 {
        return None;
    }
    // SAFETY: as above; the names are null or C strings of the loader's.
    let text = |name: *const c_char| (!name.is_null()).then(|| unsafe { CStr::from_ptr(name) }.to_bytes());
    // SAFETY: as above.
    let info = unsafe { info.assume_init() };
    Some(Found {
        path: OsStr::from_bytes(text(info.dli_fname)?).into(),
        base: info.dli_fbase.addr(),
        symbol: text(info.dli_sname).map(|name| format!("{:#}", SymbolName::new(name))),
    })
}

/// The begin and the end of the code of the object that is mapped from this file.
pub(crate) fn code_of(path: &Path) -> Option<(usize, usize)> {
    struct Wanted<'a> {
        path: &'a Path,
        code: Option<(usize, usize)>,
    }
    /// # Safety
    ///
    /// As [`inspect`], with a `Wanted`.
    unsafe extern "C" fn inspect(info: *mut libc::dl_phdr_info, _size: usize, wanted: *mut c_void) -> c_int {
        // SAFETY: by the contract; the headers are an array, the name a C string.
        let (info, wanted, headers) = unsafe {
            let info = &*info;
            (
                info,
                &mut *wanted.cast::<Wanted<'_>>(),
                std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()),
            )
        };
        // SAFETY: as above.
        let name = unsafe { CStr::from_ptr(info.dlpi_name) }.to_bytes();
        if OsStr::from_bytes(name) == wanted.path.as_os_str() {
            let code = headers.iter().find(|h| h.p_type == libc::PT_LOAD && h.p_flags & libc::PF_X != 0);
            wanted.code = code.map(|code| {
                let begin = (info.dlpi_addr + code.p_vaddr) as usize;
                (begin, begin + code.p_memsz as usize)
            });
        }
        c_int::from(wanted.code.is_some())
    }
    let mut wanted = Wanted { path, code: None };
    // SAFETY: the callback gets what it expects.
    unsafe { libc::dl_iterate_phdr(Some(inspect), (&raw mut wanted).cast()) };
    wanted.code
}

/// An address to find, and the object that contains it.
struct Search {
    address: usize,
    found: Option<Found>,
}

fn walk(address: usize) -> Option<Found> {
    let mut search = Search { address, found: None };
    // SAFETY: the callback gets what it expects: a `Search`.
    unsafe { libc::dl_iterate_phdr(Some(inspect), (&raw mut search).cast()) };
    search.found
}

/// # Safety
///
/// `info` is an entry of the loader's list, `search` a `Search` that nobody else uses.
unsafe extern "C" fn inspect(info: *mut libc::dl_phdr_info, _size: usize, search: *mut c_void) -> c_int {
    // SAFETY: by the contract; the headers are an array, the name a C string.
    let (info, search) = unsafe { (&*info, &mut *search.cast::<Search>()) };
    // SAFETY: as above.
    let headers = unsafe { std::slice::from_raw_parts(info.dlpi_phdr, info.dlpi_phnum.into()) };
    let base = info.dlpi_addr as usize;
    let has = headers.iter().filter(|header| header.p_type == libc::PT_LOAD).any(|header| {
        let begin = base.wrapping_add(header.p_vaddr as usize);
        (begin..begin.wrapping_add(header.p_memsz as usize)).contains(&search.address)
    });
    if has {
        // SAFETY: as above.
        let name = unsafe { CStr::from_ptr(info.dlpi_name) }.to_bytes();
        search.found = Some(Found { path: OsStr::from_bytes(name).into(), base, symbol: None });
    }
    c_int::from(has)
}

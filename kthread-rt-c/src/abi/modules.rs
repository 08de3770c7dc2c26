//! `struct module` of `linux/module.h`: the list of modules, and their reference counts.
//!
//! A module's constructor adds it to the list. As in a kernel, C code may remove its module from
//! the list by the field `list`, and add it again. So the functions here first search the list, and
//! ignore a module that is not on it.

use super::module::{Exitcall, Initcall};
use std::ffi::{c_char, c_int, c_uint};
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

/// `enum module_state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum ModuleState {
    /// Its init has returned 0.
    Live,
    /// Its init is called.
    Coming,
    /// Its exit is called.
    Going,
}

#[derive(Debug)]
#[repr(C)]
struct List {
    next: AtomicPtr<List>,
    prev: AtomicPtr<List>,
}

/// `struct module`.
#[derive(Debug)]
#[repr(C)]
pub struct ModuleInC {
    state: AtomicI32,
    list: List,
    name: [c_char; 56],
    version: *const c_char,
    srcversion: *const c_char,
    references: AtomicI32,
    init: AtomicPtr<()>,
    exit: AtomicPtr<()>,
    base: *const u8,
    size: u32,
    text_size: u32,
    ro_size: u32,
    // A kobject follows, which fs/kobject.rs creates.
}

const _: () = assert!(size_of::<ModuleInC>() == 144);

static HEAD: List = List { next: AtomicPtr::new(ptr::null_mut()), prev: AtomicPtr::new(ptr::null_mut()) };
/// Protects the runtime's changes of the list, and the waits for an unused module.
static LOCK: Mutex<()> = Mutex::new(());
static UNUSED: Condvar = Condvar::new();

fn locked<R>(f: impl FnOnce() -> R) -> R {
    let lock = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
    let result = f();
    drop(lock);
    result
}

impl List {
    /// True if this entry is on the list.
    fn is_on_list(&self) -> bool {
        let head = (&raw const HEAD).cast_mut();
        let mut at = HEAD.next.load(Ordering::Acquire);
        while !at.is_null() && at != head {
            if ptr::eq(at, self) {
                return true;
            }
            // SAFETY: an entry on the list belongs to a mapped module: it is removed before the
            // module is unmapped.
            at = unsafe { (*at).next.load(Ordering::Acquire) };
        }
        false
    }

    fn add(&self) {
        let (head, this) = ((&raw const HEAD).cast_mut(), ptr::from_ref(self).cast_mut());
        if HEAD.next.load(Ordering::Relaxed).is_null() {
            HEAD.next.store(head, Ordering::Relaxed);
            HEAD.prev.store(head, Ordering::Relaxed);
        }
        let first = HEAD.next.load(Ordering::Relaxed);
        self.prev.store(head, Ordering::Relaxed);
        self.next.store(first, Ordering::Relaxed);
        // SAFETY: `first` is the head or belongs to a mapped module.
        unsafe { (*first).prev.store(this, Ordering::Relaxed) };
        HEAD.next.store(this, Ordering::Release);
    }

    fn remove(&self) {
        let (next, prev) = (self.next.load(Ordering::Relaxed), self.prev.load(Ordering::Relaxed));
        // SAFETY: this entry is on the list, so its neighbours are the head or entries of mapped
        // modules.
        unsafe {
            (*next).prev.store(prev, Ordering::Relaxed);
            (*prev).next.store(next, Ordering::Release);
        }
    }
}

/// The last module that a constructor registered.
static LAST: AtomicPtr<ModuleInC> = AtomicPtr::new(ptr::null_mut());

/// The kernel version of the modules' headers.
static VERSION: AtomicU32 = AtomicU32::new(6 << 8 | 1);

#[unsafe(no_mangle)]
extern "C-unwind" fn kt_say_version(major: c_uint, minor: c_uint) {
    VERSION.store(major << 8 | minor & 0xff, Ordering::Relaxed);
}

/// The kernel version of the module that was loaded last; 6.1 by default.
pub(super) fn version() -> (u32, u32) {
    let version = VERSION.load(Ordering::Relaxed);
    (version >> 8, version & 0xff)
}

/// Takes the module that was registered since the last call, if any.
pub(super) fn take_last() -> Option<&'static ModuleInC> {
    // SAFETY: the structure is valid until the module's loader, which calls this, unmaps the
    // module.
    unsafe { LAST.swap(ptr::null_mut(), Ordering::AcqRel).as_ref() }
}

/// Called by each file of a module.
#[unsafe(no_mangle)]
unsafe extern "C" fn kt_register_module(module: &'static ModuleInC) {
    locked(|| {
        if !module.list.is_on_list() {
            module.list.add();
        }
        LAST.store(ptr::from_ref(module).cast_mut(), Ordering::Release);
    });
}

/// Called by each file of a module that is unmapped.
#[unsafe(no_mangle)]
unsafe extern "C" fn kt_unregister_module(module: &ModuleInC) {
    locked(|| {
        if module.list.is_on_list() {
            module.list.remove();
        }
    });
}

impl ModuleInC {
    /// Sets the module's state.
    pub fn set_state(&self, state: ModuleState) {
        self.state.store(state as i32, Ordering::SeqCst);
    }

    /// Sets the fields for init and exit, unless the module has set them itself.
    pub(super) fn set_init_and_exit(&self, init: Option<Initcall>, exit: Option<Exitcall>) {
        let set = |field: &AtomicPtr<()>, function: *mut ()| {
            let _ = field.compare_exchange(ptr::null_mut(), function, Ordering::Relaxed, Ordering::Relaxed);
        };
        set(&self.init, init.map_or(ptr::null_mut(), |f| f as *mut ()));
        set(&self.exit, exit.map_or(ptr::null_mut(), |f| f as *mut ()));
    }

    /// `module_refcount`.
    pub fn references(&self) -> i32 {
        self.references.load(Ordering::SeqCst)
    }

    /// Sleeps until the reference count is 0.
    pub fn wait_until_unused(&self) {
        let mut lock = LOCK.lock().unwrap_or_else(PoisonError::into_inner);
        while self.references() > 0 {
            lock = UNUSED.wait(lock).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes a reference, unless the module is being unloaded.
    fn try_get(&self) -> bool {
        self.references.fetch_add(1, Ordering::SeqCst);
        let goes = self.state.load(Ordering::SeqCst) == ModuleState::Going as i32;
        if goes {
            self.put();
        }
        !goes
    }

    fn put(&self) {
        let before = self.references.fetch_sub(1, Ordering::SeqCst);
        if before <= 0 {
            self.references.fetch_add(1, Ordering::SeqCst);
            // SAFETY: a C string within the structure.
            let name = unsafe { super::text(self.name.as_ptr()) };
            super::printk::print(&format!(
                "\x014WARNING: module_put() of {name}, whose reference count is 0\n"
            ));
        }
        if before == 1 {
            locked(|| UNUSED.notify_all());
        }
    }
}

/// A reference to the module that owns a table of operations.
pub(super) struct Owner(Option<&'static ModuleInC>);

impl Owner {
    /// None if the module is being unloaded.
    ///
    /// # Safety
    ///
    /// `module` is null, or a module that stays mapped while it has references.
    pub(super) unsafe fn take(module: *const ModuleInC) -> Option<Self> {
        // SAFETY: the contract.
        let module = unsafe { module.as_ref() };
        module.is_none_or(ModuleInC::try_get).then_some(Self(module))
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        if let Some(module) = self.0 {
            module.put();
        }
    }
}

/// # Safety
///
/// As [`Owner::take`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn try_module_get(module: *const ModuleInC) -> bool {
    // SAFETY: the C contract.
    unsafe { module.as_ref() }.is_none_or(ModuleInC::try_get)
}

/// # Safety
///
/// As [`Owner::take`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __module_get(module: *const ModuleInC) {
    // SAFETY: the C contract.
    if let Some(module) = unsafe { module.as_ref() } {
        module.references.fetch_add(1, Ordering::SeqCst);
    }
}

/// # Safety
///
/// As [`Owner::take`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn module_put(module: *const ModuleInC) {
    // SAFETY: the C contract.
    if let Some(module) = unsafe { module.as_ref() } {
        module.put();
    }
}

/// # Safety
///
/// As [`Owner::take`].
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn module_refcount(module: *const ModuleInC) -> c_int {
    // SAFETY: the C contract.
    unsafe { module.as_ref() }.map_or(0, ModuleInC::references)
}

/// The first module for which `is_it` holds, or null.
fn find(is_it: impl Fn(&ModuleInC) -> bool) -> *const ModuleInC {
    locked(|| {
        let head = (&raw const HEAD).cast_mut();
        let mut at = HEAD.next.load(Ordering::Acquire);
        while !at.is_null() && at != head {
            let module = at.wrapping_byte_sub(std::mem::offset_of!(ModuleInC, list)).cast::<ModuleInC>();
            // SAFETY: as in `is_on_list`.
            let module = unsafe { &*module };
            if is_it(module) {
                return ptr::from_ref(module);
            }
            at = module.list.next.load(Ordering::Acquire);
        }
        ptr::null()
    })
}

/// The module of this name, or null.
///
/// # Safety
///
/// `name` is a C string.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn find_module(name: *const c_char) -> *const ModuleInC {
    // SAFETY: the C contract; a module's own name is a C string.
    unsafe {
        let name = super::text(name);
        find(|module| super::text(module.name.as_ptr()) == name)
    }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn __module_address(address: usize) -> *const ModuleInC {
    find(|module| address.wrapping_sub(module.base.addr()) < module.size as usize)
}

#[unsafe(no_mangle)]
extern "C-unwind" fn __module_text_address(address: usize) -> *const ModuleInC {
    find(|module| address.wrapping_sub(module.base.addr()) < module.text_size as usize)
}

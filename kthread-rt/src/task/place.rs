//! Where C code made a call that may sleep. `#[track_caller]` ends at the C side's own functions;
//! the headers' macros know more.

use super::TaskStruct;
use crate::sync::Ordering;
use std::ffi::{CStr, c_char, c_int};
use std::fmt;

/// A place in C source: `__FILE__`, `__func__` and `__LINE__`, in a static of the calling code.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct PlaceInC {
    file: *const c_char,
    function: *const c_char,
    line: c_int,
}

impl PlaceInC {
    /// The file, as the compiler was told it.
    pub fn file(&self) -> String {
        // SAFETY: a literal of the C compiler's, in a module that is mapped (see
        // `TaskStruct::place_in_c`).
        unsafe { CStr::from_ptr(self.file) }.to_string_lossy().into_owned()
    }

    /// The function that makes the call.
    pub fn function(&self) -> String {
        // SAFETY: as in `file`.
        unsafe { CStr::from_ptr(self.function) }.to_string_lossy().into_owned()
    }

    /// The line.
    pub fn line(&self) -> i32 {
        self.line
    }
}

impl fmt::Display for PlaceInC {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{} in {}()", self.file(), self.line, self.function())
    }
}

impl fmt::Debug for PlaceInC {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TaskStruct {
    /// Notes the call that the task is about to make.
    pub fn set_place_in_c(&self, place: &'static PlaceInC) {
        self.place_in_c.store(std::ptr::from_ref(place).cast_mut(), Ordering::Relaxed);
    }

    /// The call that the task is about to make has no place, so that of the last one is not taken
    /// for its own.
    pub fn forget_place_in_c(&self) {
        self.place_in_c.store(std::ptr::null_mut(), Ordering::Relaxed);
    }

    /// The last call that the task made from C, of those that may sleep; `None` for a task that
    /// runs no C code.
    ///
    /// A task [waits](Self::waits_on) there if its wait's place is in the C side's Rust code.
    ///
    /// # Safety
    ///
    /// No module that the task ran code of has been unmapped.
    pub unsafe fn place_in_c(&self) -> Option<PlaceInC> {
        // SAFETY: null, or a static of such a module.
        unsafe { self.place_in_c.load(Ordering::Relaxed).as_ref() }.copied()
    }
}

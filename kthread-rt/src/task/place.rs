//! The place of a C call that may sleep. `#[track_caller]` ends at the C side's own functions; the
//! headers' macros know the line in C.

use super::TaskStruct;
use crate::sync::Ordering;
use std::ffi::{CStr, c_char, c_int};
use std::fmt;

/// A place in C source: `__FILE__`, `__func__` and `__LINE__`, in a static of the calling module.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct PlaceInC {
    file: *const c_char,
    function: *const c_char,
    line: c_int,
}

impl PlaceInC {
    /// Returns the file's name as it was given to the compiler.
    pub fn file(&self) -> String {
        // SAFETY: a C string literal in a module that is still mapped (see
        // `TaskStruct::place_in_c`).
        unsafe { CStr::from_ptr(self.file) }.to_string_lossy().into_owned()
    }

    /// Returns the function that makes the call.
    pub fn function(&self) -> String {
        // SAFETY: as in `file`.
        unsafe { CStr::from_ptr(self.function) }.to_string_lossy().into_owned()
    }

    /// Returns the line.
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
    /// Notes the place of the call that the task is about to make.
    pub fn set_place_in_c(&self, place: &'static PlaceInC) {
        self.place_in_c.store(std::ptr::from_ref(place).cast_mut(), Ordering::Relaxed);
    }

    /// Clears the noted place, because the call that the task is about to make has none.
    pub fn forget_place_in_c(&self) {
        self.place_in_c.store(std::ptr::null_mut(), Ordering::Relaxed);
    }

    /// Returns the place of the task's last C call that may sleep; `None` for a task that runs no C
    /// code.
    ///
    /// The task [waits](Self::waits_on) in that call if its wait's place is in the C side's Rust
    /// code.
    ///
    /// # Safety
    ///
    /// No module whose code the task ran has been unmapped.
    pub unsafe fn place_in_c(&self) -> Option<PlaceInC> {
        // SAFETY: the pointer is null or to a static of such a module.
        unsafe { self.place_in_c.load(Ordering::Relaxed).as_ref() }.copied()
    }
}

//! Child processes, of which a model has none.

use crate::errno::Errno;
use std::ffi::{CStr, CString};
use std::os::fd::BorrowedFd;

/// The program that the real backend would execute.
#[derive(Debug)]
pub(crate) struct Program<'a> {
    pub(crate) path: &'a CStr,
    pub(crate) argv: &'a [CString],
    pub(crate) envp: &'a [CString],
    pub(crate) stdio: [Option<BorrowedFd<'a>>; 3],
}

/// A program that has ended.
#[derive(Debug)]
#[must_use]
pub(crate) struct Child(());

impl Child {
    pub(crate) fn pid(&self) -> i32 {
        0
    }

    /// Returns the wait status of a program that has exited with 1, so that a model can tell it
    /// from the result of a call that does not wait for the end.
    pub(crate) fn wait(self) -> Result<i32, Errno> {
        Ok(256)
    }
}

/// Returns a program that ends at once: a model only sees the hand-off to a helper.
pub(crate) fn start(program: &Program<'_>) -> Result<Child, Errno> {
    let Program { path, argv, envp, stdio } = program;
    let _ = (path, argv, envp, stdio);
    Ok(Child(()))
}

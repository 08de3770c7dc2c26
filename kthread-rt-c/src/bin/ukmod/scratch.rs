//! The temporary folders of a run. Modules are built there, and stay while they run, since
//! debuggers and backtraces read them.
//!
//! All of them are in a list, so that code that ends the process can remove them.

use crate::signals;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The folders to remove before the process ends.
static ALL: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A temporary folder, which is removed on drop.
#[derive(Debug)]
pub(crate) struct Scratch(Option<PathBuf>);

impl Scratch {
    /// Creates a folder with a random name, so that it is empty.
    pub(crate) fn new() -> io::Result<Self> {
        // An absolute path, which survives a change of the current folder.
        let folder = std::path::absolute(std::env::temp_dir())?;
        let mut template = folder.join("ukmod-XXXXXX").into_os_string().into_vec();
        template.push(0);
        signals::clean_up_when_ended();
        // Locked across the creation: a thread that ends the process has to find the folder.
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: the template is a C string that ends in the six X that the call replaces.
        if unsafe { libc::mkdtemp(template.as_mut_ptr().cast()) }.is_null() {
            let e = io::Error::last_os_error();
            return Err(io::Error::new(e.kind(), format!("{}: {e}", folder.display())));
        }
        template.pop();
        let path = PathBuf::from(OsString::from_vec(template));
        all.push(path.clone());
        Ok(Self(Some(path)))
    }

    /// The folder that another process created and passed to this one, or none.
    pub(crate) fn inherited(path: Option<&Path>) -> Self {
        signals::clean_up_when_ended();
        let path = path.map(Path::to_owned);
        ALL.lock().unwrap_or_else(PoisonError::into_inner).extend(path.clone());
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
            // On failure, the rest is left for the system to clean up.
            let _ = fs::remove_dir_all(path);
            all.retain(|other| other != path);
        }
    }
}

/// Removes all folders, for a caller that ends the process at once.
pub(crate) fn remove_all() {
    // Held until all are removed: another thread that ends the process waits for that.
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    for path in all.drain(..) {
        // After the rename, a compiler that still runs can't write into the folder.
        let mut gone = path.clone().into_os_string();
        gone.push("-gone");
        let there = if fs::rename(&path, &gone).is_ok() { gone.into() } else { path };
        // As above.
        let _ = fs::remove_dir_all(there);
    }
    // Never unlocked: from now on, no thread creates another folder.
    std::mem::forget(all);
}

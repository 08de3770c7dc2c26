//! The temporary folders of a run: modules are built there, and stay while they run, since
//! debuggers and backtraces read them.
//!
//! All that there are are known, so that whoever ends the process without coming back takes them
//! along.

use crate::signals;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Those that are to go before the process ends.
static ALL: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A folder that goes with this.
#[derive(Debug)]
pub(crate) struct Scratch(Option<PathBuf>);

impl Scratch {
    /// Makes one. Its name is random: another process's leftovers are not found in it.
    pub(crate) fn new() -> io::Result<Self> {
        // Whoever changes the current folder does not change where it is.
        let folder = std::path::absolute(std::env::temp_dir())?;
        let mut template = folder.join("ukmod-XXXXXX").into_os_string().into_vec();
        template.push(0);
        signals::clean_up_when_ended();
        // Whoever ends the process has to know the folder as soon as it is there.
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

    /// The folder that another process made and handed to this one, or none.
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
            // What is left of it is the system's to clean up.
            let _ = fs::remove_dir_all(path);
            all.retain(|other| other != path);
        }
    }
}

/// Removes all of them, for who ends the process without coming back.
pub(crate) fn remove_all() {
    // Held until they are gone: another thread that ends the process does not do so before.
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    for path in all.drain(..) {
        // A compiler that is still there finds no place any more for what it is about to write.
        let mut gone = path.clone().into_os_string();
        gone.push("-gone");
        let there = if fs::rename(&path, &gone).is_ok() { gone.into() } else { path };
        // As above.
        let _ = fs::remove_dir_all(there);
    }
    // From now to the end, nobody makes another one.
    std::mem::forget(all);
}

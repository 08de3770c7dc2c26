//! The temporary folder of a run: modules are built there, and stay while they run, since debuggers and backtraces read them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder that goes with this.
#[derive(Debug)]
pub(crate) struct Scratch(Option<PathBuf>);

impl Scratch {
    /// Makes one. Its name is random: another process's leftovers are not found in it.
    pub(crate) fn new() -> io::Result<Self> {
        let mut template = std::env::temp_dir().join("ukmod-XXXXXX").into_os_string().into_encoded_bytes();
        template.push(0);
        // SAFETY: the template is a C string that ends in the six X that the call replaces.
        if unsafe { libc::mkdtemp(template.as_mut_ptr().cast()) }.is_null() {
            return Err(io::Error::last_os_error());
        }
        template.pop();
        Ok(Self(Some(String::from_utf8_lossy(&template).into_owned().into())))
    }

    /// The folder that another process made and handed to this one, or none.
    pub(crate) fn inherited(path: Option<&Path>) -> Self {
        Self(path.map(Path::to_owned))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.as_deref().unwrap_or(Path::new(""))
    }

    /// Removes it, for who ends the process without coming back.
    pub(crate) fn remover(&self) -> impl FnOnce() + Send + 'static {
        let path = self.0.clone();
        move || drop(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // What is left of it is the system's to clean up.
            let _ = fs::remove_dir_all(path);
        }
    }
}

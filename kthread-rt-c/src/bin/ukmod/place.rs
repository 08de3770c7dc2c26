//! Stores the modules of `ukmod build`: all of them, or none. On failure, it leaves no folder
//! behind that it created.

use crate::build::Built;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files and folders created so far. Dropping it removes them.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Drop for Made {
    fn drop(&mut self) {
        // Errors are ignored: the caller is already returning one.
        self.files.iter().for_each(|file| _ = fs::remove_file(file));
        self.folders.iter().rev().for_each(|folder| _ = fs::remove_dir(folder));
    }
}

/// Copies the modules to `output`: the folder, or the file if its name says so and there is one
/// module; without it, to the current folder.
pub(crate) fn place(built: &[Built], output: Option<&Path>) -> Result<(), String> {
    let mut made = Made::default();
    let mut placed = Vec::new();
    for module in built {
        let to = path_of(&format!("{}.so", module.name), output, built.len() == 1);
        let at_path = |e: io::Error| format!("{}: {e}", to.display());
        if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            make_folders(folder, &mut made).map_err(at_path)?;
        }
        if to.is_dir() {
            return Err(format!("{}: it is a folder", to.display()));
        }
        // A device is written to. A file is replaced as a whole, by a rename.
        if to.exists() && !to.is_file() {
            fs::copy(&module.path, &to).map_err(at_path)?;
            continue;
        }
        let mut beside = to.clone().into_os_string();
        beside.push(format!(".{}", std::process::id()));
        made.files.push(beside.clone().into());
        fs::copy(&module.path, &beside).map_err(at_path)?;
        placed.push((PathBuf::from(beside), to));
    }
    for (from, to) in placed {
        fs::rename(&from, &to).map_err(|e| format!("{}: {e}", to.display()))?;
    }
    made.files.clear();
    made.folders.clear();
    Ok(())
}

/// The path for a module's file.
fn path_of(file: &str, output: Option<&Path>, is_only: bool) -> PathBuf {
    let Some(output) = output else { return file.into() };
    let named_file = output.extension().is_some_and(|extension| extension == "so")
        && !output.as_os_str().as_encoded_bytes().ends_with(b"/");
    let is_file = (named_file || output.exists()) && !output.is_dir();
    if is_file && is_only { output.to_owned() } else { output.join(file) }
}

fn make_folders(folder: &Path, made: &mut Made) -> io::Result<()> {
    let missing: Vec<_> =
        folder.ancestors().take_while(|above| !above.as_os_str().is_empty() && !above.exists()).collect();
    for folder in missing.into_iter().rev() {
        fs::create_dir(folder)?;
        made.folders.push(folder.to_owned());
    }
    Ok(())
}

//! The paths of the package's files, and the folders in which it may write.

use crate::Result;
use crate::kernel::Kernel;
use std::fs;
use std::path::{Path, PathBuf};

/// This package's folder.
pub fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The workspace's folder.
pub fn workspace() -> &'static Path {
    package().parent().and_then(Path::parent).unwrap_or(package())
}

/// The folder of the C files.
pub fn questions() -> PathBuf {
    package().join("questions")
}

/// The file of a kernel's answers for a subject.
pub fn answers(kernel: Kernel, subject: &str) -> PathBuf {
    package().join("answers").join(kernel.version()).join(format!("{subject}.txt"))
}

/// Cargo's target folder of this program, which contains everything that is generated.
pub fn target() -> PathBuf {
    // target/debug/conformance, or target/debug/deps/a-test-1234.
    let exe = std::env::current_exe().unwrap_or_default();
    let profile = exe.ancestors().skip(1).find(|dir| !dir.ends_with("deps"));
    profile.and_then(Path::parent).map_or_else(|| workspace().join("target"), Path::to_owned)
}

/// A folder of this package in the target folder. Creates it if necessary.
pub fn work(name: &str) -> Result<PathBuf> {
    let folder = target().join("conformance").join(name);
    fs::create_dir_all(&folder).map_err(at(&folder))?;
    Ok(folder)
}

/// Reads a file as text.
pub fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(at(path))
}

/// Writes a file, and creates its folders.
pub fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(at(folder))?;
    }
    fs::write(path, text).map_err(at(path))
}

/// The files of a folder with this extension, sorted; none if there is no such folder.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|of| of == extension)).collect();
    paths.sort();
    paths
}

/// A file's name without its extension.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// A path for messages: relative to the workspace if it is in it.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(workspace()).unwrap_or(path).display().to_string()
}

/// Turns an error of an operation on `path` into a message.
pub fn at(path: &Path) -> impl Fn(std::io::Error) -> String + use<'_> {
    move |e| format!("{}: {e}", path.display())
}

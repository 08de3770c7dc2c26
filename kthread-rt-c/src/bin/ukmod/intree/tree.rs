//! The unpacked part of the kernel's tree: the files that the tests in the tables use, and no
//! others. They are never edited, which is checked before each use.
//!
//! A build does not see this folder, but a copy of the test's own files, so all other headers that
//! a source includes are ours.

use super::lacking::LACKING;
use super::package::{self, Missing, wrong};
use super::table::{InTree, TESTS};
use crate::output::tell;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The file with the checksums of the unpacked files.
const SUMS: &str = "SHA256SUMS";

/// The folder of the unpacked files. While this exists, it holds a lock, so no other process
/// unpacks.
#[derive(Debug)]
pub(crate) struct Tree {
    root: PathBuf,
    _lock: File,
}

impl Tree {
    /// The tree in `folder`. Unpacks it if it lacks a file of `tests`.
    pub(crate) fn get(folder: &Path, tests: &[&InTree]) -> Result<Self, Missing> {
        fs::create_dir_all(folder).map_err(wrong(folder))?;
        let lock = File::create(folder.join("lock")).map_err(wrong(folder))?;
        // SAFETY: the descriptor is open; closing it releases the lock.
        if unsafe { libc::flock(lock.as_raw_fd(), libc::LOCK_EX) } != 0 {
            return Err(wrong(folder)(io::Error::last_os_error()));
        }
        let tree = Self { root: folder.join(package::NAME), _lock: lock };
        if !tree.is_whole(tests) {
            let package = package::get(folder)?;
            tree.unpack(&package)?;
        }
        Ok(tree)
    }

    /// True if all files of the tests exist and match their checksums.
    fn is_whole(&self, tests: &[&InTree]) -> bool {
        let sums = fs::read_to_string(self.root.join(SUMS)).unwrap_or_default();
        let has = |file: &str| sums.lines().any(|line| line.ends_with(&format!("  {file}")));
        let check =
            || Command::new("sha256sum").args(["--check", "--status", SUMS]).current_dir(&self.root).status();
        tests.iter().flat_map(|test| test.files()).all(has) && check().is_ok_and(|status| status.success())
    }

    /// Unpacks the tests' files. This reads the whole archive, which takes some seconds.
    fn unpack(&self, package: &Path) -> Result<(), Missing> {
        tell!("ukmod: unpacking {}", package.display());
        let fresh = self.root.with_file_name("unpacking");
        // Remains of an interrupted unpacking.
        let _ = fs::remove_dir_all(&fresh);
        fs::create_dir_all(&fresh).map_err(wrong(&fresh))?;
        let mut files: Vec<_> = TESTS.iter().chain(LACKING).flat_map(|test| test.files()).collect();
        files.sort_unstable();
        files.dedup();

        let mut deb = Command::new("dpkg-deb");
        deb.arg("--fsys-tarfile").arg(package).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut deb = deb.spawn().map_err(wrong(Path::new("dpkg-deb")))?;
        let mut outer = Command::new("tar");
        outer.arg("-xO").arg("--occurrence").arg(format!("./usr/src/{}.tar.xz", package::NAME));
        let outer = outer.stdin(piped(deb.stdout.take())).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut outer = outer.spawn().map_err(wrong(Path::new("tar")))?;
        let mut inner = Command::new("tar");
        inner.args(["-xJ", "--occurrence", "--strip-components=1", "-C"]).arg(&fresh);
        inner.args(files.iter().map(|file| format!("{}/{file}", package::NAME)));
        let inner = inner.stdin(piped(outer.stdout.take())).output().map_err(wrong(Path::new("tar")));
        // The first two processes may still be writing output that is not needed.
        for mut child in [deb, outer] {
            let _ = child.kill().and_then(|()| child.wait());
        }
        succeeded(inner?, package)?;
        let sums = Command::new("sha256sum").args(&files).current_dir(&fresh).output();
        let sums = succeeded(sums.map_err(wrong(Path::new("sha256sum")))?, &fresh)?;
        let to = fresh.join(SUMS);
        fs::write(&to, sums).map_err(wrong(&to))?;
        // The old tree, if it was edited or lacks files.
        let _ = fs::remove_dir_all(&self.root);
        fs::rename(&fresh, &self.root).map_err(wrong(&self.root))
    }

    /// Copies the test's files into `folder`, each to its place.
    pub(crate) fn copy(&self, test: &InTree, folder: &Path) -> io::Result<()> {
        for file in test.files() {
            let to = folder.join(file);
            to.parent().map_or(Ok(()), fs::create_dir_all)?;
            fs::copy(self.root.join(file), to)?;
        }
        Ok(())
    }
}

/// The number of lines of a file of the tree in `folder`, if it is unpacked.
pub(crate) fn lines(folder: &Path, file: &str) -> Option<usize> {
    Some(fs::read_to_string(folder.join(package::NAME).join(file)).ok()?.lines().count())
}

/// A command's output, if it succeeded. `what` is named in the error.
fn succeeded(output: Output, what: &Path) -> Result<Vec<u8>, Missing> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Missing::Wrong(format!("{} can't be unpacked:\n{}", what.display(), said.trim_end())))
}

fn piped(from: Option<impl Into<Stdio>>) -> Stdio {
    from.map_or_else(Stdio::null, Into::into)
}

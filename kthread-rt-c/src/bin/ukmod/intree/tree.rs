//! What of the kernel's tree is unpacked: the files that the tests of the tables take, and no
//! others. They are never edited, which is checked before each use.
//!
//! A build does not see this folder, but a copy of the one test's files: what a source includes
//! beside them can only be ours.

use super::lacking::LACKING;
use super::package::{self, Missing, wrong};
use super::table::{InTree, TESTS};
use crate::output::tell;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The sums of the files, as they were unpacked.
const SUMS: &str = "SHA256SUMS";

/// Where the files are: the kernel's tree, with little in it. As long as this is there, nobody else
/// unpacks another.
#[derive(Debug)]
pub(crate) struct Tree {
    root: PathBuf,
    _lock: File,
}

impl Tree {
    /// The tree in `folder`, unpacked if it lacks something of `tests`.
    pub(crate) fn get(folder: &Path, tests: &[&InTree]) -> Result<Self, Missing> {
        fs::create_dir_all(folder).map_err(wrong(folder))?;
        let lock = File::create(folder.join("lock")).map_err(wrong(folder))?;
        // SAFETY: the descriptor is open; the lock goes with it.
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

    /// Everything that the tests take is there, and all is as it was unpacked.
    fn is_whole(&self, tests: &[&InTree]) -> bool {
        let sums = fs::read_to_string(self.root.join(SUMS)).unwrap_or_default();
        let has = |file: &str| sums.lines().any(|line| line.ends_with(&format!("  {file}")));
        let check =
            || Command::new("sha256sum").args(["--check", "--status", SUMS]).current_dir(&self.root).status();
        tests.iter().flat_map(|test| test.files()).all(has) && check().is_ok_and(|status| status.success())
    }

    /// Unpacks what the tests take. It takes as long as the archive is: some seconds.
    fn unpack(&self, package: &Path) -> Result<(), Missing> {
        tell!("ukmod: unpacking {}", package.display());
        let fresh = self.root.with_file_name("unpacking");
        // What an unpacking that was ended left.
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
        // Those before the last may still have something to say, which nobody reads.
        for mut child in [deb, outer] {
            let _ = child.kill().and_then(|()| child.wait());
        }
        succeeded(inner?, package)?;
        let sums = Command::new("sha256sum").args(&files).current_dir(&fresh).output();
        let sums = succeeded(sums.map_err(wrong(Path::new("sha256sum")))?, &fresh)?;
        let to = fresh.join(SUMS);
        fs::write(&to, sums).map_err(wrong(&to))?;
        // The old one, if it was edited or has too little.
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

/// How many lines the file has, of the tree in `folder`, if it was unpacked.
pub(crate) fn lines(folder: &Path, file: &str) -> Option<usize> {
    Some(fs::read_to_string(folder.join(package::NAME).join(file)).ok()?.lines().count())
}

/// What a command about `what` has printed, if it ended well.
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

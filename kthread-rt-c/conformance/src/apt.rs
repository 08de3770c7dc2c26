//! Downloads Debian's packages and unpacks them below cargo's folder. Nothing is installed, and the
//! machine's own apt is not used: this apt has its own sources, lists and cache in a folder. It
//! knows no installed packages, so it lists all dependencies of a program.

use crate::kernel::Kernel;
use crate::places::at;
use crate::{Result, places, process};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SOURCES: &str = "\
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm-backports main
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian-security bookworm-security main
";

/// An apt of our own.
#[derive(Debug)]
pub struct Apt {
    folder: PathBuf,
}

/// The packages of a kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KernelPackages {
    /// The release, as in `uname -r`.
    pub release: String,
    /// Debian's version of the packages.
    pub version: String,
    /// The packages with the headers and with the tools that build modules.
    pub headers: Vec<String>,
    /// The package with the kernel.
    pub image: String,
}

impl Apt {
    /// Sets apt up and fetches the current lists. Without a network, it uses the old ones.
    pub fn new() -> Result<Self> {
        let folder = places::work("apt")?;
        for made in ["state/lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(folder.join(made)).map_err(at(&folder))?;
        }
        places::write(&folder.join("sources.list"), SOURCES)?;
        places::write(&folder.join("status"), "")?;
        let apt = Self { folder };
        // How many sources have lists, however old.
        let known = || {
            let lists = fs::read_dir(apt.folder.join("state/lists")).into_iter().flatten().flatten();
            lists.filter(|list| list.file_name().to_string_lossy().ends_with("_InRelease")).count()
        };
        match process::output(apt.command("apt-get").args(["-q", "update"])) {
            Err(why) if known() < SOURCES.lines().count() => {
                Err(format!("apt's lists can't be fetched: {why}"))
            }
            Err(_) => {
                eprintln!("conformance: apt's lists can't be fetched; those of the last time are used");
                Ok(apt)
            }
            Ok(_) => Ok(apt),
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let at = |name: &str, file: &str| format!("{name}={}", self.folder.join(file).display());
        for option in [
            at("Dir::State", "state"),
            at("Dir::Cache", "cache"),
            at("Dir::State::status", "status"),
            at("Dir::Etc::sourcelist", "sources.list"),
            // Not the machine's configuration.
            "Dir::Etc::sourceparts=-".into(),
            "Dir::Etc::preferencesparts=-".into(),
            // No separate user, who would need write access here.
            "APT::Sandbox::User=".into(),
            "APT::Keep-Downloaded-Packages=true".into(),
            "APT::Install-Recommends=false".into(),
            "APT::Architecture=amd64".into(),
            "APT::Architectures=amd64".into(),
            "Acquire::Languages=none".into(),
            "Acquire::Retries=3".into(),
            // By default, an unreachable mirror is only a warning.
            "APT::Update::Error-Mode=any".into(),
        ] {
            command.arg("-o").arg(option);
        }
        command.stdin(Stdio::null()).env("LC_ALL", "C");
        command
    }

    /// The newest packages of a kernel. The number in their names grows with each change of the
    /// kernel's ABI.
    pub fn kernel(&self, kernel: Kernel) -> Result<KernelPackages> {
        let records = process::output(self.command("apt-cache").args(["show", "linux-image-amd64"]))?;
        let (release, version) = newest(&records, kernel)
            .ok_or_else(|| format!("apt knows no linux-image-amd64 of Linux {kernel}"))?;
        let headers = format!("linux-headers-{release}");
        let records =
            process::output(self.command("apt-cache").arg("show").arg(format!("{headers}={version}")))?;
        let more = field(&records, "Depends").unwrap_or_default().split(", ");
        let more = more.filter_map(|one| one.split(' ').next());
        let more = more.filter(|one| one.starts_with("linux-headers-") || one.starts_with("linux-kbuild-"));
        let headers = [headers.clone()].into_iter().chain(more.map(str::to_owned)).collect();
        Ok(KernelPackages { image: format!("linux-image-{release}"), release, version, headers })
    }

    /// Downloads the named packages and unpacks them in a folder; only `parts`, if there are any.
    /// Unchanged files of an earlier run are kept.
    pub fn unpack(&self, packages: &[String], version: &str, into: &Path, parts: &[&str]) -> Result<()> {
        let with_version: Vec<_> = packages.iter().map(|name| format!("{name}={version}")).collect();
        let files = self.uris(&["download"], &with_version)?;
        self.fetch_and_unpack(files, into, parts, |folder| {
            let mut download = self.command("apt-get");
            download.args(["-q", "download"]).args(&with_version).current_dir(folder);
            process::output(&mut download).map(drop)
        })
    }

    /// Downloads programs with all their dependencies, and unpacks them in a folder as a system to
    /// run them in.
    pub fn unpack_with_dependencies(&self, packages: &[&str], into: &Path) -> Result<()> {
        let names: Vec<_> = packages.iter().map(|name| name.to_string()).collect();
        let files = self.uris(&["install", "-y"], &names)?;
        self.fetch_and_unpack(files, into, &[], |folder| {
            let mut install = self.command("apt-get");
            install.arg("-o").arg(format!("Dir::Cache::archives={}", folder.display()));
            install.args(["-q", "-y", "--download-only", "install"]).args(packages);
            fs::create_dir_all(folder.join("partial")).map_err(at(folder))?;
            process::output(&mut install).map(drop)
        })
    }

    /// The files that a command would download.
    fn uris(&self, words: &[&str], packages: &[String]) -> Result<Vec<String>> {
        let mut command = self.command("apt-get");
        let out = process::output(command.arg("--print-uris").args(words).args(packages))?;
        // 'http://…' name_version_arch.deb size SHA256:…
        Ok(out.lines().filter(|line| line.starts_with('\'')).map(str::to_owned).collect())
    }

    fn fetch_and_unpack(
        &self,
        files: Vec<String>,
        into: &Path,
        parts: &[&str],
        download: impl Fn(&Path) -> Result<()>,
    ) -> Result<()> {
        let list = files.join("\n") + "\n";
        let stamp = into.with_extension("unpacked");
        if fs::read_to_string(&stamp).is_ok_and(|unpacked| unpacked == list) {
            return Ok(());
        }
        for old in [into, &stamp] {
            if old.is_dir() {
                fs::remove_dir_all(old).map_err(at(old))?;
            } else if old.exists() {
                fs::remove_file(old).map_err(at(old))?;
            }
        }
        let folder = into.with_extension("download");
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        download(&folder)?;
        fs::create_dir_all(into).map_err(at(into))?;
        for package in places::files(&folder, "deb") {
            unpack(&package, into, parts)?;
        }
        fs::remove_dir_all(&folder).map_err(at(&folder))?;
        places::write(&stamp, &list)
    }
}

/// `dpkg -x`, for all or some files.
fn unpack(package: &Path, into: &Path, parts: &[&str]) -> Result<()> {
    if parts.is_empty() {
        return process::output(Command::new("dpkg").arg("-x").arg(package).arg(into)).map(drop);
    }
    let mut files =
        Command::new("dpkg-deb").arg("--fsys-tarfile").arg(package).stdout(Stdio::piped()).spawn();
    let files = files.as_mut().map_err(|e| format!("dpkg-deb can't be started: {e}"))?;
    let Some(tape) = files.stdout.take() else { return Err("dpkg-deb has no output".into()) };
    let tar = Command::new("tar").arg("x").arg("-C").arg(into).args(parts).stdin(tape).status();
    let unpacked = tar.map_err(|e| format!("tar can't be started: {e}"))?;
    // dpkg-deb may fail because tar closed the pipe when it had all parts.
    let _ = files.wait();
    match unpacked.success() {
        true => Ok(()),
        false => Err(format!("{}: tar did not unpack {}", package.display(), parts.join(" "))),
    }
}

/// The release and the version in the first of linux-image-amd64's records for this kernel; apt
/// lists the newest first.
fn newest(records: &str, kernel: Kernel) -> Option<(String, String)> {
    let wanted = format!("linux-image-{kernel}.");
    for record in records.split("\n\n") {
        let depends = field(record, "Depends").unwrap_or_default();
        let image = depends.split([' ', ',']).find(|word| word.starts_with(&wanted));
        if let (Some(image), Some(version)) = (image, field(record, "Version")) {
            let release = image.trim_start_matches("linux-image-").to_owned();
            return Some((release, version.to_owned()));
        }
    }
    None
}

fn field<'a>(record: &'a str, name: &str) -> Option<&'a str> {
    record.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_a_kernel_is_found() {
        let records = "\
Package: linux-image-amd64
Version: 6.12.95-1~bpo12+1
Depends: linux-image-6.12.95+deb12-amd64 (= 6.12.95-1~bpo12+1)

Package: linux-image-amd64
Version: 6.1.192-3
Depends: linux-image-6.1.0-57-amd64 (= 6.1.192-3)

Package: linux-image-amd64
Version: 6.1.176-1
Depends: linux-image-6.1.0-50-amd64 (= 6.1.176-1)
";
        let of = |kernel| newest(records, kernel).unwrap();
        assert_eq!(of(Kernel::V6_1), ("6.1.0-57-amd64".into(), "6.1.192-3".into()));
        assert_eq!(of(Kernel::V6_12), ("6.12.95+deb12-amd64".into(), "6.12.95-1~bpo12+1".into()));
        assert_eq!(newest("", Kernel::V6_1), None);
    }
}

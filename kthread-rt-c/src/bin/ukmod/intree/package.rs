//! Debian's package of the kernel's source: downloaded by `apt-get`, which checks signatures, and checked again here, since it may lie
//! in the folder for long.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Its name; and that of the archive in it.
pub(crate) const NAME: &str = "linux-source-6.1";

/// The package in `folder`, downloaded if it is not there or not what Debian says it is. Otherwise: why it can't be had.
pub(crate) fn get(folder: &Path) -> Result<PathBuf, String> {
    for package in in_folder(folder) {
        match check(&package) {
            Ok(()) => return Ok(package),
            Err(why) => eprintln!("ukmod: {}: {why}; it is downloaded again", package.display()),
        }
        fs::remove_file(&package).map_err(|e| format!("{}: {e}", package.display()))?;
    }
    eprintln!("ukmod: downloading {NAME}, of 139 MB, into {}", folder.display());
    if let Err(first) = apt(folder, &["download", NAME]) {
        // Where nothing was ever installed, apt has no lists.
        apt(folder, &["update"]).and_then(|()| apt(folder, &["download", NAME])).map_err(|_| first)?;
    }
    let package = in_folder(folder).pop().ok_or_else(|| format!("apt-get downloaded no {NAME}"))?;
    check(&package)?;
    Ok(package)
}

fn in_folder(folder: &Path) -> Vec<PathBuf> {
    let is_it = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(&format!("{NAME}_")) && name.ends_with(".deb")
    };
    let mut found: Vec<_> = fs::read_dir(folder)
        .map_or(Vec::new(), |entries| entries.flatten().map(|entry| entry.path()).filter(is_it).collect());
    found.sort();
    found
}

fn apt(folder: &Path, words: &[&str]) -> Result<(), String> {
    let mut apt = Command::new("apt-get");
    apt.args(["-q", "-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30"]).args(words);
    let output = apt.current_dir(folder).stdin(Stdio::null()).output();
    let output = output.map_err(|e| format!("apt-get can't be started: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.lines().rfind(|line| line.starts_with("E:")).unwrap_or("it said nothing");
    Err(format!("apt-get {}: {last}", words.join(" ")))
}

/// Whether it is, byte for byte, what apt's lists say of the file of this name.
fn check(package: &Path) -> Result<(), String> {
    let output = Command::new("apt-cache").args(["show", NAME]).output();
    let output = output.map_err(|e| format!("apt-cache can't be started: {e}"))?;
    let records = String::from_utf8_lossy(&output.stdout).into_owned();
    let file = package.file_name().unwrap_or_default().to_string_lossy();
    let record = records
        .split("\n\n")
        .find(|record| field(record, "Filename").and_then(|path| path.rsplit('/').next()) == Some(&*file))
        .ok_or_else(|| format!("apt knows no {file}"))?;
    let said = field(record, "SHA256").ok_or_else(|| format!("apt has no SHA256 of {file}"))?;
    let sum = sha256(package).map_err(|e| format!("{}: {e}", package.display()))?;
    if sum == said { Ok(()) } else { Err(format!("its SHA256 is {sum}, and not {said}")) }
}

fn field<'a>(record: &'a str, name: &str) -> Option<&'a str> {
    record.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn sha256(file: &Path) -> io::Result<String> {
    let output = Command::new("sha256sum").arg(file).output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let sum = String::from_utf8_lossy(&output.stdout).split_whitespace().next().unwrap_or("").to_owned();
    Ok(sum)
}

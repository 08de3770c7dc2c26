//! Debian's package of the kernel's source. `apt-get` downloads it and checks its signature; it is
//! checked again here, since it may stay in the folder for long.
//!
//! A download goes to a folder of its own; only a checked file replaces one in the folder, and only
//! one of the same name. A package that apt does not know (another version, or a machine whose apt
//! has no lists) is neither used nor touched.

use crate::output::tell;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The package's name, which is also that of the archive in it.
pub(crate) const NAME: &str = "linux-source-6.1";

/// Why there is no kernel source.
#[derive(Debug)]
pub(crate) enum Missing {
    /// There is no `apt-get`, or it has no server for the package: nothing can be tested here.
    NotToBeHad(String),
    /// The source is damaged, or there is no room or no tool for it: the user has to act.
    Wrong(String),
}

/// What apt's lists say about a package.
enum Checked {
    /// It is the package, byte for byte.
    Same,
    Differs(String),
    /// The lists do not have it.
    Unknown(String),
}

/// The package in `folder`, downloaded if it is missing or differs from Debian's.
pub(crate) fn get(folder: &Path) -> Result<PathBuf, Missing> {
    if let Some(package) = kept(folder)? {
        return Ok(package);
    }
    let fresh = folder.join("download");
    // Remains of an interrupted download.
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(&fresh).map_err(wrong(&fresh))?;
    let package = download(folder, &fresh);
    // Success or not, nothing in it is needed any more.
    let _ = fs::remove_dir_all(&fresh);
    package
}

/// The package in `folder` that apt's lists confirm. Prints why other packages are not used.
fn kept(folder: &Path) -> Result<Option<PathBuf>, Missing> {
    for package in in_folder(folder) {
        let why = match check(&package)? {
            Checked::Same => return Ok(Some(package)),
            Checked::Differs(why) => format!("{why}; downloading it again"),
            Checked::Unknown(why) => format!("{why}; not used"),
        };
        tell!("ukmod: {}: {why}", package.display());
    }
    Ok(None)
}

/// Downloads it into `fresh`, and moves it to `folder` once it is checked.
fn download(folder: &Path, fresh: &Path) -> Result<PathBuf, Missing> {
    let download = || {
        tell!("ukmod: downloading {NAME} (139 MB) into {}", folder.display());
        apt(fresh, &["download", NAME])
    };
    if let Err(first) = download() {
        // On a machine where nothing was ever installed, apt has no lists.
        tell!("ukmod: {first}; trying apt-get update");
        apt(fresh, &["update"]).map_err(|_| Missing::NotToBeHad(first.clone()))?;
        // With the lists, a package in the folder may turn out to be right.
        if let Some(package) = kept(folder)? {
            return Ok(package);
        }
        download().map_err(|_| Missing::NotToBeHad(first))?;
    }
    let package = in_folder(fresh).pop();
    let package = package.ok_or_else(|| Missing::Wrong(format!("apt-get downloaded no {NAME}")))?;
    if let Checked::Differs(why) | Checked::Unknown(why) = check(&package)? {
        return Err(Missing::Wrong(format!("the package that apt-get downloaded is wrong: {why}")));
    }
    let to = folder.join(package.file_name().unwrap_or_default());
    fs::rename(&package, &to).map_err(wrong(&to))?;
    Ok(to)
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

/// Compares the file with the checksum that apt's lists have for its name.
fn check(package: &Path) -> Result<Checked, Missing> {
    let file = package.file_name().unwrap_or_default().to_string_lossy();
    let records = match Command::new("apt-cache").args(["show", NAME]).stderr(Stdio::null()).output() {
        Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Err(e) => return Ok(Checked::Unknown(format!("apt-cache can't be started: {e}"))),
    };
    let is_of_file =
        |record: &&str| field(record, "Filename").and_then(|path| path.rsplit('/').next()) == Some(&*file);
    let Some(record) = records.split("\n\n").find(is_of_file) else {
        return Ok(Checked::Unknown(format!("apt knows no {file}")));
    };
    let Some(said) = field(record, "SHA256") else {
        return Ok(Checked::Unknown(format!("apt has no SHA256 of {file}")));
    };
    let sum = sha256(package).map_err(wrong(package))?;
    Ok(if sum == said {
        Checked::Same
    } else {
        Checked::Differs(format!("its SHA256 is {sum}, but should be {said}"))
    })
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

/// Turns an error of an operation on `what` into [`Missing::Wrong`].
pub(crate) fn wrong(what: &Path) -> impl Fn(io::Error) -> Missing + use<'_> {
    move |e| Missing::Wrong(format!("{}: {e}", what.display()))
}

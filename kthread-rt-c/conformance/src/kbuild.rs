//! Builds the questions as modules for a real kernel, with that kernel's headers.

use crate::apt::KernelPackages;
use crate::places::at;
use crate::questions::Subject;
use crate::{Result, places};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The modules that were built, and the reasons for those that were not.
#[derive(Debug, Default)]
pub struct Built {
    /// Indexed by subject.
    pub modules: BTreeMap<String, PathBuf>,
    /// Indexed by subject.
    pub refused: BTreeMap<String, String>,
}

/// Builds the subjects. `root` is the folder of the unpacked headers. A subject that fails does not
/// affect the others.
pub fn build(packages: &KernelPackages, root: &Path, folder: &Path, subjects: &[Subject]) -> Result<Built> {
    let headers = headers(packages, root)?;
    fs::create_dir_all(folder).map_err(at(folder))?;
    let questions = places::questions();
    for entry in fs::read_dir(&questions).map_err(at(&questions))? {
        let entry = entry.map_err(at(&questions))?;
        if entry.path().extension().is_some_and(|extension| extension == "h") {
            update(&entry.path(), &folder.join(entry.file_name()))?;
        }
    }
    for subject in subjects {
        update(&subject.path, &folder.join(format!("{}.c", subject.name)))?;
    }
    let mut built = Built::default();
    loop {
        let left = || subjects.iter().filter(|subject| !built.refused.contains_key(&subject.name));
        let objects: Vec<_> = left().map(|subject| format!("{}.o", subject.name)).collect();
        if objects.is_empty() {
            return Ok(built);
        }
        update_text(&folder.join("Kbuild"), &format!("obj-m := {}\n", objects.join(" ")))?;
        let said = make(&headers, folder)?;
        let refused: BTreeMap<_, _> = left()
            .filter_map(|subject| Some((subject.name.clone(), refusal(&said.1, &subject.name)?)))
            .collect();
        if refused.is_empty() && !said.0 {
            return Err(format!("the kernel's make failed:\n{}", said.1));
        }
        if refused.is_empty() {
            built.modules =
                left().map(|one| (one.name.clone(), folder.join(format!("{}.ko", one.name)))).collect();
            return Ok(built);
        }
        built.refused.extend(refused);
    }
}

/// The headers' folder. Changes the path in its Makefile from Debian's install path to the unpacked
/// folder.
fn headers(packages: &KernelPackages, root: &Path) -> Result<PathBuf> {
    let sources = root.join("usr/src");
    let headers = sources.join(format!("linux-headers-{}", packages.release));
    let makefile = headers.join("Makefile");
    let text = places::read(&makefile)?;
    let (_, rest) =
        text.rsplit_once("/usr/src/").ok_or_else(|| format!("{}: no /usr/src in it", makefile.display()))?;
    update_text(&makefile, &format!("include {}/{rest}", sources.display()))?;
    Ok(headers)
}

/// Returns whether make succeeded, and its output.
fn make(headers: &Path, folder: &Path) -> Result<(bool, String)> {
    let cpus = std::thread::available_parallelism().map_or(1, |cpus| cpus.get());
    let mut make = Command::new("make");
    make.arg("-C").arg(headers).arg(format!("M={}", folder.display())).arg(format!("-kj{cpus}"));
    make.arg("--output-sync=target");
    // Types for BPF would need the whole kernel. A symbol that the kernel does not export only
    // makes that module's insmod fail.
    make.args(["CONFIG_DEBUG_INFO_BTF_MODULES=", "KBUILD_MODPOST_WARN=1", "modules"]);
    if !runs("gcc-12") {
        // Debian's headers ask for the kernel's own compiler; another one works, too.
        make.arg("CC=gcc");
    }
    // Without the variables of the cargo that started this.
    for name in ["MAKEFLAGS", "MFLAGS", "MAKELEVEL", "CARGO_MAKEFLAGS"] {
        make.env_remove(name);
    }
    let output = make.env("LC_ALL", "C").output().map_err(|e| format!("make can't be started: {e}"))?;
    Ok((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// Why a subject was not built: the messages of the compiler or of modpost about it.
fn refusal(said: &str, subject: &str) -> Option<String> {
    let missing = format!("/{subject}.ko] undefined!");
    let of_modpost: Vec<_> = said.lines().filter(|line| line.ends_with(&missing)).collect();
    if !of_modpost.is_empty() {
        return Some(of_modpost.join("\n"));
    }
    // make prints a compiler's messages in one piece, followed by the failure.
    let failed = format!("/{subject}.o] Error ");
    let mut piece = Vec::new();
    for line in said.lines() {
        let is_end = line.starts_with("make") && line.contains(": *** [");
        if is_end && line.contains(&failed) {
            return Some(piece.join("\n"));
        }
        if is_end {
            piece.clear();
        } else {
            piece.push(line);
        }
    }
    None
}

/// Copies a file only if it differs, so that make rebuilds only what has changed.
fn update(from: &Path, to: &Path) -> Result<()> {
    update_text(to, &places::read(from)?)
}

fn update_text(to: &Path, text: &str) -> Result<()> {
    match fs::read_to_string(to) {
        Ok(there) if there == text => Ok(()),
        _ => places::write(to, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_of_its_subject() {
        let said = "\
/t/time.c:7:2: error: implicit declaration of function 'f'
make[2]: *** [Makefile.build:255: /t/time.o] Error 1
/t/ask.h:3:2: error: no
make[2]: *** [Makefile.build:255: /t/wait.o] Error 1
WARNING: modpost: \"kthread_exit\" [/t/completion.ko] undefined!
WARNING: modpost: \"g\" [/t/a_time.ko] undefined!
";
        assert_eq!(refusal(said, "time").as_deref(), said.lines().next());
        assert_eq!(refusal(said, "wait").as_deref(), said.lines().nth(2));
        assert_eq!(refusal(said, "completion").as_deref(), said.lines().nth(4));
        assert_eq!(refusal(said, "other"), None);
    }
}

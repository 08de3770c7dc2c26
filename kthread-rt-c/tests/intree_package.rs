//! How `ukmod intree` comes to the kernel's source: with an apt, and a package, that are made here.
//! A package that is wrong is no reason to skip the tests, and one that can't be checked is no
//! reason to delete it.

mod ukmod;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use ukmod::{Ran, in_order, ran};

const PACKAGE: &str = "linux-source-6.1_6.1.1-1_all.deb";

/// A machine: a folder of programs, and what its apt knows and has.
struct Machine(PathBuf);

impl Machine {
    /// One with nothing but what the programs below and `ukmod` take.
    fn new(name: &str) -> Self {
        let folder = ukmod::tmp().join("package").join(name);
        // What a run that was ended left.
        let _ = fs::remove_dir_all(&folder);
        let machine = Self(folder);
        for inner in ["bin", "kept", "server"] {
            fs::create_dir_all(machine.0.join(inner)).unwrap();
        }
        for tool in ["sh", "cat", "cp", "tar", "sha256sum"] {
            let found = std::env::split_paths(&std::env::var_os("PATH").unwrap())
                .map(|folder| folder.join(tool))
                .find(|path| path.exists());
            symlink(found.expect(tool), machine.0.join("bin").join(tool)).unwrap();
        }
        // A package is its tar, and nothing is compressed.
        machine.program("dpkg-deb", "exec cat \"$2\"");
        machine.program("xz", "exec cat");
        machine
    }

    /// One with an apt that has the package of these files, and says so.
    fn with_apt(name: &str, files: &[&str]) -> Self {
        let machine = Self::new(name);
        machine.serve(files);
        machine.program("apt-cache", &format!("exec cat {}", machine.0.join("lists").display()));
        machine
            .program("apt-get", &format!("exec cp {} .", machine.0.join("server").join(PACKAGE).display()));
        machine
    }

    /// Written by another process: while this one has a file open for writing, a child that another
    /// test starts has it, too, and nobody can execute it.
    fn program(&self, name: &str, text: &str) {
        let path = self.0.join("bin").join(name);
        let _ = fs::remove_file(&path);
        let write = "printf '#!/bin/sh\\n%s\\n' \"$1\" >\"$2\" && chmod +x \"$2\"";
        let written = Command::new("sh").args(["-c", write, "sh", text]).arg(path).status();
        assert!(written.unwrap().success());
    }

    /// The package on the server, and the lists, are of these files.
    fn serve(&self, files: &[&str]) {
        let root = self.0.join("root");
        let tree = self.0.join("linux-source-6.1");
        let _ = fs::remove_dir_all(&tree);
        fs::create_dir_all(root.join("usr/src")).unwrap();
        fs::create_dir_all(&tree).unwrap();
        for file in files {
            let path = tree.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("/* {file} */\n")).unwrap();
        }
        let tar = |folder: &Path, to: &Path, what: &str| {
            let made = Command::new("tar").arg("-cf").arg(to).arg("-C").arg(folder).arg(what).status();
            assert!(made.unwrap().success());
        };
        tar(&self.0, &root.join("usr/src/linux-source-6.1.tar.xz"), "linux-source-6.1");
        let package = self.0.join("server").join(PACKAGE);
        tar(&root, &package, ".");
        let sum = Command::new("sha256sum").arg(package).output().unwrap();
        let sum = String::from_utf8(sum.stdout).unwrap();
        let sum = sum.split_whitespace().next().unwrap();
        fs::write(self.0.join("lists"), format!("Filename: pool/main/{PACKAGE}\nSHA256: {sum}\n")).unwrap();
    }

    fn kept(&self) -> PathBuf {
        self.0.join("kept")
    }

    /// The packages that are kept.
    fn packages(&self) -> Vec<String> {
        let names = fs::read_dir(self.kept()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut packages: Vec<_> = names.filter(|name| name.ends_with(".deb")).collect();
        packages.sort();
        packages
    }

    fn ukmod(&self, args: &[&str], dir: &Path) -> Ran {
        let mut ukmod = ukmod::ukmod();
        ukmod
            .env("PATH", self.0.join("bin"))
            .env("LC_ALL", "C")
            .arg("intree")
            .args(args)
            .arg("--dir")
            .arg(dir);
        ran(ukmod.output().unwrap())
    }

    fn fetch(&self) -> Ran {
        self.ukmod(&["--fetch"], &self.kept())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }
}

/// The files that the tests take: what a package without any lacks.
fn all_files() -> Vec<String> {
    let thread = std::thread::current();
    let (_, _, err) = Machine::with_apt(&format!("{}-files", thread.name().unwrap()), &[]).fetch();
    let name = |line: &str| {
        let line = line.strip_prefix("tar: linux-source-6.1/")?.strip_suffix(": Not found in archive")?;
        Some(line.to_owned())
    };
    let files: Vec<_> = err.lines().filter_map(name).collect();
    assert!(files.iter().any(|file| file == "kernel/torture.c"), "{err}");
    files
}

/// A machine whose apt has all that the tests take.
fn whole(name: &str) -> Machine {
    let files = all_files();
    Machine::with_apt(name, &files.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_package_is_downloaded_once() {
    let machine = whole("once");
    let (status, out, err) = machine.fetch();
    assert_eq!((status, &*out), (0, ""), "{err}");
    in_order(&err, &["downloading linux-source-6.1", "unpacking "]);
    assert_eq!(machine.packages(), [PACKAGE]);
    machine.program("apt-get", "exit 1");
    assert_eq!(machine.fetch(), (0, String::new(), String::new()));
}

#[test]
fn a_package_without_a_file_of_the_table_is_a_failure() {
    let machine = Machine::with_apt("lacks", &["kernel/torture.c"]);
    for args in [&["--fetch"][..], &["--all"], &["klist"]] {
        let (status, out, err) = machine.ukmod(args, &machine.kept());
        assert_eq!((status, &*out), (1, ""), "{args:?}: {err}");
        in_order(&err, &[PACKAGE, " can't be unpacked:\n", "lib/klist.c: Not found in archive"]);
    }
}

#[test]
fn a_download_that_is_not_what_apt_says_is_a_failure_and_is_not_kept() {
    let machine = Machine::with_apt("tampered", &[]);
    machine.program("apt-get", &format!("echo nonsense > {PACKAGE}"));
    let (status, out, err) = machine.fetch();
    assert_eq!((status, &*out), (1, ""), "{err}");
    assert!(err.contains("the package that apt-get downloaded is wrong: its SHA256 is "), "{err}");
    assert_eq!(machine.packages(), [""; 0]);
}

#[test]
fn a_tool_that_is_not_installed_is_a_failure() {
    let machine = whole("no-xz");
    fs::remove_file(machine.0.join("bin/xz")).unwrap();
    let (status, out, err) = machine.fetch();
    assert_eq!((status, &*out), (1, ""), "{err}");
    in_order(&err, &["can't be unpacked:\n", "xz"]);
}

#[test]
fn a_folder_that_is_a_file_is_a_failure() {
    let machine = Machine::with_apt("file", &[]);
    let (status, out, err) = machine.ukmod(&["--fetch"], &machine.0.join("lists"));
    assert_eq!((status, &*out), (1, ""), "{err}");
    assert!(err.contains("lists: "), "{err}");
}

#[test]
fn what_apt_can_not_get_is_skipped() {
    let machine = Machine::with_apt("offline", &[]);
    machine.program("apt-get", "echo E: no network >&2; exit 100");
    let (status, out, err) = machine.fetch();
    assert_eq!(status, 77, "{err}");
    assert_eq!(out, "intree: skipped: apt-get download linux-source-6.1: E: no network\n");
    in_order(&err, &["downloading ", "no network; trying apt-get update"]);
}

#[test]
fn a_package_that_differs_is_kept_until_there_is_another() {
    let machine = whole("differs");
    let package = machine.kept().join(PACKAGE);
    fs::write(&package, "half of it").unwrap();
    let apt_get = machine.0.join("bin/apt-get");
    let aside = machine.0.join("apt-get");
    fs::rename(&apt_get, &aside).unwrap();
    assert_eq!(machine.fetch().0, 77);
    assert_eq!(fs::read_to_string(&package).unwrap(), "half of it");

    fs::rename(aside, apt_get).unwrap();
    let (status, _, err) = machine.fetch();
    assert_eq!(status, 0, "{err}");
    in_order(&err, &["its SHA256 is ", "downloading it again"]);
    assert_eq!(fs::read(&package).unwrap(), fs::read(machine.0.join("server").join(PACKAGE)).unwrap());
}

#[test]
fn a_package_that_can_not_be_checked_is_neither_used_nor_deleted() {
    let machine = whole("unknown");
    let own = "linux-source-6.1_6.1.0-mine_all.deb";
    fs::write(machine.kept().join(own), "mine").unwrap();
    fs::copy(machine.0.join("server").join(PACKAGE), machine.kept().join(PACKAGE)).unwrap();
    let lists = fs::read(machine.0.join("lists")).unwrap();
    // No lists, and nowhere to get any from; then not even the program that reads them.
    fs::write(machine.0.join("lists"), "").unwrap();
    machine.program("apt-get", "exit 100");
    for left in ["apt knows no ", "apt-cache can't be started"] {
        let (status, _, err) = machine.fetch();
        assert_eq!(status, 77, "{err}");
        in_order(&err, &[own, left, "not used", PACKAGE, left, "not used"]);
        assert_eq!(machine.packages(), [own, PACKAGE]);
        let _ = fs::remove_file(machine.0.join("bin/apt-cache"));
    }

    // Lists that come by an update know the one that is there: it is not downloaded again.
    machine.program("apt-cache", &format!("exec cat {}", machine.0.join("lists").display()));
    fs::write(machine.0.join("fresh-lists"), lists).unwrap();
    let (from, to) = (machine.0.join("fresh-lists"), machine.0.join("lists"));
    let update = format!("case $* in *update*) exec cp {} {};; esac; exit 100", from.display(), to.display());
    machine.program("apt-get", &update);
    let (status, _, err) = machine.fetch();
    assert_eq!(status, 0, "{err}");
    assert_eq!(machine.packages(), [own, PACKAGE]);
}

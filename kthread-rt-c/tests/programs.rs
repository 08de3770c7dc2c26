//! C programs that link the runtime: the static library, the shared one, and both as installed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What `c/program.c` prints.
const TOLD: &str = "counter/1 has pid 3\nstopped: 42, count: 42\nleft: 7\n";

/// What each program links beside the static library.
const SYSTEM: [&str; 4] = ["-lpthread", "-ldl", "-lm", "-lgcc_s"];

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where cargo put `ukmod`.
fn target() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_ukmod")).parent().unwrap()
}

/// An empty folder for a test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // The last run's.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// The library file of this name that this test's build made.
fn library(name: &str) -> PathBuf {
    let found =
        [target().join("deps").join(name), target().join(name)].into_iter().find(|file| file.exists());
    found.unwrap_or_else(|| panic!("cargo has built no {name} in {}", target().display()))
}

/// Compiles `c/program.c` in `folder`, and runs it.
fn build_and_run(folder: &Path, flags: &[&str], more: &[&str]) {
    let program = folder.join("program");
    let mut gcc = Command::new("gcc");
    gcc.args(["-Wall", "-Werror", "-O2", "-fexceptions", "-o"]).arg(&program).args(flags);
    let output = gcc.arg(package().join("tests/c/program.c")).args(more).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = Command::new(program).env_remove("LD_LIBRARY_PATH").output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), &*String::from_utf8(output.stdout).unwrap()), (Some(0), TOLD), "{err}");
    assert!(err.contains("module: init in task 1\n") && err.contains("module: exit\n"), "{err}");
}

fn include() -> String {
    format!("-I{}", package().join("include").display())
}

#[test]
fn a_program_links_the_static_library() {
    let folder = folder("static");
    let library = library("libkthread_rt_c.a");
    build_and_run(&folder, &[&include()], &[&[library.to_str().unwrap()][..], &SYSTEM].concat());
}

#[test]
fn a_program_links_the_shared_library_by_its_soname() {
    let folder = folder("shared");
    let library = library("libkthread_rt_c.so");
    symlink(&library, folder.join("libkthread_rt.so")).unwrap();
    symlink(&library, folder.join("libkthread_rt.so.0")).unwrap();
    let folder_name = folder.display();
    let (search, run_path) = (format!("-L{folder_name}"), format!("-Wl,-rpath,{folder_name}"));
    build_and_run(&folder, &[&include()], &[&search, &run_path, "-lkthread_rt"]);
    let output = Command::new("readelf").arg("-d").arg(folder.join("program")).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("[libkthread_rt.so.0]"));
}

#[test]
fn what_is_installed_builds_programs_and_modules() {
    if Command::new("pkg-config").arg("--version").output().is_err() {
        eprintln!("not tried: there is no pkg-config on this machine");
        return;
    }
    let prefix = folder("installed");
    // Libraries from where this test's build put them, whether or not it is the folder of `ukmod`.
    let output = Command::new(package().join("install.sh")).arg(&prefix).arg(target()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let said = |more: &[&str]| {
        let mut pkg_config = Command::new("pkg-config");
        pkg_config.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")).args(more).arg("kthread-rt");
        let output = pkg_config.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    let words = |words: &[String]| {
        words.iter().map(|word| &*Box::leak(word.clone().into_boxed_str())).collect::<Vec<_>>()
    };
    let (flags, mut libs) = (words(&said(&["--cflags"])), words(&said(&["--libs"])));
    let run_path = format!("-Wl,-rpath,{}", prefix.join("lib").display());
    libs.push(&run_path);
    build_and_run(&folder("program-shared"), &flags, &libs);

    let archive = prefix.join("lib/libkthread_rt.a");
    let mut libs = words(&said(&["--libs", "--static"]));
    libs.retain(|lib| *lib != "-lkthread_rt" && !lib.starts_with("-L"));
    libs.insert(0, archive.to_str().unwrap());
    build_and_run(&folder("program-static"), &flags, &libs);

    // The installed ukmod finds the installed headers.
    let mut ukmod = Command::new(prefix.join("bin/ukmod"));
    ukmod.args(["run", "--for", "0s", "--raw"]).arg(package().join("tests/modules/files/first-part.c"));
    let output = ukmod.arg(package().join("tests/modules/files/greeting.c")).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert_eq!(out, "hello from first_part and greeting in first_part\n");
    assert!(fs::read_to_string(prefix.join("share/man/man1/ukmod.1")).unwrap().contains(".TH ukmod 1"));
}

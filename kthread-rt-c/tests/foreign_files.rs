//! What is named on the command line and is no module, no source, no folder: told with its name and
//! what it is, soon. And where `ukmod build` puts what it makes.

mod ukmod;

use std::ffi::{CString, OsStr};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use ukmod::{SOON, folder, in_order, run, run_within};

/// Has to end with this status, and say this of this file.
#[track_caller]
fn is_told(command: &str, path: &Path, status: i32, what: &str) {
    let mut ukmod = ukmod::ukmod();
    let name = format!("foreign-{}", path.file_name().unwrap().display());
    let (ended, out, err) = run_within(ukmod.arg(command).arg(path).args(["--for", "0s"]), SOON, &name);
    assert_eq!((ended.code(), &*out), (Some(status), ""), "{err}");
    assert_eq!(err, format!("ukmod: {}: {what}\n", path.display()));
}

fn gcc(args: &[&str], text: &str, to: &Path) {
    let source = to.with_extension("source.c");
    fs::write(&source, text).unwrap();
    assert!(Command::new("gcc").args(args).arg("-o").arg(to).arg(&source).status().unwrap().success());
    fs::remove_file(source).unwrap();
}

/// A module that is well, built into this folder.
fn good(folder: &Path) -> PathBuf {
    let (status, _, err) = run(&["build", "modules/exports.c", "-o", folder.to_str().unwrap()]);
    assert_eq!(status, 0, "{err}");
    folder.join("exports.so")
}

#[test]
fn elf_files_that_are_no_modules_are_told_as_what_they_are() {
    let folder = folder("foreign-elf");
    let main = "int main(void)\n{\n\treturn 0;\n}\n";
    for (name, args, text, what) in [
        ("fixed", &["-no-pie"][..], main, "it is not a module: it is a program"),
        (
            "pie",
            &["-pie", "-fPIE"],
            main,
            "it is not a module: it is a program, or a library that can run as one",
        ),
        ("object.o", &["-c"], main, "it is not a module: it is an object file that is not linked"),
        (
            "kernels.ko",
            &["-c"],
            "int m __attribute__((section(\".gnu.linkonce.this_module\"))) = 1;\n",
            "it is a module for a real kernel, which can't run here: build it from its source",
        ),
        (
            "library.so",
            &["-shared", "-fPIC"],
            "#include <stdio.h>\nvoid hello(void)\n{\n\tputs(\"hello\");\n}\n\
             static void __attribute__((constructor)) start(void)\n{\n\thello();\n}\n",
            "it is not a module: it is a shared object that uses no kernel function",
        ),
    ] {
        let path = folder.join(name);
        gcc(args, text, &path);
        is_told("load", &path, 3, what);
    }
}

#[test]
fn a_module_for_another_machine_is_told_with_that() {
    let folder = folder("foreign-machine");
    let mut data = fs::read(good(&folder)).unwrap();
    // e_machine: RISC-V.
    data[18..20].copy_from_slice(&243_u16.to_le_bytes());
    let path = folder.join("other.so");
    fs::write(&path, data).unwrap();
    is_told("load", &path, 3, "it is not a module for this machine: it is built for riscv64");
}

#[test]
fn a_module_that_is_cut_off_is_told_wherever_it_is_cut() {
    let folder = folder("foreign-cut");
    let data = fs::read(good(&folder)).unwrap();
    let path = folder.join("cut.so");
    for length in [1, 4, 63, 64, 200, 1000, 4096, data.len() / 2] {
        fs::write(&path, &data[..length]).unwrap();
        let mut ukmod = ukmod::ukmod();
        let (status, out, err) =
            run_within(ukmod.arg("load").arg(&path).args(["--for", "0s"]), SOON, "foreign-cut");
        assert_eq!((status.code(), &*out), (Some(3), ""), "{length}: {err}");
        in_order(&err, &["ukmod: ", "cut.so: it is "]);
    }
}

#[test]
fn what_is_no_file_or_has_nothing_in_it_is_told() {
    let folder = folder("foreign-none");
    is_told("load", Path::new("/dev/zero"), 3, "it is not a regular file, but a device or a pipe");
    is_told("run", Path::new("/dev/zero"), 1, "it is not a regular file");
    let pipe = folder.join("pipe.so");
    let name = CString::new(pipe.as_os_str().as_bytes()).unwrap();
    // SAFETY: the name is a C string.
    assert_eq!(unsafe { libc::mkfifo(name.as_ptr(), 0o600) }, 0);
    is_told("load", &pipe, 3, "it is not a regular file, but a device or a pipe");
    let pipe = folder.join("pipe.c");
    symlink("pipe.so", &pipe).unwrap();
    is_told("run", &pipe, 1, "it is not a regular file");
    is_told("load", &folder, 3, "it is a folder; name the modules in it");
    for (name, text, what) in [
        ("empty.so", "", "it is empty"),
        ("text.so", "text", "it is not a module: it is not an ELF file"),
        ("source.c", "int i;", "it is a source: build it with `ukmod run` or `ukmod build`"),
    ] {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        is_told("load", &path, 3, what);
    }
}

#[test]
fn what_is_no_source_is_not_given_to_the_compiler() {
    let folder = folder("foreign-source");
    for (name, what) in [
        ("built.so", "it is already built: load it with `ukmod load`"),
        ("kernels.ko", "a module that is built for a real kernel can't run here: build it from its source"),
        ("entry.S", "not supported: assembly"),
        ("object.o", "it is not a C source: its name does not end in .c"),
    ] {
        let path = folder.join(name);
        fs::write(&path, "").unwrap();
        is_told("run", &path, 1, what);
    }
    fs::write(folder.join("Makefile"), "obj-m := x.o\n").unwrap();
    is_told("run", &folder.join("Makefile"), 1, "name the folder that contains it");
}

#[test]
fn names_that_are_no_utf_8_are_as_good_as_others() {
    let folder = folder("foreign-names").join(OsStr::from_bytes(b"t\xffmp"));
    fs::create_dir(&folder).unwrap();
    let source = folder.join(OsStr::from_bytes(b"m\xfe.c"));
    fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/modules/crashes_in_thread.c"), &source).unwrap();
    let mut ukmod = ukmod::ukmod();
    ukmod.arg("run").arg(&source).env("TMPDIR", &folder);
    let (status, _, err) = run_within(&mut ukmod, SOON, "foreign-names");
    assert_eq!(status.code(), Some(5), "{err}");
    in_order(&err, &["crash: SIGSEGV at address 0x40", "  follow ("]);
    // Its temporary folder is gone.
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn a_temporary_folder_that_is_not_there_is_told() {
    let mut ukmod = ukmod::ukmod();
    ukmod.args(["run", "modules/exports.c"]).env("TMPDIR", "/nowhere/at/all");
    let (status, _, err) = run_within(&mut ukmod, SOON, "foreign-tmp");
    assert_eq!(status.code(), Some(1), "{err}");
    in_order(&err, &["ukmod: can't create a temporary folder: /nowhere/at/all: No such file or directory"]);
}

/// The files below, without the folder.
fn files(folder: &Path) -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    files
}

#[test]
fn a_build_goes_to_a_folder_unless_a_file_is_named() {
    let own = folder("build-output");
    let build = |output: &str| {
        let (status, out, err) =
            run(&["build", "modules/exports.c", "-o", own.join(output).to_str().unwrap()]);
        assert_eq!((status, &*out, &*err), (0, "", ""));
    };
    build("new/folder");
    assert_eq!(files(&own.join("new/folder")), ["exports.so"]);
    build("new/folder");
    assert_eq!(files(&own.join("new/folder")), ["exports.so"]);
    build("slash/");
    assert_eq!(files(&own.join("slash")), ["exports.so"]);
    build("named/other.so");
    assert_eq!(files(&own.join("named")), ["other.so"]);
    build("dotted.d");
    assert_eq!(files(&own.join("dotted.d")), ["exports.so"]);
    let folder = own.join("both");
    let (status, _, err) =
        run(&["build", "modules/exports.c", "+", "modules/imports.c", "-o", folder.to_str().unwrap()]);
    assert_eq!(status, 0, "{err}");
    assert_eq!(files(&folder), ["exports.so", "imports.so"]);
}

#[test]
fn a_build_that_fails_leaves_nothing() {
    let own = folder("build-fails");
    let output = own.join("new/folder");
    let (status, _, err) = run(&["build", "modules/syntax_error.c", "-o", output.to_str().unwrap()]);
    assert_eq!(status, 1, "{err}");
    assert_eq!(files(&own), [""; 0]);
    // One of two can't be placed: the other is not, either.
    fs::create_dir_all(own.join("imports.so")).unwrap();
    let (status, _, err) =
        run(&["build", "modules/exports.c", "+", "modules/imports.c", "-o", own.to_str().unwrap()]);
    assert_eq!(status, 1, "{err}");
    in_order(&err, &["imports.so: it is a folder"]);
    assert_eq!(files(&own), ["imports.so"]);
    let (status, _, err) = run(&["build", "modules/exports.c", "-o", "/proc/nowhere/new"]);
    assert_eq!(status, 1, "{err}");
}

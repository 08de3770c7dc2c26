//! Every header compiles alone: as gnu11 the way a module is built, with no warning, and as C++
//! beside the C library's.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include")
}

/// All headers, relative to the include folder.
fn headers() -> Vec<String> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(&include(), &mut found);
    let mut names: Vec<_> =
        found.iter().map(|path| path.strip_prefix(include()).unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    assert!(names.iter().any(|name| name == "linux/kthread.h"), "{names:?}");
    names
}

/// Compiles one file that includes each of `headers` alone, twice, and says which do not compile
/// and why.
fn compile(compiler: &str, language: &str, flags: &[&str]) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("headers-{language}"));
    fs::create_dir_all(&folder).unwrap();
    let mut refused = Vec::new();
    for header in headers() {
        let file = folder.join(format!("{}.{language}", header.replace(['/', '.'], "_")));
        fs::write(&file, format!("#include <{header}>\n#include <{header}>\n")).unwrap();
        let output = Command::new(compiler)
            .args(flags)
            .args(["-Wall", "-Werror", "-fsyntax-only", "-I"])
            .arg(include())
            .arg(&file)
            .output()
            .unwrap();
        if !output.status.success() {
            refused.push(format!("{header}:\n{}", String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn each_header_compiles_alone_as_a_module_does() {
    let own = Command::new("gcc").arg("-print-file-name=include").output().unwrap();
    let own = String::from_utf8(own.stdout).unwrap();
    let flags =
        ["-std=gnu11", "-ffreestanding", "-nostdinc", "-isystem", own.trim(), "-D__KERNEL__", "-DMODULE"];
    compile("gcc", "c", &flags);
}

#[test]
fn each_header_compiles_alone_as_a_program_does() {
    compile("gcc", "h.c", &["-std=gnu11"]);
}

#[test]
fn each_header_compiles_alone_as_cpp() {
    if Command::new("g++").arg("--version").output().is_err() {
        eprintln!("not tried: there is no g++ on this machine");
        return;
    }
    compile("g++", "cc", &["-std=gnu++17"]);
}

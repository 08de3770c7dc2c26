//! A target that the runtime can't run on is refused by one error, which names glibc.

#![cfg(not(any(loom, shuttle)))]

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// What the build script prints for a target, line by line.
fn errors(script: &Path, os: &str, libc: &str, arch: &str) -> Vec<String> {
    let output = Command::new(script)
        .env("CARGO_CFG_TARGET_OS", os)
        .env("CARGO_CFG_TARGET_ENV", libc)
        .env("CARGO_CFG_TARGET_ARCH", arch)
        .output()
        .expect("the build script starts");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("text");
    text.lines().filter_map(|line| line.strip_prefix("cargo::error=")).map(str::to_owned).collect()
}

#[test]
fn other_targets_get_one_error_that_names_glibc() {
    let folder = env::temp_dir().join(format!("kthread-rt-targets-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let script = folder.join("build");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/build.rs");
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let built = Command::new(rustc).args(["--edition=2024", "-o"]).arg(&script).arg(source).status().unwrap();
    assert!(built.success());
    let errors = |os, libc, arch| errors(&script, os, libc, arch);

    assert!(errors("linux", "gnu", "x86_64").is_empty());
    assert!(errors("linux", "gnu", "aarch64").is_empty());
    let targets = [
        ("linux", "musl", "x86_64"),
        ("macos", "", "aarch64"),
        ("windows", "msvc", "x86_64"),
        ("windows", "gnu", "x86_64"),
        ("linux", "gnu", "riscv64"),
    ];
    for (os, libc, arch) in targets {
        let told = errors(os, libc, arch);
        let [told] = told.as_slice() else { panic!("{os} {libc} {arch}: {told:?}") };
        assert!(told.contains("Linux with glibc") && told.contains(os) && told.contains(arch), "{told}");
    }
    fs::remove_dir_all(folder).unwrap();
}

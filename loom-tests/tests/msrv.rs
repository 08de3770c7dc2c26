//! No dependency needs a newer Rust version than the packages promise.

use serde_json::Value;
use std::env;
use std::process::Command;

/// A version's numbers; the last one may be missing.
fn numbers(version: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = version.split('.').map(|number| number.parse().unwrap()).collect();
    numbers.resize(3, 0);
    numbers
}

#[test]
fn no_dependency_wants_a_newer_rust_than_promised() {
    let host = Command::new("rustc").arg("-vV").output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // Packages for other systems may not have been downloaded.
    let metadata = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let version_of = |package: &Value| package["rust_version"].as_str().map(numbers);
    let ours = packages.iter().find(|package| package["name"] == "kthread-rt").and_then(version_of).unwrap();
    let newer = packages.iter().filter(|package| version_of(package).is_some_and(|version| version > ours));
    let newer: Vec<String> =
        newer.map(|package| format!("{} wants {}", package["name"], package["rust_version"])).collect();
    assert!(newer.is_empty(), "kthread-rt promises Rust {ours:?}, but {}", newer.join(", "));
}

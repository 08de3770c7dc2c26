//! Refuses a target that the runtime can't run on by one error.
//!
//! A `compile_error!` in the crate would come with an error for each call of the C library that the
//! other system does not have.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |what: &str| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    let (os, libc, arch) = (target("OS"), target("ENV"), target("ARCH"));
    if os == "linux" && libc == "gnu" && ["x86_64", "aarch64"].contains(&&*arch) {
        return;
    }
    let c_library = if libc.is_empty() { String::new() } else { format!(" with {libc}") };
    println!(
        "cargo::error=kthread-rt runs on Linux with glibc, on x86-64 and aarch64, and not on {os}{c_library} on {arch}: \
         it stands on futexes, glibc's threads, real affinity and /sys"
    );
}

//! Builds the baseline in C.

fn main() {
    println!("cargo::rerun-if-changed=baseline/shim.c");
    cc::Build::new().file("baseline/shim.c").opt_level(2).warnings(true).compile("kthread_shim_baseline");
}

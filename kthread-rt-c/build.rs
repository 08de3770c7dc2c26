//! Builds the part in C (what is variadic can't be written in Rust), names the shared library, and lets `ukmod` export what
//! its modules link to.

fn main() {
    println!("cargo::rerun-if-changed=shim");
    println!("cargo::rerun-if-changed=include");
    // Not called `c`: a libc.a on the search path would shadow the C library.
    cc::Build::new()
        .files(["shim/format.c", "shim/names.c", "shim/scan.c", "shim/variadic.c"])
        .flag("-fvisibility=hidden")
        .flag("-fexceptions")
        .std("gnu11")
        .warnings(true)
        .extra_warnings(true)
        .compile("kthread_rt_shim");
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libkthread_rt.so.0");
    println!("cargo::rustc-link-arg-bin=ukmod=-rdynamic");
}

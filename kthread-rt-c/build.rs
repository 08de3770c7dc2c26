//! Builds the part in C (what is variadic can't be written in Rust), names the shared library, and
//! lets `ukmod` export what its modules link to.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=shim");
    println!("cargo::rerun-if-changed=include");
    // Not called `c`: a libc.a on the search path would shadow the C library.
    cc::Build::new()
        .files([
            "shim/format.c",
            "shim/format_field.c",
            "shim/format_pointed.c",
            "shim/names.c",
            "shim/scan.c",
            "shim/variadic.c",
        ])
        .flag("-fvisibility=hidden")
        .flag("-fexceptions")
        .std("gnu11")
        .warnings(true)
        .extra_warnings(true)
        .compile("kthread_rt_shim");
    containers();
    println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,libkthread_rt.so.0");
    println!("cargo::rustc-link-arg-bin=ukmod=-rdynamic");
}

/// The files of shim/ that are written over these headers.
const CONTAINERS: &[&str] = &[
    "bit_spinlock",
    "bitmap",
    "cmdline",
    "crc",
    "format_rare",
    "idr",
    "interval_tree",
    "kfifo",
    "list_sort",
    "math",
    "mempool",
    "mm",
    "parser",
    "percpu_counter",
    "percpu_ref",
    "plist",
    "radix_tree",
    "rbtree",
    "string",
    "sysctl",
    "xarray/cursor",
    "xarray/nodes",
    "xarray/plain",
    "xarray/range",
    "xarray/walk",
    "xxhash",
];

/// What is written in C over these headers. A shared library that rustc makes exports no symbol of
/// C's: so each function of `shim/exports.txt` is compiled as `kt_shim_f`, and a jump in Rust
/// (src/abi/variadic.rs) is its symbol.
fn containers() {
    let exports = fs::read_to_string("shim/exports.txt").expect("shim/exports.txt");
    let names = || exports.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    let mut build = cc::Build::new();
    build.files(CONTAINERS.iter().map(|name| format!("shim/{name}.c"))).include("include");
    for name in names() {
        build.define(name, format!("kt_shim_{name}").as_str());
    }
    build
        .define("KT_RUNTIME", None)
        .flag("-fvisibility=hidden")
        .flag("-fexceptions")
        .flag("-ffreestanding")
        .flag("-fno-strict-aliasing")
        .std("gnu11")
        .warnings(true)
        .compile("kthread_rt_containers");
    let mut jumps = String::from("jumps! {\n");
    for name in names() {
        writeln!(jumps, "    {name} => kt_shim_{name};").expect("a String takes all");
    }
    jumps.push_str("}\n");
    let to = Path::new(&env::var_os("OUT_DIR").expect("cargo sets it")).join("exports.rs");
    fs::write(to, jumps).expect("OUT_DIR can be written");
}

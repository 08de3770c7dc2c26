//! The fields of `struct task_struct`: the header has them where the runtime does, and what they
//! say is true.

mod ukmod;

use kthread_rt::TaskStruct;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// Versions between which the header changes.
const VERSIONS: [(u32, u32); 10] =
    [(3, 10), (4, 4), (4, 14), (4, 19), (5, 4), (5, 10), (5, 15), (6, 1), (6, 6), (6, 12)];

/// Each field is where Rust has it, in a module (or a program, with the C library's headers
/// beside).
fn layout_is_the_runtimes((major, minor): (u32, u32), language: &[&str], before: &str) {
    let mut source = format!(
        "{before}#include <linux/sched.h>\n#include <linux/sched/signal.h>\n#include <linux/cred.h>\n\
         #include <linux/fs_struct.h>\n#include <linux/fdtable.h>\n#include <linux/nsproxy.h>\n\
         #ifdef __cplusplus\n#define _Static_assert static_assert\n#endif\n\
         #define KT_STATE kt_state\n\
         #if KT_SINCE(5, 3)\n#define KT_CPUS cpus_mask\n#else\n#define KT_CPUS cpus_allowed\n#endif\n"
    );
    let fields = TaskStruct::C_FIELDS.iter().map(|(field, at)| ("task_struct", field, at));
    let behind = TaskStruct::C_FIELDS_BEHIND.iter().map(|(of, field, at)| (*of, field, at));
    for (of, field, at) in fields.chain(behind) {
        let assert =
            format!("_Static_assert(__builtin_offsetof(struct {of}, {field}) == {at}, \"{of}.{field}\");");
        writeln!(source, "{assert}").unwrap();
    }
    let own = Command::new("gcc").arg("-print-file-name=include").output().unwrap();
    let own = String::from_utf8(own.stdout).unwrap();
    let module = ["-ffreestanding", "-nostdinc", "-isystem", own.trim(), "-D__KERNEL__", "-DMODULE"];
    let mut gcc = Command::new("gcc");
    gcc.args(language).args(["-", "-fsyntax-only", "-Wall", "-Werror"]);
    gcc.arg(format!("-DKT_LINUX_VERSION_CODE=({major}<<16)+({minor}<<8)"));
    gcc.args(["-I", concat!(env!("CARGO_MANIFEST_DIR"), "/include")]);
    if before.is_empty() {
        gcc.args(module);
    }
    let mut gcc = gcc.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    gcc.stdin.take().unwrap().write_all(source.as_bytes()).unwrap();
    let output = gcc.wait_with_output().unwrap();
    assert!(output.status.success(), "{major}.{minor}:\n{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_module_has_each_field_where_the_runtime_has_it() {
    for version in VERSIONS {
        layout_is_the_runtimes(version, &["-std=gnu11", "-xc"], "");
    }
}

#[test]
fn a_program_has_each_field_where_the_runtime_has_it() {
    for version in [(6, 1), (3, 10)] {
        layout_is_the_runtimes(version, &["-std=gnu11", "-xc"], "#include <signal.h>\n");
    }
    if Command::new("g++").arg("--version").output().is_ok() {
        layout_is_the_runtimes((6, 1), &["-std=gnu++17", "-xc++"], "#include <signal.h>\n");
    }
}

fn are_true_in(version: &str) {
    let args = ["run", "c/fields.c", "--kernel-version", version, "--for", "0s", "--raw", "--strict"];
    let (status, out, err) = ukmod::run(&args);
    assert_eq!((&*out, &*err, status), (include_str!("c/fields.out"), "", 0), "{version}");
}

#[test]
fn fields_and_lists_are_true() {
    are_true_in("6.1");
}

#[test]
fn fields_and_lists_of_other_versions_are_true() {
    ["3.10", "4.4", "4.14", "5.10", "5.15", "6.12"].into_iter().for_each(are_true_in);
}

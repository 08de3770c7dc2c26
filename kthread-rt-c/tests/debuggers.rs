//! Runs under gdb, valgrind and the address sanitizer.

mod ukmod;

use std::io::Write;
use std::process::{Command, Stdio};
use ukmod::{in_order, ran, run};

/// True if the program is there; says why a test does nothing otherwise.
fn there_is(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        eprintln!("not tried: there is no {program} on this machine");
    }
    there
}

#[test]
fn gdb_stops_at_a_breakpoint_in_a_module() {
    if !there_is("gdb") {
        return;
    }
    let mut ukmod = ukmod::ukmod();
    ukmod.args(["run", "--gdb", "modules/exports.c", "+", "modules/imports.c", "--for", "0s"]);
    let mut gdb = ukmod.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    gdb.stdin.take().unwrap().write_all(b"break exported_use\nrun\nbt 2\ncontinue\n").unwrap();
    let (status, out, err) = ran(gdb.wait_with_output().unwrap());
    if err.contains("ptrace") || out.contains("ptrace") {
        eprintln!("not tried: gdb may not trace processes here");
        return;
    }
    assert_eq!(status, 0, "{err}");
    in_order(
        &out,
        &["exported_use () at ", "exports.c:", "imports_init () at ", "imports: use 1", "exited normally"],
    );
}

#[test]
fn valgrind_is_content_with_modules_that_are() {
    if !there_is("valgrind") {
        return;
    }
    let (status, out, err) = run(&["run", "--valgrind", "modules/kbuild", "name=us", "--for", "0s", "--raw"]);
    assert_eq!((status, &*err), (0, ""), "{out}");
    in_order(&out, &["whole: hello, us, 7", "whole: goes"]);
    let args = ["run", "--valgrind", "../modules/mykthread.c", "interval_ms=1", "--for", "0s", "--raw"];
    let (status, out, err) = run(&args);
    assert_eq!((status, &*err), (0, ""), "{out}");
}

#[test]
fn valgrind_names_the_line_that_writes_behind_a_block() {
    if !there_is("valgrind") {
        return;
    }
    let (status, _, err) = run(&["run", "--valgrind", "modules/overruns.c", "--for", "0s"]);
    assert_eq!(status, 9, "{err}");
    in_order(&err, &["Invalid write of size 1", "fill (overruns.c:14)"]);
}

#[test]
fn the_address_sanitizer_names_the_line_that_writes_behind_a_block() {
    let (status, out, err) = run(&["run", "--asan", "modules/overruns.c", "--for", "0s"]);
    if err.contains("is not installed") {
        eprintln!("not tried: {err}");
        return;
    }
    assert_eq!(status, 9, "{err}{out}");
    in_order(&err, &["AddressSanitizer", "heap-buffer-overflow", "overruns.c:14"]);
}

#[test]
fn the_address_sanitizer_is_content_with_threads_that_end() {
    let args = ["run", "--asan", "../modules/mykthread.c", "interval_ms=1", "--for", "0s", "--raw"];
    let (status, out, err) = run(&args);
    if err.contains("is not installed") {
        eprintln!("not tried: {err}");
        return;
    }
    assert_eq!((status, &*err), (0, ""), "{out}");
}

#[test]
fn only_one_tool_is_taken() {
    assert_eq!(run(&["run", "--gdb", "--valgrind", "modules/exports.c"]).0, 2);
}

//! Every call that allocates or waits, when there is no memory: `c/no_memory.c` makes each once for
//! each of its allocations, from which on all fail. None crashes, and none hangs. What they return
//! is the table in `docs/no-memory.md` (`BLESS=1` writes it).

use std::fs;
use std::path::Path;
use std::process::Command;

/// What a call says without memory. `abort`: the process ends, with a message.
struct Row {
    call: &'static str,
    /// What it returns when nothing fails.
    value: &'static str,
    /// What it may say when something does.
    without: &'static [&'static str],
}

const fn row(call: &'static str, value: &'static str, without: &'static [&'static str]) -> Row {
    Row { call, value, without }
}

/// Pointers: 1 is one, 0 is NULL. The last ones may find that the Kernel's other threads have no
/// memory.
const ROWS: &[Row] = &[
    row("kmalloc", "1", &["0"]),
    row("kzalloc", "1", &["0"]),
    row("kcalloc", "1", &["0"]),
    row("krealloc", "1", &["0"]),
    row("vmalloc", "1", &["0"]),
    row("__get_free_pages", "1", &["0"]),
    row("kmem_cache_create", "1", &["abort"]),
    row("kmem_cache_alloc", "1", &["0"]),
    row("kstrdup", "1", &["0"]),
    row("kmemdup", "1", &["0"]),
    row("kasprintf", "1", &["0"]),
    row("mempool_create", "1", &["0"]),
    row("mempool_alloc", "1", &["1"]),
    row("kobject_create_and_add", "1", &["abort"]),
    row("kobject_set_name", "0", &["abort"]),
    row("proc_mkdir", "1", &["abort"]),
    row("proc_create", "1", &["abort"]),
    row("idr_alloc", "1", &["-12"]),
    row("ida_alloc", "0", &["-12"]),
    row("xa_store", "0", &["-12", "abort"]),
    row("kfifo_alloc", "0", &["-12"]),
    row("bitmap_zalloc", "1", &["0"]),
    row("alloc_percpu", "1", &["0", "abort"]),
    row("alloc_chrdev_region", "0", &["abort"]),
    row("kthread_create", "1", &["-12", "-11", "abort"]),
    row("kthread_create_worker", "1", &["-12", "-11", "abort"]),
    row("alloc_workqueue", "1", &["0", "abort"]),
    row("queue_work, flush_work", "1", &["1", "abort"]),
    row("queue_delayed_work, cancel_delayed_work_sync", "1", &["1", "abort"]),
    row("kthread_queue_work", "1", &["1", "abort"]),
    row("mod_timer, del_timer_sync", "1", &["1", "abort"]),
    row("hrtimer_start, hrtimer_cancel", "1", &["1", "abort"]),
    row("tasklet_schedule, tasklet_kill", "1", &["1", "abort"]),
    row("irq_work_queue", "1", &["1", "abort"]),
    row("call_rcu, rcu_barrier", "1", &["1", "abort"]),
    row("kfree_rcu_mightsleep, rcu_barrier", "1", &["1", "abort"]),
    row("async_schedule, async_synchronize_full", "1", &["1", "abort"]),
    row("call_usermodehelper", "0", &["-12", "-11", "abort"]),
    row("wait_event_timeout", "0", &["0", "abort"]),
    row("wait_for_completion_timeout", "0", &["0", "abort"]),
    row("msleep, synchronize_rcu, schedule_timeout", "0", &["0", "abort"]),
    row("printk", "1", &["abort"]),
];

const HEAD: &str = "\
# Without memory

Calls from C when there is no memory. The test `no_memory` makes each call in a process of its own, in which all allocations
fail from the first, second, third ... one on, on all threads: no call crashes, and none hangs.

An allocation for the module itself (`kmalloc` and calls that use it) returns NULL or -ENOMEM, as in a kernel. The runtime can't do
without its own allocations, for a task, a name or a file: the process ends with the message `memory allocation of … bytes failed`.
A kernel would return -ENOMEM from most of these calls. Under a memory limit, give the process more than its modules need. The first
call of a thread allocates its task.

Pointers: 1 is a pointer, 0 is NULL. `abort` is the end of the process; for calls with threads, another thread of the Kernel may be the cause.

| call | returns | without memory |
|---|---|---|
";

#[test]
fn no_call_crashes_or_hangs_without_memory() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = Path::new(env!("CARGO_BIN_EXE_ukmod")).parent().unwrap();
    let name = "libkthread_rt_c.a";
    let library = [target.join("deps").join(name), target.join(name)].into_iter().find(|file| file.exists());
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("no_memory");
    let mut gcc = Command::new("gcc");
    gcc.args(["-Wall", "-Werror", "-O2", "-fexceptions", "-o"]).arg(&program);
    gcc.arg(format!("-I{}", package.join("include").display())).arg(package.join("tests/c/no_memory.c"));
    gcc.arg(library.expect("cargo has built it")).args(["-lpthread", "-ldl", "-lm", "-lgcc_s"]);
    let output = gcc.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let output = Command::new(program).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\n{out}\n{err}", output.status);
    assert_eq!(out.lines().count(), ROWS.len(), "{out}");
    for (line, row) in out.lines().zip(ROWS) {
        let said = line.strip_prefix(row.call).and_then(|line| line.strip_prefix(": "));
        let (without, value) = said.and_then(|said| said.split_once("value ")).expect(line);
        assert_eq!(value, row.value, "{line}");
        // Which allocation fails depends on which thread comes first; a call may do without
        // another's.
        let may_be = |said| row.without.contains(&said) || said == row.value;
        assert!(without.split_whitespace().all(may_be), "{line}");
    }

    let mut text = HEAD.to_owned();
    for Row { call, value, without } in ROWS {
        text += &format!("| {call} | {value} | {} |\n", without.join(", "));
    }
    let path = package.join("../docs/no-memory.md");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, fs::read_to_string(path).unwrap(), "BLESS=1 writes it");
}

//! C programs for which the system has no thread: `c/no_threads.c`. The Rust table of the same
//! calls is `docs/no-threads.md`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

/// What the program prints with this argument, and the calls of which its standard error tells that
/// the system refused a thread. Nothing, where the process can't have the limit.
fn run(when: &str) -> Option<(String, BTreeSet<String>)> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = Path::new(env!("CARGO_BIN_EXE_ukmod")).parent().unwrap();
    let name = "libkthread_rt_c.a";
    let library = [target.join("deps").join(name), target.join(name)].into_iter().find(|file| file.exists());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("no_threads_{when}"));
    fs::create_dir_all(&folder).unwrap();
    let program = folder.join("program");
    let mut gcc = Command::new("gcc");
    gcc.args(["-Wall", "-Werror", "-O2", "-fexceptions", "-o"]).arg(&program);
    gcc.arg(format!("-I{}", package.join("include").display())).arg(package.join("tests/c/no_threads.c"));
    gcc.arg(library.expect("cargo has built it")).args(["-lpthread", "-ldl", "-lm", "-lgcc_s"]);
    let output = gcc.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = Command::new(program).arg(when).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.code() == Some(77) {
        println!("not tried: this process can't have the limit");
        return None;
    }
    assert_eq!(output.status.code(), Some(0), "{}\n{out}\n{err}", output.status);
    let told = err.lines().filter(|line| line.contains("EAGAIN") || line.contains("os error 11"));
    Some((out.into_owned(), told.map(str::to_owned).collect()))
}

#[test]
fn from_the_start_every_call_says_that_there_is_no_thread() {
    let Some((out, told)) = run("early") else { return };
    let expected = "\
kthread_run: -11
kthread_create_worker: -11
call_usermodehelper: -11
alloc_workqueue: 0
schedule_work: 0, ran 0
queue_work, flush_workqueue: 0, ran 0
schedule_delayed_work, flush_delayed_work: 0, ran 0
schedule_delayed_work, cancel_delayed_work_sync: 0, 0
cancel_work_sync: 0, pending 0
work_on_cpu: -11
schedule_on_each_cpu: -11, ran on all or none: 1
async_synchronize_full: ran 1
rcu_barrier: ran 1
del_timer_sync: 1
irq_work_sync, tasklet_kill: over
";
    assert_eq!(out, expected, "{told:#?}");
    for call in [
        "alloc_workqueue",
        "schedule_work",
        "queue_work",
        "schedule_delayed_work",
        "work_on_cpu",
        "schedule_on_each_cpu",
    ] {
        assert!(told.iter().any(|line| line.contains(call)), "{call} is not told: {told:#?}");
    }
}

#[test]
fn later_everything_runs_but_what_needs_another_thread() {
    let Some((out, told)) = run("late") else { return };
    let expected = "\
kthread_run: -11
kthread_create_worker: -11
call_usermodehelper: -11
schedule_work: 1, ran 1
queue_work, flush_workqueue: 1, ran 1
schedule_delayed_work, flush_delayed_work: 1, ran 1
schedule_delayed_work, cancel_delayed_work_sync: 1, 1
cancel_work_sync: 1, pending 0
work_on_cpu: 7
schedule_on_each_cpu: 0, ran on all or none: 1
async_synchronize_full: ran 1
rcu_barrier: ran 1
del_timer_sync: 1
irq_work_sync, tasklet_kill: over
drain_workqueue: 50, ran 50
destroy_workqueue: ran 1
kthread_flush_worker, kthread_destroy_worker: ran 1
";
    assert_eq!(out, expected, "{told:#?}");
}

//! `ukmod run --fail-nth` and `--faults`: what is wrong on an error path is found, at the run and
//! the line where it is, and what is right is not told.

mod ukmod;

use std::fs;
use std::path::Path;
use std::time::Instant;
use ukmod::{in_order, run};

const FOLDER: &str = "modules/fail_nth";

/// The line of a module's file that has `text`, which one line has.
#[track_caller]
fn line(module: &str, text: &str) -> usize {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/{FOLDER}/{module}.c"));
    let source = fs::read_to_string(path).unwrap();
    let lines: Vec<usize> =
        source.lines().zip(1..).filter(|(line, _)| line.contains(text)).map(|(_, n)| n).collect();
    assert_eq!(lines.len(), 1, "{module}.c has {text:?} once");
    lines[0]
}

/// All runs of a module: the status, and the rows of the table, without its head.
#[track_caller]
fn all(module: &str, more: &[&str]) -> (i32, Vec<String>, String) {
    let file = format!("{FOLDER}/{module}.c");
    let (status, out, err) = run(&[&["run", "--fail-nth", "all", &file], more].concat());
    let mut lines = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    assert_eq!(lines.next().as_deref(), Some("n what failed place init verdict"), "{out}{err}");
    (status, lines.collect(), err)
}

#[test]
fn a_leak_is_found_with_what_was_lost_and_where_it_came_from() {
    let (status, rows, err) = all("leaks", &[]);
    let at = |text: &str| format!("{FOLDER}/leaks.c:{} in leaks_init()", line("leaks", text));
    let (name, buffer, task) = (at("kasprintf("), at("kmalloc("), at("kthread_run(run"));
    assert_eq!(
        rows,
        [
            format!("1 kmalloc {name} ENOMEM ok"),
            format!("2 kmalloc {buffer} ENOMEM ok"),
            format!("3 kthread_create {task} ENOMEM leak: 100 bytes, allocated at {buffer}"),
            "4 nothing 0 ok".to_owned(),
        ]
    );
    assert_eq!(status, 12);
    assert!(err.contains("4 run(s), 1 of them failed; --fail-nth 3 repeats the first failure"), "{err}");
}

#[test]
fn a_crash_is_found_with_the_line_that_crashed() {
    let (status, rows, _) = all("crashes", &[]);
    assert_eq!((status, rows.len()), (12, 3), "{rows:#?}");
    let failed = format!("2 kmalloc {FOLDER}/crashes.c:{} in crashes_init() - crash: SIGSEGV", {
        line("crashes", "first->next = kzalloc(")
    });
    let crashed = format!("crashes_init ({FOLDER}/crashes.c:{})", line("crashes", "first->next->value = 1"));
    assert!(rows[1].starts_with(&failed) && rows[1].ends_with(&crashed), "{rows:#?}");
    assert!(rows[0].ends_with(" ENOMEM ok") && rows[2] == "3 nothing 0 ok", "{rows:#?}");
}

#[test]
fn a_hang_is_found_with_the_wait_and_takes_no_longer_than_its_limit() {
    let begun = Instant::now();
    let (status, rows, _) = all("hangs", &["--init-timeout", "1s"]);
    assert!(begun.elapsed() < ukmod::SOON);
    assert_eq!((status, rows.len()), (12, 2), "{rows:#?}");
    let failed =
        format!("1 alloc_workqueue {FOLDER}/hangs.c:{} in hangs_init() - hang: the init of hangs", {
            line("hangs", "alloc_workqueue(")
        });
    let waits = format!("hangs.c:{} in hangs_init()", line("hangs", "wait_for_completion("));
    assert!(rows[0].starts_with(&failed) && rows[0].ends_with(&waits), "{rows:#?}");
    assert_eq!(rows[1], "2 nothing 0 ok");
}

/// Each kind of call that allocates is one of the runs, and all of ours give an error that can be
/// handled.
#[test]
fn each_call_that_allocates_fails_in_one_run() {
    let (status, rows, err) = all("many", &[]);
    assert_eq!(status, 0, "{rows:#?}{err}");
    let calls = [
        ("kmalloc", "kasprintf(GFP_KERNEL"),
        ("vmalloc", "= vzalloc("),
        ("kmem_cache_create", "= kmem_cache_create("),
        ("kmem_cache_alloc", "= kmem_cache_alloc("),
        ("__get_free_pages", "= __get_free_pages("),
        ("kmalloc", "= mempool_create_kmalloc_pool("),
        ("alloc_percpu", "= alloc_percpu("),
        ("kmalloc", "= idr_alloc("),
        ("kmalloc", "= ida_alloc("),
        ("kmalloc", "xa_store("),
        ("kmalloc", "= kfifo_alloc("),
        ("percpu_init_rwsem", "= percpu_init_rwsem("),
        ("proc_mkdir", "= proc_mkdir("),
        ("proc_create", "= proc_create_single("),
        ("debugfs_create_dir", "= debugfs_create_dir("),
        ("kobject_add", "= kobject_create_and_add("),
        ("sysfs_create_group", "= sysfs_create_group("),
        ("alloc_chrdev_region", "= alloc_chrdev_region("),
        ("cdev_alloc", "= cdev_alloc("),
        ("cdev_add", "= cdev_add("),
        ("class_create", "class = create_class("),
        ("device_add", "= device_create("),
        ("devm_add_action", "= devm_add_action_or_reset("),
        ("misc_register", "= misc_register("),
        ("alloc_workqueue", "= alloc_workqueue("),
        ("kthread_create_worker", "= kthread_create_worker("),
        ("kthread_create", "= kthread_run("),
    ];
    let mut rows = rows.iter();
    for (call, text) in calls {
        let place = format!(" {call} {FOLDER}/many.c:{} in many_init() ", line("many", text));
        let result = if call == "debugfs_create_dir" { "0 ok" } else { "ENOMEM ok" };
        let found = rows.find(|row| row.contains(&place));
        assert!(found.is_some_and(|row| row.ends_with(result)), "{place}, in its place: {found:?}");
    }
    // Those with __GFP_NOFAIL are not counted: the first of all is one.
    assert!(line("many", "__GFP_NOFAIL") < line("many", "kasprintf(GFP_KERNEL"));
}

#[test]
fn our_own_modules_are_well_whatever_fails() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("modules");
    let mut modules = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let (status, out, err) = run(&["run", "--fail-nth", "all", path.to_str().unwrap()]);
        assert_eq!(status, 0, "{}:\n{out}{err}", path.display());
        assert!(out.lines().count() > 2, "at least one call fails: {out}");
        modules += 1;
    }
    assert!(modules >= 8);
}

#[test]
fn one_run_is_shown_again_with_all_that_it_prints() {
    let (status, out, err) = run(&["run", "--fail-nth", "3", &format!("{FOLDER}/leaks.c")]);
    assert_eq!(status, 3, "{out}{err}");
    let told = "kthread-rt fault fail@3: kthread_create() by task \"ukmod\" (pid 1) at ";
    in_order(
        &err,
        &[
            told,
            "leaks.c:",
            "init returned -12",
            "not freed: 1 block, 100 bytes, allocated by kmalloc() at",
            "leaks.c:",
        ],
    );
}

#[test]
fn what_cannot_fail_is_a_wrong_command_line() {
    let file = format!("{FOLDER}/leaks.c");
    for (args, told) in [
        (["--fail-nth", "0"], "use `all`, or a number from 1 on"),
        (["--fail-nth", "some"], "use `all`, or a number from 1 on"),
        (["--faults", "oom@1"], "unknown fault \"oom\""),
        (["--faults", "alloc@0"], "when is `@N`"),
    ] {
        let (status, _, err) = run(&["run", &file, args[0], args[1]]);
        assert_eq!(status, 2, "{err}");
        assert!(err.contains(told), "{err}");
    }
    let (status, _, err) = ukmod::ran(
        ukmod::ukmod().args(["run", &file, "--for", "0s"]).env("KTHREAD_RT_FAULTS", "oom").output().unwrap(),
    );
    assert_eq!(status, 2, "{err}");
    assert!(err.contains("KTHREAD_RT_FAULTS: unknown fault \"oom\""), "{err}");
}

#[test]
fn a_fault_is_no_warning() {
    let file = format!("{FOLDER}/sleeps.c");
    let (status, out, err) = run(&["run", "--strict", "--for", "0s", "--faults", "wake=2@1,timer=25", &file]);
    assert_eq!(status, 0, "{out}{err}");
    let place = format!("{FOLDER}/sleeps.c:{} in sleeps_init()", line("sleeps", "kthread_run(run"));
    in_order(&err, &["fault wake=2@1: schedule() by task \"deaf\" (pid 3) at ", &place]);
    in_order(&err, &["fault timer=25@1: mod_timer() by task \"ukmod\" (pid 1) at "]);
    in_order(
        &out,
        &["waited: 0, pending 0", "waited: 0, pending 0", "completion: 0", "late: 1", "stopped: 0"],
    );
}

#[test]
fn a_signal_interrupts_each_sleep_of_inits_once() {
    let file = format!("{FOLDER}/sleeps.c");
    let args = ["run", "--raw", "--strict", "--for", "0s", "--faults", "signal,timer=25", &file];
    let (status, out, err) = run(&args);
    let expected =
        "waited: -512, pending 0\nwaited: 0, pending 0\nslept: 1\ncompletion: -512\nlate: 1\nstopped: 0\n";
    assert_eq!((status, &*out), (0, expected), "{err}");
    let told: Vec<&str> = err.lines().collect();
    let places = [
        "wait_event_interruptible_timeout(",
        "msleep_interruptible(",
        "completion_interruptible_timeout(",
        "mod_timer(",
    ];
    assert_eq!(told.len(), places.len(), "{err}");
    for (told, text) in told.iter().zip(places) {
        let place = format!("{FOLDER}/sleeps.c:{} in sleeps_init()", line("sleeps", text));
        assert!(told.contains(&place), "{told}, not at {place}");
    }
}

#[test]
fn a_lost_completion_hangs_the_creator_in_its_call() {
    let file = format!("{FOLDER}/leaks.c");
    let args = ["run", "--init-timeout", "500ms", "--for", "0s", "--faults", "create=lost@1", &file];
    let (status, out, err) = run(&args);
    assert_eq!(status, 6, "{out}{err}");
    let place = format!("leaks.c:{} in leaks_init()", line("leaks", "kthread_run(run"));
    in_order(
        &err,
        &["fault create=lost@1: kthread_create()", &place, "ukmod[1] waits for kthreadd, for a new thread"],
    );
    assert!(err.contains("leaks/1[3] waits for its first wake-up"), "the thread is there: {err}");
}

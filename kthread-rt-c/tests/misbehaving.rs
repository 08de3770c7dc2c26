//! Modules that go wrong: each ends with the status that `ukmod --help` promises, and says what
//! happened.

mod ukmod;

use std::fs;
use std::time::{Duration, Instant};
use ukmod::{in_order, run};

#[test]
fn a_module_that_leaves_a_thread_is_told_and_ends() {
    let (status, out, err) = run(&["run", "modules/never_stops.c", "--for", "0s"]);
    assert_eq!(status, 0, "{err}");
    assert!(out.contains("exit returns"), "{out}");
    in_order(&err, &["exit came back", "1 thread(s) made, 0 joined", "still alive: never_stops[3]"]);
}

#[test]
fn a_thread_left_alive_is_a_failure_if_that_is_asked_for() {
    let (status, ..) = run(&["run", "modules/never_stops.c", "--for", "0s", "--strict", "--raw"]);
    assert_eq!(status, 7);
}

#[test]
fn a_thread_that_is_about_to_return_is_waited_for() {
    let (status, _, err) = run(&["run", "modules/returns_late.c", "--for", "0s", "--strict"]);
    assert_eq!(status, 0, "{err}");
    in_order(&err, &["exit came back", "1 thread(s) made, 1 joined"]);
}

#[test]
fn a_thread_that_runs_for_ever_is_waited_for_a_second() {
    let begun = Instant::now();
    let (status, _, err) = run(&["run", "modules/returns_late.c", "--for", "0s", "--strict", "spins=1"]);
    assert_eq!(status, 7, "{err}");
    in_order(&err, &["exit came back", "1 thread(s) made, 0 joined", "still alive: returns_late[3]"]);
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[test]
fn an_exit_that_hangs_is_ended_with_who_waits_for_whom() {
    let (status, out, err) =
        run(&["run", "modules/exit_hangs.c", "--for", "0s", "--exit-timeout", "1s", "--raw"]);
    assert_eq!(status, 6, "{err}");
    in_order(&out, &["exit sleeps"]);
    in_order(
        &err,
        &[
            "the exit of exit_hangs did not come back in time",
            "ukmod[1] waits for kthread_stop: the end of deaf[3], at modules/exit_hangs.c:",
            " in exit_hangs_exit()\n",
            "deaf[3] waits for completion never (0x",
            " in deaf()\n",
        ],
    );
}

#[test]
fn who_spins_for_a_lock_is_told_with_its_holder() {
    let (status, _, err) = run(&["run", "modules/spins.c", "--for", "0s", "--exit-timeout", "1s", "--raw"]);
    assert_eq!(status, 6, "{err}");
    in_order(
        &err,
        &[
            "ukmod[1] waits for kthread_stop: the end of spinner[3]",
            "spinner[3] spins for spinlock lock (0x",
            "), at ",
            "modules/spins.c:17 in spinner(), held by ukmod[1]\n",
        ],
    );
}

#[test]
fn a_crash_is_told_with_its_task_and_the_call_trace() {
    let (status, _, err) = run(&["run", "modules/crashes_in_thread.c"]);
    assert_eq!(status, 5, "{err}");
    in_order(
        &err,
        &[
            "crash: SIGSEGV at address 0x40, in task crasher[3]",
            "Call trace:\n  follow (",
            "crashes_in_thread.c:12)\n  crasher (",
            "crashes_in_thread.c:18)\n",
        ],
    );
}

#[test]
fn a_stack_overflow_is_told_with_the_function_that_recurses() {
    let (status, _, err) = run(&["run", "modules/overflows_stack.c"]);
    assert_eq!(status, 5, "{err}");
    in_order(
        &err,
        &["'recursive' has overflowed its stack", "in task recursive[3]", "  deeper (", "repeated at least "],
    );
}

#[test]
fn a_work_freed_twice_and_memory_never_freed_are_told() {
    let (status, out, err) = run(&["run", "modules/double_free.c", "--for", "0s"]);
    assert_eq!(status, 0, "{err}");
    in_order(&out, &["BUG: kfree of 0x"]);
    in_order(&err, &["memory not freed: 64 bytes in 1 block(s)"]);
    assert_eq!(run(&["run", "modules/double_free.c", "--for", "0s", "--strict"]).0, 7);
}

#[test]
fn all_missing_symbols_are_told_before_anything_is_loaded() {
    let (status, out, err) = run(&["run", "modules/missing_symbol.c"]);
    assert_eq!((status, &*out), (1, ""), "{err}");
    for name in ["no_such_function", "none_of_this_name_either"] {
        in_order(
            &err,
            &[&format!("not supported: {name}, which missing_symbol (in modules/missing_symbol.c) needs")],
        );
    }
}

#[test]
fn a_missing_header_is_named() {
    let (status, _, err) = run(&["run", "modules/missing_header.c"]);
    assert_eq!(status, 1, "{err}");
    in_order(
        &err,
        &[
            "modules/missing_header.c:4:10: fatal error",
            "not supported: the header <linux/usb_of_nobody.h>; see `ukmod supported`",
        ],
    );
}

#[test]
fn a_syntax_error_is_the_compilers_message() {
    let (status, _, err) = run(&["run", "modules/syntax_error.c"]);
    assert_eq!(status, 1, "{err}");
    in_order(
        &err,
        &["modules/syntax_error.c:7", "error: expected ';'", "modules/syntax_error.c was not built"],
    );
    assert!(!err.contains("not supported"), "{err}");
}

#[test]
fn an_init_that_fails_is_told_by_the_errors_name_and_exit_is_not_called() {
    let (status, out, err) = run(&["run", "modules/init_fails.c"]);
    assert_eq!((status, &*out), (3, ""), "{err}");
    in_order(&err, &["init_fails: init returned -12: ENOMEM", "exit was not called"]);
}

#[test]
fn an_init_that_returns_a_positive_number_is_loaded_as_in_a_kernel() {
    let (status, out, err) = run(&["run", "modules/init_fails.c", "ret=1", "--for", "0s", "--raw"]);
    assert_eq!((status, &*out), (3, "exit was called\n"), "{err}");
}

#[test]
fn an_unknown_parameter_is_told_with_those_there_are() {
    let (status, out, err) = run(&["run", "modules/init_fails.c", "return=1"]);
    assert_eq!((status, &*out), (3, ""), "{err}");
    in_order(&err, &["unknown parameter 'return'; init_fails has: ret"]);
}

#[test]
fn an_oops_of_init_is_told_with_its_place() {
    let (status, _, err) = run(&["run", "modules/oopses.c"]);
    assert_eq!(status, 3, "{err}");
    in_order(
        &err,
        &[
            "oops: kernel BUG at modules/oopses.c:16, in broken()",
            "  broken (",
            "  oopses_init (",
            "init oopsed",
        ],
    );
}

/// What was reported at line `line`, and left out since.
fn reports_at(err: &str, line: u32) -> usize {
    let place = format!(" at modules/one_mistake_often.c:{line} ");
    let of_line = err.lines().filter(|text| text.contains(&place));
    let counts = of_line.map(|text| match text.split_once(" was due ") {
        Some((_, rest)) => rest.split(' ').next().unwrap().parse().unwrap(),
        None => usize::from(text.starts_with("kthread-rt: kmalloc() by task")),
    });
    let again = err
        .lines()
        .filter_map(|text| text.trim().strip_prefix('(')?.strip_suffix(" more since the last report)"));
    let again = again.map(|count| count.parse::<usize>().unwrap());
    counts.chain(again).sum()
}

#[test]
fn a_mistake_that_is_made_again_and_again_is_reported_once_a_second() {
    let begun = Instant::now();
    let (status, _, err) = run(&["run", "modules/one_mistake_often.c", "--for", "0s", "--strict"]);
    assert_eq!(status, 7, "{err}");
    assert_eq!(reports_at(&err, 15), 100, "{err}");
    let printed = err.matches("one_mistake_often.c:15 in often_init(): ").count() as u64;
    assert!((1..=1 + begun.elapsed().as_secs()).contains(&printed), "{err}");
}

#[test]
fn nothing_more_is_reported_of_what_an_oops_of_init_left() {
    for debug in ["--for=0s", "--no-debug"] {
        let (status, _, err) = run(&["run", "modules/oopses_in_sections.c", debug]);
        assert_eq!(status, 3, "{err}");
        in_order(&err, &["kernel BUG at modules/oopses_in_sections.c:16", "init oopsed"]);
        assert!(!err.contains("kthread-rt: "), "{err}");
    }
}

#[test]
fn an_oops_of_a_thread_ends_that_thread_and_the_run_goes_on() {
    let (status, out, err) = run(&["run", "modules/oopses.c", "where=thread", "--for", "0s", "--raw"]);
    assert_eq!((status, &*out), (5, "the thread returned -14\n"), "{err}");
    in_order(&err, &["in broken(), in task oopser[3]", "  oopser ("]);
}

#[test]
fn an_oops_of_exit_is_told() {
    let (status, out, err) = run(&["run", "modules/oopses.c", "where=exit", "--for", "0s", "--raw"]);
    assert_eq!((status, &*out), (4, "the thread returned 0\n"), "{err}");
    in_order(&err, &["oopses_exit (", "oopses: exit oopsed: kernel BUG at modules/oopses.c:16"]);
}

#[test]
fn a_timer_that_is_left_armed_never_fires_into_a_module_that_is_gone() {
    let args = ["run", "modules/unloads_with_timer_armed.c", "--for", "0s", "--raw"];
    let (status, out, err) = run(&args);
    assert_eq!((status, &*out), (0, "exit returns\n"), "{err}");
    in_order(&err, &["mod_timer() by task ", "is still armed when unloads_with_timer_armed is unloaded"]);
}

#[test]
fn a_file_that_is_not_there_is_a_wrong_command_line() {
    let (status, _, err) = run(&["run", "modules/nowhere.c"]);
    assert_eq!(status, 2, "{err}");
}

#[test]
fn what_is_no_module_is_not_loaded() {
    let (status, _, err) = run(&["load", "modules/never_stops.c"]);
    assert_eq!(status, 3, "{err}");
}

#[test]
fn no_run_leaves_its_temporary_folder() {
    let own = ukmod::tmp().join("left");
    // The last test's, if it was ended.
    let _ = fs::remove_dir_all(&own);
    fs::create_dir_all(&own).unwrap();
    for (module, status) in
        [("never_stops", 0), ("init_fails", 3), ("crashes_in_thread", 5), ("missing_symbol", 1)]
    {
        let mut ukmod = ukmod::ukmod();
        ukmod.env("TMPDIR", &own).args(["run", &format!("modules/{module}.c"), "--for", "0s"]);
        assert_eq!(ukmod.output().unwrap().status.code(), Some(status), "{module}");
    }
    assert_eq!(fs::read_dir(&own).unwrap().count(), 0);
}

/// The cpus are everybody's: who oopses in the middle of a change, or of what waits for one, must
/// not keep them.
#[test]
fn an_oops_in_a_cpus_state_keeps_nobody_from_the_cpus() {
    let (status, out, err) = run(&["run", "modules/cpu_state_oopses.c", "--for", "0s", "--raw"]);
    if out.contains("a cpu alone can not go") {
        return println!("skipped: one cpu");
    }
    assert_eq!(status, 5, "{err}");
    in_order(&err, &["in second_up(), in task adds[3]", "in second_up(), in task sets_up[4]"]);
    let expected =
        "first-\ngoes: 0\nfirst+\nfirst-\nonline: 0\nfirst+\ncomes: 0\nfirst-\ngoes: 0\nfirst+\ncomes: 0\n";
    assert_eq!(out, expected);
}

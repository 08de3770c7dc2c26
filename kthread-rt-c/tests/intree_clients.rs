//! Code of Linux's tree that uses the runtime, unmodified: `ukmod intree` with `klist`, `async`, `kunit` and the like.
//!
//! As in `intree.rs`: what needs the kernel's source is ignored unless asked for.

mod ukmod;

use ukmod::{in_order, run};

/// One of the tests that print the same whenever they succeed, or say themselves how they went.
#[track_caller]
fn succeeds(name: &str, more: &[&str], counted: &[&str]) {
    let (status, out, err) = run(&[&["intree", name, "--raw"], more].concat());
    assert_eq!(status, 0, "{out}{err}");
    in_order(&out, counted);
    assert!(out.ends_with(": SUCCESS\n"), "{out}");
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn kunit_passes_its_own_suites_and_ours() {
    let passed = ["# kunit-try-catch-test: pass:2 fail:0", "# try_catch: pass:6 fail:0 skip:0 total:6"];
    succeeds("kunit", &[], &passed);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn suites_for_lists_cpu_masks_sorting_and_dates_pass() {
    let passed = ["# list-kunit-test: pass:39 fail:0", "# hlist: pass:18 fail:0", "# cpumask: pass:6 fail:0"];
    succeeds("kunit-lib", &[], &passed);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn klist_keeps_what_somebody_stands_on() {
    succeeds("klist", &[], &["klist_remove is in state D", "seen though removed: 0"]);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn async_stands_in_the_runtimes_place() {
    succeeds("async", &[], &["async_schedule_dev_nocall: 1", "3 ran in their caller"]);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn a_busy_module_is_unloaded_when_its_work_is_over() {
    succeeds("busymod", &[], &["busymod_work_func exit", "livepatch_callbacks_mod_exit"]);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn test_vmalloc_passes_all_but_what_is_to_fail() {
    succeeds(
        "test_vmalloc",
        &[],
        &["fix_size_alloc_test passed: 1", "kvfree_rcu_2_arg_vmalloc_test passed: 1"],
    );
    // Alignments up to half of all there is: it asks for more than a kernel has, too.
    let (status, out, err) = run(&["intree", "test_vmalloc", "--raw", "--param", "run_test_mask=64"]);
    assert_eq!(status, 10, "{out}{err}");
    in_order(&out, &["align_shift_alloc_test passed: 0 failed: 1", "FAILURE\n"]);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn idle_inject_plays_idle_until_it_is_stopped() {
    succeeds(
        "idle_inject",
        &[],
        &["played idle 5 times, not faster than was asked for: 1", "stopped: state S"],
    );
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn modules_that_test_themselves_pass() {
    succeeds("selftests", &[], &["64 self-tests passed, 0 failed", "all 1184 tests passed"]);
    succeeds("percpu_test", &[], &["percpu test done"]);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn refscale_measures_each_kind_of_reader() {
    for kind in ["rcu", "srcu", "rwsem"] {
        succeeds("refscale", &["--type", kind], &["Start of test", "END OF TEST", "Runs\tTime(ns)"]);
    }
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn what_prints_anything_else_than_it_should_is_a_failure() {
    let (status, out, err) = run(&["intree", "busymod", "--raw", "--param", "sleep_secs=0"]);
    assert_eq!(status, 10, "{out}{err}");
    assert!(out.ends_with("busymod: FAILURE\n"), "{out}");
    let why =
        "it printed \"livepatch_callbacks_busymod: busymod_work_func, sleeping 0 seconds ...\", and not ";
    assert!(err.contains(why), "{err}");
}

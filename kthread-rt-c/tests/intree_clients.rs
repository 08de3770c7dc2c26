//! Code of Linux's tree that uses the runtime, unmodified: `ukmod intree` with `klist`, `async`,
//! `kunit` and the like.
//!
//! As in `intree.rs`: what needs the kernel's source is ignored unless asked for.

mod ukmod;

use std::fs;
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
fn suites_for_hashes_copies_overflows_bits_options_and_sysctls_pass() {
    let passed = [
        "# hash: pass:2 fail:0",
        "# memcpy: pass:4 fail:0",
        "# overflow: pass:18 fail:0 skip:0",
        "ok 10 is_signed_type",
        "# bits-test: pass:3 fail:0",
        "# resource: pass:2 fail:0",
        "# cmdline: pass:4 fail:0",
        "# sysctl_test: pass:10 fail:0",
    ];
    succeeds("kunit-lib", &[], &passed);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn containers_pass_linux_own_tests() {
    succeeds("test_xarray", &[], &["tests passed"]);
    succeeds("test_ida", &[], &["147357 of 147357 tests passed"]);
    succeeds("rbtree_test", &[], &["augmented rbtree testing"]);
    succeeds("interval_tree_test", &[], &["(2692 results)"]);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn numbers_queues_branches_and_objects_pass_linux_own_tests() {
    succeeds("test-kstrtox", &[], &["it is over"]);
    succeeds("string_helpers", &[], &["Running tests..."]);
    succeeds("static_keys", &[], &[]);
    succeeds("kfifo", &[], &["record fifo test start", "test passed"]);
    succeeds("kobjects", &[], &["kset_example/bar/baz: wrote -22, read 2, 8"]);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn linux_own_containers_run_here() {
    succeeds("kunit-code", &[], &["ok 1 rational", "# linear-ranges-test: pass:4 fail:0", "ok 3 bitfields"]);
    succeeds("rhashtable", &[], &["Started 10 threads, 0 failed"]);
    succeeds("objagg", &[], &[]);
    succeeds("blake2s", &[], &[]);
    succeeds("parman", &[], &["Priority array check successful"]);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn what_finds_something_wrong_is_no_success() {
    // Fewer intervals than the loop over all of them was given.
    let (status, out, err) = run(&["intree", "interval_tree_test", "--raw", "--param", "nnodes=50"]);
    assert_eq!(status, 11, "{out}{err}");
    let with = |name, lines| {
        let header = ukmod::tmp().join(format!("wrong-{name}.h"));
        fs::write(&header, lines).unwrap();
        run(&["intree", name, "--raw", &format!("--cflag=-include{}", header.display())])
    };
    let keys = "#include <linux/jump_label.h>\n#define static_key_disable(key) static_key_enable(key)\n";
    let (status, out, err) = with("static_keys", keys);
    assert_eq!(status, 3, "{out}{err}");
    let numbers = "#include <linux/kstrtox.h>\n#define kstrtou8(text, base, to) kstrtou8(\"7\", base, to)\n";
    let (status, out, err) = with("test-kstrtox", numbers);
    assert_eq!(status, 10, "{out}{err}");
    let queues = "#include <linux/kfifo.h>\n#undef kfifo_skip\n#define kfifo_skip(fifo) ((void)0)\n";
    let (status, out, err) = with("kfifo", queues);
    assert_ne!(status, 0, "{out}{err}");
    let maps = "#include <linux/bitmap.h>\n#define bitmap_cut(to, from, ...) bitmap_copy(to, from, 64)\n";
    let (status, out, err) = with("selftests", maps);
    assert_eq!(status, 10, "{out}{err}");
    let cases = "#include <linux/string_helpers.h>\n#define string_upper(to, from) strcpy(to, from)\n";
    let (status, out, err) = with("string_helpers", cases);
    assert_eq!(status, 10, "{out}{err}");
    let turns = "#include <linux/bitops.h>\n#define ror32(word, by) rol32(word, by)\n";
    let (status, out, err) = with("blake2s", turns);
    assert_ne!(status, 0, "{out}{err}");
    let limits = "#include <linux/sysctl.h>\n#define proc_dointvec proc_douintvec\n";
    let (status, out, err) = with("kunit-lib", limits);
    assert_eq!(status, 10, "{out}{err}");
    let links = "#include <linux/list.h>\n#define list_add_tail(new, head) list_add(new, head)\n";
    let (status, out, err) = with("kunit-lib", links);
    assert_eq!(status, 10, "{out}{err}");
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
    succeeds("klp_busy", &[], &["busymod_work_func exit", "test_klp_callbacks_busy_exit"]);
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
    let why = "the test printed \"livepatch_callbacks_busymod: busymod_work_func, sleeping 0 seconds ...\" instead of ";
    assert!(err.contains(why), "{err}");
}

/// The README's lines between two marks, without the empty ones.
fn readme(mark: &str) -> Vec<String> {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let (_, behind) = readme.split_once(&format!("<!-- begin: {mark} -->")).unwrap();
    let (table, _) = behind.split_once("<!-- end -->").unwrap();
    table.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn the_readme_has_each_test_of_the_list() {
    let (status, out, err) = run(&["intree", "--list"]);
    assert_eq!(status, 0, "{err}");
    let listed: Vec<_> = out.lines().skip(2).map(|row| row.split("; --type ").next().unwrap()).collect();
    let table = readme("ukmod intree --all");
    // Behind two lines of a head, and before the sum.
    let rows = &table[2..table.len() - 1];
    assert_eq!(rows.len(), listed.len());
    for (row, listed) in rows.iter().zip(listed) {
        assert!(row.starts_with(listed.trim_end_matches(" |")), "{row}\n{listed}");
        assert!(row.ends_with(" SUCCESS |"), "{row}");
    }
    let sum = table.last().unwrap().strip_prefix("Test files that say SUCCESS: ").unwrap();
    let files: usize = sum.split('.').next().unwrap().parse().unwrap();
    assert!(files >= 40, "{sum}");
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn the_readme_says_what_the_other_tests_lack() {
    let (status, out, err) = run(&["intree", "--lacking"]);
    assert_eq!(status, 0, "{err}");
    assert_eq!(out.lines().collect::<Vec<_>>(), readme("ukmod intree --lacking"));
    assert!(!out.contains("SUCCESS"), "{out}");
}

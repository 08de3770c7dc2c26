//! Linux's own tests, which judge the runtime: `ukmod intree`.
//!
//! Those that run them need the kernel's source, of a package that not every machine can get. A
//! test of cargo's can't say at run time that it was skipped, so these are ignored unless asked for
//! (`--ignored`), and panic without the package: they are never counted as passed. `.ci/run` asks
//! for them when `ukmod intree --fetch` has got it.

mod ukmod;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use ukmod::{Ran, in_order, ran, run};

/// A run of locktorture with this type of lock, and the words behind it.
fn torture(kind: &str, more: &[&str]) -> Ran {
    run(&[&["intree", "locktorture", "--type", kind, "--param", "stat_interval=1"], more].concat())
}

/// Writers, and readers if the lock has them, do not find each other in it, for a while.
#[track_caller]
fn holds(kind: &str, counted: &[&str]) {
    let (status, out, err) = torture(kind, &["--for", "1s"]);
    assert_eq!(status, 0, "{out}{err}");
    // All that is to disturb them was on.
    for task in ["lock_torture_writer", "torture_stutter", "torture_shuffle"] {
        assert!(out.contains(&format!("{kind}-torture: {task} task started")), "{task}:\n{out}");
    }
    in_order(&out, counted);
    assert!(out.ends_with(&format!("locktorture {kind}: SUCCESS\n")), "{out}");
}

const WRITES: &[&str] = &["Writes:  Total: ", "Fail: 0 \n", "End of test: SUCCESS"];
const BOTH: &[&str] =
    &["Writes:  Total: ", "Fail: 0 \n", "Reads :  Total: ", "Fail: 0 \n", "End of test: SUCCESS"];

/// A lock that excludes nobody is found out, by the test's own words.
#[track_caller]
fn is_found_out(kind: &str, broken: &str) {
    // Spread over all cpus, writers meet sooner; and where others have the cpus, a spinlock's may
    // take longer to.
    let spread = ["--param", "shuffle_interval=0", "--sabotage", broken, "--for"];
    let within = |time: &str| torture(kind, &[&spread[..], &[time]].concat());
    let (status, out, err) =
        ["1s", "10s", "30s"].into_iter().map(within).find(|ran| ran.0 != 0).expect("nobody found out");
    assert_eq!(status, 10, "{out}{err}");
    in_order(&out, &[&format!("{kind}-torture:--- End of test: FAILURE"), "\nlocktorture "]);
    assert!(out.ends_with(&format!("locktorture {kind}, {broken} sabotaged: FAILURE\n")), "{out}");
}

macro_rules! locks {
    ($($name:ident: $kind:literal, $counted:expr, $found:ident: $broken:literal;)*) => { $(
        #[test]
        #[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
        fn $name() {
            holds($kind, $counted);
        }

        #[test]
        #[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
        fn $found() {
            is_found_out($kind, $broken);
        }
    )* };
}

locks! {
    spin_lock_holds: "spin_lock", WRITES, a_broken_spin_lock_is_found_out: "spin_lock";
    spin_lock_irq_holds: "spin_lock_irq", WRITES, a_broken_spin_lock_irq_is_found_out: "spin_lock";
    rw_lock_holds: "rw_lock", BOTH, a_broken_rw_lock_is_found_out: "rw_lock";
    rw_lock_irq_holds: "rw_lock_irq", BOTH, a_broken_rw_lock_irq_is_found_out: "rw_lock";
    mutex_lock_holds: "mutex_lock", WRITES, a_broken_mutex_is_found_out: "mutex_lock";
    ww_mutex_lock_holds: "ww_mutex_lock", WRITES, a_broken_ww_mutex_is_found_out: "ww_mutex_lock";
    rwsem_lock_holds: "rwsem_lock", BOTH, a_broken_rwsem_is_found_out: "rwsem_lock";
    percpu_rwsem_lock_holds: "percpu_rwsem_lock", BOTH, a_broken_percpu_rwsem_is_found_out: "percpu_rwsem_lock";
    rtmutex_lock_holds: "rtmutex_lock", WRITES, a_broken_rtmutex_is_found_out: "rtmutex_lock";
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn without_a_type_it_is_the_first_and_is_named() {
    let (status, out, err) = run(&["intree", "locktorture", "--for", "300ms"]);
    assert_eq!(status, 0, "{err}");
    assert!(out.ends_with("\nlocktorture spin_lock: SUCCESS\n"), "{out}");
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn linux_own_selftest_of_ww_mutexes_passes() {
    let (status, out, err) = run(&["intree", "test-ww_mutex"]);
    assert_eq!(status, 0, "{out}{err}");
    assert!(out.ends_with("All ww mutex selftests passed\ntest-ww_mutex: SUCCESS\n"), "{out}");
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn linux_own_selftest_of_ww_mutexes_finds_a_broken_one() {
    let (status, out, err) = run(&["intree", "test-ww_mutex", "--sabotage", "ww_mutex"]);
    assert_eq!(status, 10, "{out}{err}");
    assert!(out.ends_with("test-ww_mutex, ww_mutex sabotaged: FAILURE\n"), "{out}");
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn a_test_that_hangs_is_ended_and_has_no_verdict() {
    // Its threads want to sleep before they end, which is not allowed for.
    let (status, out, err) = torture("mutex_lock", &["--for", "100ms", "--exit-timeout", "0s"]);
    assert_eq!(status, 6, "{out}{err}");
    in_order(&err, &["the exit of locktorture did not come back in time", "lock_torture_writer["]);
    assert!(out.ends_with("locktorture mutex_lock: no verdict: its process ended with status 6\n"), "{out}");
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn a_lock_that_is_broken_for_one_test_is_whole_for_all_others() {
    // The mutex is torture.c's too, but it is locktorture.c that is deceived; and that, about
    // another lock.
    let (status, out, err) = torture("spin_lock", &["--for", "300ms", "--sabotage", "mutex_lock"]);
    assert_eq!(status, 0, "{out}{err}");
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn a_lock_that_counts_per_cpu_holds_while_cpus_go_and_come() {
    let (status, out, err) =
        torture("percpu_rwsem_lock", &["--for", "3s", "--param", "onoff_interval=1", "--param", "verbose=2"]);
    assert_eq!(status, 0, "{out}{err}");
    in_order(&out, BOTH);
    in_order(&out, &["torture_onoff task started", "torture_onoff is stopping"]);
    // With one cpu alone, none can go.
    if !out.contains("Only one CPU") {
        assert!(out.contains("torture_onoff task: offlined "), "{out}");
    }
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn the_tests_own_shutdown_powers_off_and_ends_the_run() {
    let (status, out, err) = torture("mutex_lock", &["--for", "1h", "--param", "shutdown_secs=1"]);
    assert_eq!(status, 0, "{out}{err}");
    in_order(&out, &["task shutting down system", "End of test: SUCCESS", "reboot: Power down"]);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn ctrl_c_ends_all_tests_and_what_it_cuts_short_counts_as_nothing() {
    let mut all = ukmod::ukmod();
    all.args(["intree", "--all", "--for", "3s", "--jobs", "2"]).process_group(0).stdout(Stdio::piped());
    let mut all = all.stderr(Stdio::piped()).spawn().unwrap();
    // The first is over; the second is built, or runs.
    let mut out = BufReader::new(all.stdout.take().unwrap());
    let mut first = String::new();
    out.read_line(&mut first).unwrap();
    assert_eq!(first, "locktorture spin_lock: SUCCESS\n");
    // To all, as a terminal does it.
    // SAFETY: a signal to processes that were started here.
    assert_eq!(unsafe { libc::kill(-all.id().cast_signed(), libc::SIGINT) }, 0);
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    let (status, _, err) = ran(all.wait_with_output().unwrap());
    assert_eq!(status, 130, "{rest}{err}");
    assert!(
        err.ends_with("ukmod: interrupted: locktorture and the tests after it are not judged\n"),
        "{err}"
    );
    assert!(!rest.contains("spin_lock_irq"), "{rest}");
    assert!(rest.ends_with(" | spin_lock: SUCCESS |\n"), "{rest}");
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn who_does_not_listen_to_the_end_still_gets_the_status() {
    let mut test = ukmod::ukmod();
    test.args(["intree", "locktorture", "--type", "mutex_lock", "--for", "300ms", "--raw"]);
    let mut test = test.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    // Its end of the pipe goes with the statement.
    BufReader::new(test.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("Start of test"), "{first}");
    let (status, _, err) = ran(test.wait_with_output().unwrap());
    assert_eq!((status, &*err), (0, ""));
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn a_test_that_never_gets_to_its_verdict_has_none() {
    let (status, out, err) = torture("mutex_lock", &["--for", "0s", "--param", "nwriters_stress=0"]);
    assert_eq!(status, 3, "{err}");
    in_order(&out, &["must run at least one locking thread", "locktorture mutex_lock: no verdict"]);
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn a_symbol_that_is_missing_is_named_before_anything_runs() {
    let (status, out, err) = torture(
        "mutex_lock",
        &["--cflag=-Dkernel_power_off=kernel_levitate", "--cflag=-Dstutter_wait=hover"],
    );
    assert_eq!((status, &*out), (1, ""), "{err}");
    in_order(
        &err,
        &["not supported: kernel_levitate, which locktorture (in ", "kernel/locking/locktorture.c) needs"],
    );
}

#[test]
#[ignore = "needs the kernel's source: `ukmod intree --fetch`"]
fn a_source_that_was_edited_is_unpacked_anew() {
    let (status, out, err) = run(&["intree", "--fetch"]);
    assert_eq!(status, 0, "{out}{err}");
    let kept = Path::new(env!("CARGO_BIN_EXE_ukmod")).ancestors().find(|a| a.join("CACHEDIR.TAG").exists());
    let folder = ukmod::tmp().join("edited");
    // What a run that was ended left.
    let _ = fs::remove_dir_all(&folder);
    let copied = Command::new("cp").arg("-rl").arg(kept.unwrap().join("intree")).arg(&folder).status();
    assert!(copied.unwrap().success());
    let fetch = || run(&["intree", "--fetch", "--dir", folder.to_str().unwrap()]);
    assert_eq!(fetch(), (0, String::new(), String::new()));

    let source = folder.join("linux-source-6.1/kernel/torture.c");
    let whole = fs::read(&source).unwrap();
    // Not in place: it is a link to the kept one.
    fs::remove_file(&source).unwrap();
    fs::write(&source, [&b"/* I know better. */\n"[..], &whole].concat()).unwrap();
    let (status, out, err) = fetch();
    assert_eq!(status, 0, "{out}{err}");
    assert!(err.contains("unpacking "), "{err}");
    assert!(fs::read(&source).unwrap() == whole);
    // What is whole is left as it is.
    assert_eq!(fetch(), (0, String::new(), String::new()));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn without_the_package_nothing_is_tested_and_nothing_succeeds() {
    let folder = ukmod::tmp().join("no-package");
    let mut ukmod = ukmod::ukmod();
    // No apt-get to be found.
    let none = ukmod.env("PATH", &folder).args(["intree", "locktorture", "--dir"]).arg(&folder).output();
    let (status, out, err) = ran(none.unwrap());
    assert_eq!(status, 77, "{err}");
    assert!(out.starts_with("locktorture: skipped: apt-get can't be started"), "{out}");
}

#[test]
fn what_is_not_there_is_told_with_what_is() {
    let (status, _, err) = run(&["intree", "rocktorture"]);
    assert_eq!(status, 2);
    assert_eq!(err, "ukmod: unknown test 'rocktorture'; see --list\n");
    let (status, _, err) = torture("spit_lock", &[]);
    assert_eq!(status, 2);
    assert!(err.starts_with("ukmod: locktorture has no type 'spit_lock'; it has: spin_lock, "), "{err}");
    let (status, _, err) = torture("spin_lock", &["--sabotage", "lunch"]);
    assert_eq!(status, 2);
    assert!(err.starts_with("ukmod: 'lunch' can't be sabotaged; these can: spin_lock, rw_lock, "), "{err}");
}

#[test]
fn a_time_that_nobody_waits_for_is_refused() {
    for option in ["--for", "--exit-timeout"] {
        let (status, _, err) = run(&["intree", "klist", option, "5000000000000000h"]);
        assert_eq!(status, 2, "{err}");
        assert!(err.contains("too long; the limit is 100 years"), "{err}");
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let (status, _, err) = run(&["intree", "klist", "--sabotage", "mutex_lock"]);
    assert_eq!((status, &*err), (2, "ukmod: klist has nothing to sabotage\n"));
    let (status, _, err) = run(&["intree", "--fetch", "--type", "spin_lock"]);
    assert_eq!(status, 2, "{err}");
}

#[test]
fn the_list_has_the_files_of_each_test() {
    let folder = ukmod::tmp().join("nothing-unpacked");
    let (status, out, err) = run(&["intree", "--list", "--dir", folder.to_str().unwrap()]);
    assert_eq!(status, 0, "{err}");
    in_order(&out, &["| locktorture | kernel/torture.c ?, kernel/locking/locktorture.c ? | "]);
}

//! Every call that may sleep, in every context in which it must not: each is told once, at its
//! line, and none of it where it may.
//!
//! `sleeping/calls.c` has the calls, a line each, that are marked `CALL`; what is told is counted
//! for each line.

mod ukmod;

use std::collections::BTreeMap;
use std::fs;

const CALLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sleeping/calls.c");

/// What a context is told as. Its number is `calls.c`'s.
struct Context {
    number: u32,
    told: &'static str,
    /// Not all calls, but those of locks and of sleeps.
    some: bool,
}

/// The lines that are to be told in a context.
fn wanted(context: &Context) -> Vec<usize> {
    let text = fs::read_to_string(CALLS).unwrap();
    let mut function = "";
    let mut lines = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        if let Some(name) = line.strip_prefix("static void ") {
            function = name;
        }
        let skipped = context.some && !["lock_calls", "sleep_calls"].iter().any(|f| function.starts_with(f))
            || context.number == 7 && line.contains("OUT(")
            || line.contains(&format!("/* CALL-{} */", context.number));
        if line.contains("/* CALL") && !skipped {
            lines.push(number);
        }
    }
    lines
}

/// Runs the calls in a context. How often each line was told, and what.
fn told(context: &Context, options: &[&str]) -> (BTreeMap<usize, usize>, Vec<String>) {
    let number = format!("context={}", context.number);
    let some = format!("some={}", u32::from(context.some));
    let mut args = vec!["run", "--strict", "--for", "0s", "sleeping/calls.c", &number, &some];
    args.extend(options);
    let (status, out, err) = ukmod::run(&args);
    assert_eq!(status, if context.number == 0 { 0 } else { 7 }, "{out}{err}");
    let reports: Vec<String> =
        err.lines().filter(|line| line.starts_with("kthread-rt: ")).map(str::to_owned).collect();
    let mut lines = BTreeMap::new();
    for report in &reports {
        let line = report.split_once("calls.c:").and_then(|(_, rest)| rest.split_once(' '));
        let line = line.and_then(|(line, _)| line.parse().ok()).unwrap_or_else(|| panic!("{report}"));
        *lines.entry(line).or_default() += 1;
    }
    (lines, reports)
}

#[track_caller]
fn check(context: Context) {
    let (lines, reports) = told(&context, &[]);
    let wanted = wanted(&context);
    assert!(wanted.len() > 30, "the marks are there: {wanted:?}");
    let once: BTreeMap<usize, usize> = wanted.into_iter().map(|line| (line, 1)).collect();
    let wrong: Vec<_> = lines.iter().filter(|&(line, times)| once.get(line) != Some(times)).collect();
    let silent: Vec<_> = once.keys().filter(|line| !lines.contains_key(line)).collect();
    assert!(wrong.is_empty() && silent.is_empty(), "told otherwise: {wrong:?}; not told: {silent:?}");
    let other: Vec<_> = reports.iter().filter(|report| !report.contains(context.told)).collect();
    assert!(other.is_empty(), "without {:?}: {other:#?}", context.told);
}

#[test]
fn nothing_is_told_where_a_task_may_sleep() {
    let (lines, _) = told(&Context { number: 0, told: "", some: false }, &[]);
    assert!(lines.is_empty(), "{lines:?}");
}

#[test]
fn all_are_told_with_preemption_off() {
    check(Context {
        number: 1,
        told: "; a spinlock was taken, or preemption was disabled, at ",
        some: false,
    });
}

#[test]
fn all_are_told_in_a_section_of_rcu() {
    check(Context { number: 5, told: "RCU nest depth 1); rcu_read_lock() was called at ", some: false });
}

#[test]
fn all_that_set_a_state_are_told_if_one_is_set() {
    let told = "do not call blocking ops when !TASK_RUNNING; state=1 set at ";
    check(Context { number: 7, told, some: false });
}

#[test]
fn sleeps_and_locks_are_told_with_interrupts_off() {
    check(Context { number: 2, told: "interrupts off); interrupts were disabled at ", some: true });
}

#[test]
fn sleeps_and_locks_are_told_with_softirqs_off() {
    check(Context { number: 3, told: "(preempt_count 0x200); softirqs were disabled at ", some: true });
}

#[test]
fn sleeps_and_locks_are_told_under_spinlocks_of_both_kinds() {
    for number in [4, 6] {
        let told = "(preempt_count 0x1); a spinlock was taken, or preemption was disabled, at ";
        check(Context { number, told, some: true });
    }
}

#[test]
fn without_debug_all_are_told_without_the_places() {
    let context = Context { number: 1, told: "", some: true };
    let (lines, reports) = told(&context, &["--no-debug"]);
    assert_eq!(lines.keys().copied().collect::<Vec<_>>(), wanted(&context));
    assert!(lines.values().all(|&times| times == 1), "{lines:?}");
    assert!(reports.iter().all(|report| report.ends_with("(preempt_count 0x1)")), "{reports:#?}");
}

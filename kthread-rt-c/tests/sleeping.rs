//! Every call that may sleep, in every context in which it must not: each is reported once, at its
//! line, and no call is reported where it may sleep.
//!
//! `sleeping/calls.c` has the calls, one on each line that is marked `CALL`; the tests count the
//! reports of each line.

mod ukmod;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

const CALLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sleeping/calls.c");

/// A context, and its words in a report. Its number is that of `calls.c`.
struct Context {
    number: u32,
    told: &'static str,
    /// True if only the calls of locks and sleeps are made.
    some: bool,
}

/// The lines that must be reported in a context.
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

/// Runs the calls in a context. Returns how often each line was reported, and the reports.
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

/// The contexts in which a task must not sleep: how each begins and ends, or what calls a function
/// there.
const CONTEXTS: [(&str, &str, &str); 16] = [
    ("spin_lock", "spin_lock(&lock)", "spin_unlock(&lock)"),
    ("spin_lock_irq", "spin_lock_irq(&lock)", "spin_unlock_irq(&lock)"),
    ("spin_lock_irqsave", "spin_lock_irqsave(&lock, flags)", "spin_unlock_irqrestore(&lock, flags)"),
    ("spin_lock_bh", "spin_lock_bh(&lock)", "spin_unlock_bh(&lock)"),
    ("raw_spin_lock", "raw_spin_lock(&raw_lock)", "raw_spin_unlock(&raw_lock)"),
    ("raw_spin_lock_irq", "raw_spin_lock_irq(&raw_lock)", "raw_spin_unlock_irq(&raw_lock)"),
    (
        "raw_spin_lock_irqsave",
        "raw_spin_lock_irqsave(&raw_lock, flags)",
        "raw_spin_unlock_irqrestore(&raw_lock, flags)",
    ),
    ("write_lock_irq", "write_lock_irq(&rwlock)", "write_unlock_irq(&rwlock)"),
    ("local_irq_disable", "local_irq_disable()", "local_irq_enable()"),
    ("local_irq_save", "local_irq_save(flags)", "local_irq_restore(flags)"),
    ("local_bh_disable", "local_bh_disable()", "local_bh_enable()"),
    ("preempt_disable", "preempt_disable()", "preempt_enable()"),
    ("rcu_read_lock", "rcu_read_lock()", "rcu_read_unlock()"),
    ("hrtimer", "", "interrupted_by(hrtimer)"),
    ("timer", "", "interrupted_by(timer)"),
    ("irq_work", "", "interrupted_by(irq_work)"),
];

/// The calls that leave the cpu to other tasks, each in a state in which it returns.
const LEAVES: [(&str, &str); 9] = [
    ("schedule", "schedule()"),
    ("io_schedule", "io_schedule()"),
    ("schedule_timeout", "schedule_timeout(1)"),
    ("io_schedule_timeout", "io_schedule_timeout(1)"),
    ("schedule_hrtimeout", "(void)schedule_hrtimeout(&soon, HRTIMER_MODE_REL)"),
    // Without a limit: it is not among those that are called with a state.
    ("schedule_hrtimeout", "(void)schedule_hrtimeout(NULL, HRTIMER_MODE_REL)"),
    ("yield", "yield()"),
    ("cond_resched", "cond_resched()"),
    ("schedule_timeout_uninterruptible", "schedule_timeout_uninterruptible(1)"),
];

/// The states in which a task calls these. With one that is not RUNNING it needs a time limit.
const STATES: [&str; 2] = ["", "set_current_state(TASK_UNINTERRUPTIBLE)"];

/// Returns a module that makes each call, alone, in each context and state; and the lines that must
/// be reported, each with its call.
fn all_pairs() -> (String, BTreeMap<usize, &'static str>) {
    let mut functions = String::new();
    let mut calls = Vec::new();
    for (context, begins, ends) in CONTEXTS {
        for (index, (name, leaves)) in LEAVES.into_iter().enumerate() {
            for (number, state) in STATES.into_iter().enumerate() {
                if number == 1 && (!name.contains("timeout") || leaves.contains("NULL")) {
                    continue;
                }
                let function = format!("{name}_in_{context}_{index}_{number}");
                let (before, after) = if begins.is_empty() { ("", "") } else { (begins, ends) };
                _ = write!(
                    functions,
                    "static void {function}(void)\n{{\n\tunsigned long flags = 0;\n\tktime_t soon = 1000;\n\n\t(void)flags;\n\t(void)soon;\n\
                     \t{before};\n\t{state};\n\t{leaves}; /* CALL {name} */\n\t{after};\n\t__set_current_state(TASK_RUNNING);\n}}\n\n"
                );
                calls.push(match ends.strip_prefix("interrupted_by(").and_then(|e| e.strip_suffix(')')) {
                    Some(interrupt) => format!("\tby_{interrupt}({function});\n"),
                    None => format!("\t{function}();\n"),
                });
            }
        }
    }
    let text = include_str!("sleeping/pairs.c");
    let text = text.replace("/* FUNCTIONS */\n", &functions).replace("\t/* CALLS */\n", &calls.concat());
    let marked = text.lines().zip(1..).filter_map(|(line, number)| {
        let name = line.split_once("/* CALL ")?.1.strip_suffix(" */")?;
        Some((number, LEAVES.into_iter().find(|&(known, _)| known == name)?.0))
    });
    let marked = marked.collect();
    (text, marked)
}

/// `spin_lock_irq(&lock); schedule();` and all such pairs: each is reported once, in the name of
/// the call, at its line.
#[test]
fn each_way_to_leave_the_cpu_is_told_in_each_context_that_must_not() {
    let (text, wanted) = all_pairs();
    assert_eq!(wanted.len(), CONTEXTS.len() * (LEAVES.len() + 4));
    for options in [&[][..], &["--no-debug"]] {
        let folder = ukmod::tmp().join(format!("pairs{}", options.len()));
        fs::create_dir_all(&folder).unwrap();
        let file = folder.join("pairs.c");
        fs::write(&file, &text).unwrap();
        let mut args = vec!["run", "--strict", "--for", "0s", file.to_str().unwrap()];
        args.extend(options);
        let (status, out, err) = ukmod::run(&args);
        assert_eq!(status, 7, "{out}{err}");
        let mut told: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for report in err.lines().filter_map(|line| line.strip_prefix("kthread-rt: ")) {
            let (call, rest) = report.split_once("() by task ").unwrap();
            let line = rest.split_once("pairs.c:").and_then(|(_, line)| line.split_once(' '));
            let line = line.and_then(|(line, _)| line.parse().ok()).unwrap_or_else(|| panic!("{report}"));
            told.entry(line).or_default().push(call.to_owned());
        }
        let source: Vec<_> = text.lines().collect();
        let mut faults = Vec::new();
        for (&line, &call) in &wanted {
            let context = source[..line].iter().rev().find(|l| l.starts_with("static void ")).unwrap();
            // Without debug the runtime does not know that interrupts are off; it knows the rest.
            let unknown = options.len() == 1 && context.contains("_in_local_irq_");
            let expected = if unknown { vec![] } else { vec![call.to_owned()] };
            let got = told.remove(&line).unwrap_or_default();
            if got != expected {
                faults.push(format!("{context}, {options:?}: told as {got:?}"));
            }
        }
        assert!(faults.is_empty() && told.is_empty(), "{faults:#?}; elsewhere: {told:?}");
        fs::remove_dir_all(&folder).unwrap();
    }
}

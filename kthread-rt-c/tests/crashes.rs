//! Crashes after which the stack can't be walked: one line is written before anybody tries, and the
//! run ends with its status.

mod ukmod;

use ukmod::{SOON, in_order, run_within};

/// Crashes in a thread and in init; the line has to begin and end like this, and what comes behind
/// it has these parts.
#[track_caller]
fn is_told(how: &str, signal: &str, place: &str, behind: &[&str]) {
    for (in_thread, task, named) in [("y", "crasher", "crasher[3]"), ("n", "ukmod", "ukmod[1]")] {
        let mut ukmod = ukmod::ukmod();
        ukmod.args(["run", "modules/crashes.c", &format!("how={how}"), &format!("in_thread={in_thread}")]);
        let (status, _, err) = run_within(&mut ukmod, SOON, &format!("crash-{how}-{in_thread}"));
        assert_eq!(status.code(), Some(5), "{err}");
        let line = err.lines().next().unwrap();
        assert!(line.starts_with(&format!("ukmod: {signal}, in task {task}, OS thread ")), "{err}");
        in_order(line, &[place]);
        in_order(&err, &["\n", &format!("ukmod: crash: {signal}, in task {named} (OS thread ")]);
        in_order(&err, behind);
    }
}

#[test]
fn a_call_through_a_wild_pointer_is_told_with_who_called() {
    let place = ": at 0x41414140, in no module, called from module crashes, at offset 0x";
    is_told(
        "wild",
        "SIGSEGV at address 0x41414140",
        place,
        &["Call trace, guessed", "  0x41414140\n", "  call (", "  crash"],
    );
    let place = ": at 0x0, in no module, called from module crashes, at offset 0x";
    is_told("null", "SIGSEGV at address 0x0", place, &["Call trace, guessed", "  call ("]);
}

#[test]
fn a_bad_stack_pointer_is_told() {
    let behind = if cfg!(target_arch = "x86_64") { &["  without_a_stack ("][..] } else { &[] };
    is_told("stack", "SIGSEGV at address 0xff8", ": in module crashes, at offset 0x", behind);
}

#[test]
fn a_smashed_stack_is_told() {
    // The system does not tell an address that no process can have.
    is_told("smash", "SIGSEGV", ": in module crashes, at offset 0x", &["Call trace", "  smash ("]);
}

#[test]
fn an_instruction_that_is_none_is_told() {
    is_told("trap", "SIGILL", ": in module crashes, at offset 0x", &["Call trace:\n", "crashes.c:"]);
}

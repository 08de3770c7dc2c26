//! Wait queues and simple wait queues, as a module in C waits on them by all their names.

mod ukmod;

#[test]
fn waits_with_the_queues_lock_with_keys_by_hand_and_on_simple_queues() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/waits.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let expected = "\
true at once: 0 0
woken: 0, 0, 0, with the lock: 2
by a signal: -512; the queue is empty: 1
keys: 1234560
a static entry: 1
it was woken: state 0x0
active: 1
first come, first woken: 1 2 3; active: 0
never true, 2 jiffies: 0 0; true: 50 50, in no time 1
by a signal: 1
prepared: active 1, state 0x2, of this task 1
woken and finished: active 0, state 0x0
prepared as an event: 0
with the lock held: active 0, state 0x0
";
    assert_eq!(stdout, expected);
}

#[test]
fn a_wait_that_opens_a_lock_is_told_only_of_what_it_sleeps_with() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/lock_waits.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw"]);
    let expected = "\
lock_irq_cmd: 3 looks, locked 1
interruptible: 0, 7 left
no time: 0
locked: 0
atomic when it sleeps:
";
    assert_eq!((status, stdout.as_str()), (0, expected), "{stderr}");
    assert_eq!(stderr.matches("wait_event()").count(), 1, "{stderr}");
}

#[test]
fn an_initialised_head_points_to_itself_and_does_again_when_it_is_left() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/self_pointing.c");
    let expected = "\
locks: 1 1 1 1 1
initialised: 1 1 1 1
waited for: 0 0 0
again: 1 1 1
heads: 1 1 1 1 1 1
entries: 1 1 1 1; the usual function: 1
works: 1 1, expires 77
in use: 0 0
woken: empty 1, on it 0
again: 1 1 1
initialised on it: state 0x0, on it 1
again: 1
";
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw"]);
    assert_eq!((status, stdout.as_str(), stderr.as_str()), (0, expected, ""));
}

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
it was woken: state 0
active: 1
first come, first woken: 1 2 3; active: 0
never true, 2 jiffies: 0 0; true: 50 50, in no time 1
by a signal: 1
prepared: active 1, state 0x2, of this task 1
woken and finished: active 0, state 0
prepared as an event: 0
with the lock held: active 0, state 0
";
    assert_eq!(stdout, expected);
}

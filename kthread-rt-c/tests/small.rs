//! Small headers: locks in a bit, lists by priority or by time, parts of words, reading until a
//! condition is true.

mod ukmod;

#[test]
fn small_headers_do_what_a_kernels_do() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/small.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let expected = "\
counted under a bit: 40000
a bit: 1, again: 0, other bits: 0x0, preemption is off: 1
lockref: 2, put but not the last: 1 0, the last: 0, none: -1
from none: 0 but not dead: 1
dead: 1, no more of it: 0
a list with a lock: 1, 1 0, empty 1, locked 1
by priority: 1/1 1/4 3/5 5/0 5/2 9/3, and then 1/4 1/1 3/5 5/0 5/2, first 4, last 2
all gone: 1
first of all when it was added: 1 1 0 0
in order: 10/1 10/3 20/2 30/0, then 3, queued 0 1
0fa0, 4 digits, back: 0 0xa0; no digits: -22
closest: -4 -4 4 4; 7 times 3/2: 10; 2
running: 1, the greater: 4
parts: 0xa 0x1200 0x7, fits 1 0, 0xab1d
of the other order: 0x12 0x48
0x2c48 0x1e6a2c48
read until it is so: 0 8, after 4
it never is: -110
no writer: 1, one: 0, none again: 1
stop_machine: 42
";
    assert_eq!(stdout, expected);
}

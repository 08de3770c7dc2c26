//! Trees, numbers, queues, chains, sorting, and arithmetic: what headers beside the threads' have.

mod ukmod;

#[test]
fn tables_keep_what_was_put_into_them() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/tables.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let expected = "\
rbtree: 1000, not deeper than 40: 1
rbtree after erasing: 334
in postorder: 334
hashtable: 51
idr: 5 6 -22 -28: b a b 6
ida: 0 1 0 -28
kfifo: in 4, full 1, put 0, get 1: 5, length 3 of 4
again: -17
notified: priority 9, action 1
notified: priority 1, action 1
called: 1
notified: priority 9, action 2
stopped: 8001
gone: -2
1 3 3 5 7 9 bsearch 7
by the caller's swap: 1; sorted: 1 9
closest: -4 -4 -2 4; abs: 5
do_div: 1000000 7; gcd 6; ilog2 9; roundup_pow_of_two 32 16
overflow: 1 -2147483648; struct_size 10
crc32: cbf43926; get_unaligned: 6261 61626364
";
    assert_eq!(stdout, expected);
}

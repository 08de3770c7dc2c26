//! Entries of /proc, debugfs and sysfs: what a module makes can be read and written in the process,
//! and goes when it is removed.

mod ukmod;

#[test]
fn entries_are_made_read_written_and_removed() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/proc.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    // 39 records of 10 bytes, and the one with 5000 more.
    let expected = "\
proc_create: 1
proc_dir_entry 'proc/box/one' already registered
, again: 0
one: 31
one of 1
puts
ll -5 padded   |
one in pieces: 31
written: 16
write: 5, of no number: -22, of too large a one: -34
many: 5390, the same in pieces: 5390, 5390
from the 20th byte on: record 04
removed while it is open: -5
and not there: -2
again: -17
counter: 7
hex: 0x00000007
counter 9, flag 0
value: 2: 42
shown: private datum
sysfs_create_file: 0
store: 2, of no number: -22
level: 5
device_create_file: 0
color: red of paint
gone: -2 -2 -2 -2
";
    assert_eq!(stdout, expected);
}

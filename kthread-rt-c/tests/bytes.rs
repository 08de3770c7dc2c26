//! Binary attributes, links and groups of sysfs; blobs, strings and links of debugfs.

mod ukmod;

#[test]
fn files_of_bytes_and_links_are_opened_in_the_process() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/bytes.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let expected = "\
created: 0, again: -17
read 3: 3, 16 more: 5, at the end: 0: abcdefgh
written from 6 on: 2 of 4, at the end: -27: abcdefWX
removed: -19, -2
of no size: 0, 10000 bytes in 625 pieces, the end 0
without functions: 0, read -13
linked: 0 0, to nothing -2; value of b
all or none: -17, -2
unlinked: -2, its target: value of b
a group: 0, value of a, -2, abcdefWX, -2
updated: 0, hidden of a
removed: -2
of a device: 0 0, abcdefWX, bytes0
blob raw bytes, str a string, link raw bytes
u8 255, x64 0x0000000000000abc, bool Y, atomic -7
a string can't be written: -22
its link leads nowhere: -2
";
    assert_eq!(stdout, expected);
}

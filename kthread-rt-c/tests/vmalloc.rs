//! What the kernel's own test of `vmalloc` asks for, and what a worker's datum is.

mod ukmod;

#[test]
fn blocks_have_their_alignment_and_go_after_a_grace_period() {
    let (status, stdout, stderr) = ukmod::run(&["run", "c/vmalloc.c", "--for", "0s", "--raw", "--strict"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let expected = "\
aligned to pages at least: 1
and to what was asked for: 1
to what there is no room for: 0000000000000000
to what is no power of two: 0000000000000000
freed, vmalloc's too
each cpu's is aligned: 1, and zero: 1
and its own: 1
illegal size (0) or align (8) for percpu allocation
of no size: 0000000000000000
illegal size (32769) or align (8) for percpu allocation
too large: 0000000000000000
illegal size (8) or align (8192) for percpu allocation
too wide: 0000000000000000
a worker's datum has its work: 1, and its function: 1
";
    assert_eq!(stdout, expected);
}

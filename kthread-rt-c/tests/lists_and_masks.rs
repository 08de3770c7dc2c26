//! Lists, sets of cpus, patterns: what the kernel's own tests look at (`intree_clients.rs`), where
//! its source can't be had.

mod ukmod;

#[test]
fn lists_are_cut_swapped_and_moved() {
    let (status, stdout, stderr) =
        ukmod::run(&["run", "c/lists_and_masks.c", "--for", "0s", "--raw", "--strict"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert_eq!(stdout, include_str!("c/lists_and_masks.out"));
}

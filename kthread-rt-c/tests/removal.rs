//! Removal of what a module registered: it waits for the tasks that are in the module's functions,
//! so that the module can be unloaded.

mod ukmod;

#[test]
fn removals_wait_for_who_is_inside() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/removal.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw"]);
    let expected = "\
/proc/visited: open while it is removed: -2, read: -5
the user got 8, and had left: 1
then read -5, write -5, lseek -22, ioctl -25, poll 1, released 1
closed, released 1
/sys/kernel/debug/visits/visited: open while it is removed: -2, read: -5
the user got 8, and had left: 1
then read -5, write -5, lseek -5, ioctl -5, poll 16, released 0
closed, released 1
/sys/class/visits/one/visited: open while it is removed: -2, read: -19
the user got 8, and had left: 1
then read -19, write -19, lseek 0, ioctl -25, poll 9, released 0
closed, released 0
device_remove_file_self: 1, again: 0
store: 1, again: -19
/dev/visited: open while it is removed: -2
the user got 0, and had left: 1
cdev_device_add: 0
box: deleted while it is open: read 8, open -6
box: released
proc_remove of its own: write 1, again -5, released 1
";
    assert_eq!(stdout, expected);
    // The last one, from inside, is reported.
    let reports = stderr.lines().filter(|line| line.starts_with("kthread-rt: ")).count();
    assert_eq!((status, reports), (0, 1), "{stderr}");
    let told = [
        "proc_remove() by task",
        "removal.c:",
        " in proc_write(): called from inside a function of the object, for whose end it waits: a kernel hangs here; call it from another task",
    ];
    ukmod::in_order(&stderr, &told);
}

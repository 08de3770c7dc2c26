//! Character devices: what a module registers can be opened, read and written in the process, with
//! the kernel's return values.

mod ukmod;

#[test]
fn a_character_device_is_registered_used_and_removed() {
    let (status, stdout, stderr) = ukmod::run(&[
        "run",
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/chardev.c"),
        "--for",
        "0s",
        "--raw",
    ]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let expected = "\
alloc_chrdev_region: 0, minor 3
the same again: -16
major too large: -22
beside it: 0
cdev_add: 0
class_create: 0, again: -17
device_create: box0, 0:3 right: 1
again: -17
box box0: a message of the device's
misc_register: 0
open: minor 3, cdev of the module: 1, flags 2
nothing to read: poll 0, read 0
poll until it is written: 1
the writer wrote 4
write: 5, too much: -28, from a bad address: -14
lseek: 0, of nowhere: -22
read: 3 2 0: hello
read to a bad address: -14
ioctl: 0, 5 bytes; unknown: -25; bad address: -14
open: minor 3, cdev of the module: 1, flags 0
write of a reader: -9
release: private_data kept: 1
release: private_data kept: 1
close: 0
no such device: -2
misc: 6, ktmisc, minor 127; seek -29; poll 1
register_chrdev: 1, the same major: -16
free again: 1
gone: -2
";
    assert_eq!(stdout, expected);
}

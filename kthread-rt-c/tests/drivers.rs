//! What drivers ask for beside threads, work and time: it compiles, and does what a machine without
//! the hardware does.

mod ukmod;

/// The module `tests/c/NAME.c`, built for a kernel and run, ends with this status and prints these
/// lines.
fn prints(name: &str, kernel: &str, status: i32, expected: &str) {
    let file = format!("{}/tests/c/{name}.c", env!("CARGO_MANIFEST_DIR"));
    let (ended, out, err) = ukmod::run(&["run", &file, "--kernel-version", kernel, "--for", "0s", "--raw"]);
    let expected: Vec<_> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(out.lines().collect::<Vec<_>>(), expected, "standard error: {err}");
    assert_eq!(ended, status, "{err}");
}

#[test]
fn pins_and_interrupts_are_not_there() {
    prints(
        "no_hardware",
        "6.1",
        3,
        "pins: -19, none: 0, one of a device: -19
        a pin that may sleep: 0 0
        request_irq: -19, its handler: 2
        waking by it: -6, its type: -22, its chip: -22, its data: 0
        how many there were: 0",
    );
}

#[test]
fn what_goes_with_a_device_and_devices_of_a_modules_own() {
    prints(
        "device_things",
        "6.1",
        0,
        "zero at first: 0
        text-5 copied 7
        it was called early
        owner: its resource 7 goes
        the first action is the last
        the device goes
        not yet registered: -22
        renamed: 0
        to what another one is called: -17
        /sys/devices/new/size: new
        /sys/devices/old/size: -2
        the device goes
        the device goes
        driver: 0
        own.3: irq 9, another -6, memory from 16, ports 0
        added: 0
        own, its data 42
        kept: 1
        the same name again: -17
        registered: 0, keys 1, axes 1, to 5
        held: 1 0
        adapter: 0, client: -19
        pin: -2, if there is one: 0
        clock: -2, none is on: 0
        request_firmware: -2
        firmware: 0
        brightness 255
        brightness 0
        awake: 1",
    );
}

#[test]
fn what_is_included_by_habit() {
    prints(
        "habits",
        "6.1",
        0,
        "system calls: 1 4
        a terminal: 0, NULL tty, number 0
        a driver of one: -19, a tree: -19
        a struct of its own: 12
        numbers: 0 257",
    );
}

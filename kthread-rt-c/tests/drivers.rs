//! What drivers ask for beside threads, work and time: it compiles, and does what a machine without the hardware does.

mod ukmod;

/// The module `tests/c/NAME.c`, built for a kernel and run, ends with this status and prints these lines.
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

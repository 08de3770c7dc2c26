//! Threads, tasks, completions, wait queues and lists, as a module in C sees them: the kernel's
//! layout, and its answers.

mod ukmod;

/// Built for a kernel, the module prints what it should, and nothing on standard error.
fn answers_of(kernel: &str) {
    let args = ["run", "c/threads.c", "--kernel-version", kernel, "--for", "0s", "--raw", "--strict"];
    let (status, out, err) = ukmod::run(&args);
    assert_eq!((&*out, &*err, status), (include_str!("c/threads.out"), "", 0));
}

#[test]
fn threads_have_the_kernels_layout_and_answers() {
    answers_of("6.1");
}

#[test]
fn a_newer_kernels_headers_have_them_too() {
    answers_of("6.12");
}

#[test]
fn a_thread_stops_and_goes_on_and_none_is_made_for_an_absent_cpu() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/signal_stop.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw"]);
    let expected = "\
stopped: 0x104, woken by wake_up_process: 0
it went on
killed: 9
for an absent cpu: -22
";
    assert_eq!((status, stdout.as_str()), (0, expected), "{stderr}");
    assert!(stderr.contains("there is no cpu"), "{stderr}");
}

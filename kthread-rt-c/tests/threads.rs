//! Threads, tasks, completions, wait queues and lists, as a module in C sees them: the kernel's layout, and its answers.

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

//! Before 5.7 the queue of a completion was a wait queue, and modules use it as one.

mod ukmod;

fn is_a_wait_queue_in(version: &str) {
    let args =
        ["run", "c/completion_queue.c", "--kernel-version", version, "--for", "0s", "--raw", "--strict"];
    let (status, out, err) = ukmod::run(&args);
    assert_eq!((&*out, &*err, status), (include_str!("c/completion_queue.out"), "", 0), "{version}");
}

#[test]
fn a_completion_has_a_wait_queue_before_5_7() {
    ["3.10", "4.4", "4.14", "4.19", "5.4"].into_iter().for_each(is_a_wait_queue_in);
}

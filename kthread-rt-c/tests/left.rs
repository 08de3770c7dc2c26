//! What modules leave when they are unloaded: which of several modules left it, what is not
//! reported, and the exit status. The zoo has the report of each kind.

mod ukmod;

use ukmod::{in_order, run};

/// The lines of the runtime.
fn told(err: &str) -> Vec<&str> {
    err.lines().filter(|line| line.starts_with("kthread-rt: ")).collect()
}

#[test]
fn each_module_is_told_of_what_lies_in_it_or_calls_it() {
    let (status, _, err) =
        run(&["run", "--strict", "modules/left/above.c", "+", "modules/left/below.c", "--for", "0s"]);
    assert_eq!(status, 7, "{err}");
    let told = told(&err);
    assert_eq!(told.len(), 3, "not the notifier on the chain of its own module: {err}");
    // In the order of the exits, and of what was done. The timer was armed in the other module's
    // function.
    in_order(
        told[0],
        &["modules/left/below.c:13 in below_arm(): timer lent_timer", "when above is unloaded"],
    );
    in_order(
        told[1],
        &["modules/left/above.c:26 in above_init(): notifier listener", "when above is unloaded"],
    );
    in_order(told[2], &["modules/left/below.c:13 in below_arm(): timer own_timer", "when below is unloaded"]);
}

#[test]
fn without_strict_the_status_is_that_of_the_exit() {
    let (status, _, err) = run(&["run", "zoo/wrong/left_timer.c", "--for", "0s"]);
    assert_eq!((status, told(&err).len()), (0, 1), "{err}");
}

#[test]
fn without_debug_nothing_is_noted() {
    let (status, _, err) = run(&["run", "--strict", "--no-debug", "zoo/wrong/left_timer.c", "--for", "0s"]);
    assert_eq!((status, told(&err).len()), (0, 0), "{err}");
    let memory = "zoo/wrong/memory_of_three_blocks.c";
    let (status, _, err) = run(&["run", "--strict", "--no-debug", memory, "--for", "0s"]);
    assert_eq!((status, told(&err).len()), (7, 0), "{err}");
    in_order(&err, &["memory not freed: 96 bytes in 3 block(s)"]);
}

#[test]
fn a_wrong_free_says_where_the_block_was_allocated_and_freed_first() {
    let args = ["run", "modules/left/wrong_frees.c", "--for", "0s", "--raw"];
    let (status, out, err) = run(&args);
    assert_eq!(status, 0, "{err}");
    let lines: Vec<_> = out.lines().collect();
    assert_eq!(lines.len(), 2, "{out}");
    let file = "modules/left/wrong_frees.c";
    let [at_9, at_12, at_10] = [9, 12, 10].map(|line| format!("{file}:{line} in wrong_init()"));
    in_order(lines[0], &["BUG: kfree of ", "freed already, allocated at", &at_9, ", freed first at", &at_12]);
    in_order(lines[1], &["BUG: kfree of ", "which is vmalloc's, allocated at", &at_10]);
    let (status, _, err) = run(&[&args[..], &["--strict"]].concat());
    assert_eq!(status, 7, "{err}");
}

#[test]
fn what_is_in_a_modules_own_folder_goes_with_it() {
    let (status, _, err) = run(&["run", "--strict", "modules/left/own_attribute.c", "--for", "0s"]);
    assert_eq!((status, told(&err).len()), (0, 0), "{err}");
}

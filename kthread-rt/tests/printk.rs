//! `pr_info!` and its like: what arrives on standard error.

#![cfg(not(any(loom, shuttle)))]

mod child;

use kthread_rt::prelude::*;

fn printed(test: &str, body: impl FnOnce()) -> Option<Vec<String>> {
    let output = child::output_of(test, |_| (), body)?;
    assert!(output.status.success(), "{}", child::told(&output));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(text.lines().map(str::to_owned).collect())
}

#[test]
fn messages_come_with_the_time_and_one_newline() {
    let lines = printed("messages_come_with_the_time_and_one_newline", || {
        let kernel = Kernel::builder().debug(false).boot().unwrap();
        let _inside = kernel.enter();
        pr_info!("counted to %d\n", 7);
        pr_err!("in {} style", "Rust");
        pr_debug!("not without debug, {}", unreachable_argument());
    });
    if let Some(lines) = lines {
        let texts: Vec<_> = lines.iter().map(|line| line.split_once("] ").expect("a time").1).collect();
        assert_eq!(texts, ["counted to 7", "in Rust style"]);
        assert!(
            lines.iter().all(|line| line.starts_with("[    0.") && line.find(']') == Some(13)),
            "{lines:?}"
        );
    }
}

fn unreachable_argument() -> &'static str {
    panic!("an argument of pr_debug! was evaluated")
}

#[test]
fn pr_debug_prints_in_a_kernel_that_debugs() {
    let lines = printed("pr_debug_prints_in_a_kernel_that_debugs", || {
        let kernel = Kernel::builder().debug(true).boot().unwrap();
        let _inside = kernel.enter();
        pr_debug!("seen");
    });
    if let Some(lines) = lines {
        assert!(lines.len() == 1 && lines[0].ends_with("] seen"), "{lines:?}");
    }
}

//! `%d` for a string.

fn main() {
    let _ = kthread_rt::kthread_name!("kworker/%d", "one");
}

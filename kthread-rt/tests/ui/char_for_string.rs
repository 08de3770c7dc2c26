//! `%c` for a string.

fn main() {
    let _ = kthread_rt::kthread_name!("kworker/%c", "c");
}

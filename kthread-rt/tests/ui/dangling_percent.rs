//! A percent sign that starts nothing.

fn main() {
    let _ = kthread_rt::kthread_name!("load 50%");
    let _ = kthread_rt::kthread_name!("kworker/%-5");
}

//! Conversions that do not exist, here or at all.

fn main() {
    let _ = kthread_rt::kthread_name!("kworker/%q", 1);
    let _ = kthread_rt::kthread_name!("load %.2f", 0.5);
    let _ = kthread_rt::kthread_name!("%pS", 1);
    let _ = kthread_rt::kthread_name!("%ls", "wide");
}

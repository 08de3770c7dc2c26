//! A worker has flags before its name.

fn main() {
    let _ = kthread_rt::kthread_create_worker!("requests/%d", 1);
}

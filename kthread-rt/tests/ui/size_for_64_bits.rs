//! `%zu` for what is not a size.

fn main() {
    let _ = kthread_rt::kthread_name!("kworker/%zu", 1u64);
}

//! `%p` for a reference.

fn main() {
    let _ = kthread_rt::kthread_name!("kworker/%p", &1u32);
}

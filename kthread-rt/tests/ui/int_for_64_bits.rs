//! `%d` for 64 bits.

fn main() {
    let _ = kthread_rt::kthread_name!("kworker/%d", 1u64);
}

//! An argument by name in printf style.

fn main() {
    let _ = kthread_rt::kthread_name!("kworker/%u", cpu = 1u32);
}

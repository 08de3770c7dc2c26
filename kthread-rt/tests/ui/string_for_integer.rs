//! `%s` for an integer.

fn main() {
    let _ = kthread_rt::kthread_name!("kworker/%s", 1u32 + 1);
}

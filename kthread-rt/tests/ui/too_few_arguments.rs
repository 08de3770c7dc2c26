//! A conversion without its argument.

fn main() {
    let _ = kthread_rt::kthread_name!("kworker/%u:%d", 1u32);
    let _ = kthread_rt::kthread_name!("kworker/%*d", 4);
    let _ = kthread_rt::kthread_name!("kworker/{}:{}", 1);
}

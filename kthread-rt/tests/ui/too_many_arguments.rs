//! An argument without its conversion: the first surplus one is pointed at.

fn main() {
    let _ = kthread_rt::kthread_name!("kworker/%u", 1u32, 2 + 2, 3);
    let _ = kthread_rt::kthread_name!("kworker", 1);
    let _ = kthread_rt::kthread_name!("kworker/{}", 1, 2);
}

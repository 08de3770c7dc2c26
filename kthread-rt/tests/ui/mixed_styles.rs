//! Both styles in one name.

fn main() {
    let _ = kthread_rt::kthread_name!("kworker/%u:{}", 1u32, 2);
    let _ = kthread_rt::kthread_name!("load {}%%", 2);
}

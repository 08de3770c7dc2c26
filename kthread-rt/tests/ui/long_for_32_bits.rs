//! `%ld` for 32 bits.

fn main() {
    let _ = kthread_rt::kthread_name!("kworker/%ld", 1i32);
}

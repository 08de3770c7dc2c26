//! Names that an `_on_cpu` macro cannot fill with the cpu number.

use kthread_rt::prelude::*;

fn main() {
    let _ = kthread_run_on_cpu!(|_| 0, (), 0, "name/%u:%d");
    let _ = kthread_run_on_cpu!(|_| 0, (), 0, "name/{}:{}");
    let _ = kthread_create_on_cpu!(|_| 0, (), 0, "name/%s");
    let _ = kthread_create_on_cpu!(|_| 0, (), 0, "name/%lu");
    let _ = kthread_create_on_cpu!(|_| 0, (), 0, "name/%*u");
    let _ = kthread_create_on_cpu!(|_| 0, (), 0, "name/{cpu}");
    let _ = kthread_create_on_cpu!(|_| 0, (), 0, "name/%u", 0);
}

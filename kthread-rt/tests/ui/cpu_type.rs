//! A cpu number that is not a `u32`.

use kthread_rt::prelude::*;

fn main() {
    let _ = kthread_run_on_cpu!(|_| 0, (), -1i32, "name/%u");
}

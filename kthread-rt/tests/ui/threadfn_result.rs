//! A thread function that returns no `i32`.

use kthread_rt::prelude::*;

fn main() {
    let _ = kthread_run!(|_| "zero", (), "name");
}

//! What stands before the name is missing, or the name itself.

use kthread_rt::prelude::*;

fn main() {
    let _ = kthread_run!();
    let _ = kthread_run!("name");
    let _ = kthread_run!(|_| 0, "name");
    let _ = kthread_run!(|_| 0);
    let _ = kthread_run!(|_| 0, ());
    let _ = kthread_create_on_node!(|_| 0, (), "name");
    let _ = kthread_run_on_cpu!(|_: ()| 0, "name/%u");
}

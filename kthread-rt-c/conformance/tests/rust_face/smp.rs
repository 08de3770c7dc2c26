//! Cpus, as `questions/smp.c` asks of them.

use crate::ask::*;

cases![lock];

fn lock() {
    cpus_read_lock();
    let got = cpus_read_trylock();
    if got {
        cpus_read_unlock();
    }
    cpus_read_unlock();
    answer!("try={}", int(got));
}

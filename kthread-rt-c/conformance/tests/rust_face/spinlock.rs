//! Reader-writer spinlocks, as `questions/spinlock.c` asks of them.

use crate::ask::*;

cases![contended];

fn contended() {
    let lock = shared(RawRwLock::new());
    let done = shared(AtomicBool::new(false));
    read_lock(lock);
    let task = thread(|| {
        write_lock(lock);
        // SAFETY: locked above.
        unsafe { write_unlock(lock) };
        done.store(true, SeqCst);
        sleep_until_stopped()
    });
    // The holder of a spinlock does not sleep, and the writer will come.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let spin_until = |condition: &dyn Fn() -> bool| {
        while !condition() && std::time::Instant::now() < end {
            std::thread::yield_now();
        }
    };
    spin_until(&|| rwlock_is_contended(lock));
    let contended = int(rwlock_is_contended(lock));
    let tries = || {
        let got = read_trylock(lock);
        if got {
            // SAFETY: locked above.
            unsafe { read_unlock(lock) };
        }
        got
    };
    spin_until(&|| !tries());
    let read = int(tries());
    // SAFETY: locked above.
    unsafe { read_unlock(lock) };
    until(|| done.load(SeqCst));
    answer!("rw contended={contended} read_behind_writer={read}");
    _ = kthread_stop(&task);
}

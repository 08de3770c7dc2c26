//! Taking and releasing uncontended locks; and what the checks of a Kernel with `debug` add.

use crate::contest::{Contest, per};
use kthread_rt::prelude::*;
use std::cell::OnceCell;
use std::hint::black_box;

const CHEAP: u32 = 200_000;
const CHECKED: u32 = 20_000;

/// A turn of `lock_and_unlock` in a Kernel with `debug`, which is booted in the first turn: from
/// then on, all locks of this process test whether their Kernel checks. So these rows are the last.
fn with_debug(lock_and_unlock: impl Fn() + 'static) -> impl FnMut() -> f64 {
    let kernel = OnceCell::new();
    move || {
        let kernel =
            kernel.get_or_init(|| Kernel::builder().debug(true).boot().expect("a Kernel with debug boots"));
        let _inside = kernel.enter();
        per(CHECKED, &lock_and_unlock)
    }
}

fn parking_lot_mutex() -> f64 {
    let lock = parking_lot::Mutex::new(0);
    per(CHEAP, || *black_box(&lock).lock() += 1)
}

pub(crate) fn contests() -> Vec<Contest> {
    const BASELINE: &str = "parking_lot lock and unlock";
    let (mutex, spinlock, rwsem) = (KMutex::new(0), SpinLock::new(0), RwSemaphore::new(0));
    let (checked_mutex, checked_spinlock) = (KMutex::new(0), SpinLock::new(0));
    vec![
        Contest::new("mutex, lock and unlock", 31, move || per(CHEAP, || *black_box(&mutex).lock() += 1))
            .against(BASELINE, 1.5, parking_lot_mutex),
        Contest::new("spinlock, lock and unlock", 31, move || {
            per(CHEAP, || *black_box(&spinlock).lock() += 1)
        })
        .against(BASELINE, 1.5, parking_lot_mutex),
        Contest::new("rwsem, down_read and up_read", 31, move || {
            per(CHEAP, || {
                black_box(*black_box(&rwsem).read());
            })
        })
        .against(BASELINE, 1.5, parking_lot_mutex),
        Contest::new(
            "mutex, lock and unlock, with debug",
            15,
            with_debug(move || *black_box(&checked_mutex).lock() += 1),
        )
        .against(BASELINE, 250.0, parking_lot_mutex),
        Contest::new(
            "spinlock, lock and unlock, with debug",
            15,
            with_debug(move || *black_box(&checked_spinlock).lock() += 1),
        )
        .against(BASELINE, 250.0, parking_lot_mutex),
    ]
}

//! Taking and releasing uncontended locks.

use crate::contest::{Contest, per};
use kthread_rt::prelude::*;
use std::hint::black_box;

const CHEAP: u32 = 200_000;

fn parking_lot_mutex() -> f64 {
    let lock = parking_lot::Mutex::new(0);
    per(CHEAP, || *black_box(&lock).lock() += 1)
}

pub(crate) fn contests() -> Vec<Contest> {
    const BASELINE: &str = "parking_lot lock and unlock";
    let (mutex, spinlock, rwsem) = (KMutex::new(0), SpinLock::new(0), RwSemaphore::new(0));
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
    ]
}

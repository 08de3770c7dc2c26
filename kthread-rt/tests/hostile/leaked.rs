//! Forgotten guards.

use super::within_a_minute;
use super::witness::Warnings;
use kthread_rt::diag::WarningKind;
use kthread_rt::prelude::*;

#[test]
fn more_atomic_sections_than_are_counted_are_reported_and_change_nothing_else() {
    let (kernel, warnings) = Warnings::of_new_kernel();
    let _inside = kernel.enter();
    // Without classes: with `debug`, the order of so many locks of one class would be reported.
    let locks: Vec<_> = (0..300).map(|_| RawSpinLock::new()).collect();
    locks.iter().for_each(spin_lock);
    assert_eq!(preempt_count(), 255);
    assert!(!in_serving_softirq() && !in_hardirq());
    for _ in 0..200 {
        local_bh_disable();
    }
    assert!(!in_hardirq());
    let told = warnings.take();
    assert_eq!(told.len(), 45 + 200 - 127, "{:#?}", told.last());
    assert!(told.iter().all(|warning| warning.kind == WarningKind::LockMisuse));
}

#[test]
fn a_work_item_is_not_enabled_by_being_disabled_too_often() {
    within_a_minute("the works", || {
        let (kernel, warnings) = Warnings::of_new_kernel();
        let _inside = kernel.enter();
        static WORK: WorkStruct = WorkStruct::new();
        for _ in 0..u16::MAX {
            disable_work(&WORK);
        }
        warnings.assert_none();
        disable_work(&WORK);
        assert_eq!(warnings.take_one().kind, WarningKind::WorkMisuse);
        for left in (0..u16::MAX).rev() {
            assert_eq!(enable_work(&WORK), left == 0);
        }
        warnings.assert_none();
    });
}

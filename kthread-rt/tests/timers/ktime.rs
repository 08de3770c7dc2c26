//! Arithmetic of times, and delays that do not sleep.

use kthread_rt::prelude::*;
use std::time::{Duration, Instant};

#[test]
fn ktime_units() {
    assert_eq!((us_to_ktime(3), ms_to_ktime(3), ns_to_ktime(3)), (3_000, 3_000_000, 3));
    assert_eq!((ktime_to_ns(5), ktime_to_us(5_999), ktime_to_ms(5_999_999)), (5, 5, 5));
    assert_eq!((ktime_to_us(-1_999), ktime_to_ms(-1)), (-1, 0), "towards zero");
    assert_eq!(ktime_set(1, 1), NSEC_PER_SEC + 1);
    assert_eq!((ktime_set(i64::MAX / NSEC_PER_SEC, 0), ktime_set(-1, 0)), (KTIME_MAX, -NSEC_PER_SEC));
    assert_eq!((ktime_divns(10, 3), ktime_divns(10, 0), ktime_divns(i64::MIN, -1)), (3, 0, 0));
}

#[test]
fn ktime_arithmetic() {
    assert_eq!((ktime_add(1, 2), ktime_sub(1, 2)), (3, -1));
    assert_eq!((ktime_add(KTIME_MAX, 1), ktime_add_safe(KTIME_MAX, 1)), (i64::MIN, KTIME_MAX));
    assert_eq!((ktime_add_ns(1, 2), ktime_add_us(1, 2), ktime_add_ms(1, 2)), (3, 2_001, 2_000_001));
    assert_eq!((ktime_sub_ns(3, 2), ktime_sub_us(0, 2), ktime_sub_ms(0, 2)), (1, -2_000, -2_000_000));
    assert_eq!((ktime_us_delta(5_000, 1_000), ktime_ms_delta(0, 5_000_000)), (4, -5));
    assert_eq!([ktime_compare(1, 2), ktime_compare(2, 2), ktime_compare(3, 2)], [-1, 0, 1]);
    assert!(ktime_after(2, 1) && !ktime_after(1, 1) && ktime_before(1, 2) && !ktime_before(1, 1));
    let before = ktime_get_ns();
    assert!(before <= ktime_get_ns());
}

#[test]
fn delays_take_their_time_and_do_not_sleep() {
    preempt_disable();
    for (delay, least) in [
        (&(|| ndelay(50_000)) as &dyn Fn(), Duration::from_nanos(50_000)),
        (&|| udelay(300), Duration::from_micros(300)),
        (&|| mdelay(2), Duration::from_millis(2)),
        (&|| udelay(0), Duration::ZERO),
    ] {
        let before = Instant::now();
        delay();
        assert!(before.elapsed() >= least);
    }
    preempt_enable();
}

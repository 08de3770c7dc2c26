//! Units of time, as `questions/time.c` asks of them.

use crate::ask::*;
use kthread_rt as rt;

cases![constants, msecs_to_jiffies, usecs_to_jiffies, from_jiffies, nsecs_to_jiffies, compare, elapsed, ktimes];

/// The edges of what is rounded, of the largest time there is, and of the types.
const EDGES: [u32; 26] = [
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    9,
    10,
    12,
    99,
    100,
    250,
    999,
    1000,
    1001,
    3999,
    4000,
    4001,
    86_400_000,
    i32::MAX as u32 - 1,
    i32::MAX as u32,
    i32::MAX as u32 + 1,
    u32::MAX - 1,
    u32::MAX,
];

fn constants() {
    answer!("HZ={HZ} TICK_NSEC={TICK_NSEC}");
    answer!("MAX_JIFFY_OFFSET={MAX_JIFFY_OFFSET} MAX_SCHEDULE_TIMEOUT={MAX_SCHEDULE_TIMEOUT}");
    answer!("NSEC_PER_SEC={NSEC_PER_SEC} KTIME_MAX={KTIME_MAX}");
}

fn msecs_to_jiffies() {
    for ms in EDGES {
        answer!("ms={ms} jiffies={}", rt::msecs_to_jiffies(ms));
    }
    const OF: [u64; 4] = [
        rt::msecs_to_jiffies(0),
        rt::msecs_to_jiffies(1),
        rt::msecs_to_jiffies(1001),
        rt::msecs_to_jiffies(u32::MAX),
    ];
    answer!("constant={},{},{},{}", OF[0], OF[1], OF[2], OF[3]);
}

fn usecs_to_jiffies() {
    for us in EDGES {
        answer!("us={us} jiffies={}", rt::usecs_to_jiffies(us));
    }
    const OF: [u64; 3] = [rt::usecs_to_jiffies(0), rt::usecs_to_jiffies(1), rt::usecs_to_jiffies(4001)];
    answer!("constant={},{},{}", OF[0], OF[1], OF[2]);
}

fn from_jiffies() {
    for of in [0, 1, 2, 249, 250, 251, 1000, 1_000_000, 4_294_967, 1 << 31, 1 << 32] {
        answer!(
            "jiffies={of} ms={} us={} ns={}",
            jiffies_to_msecs(of),
            jiffies_to_usecs(of),
            jiffies_to_nsecs(of)
        );
    }
}

fn nsecs_to_jiffies() {
    for of in [0, 1, 3_999_999, 4_000_000, 4_000_001, 1_000_000_000, 1 << 40, 1 << 62] {
        answer!("ns={of} jiffies={}", rt::nsecs_to_jiffies(of));
    }
}

fn compare() {
    const LONG_MAX: u64 = i64::MAX as u64;
    const ULONG_MAX: u64 = u64::MAX;
    let pairs = [
        (0, 0),
        (1, 0),
        (0, 1),
        (0, ULONG_MAX),
        (ULONG_MAX, 0),
        (5, ULONG_MAX - 5),
        (0, LONG_MAX),
        (0, LONG_MAX + 1),
        (0, LONG_MAX + 2),
    ];
    for (a, b) in pairs {
        answer!(
            "a={a} b={b} after={} before={} after_eq={} before_eq={}",
            int(time_after(a, b)),
            int(time_before(a, b)),
            int(time_after_eq(a, b)),
            int(time_before_eq(a, b))
        );
    }
    answer!(
        "in_range={},{},{}",
        int(time_in_range(0, ULONG_MAX, 1)),
        int(time_in_range(2, ULONG_MAX, 1)),
        int(time_in_range(1, 1, 1))
    );
}

fn elapsed() {
    let (begin, begin64) = (jiffies(), get_jiffies_64());
    let left = schedule_timeout_uninterruptible(3);
    let limit = 30 * HZ as i64;
    answer!("left={left} elapsed={}", between((jiffies() - begin) as i64, 3, limit));
    answer!("elapsed64={}", between((get_jiffies_64() - begin64) as i64, 3, limit));
    answer!(
        "begin_is_before={} hour_is_after={}",
        int(time_is_before_jiffies(begin)),
        int(time_is_after_jiffies(jiffies() + 3600 * HZ))
    );
}

fn ktimes() {
    let (a, b) = (ktime_set(3, 500_000_000), ms_to_ktime(1250));
    answer!("set={} of_ms={}", ktime_to_ns(a), ktime_to_ns(b));
    answer!("overflow={}", ktime_to_ns(ktime_set(i64::MAX / 1000, 0)));
    answer!("add={} sub={}", ktime_to_ns(ktime_add(a, b)), ktime_to_ns(ktime_sub(b, a)));
    answer!(
        "add_ns={} sub_ns={} add_us={} add_ms={}",
        ktime_add_ns(a, 7),
        ktime_sub_ns(a, 7),
        ktime_add_us(a, 7),
        ktime_add_ms(a, 7)
    );
    answer!(
        "compare={},{},{} after={} before={}",
        ktime_compare(a, b),
        ktime_compare(b, a),
        ktime_compare(a, a),
        int(ktime_after(a, b)),
        int(ktime_before(a, b))
    );
    answer!("us={} ms={}", ktime_to_us(ktime_set(0, 1_999_999)), ktime_to_ms(ktime_set(0, 1_999_999)));
    answer!(
        "negative_us={} ms={}",
        ktime_to_us(ns_to_ktime(-1_999_999_i64 as u64)),
        ktime_to_ms(ns_to_ktime(-1_999_999_i64 as u64))
    );
    answer!("delta_us={} delta_ms={}", ktime_us_delta(a, b), ktime_ms_delta(b, a));
    answer!("div={}", ktime_divns(a, 1_000_000));
}

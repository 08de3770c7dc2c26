//! Sleeping for a time, as `questions/delays.c` asks of it.

use crate::ask::*;

cases![over, woken, signalled, signal_before, running, ms, us, states, ms_signalled, io];

/// How much later than it should a sleep may end, in jiffies: a machine may be slow.
const LATE: i64 = 10 * HZ as i64;
const HOUR: i64 = 3600 * HZ as i64;

type Sleep = fn(i64) -> i64;

const VARIANTS: [(&str, Sleep, TaskState); 6] = [
    (
        "schedule_timeout",
        |time| {
            set_current_state(TASK_INTERRUPTIBLE);
            schedule_timeout(time)
        },
        TASK_INTERRUPTIBLE,
    ),
    ("interruptible", schedule_timeout_interruptible, TASK_INTERRUPTIBLE),
    ("uninterruptible", schedule_timeout_uninterruptible, TASK_UNINTERRUPTIBLE),
    ("killable", schedule_timeout_killable, TASK_KILLABLE),
    ("idle", schedule_timeout_idle, TASK_IDLE),
    (
        "io",
        |time| {
            set_current_state(TASK_UNINTERRUPTIBLE);
            io_schedule_timeout(time)
        },
        TASK_UNINTERRUPTIBLE,
    ),
];

fn state() -> u32 {
    current().state().bits()
}

/// A thread that sleeps so, and the state that it has after it.
fn begin(sleep: Sleep, time: i64, in_state: TaskState) -> (Waiter, &'static AtomicU64) {
    let after = shared(AtomicU64::new(u64::MAX));
    let waiter = Waiter::begin(Some(in_state), move || {
        let left = sleep(time);
        after.store(state().into(), SeqCst);
        left
    });
    (waiter, after)
}

fn over() {
    for (i, (name, sleep, _)) in VARIANTS.into_iter().enumerate() {
        for time in [0, 1, 5, 20] {
            if i != 0 && time != 5 {
                continue;
            }
            let begin = jiffies();
            let left = sleep(time);
            let took = between((jiffies() - begin) as i64, time, time + LATE);
            answer!("sleep={name} time={time} left={left} took={took} state={:#x}", state());
        }
    }
}

fn woken() {
    for (name, sleep, in_state) in VARIANTS {
        let times = [HOUR, MAX_SCHEDULE_TIMEOUT - 1, MAX_SCHEDULE_TIMEOUT];
        let mut last = 0;
        let ended = times.map(|time| {
            let (waiter, after) = begin(sleep, time, in_state);
            let woken = int(wake_up_process(&waiter.task));
            let left = waiter.returned();
            waiter.stop();
            last = after.load(SeqCst);
            (woken, left)
        });
        let [an_hour, nearly, max] = ended.map(|(_, left)| left);
        answer!(
            "sleep={name} woken={},{},{} an_hour={} nearly_max={} max_is_max={} state={last:#x}",
            ended[0].0,
            ended[1].0,
            ended[2].0,
            between(an_hour, times[0] - LATE, times[0]),
            between(nearly, times[1] - LATE, times[1]),
            int(max == times[2])
        );
    }
}

fn signalled() {
    for (name, sleep, in_state) in VARIANTS {
        for signal in [SIGTERM, SIGKILL] {
            let (waiter, _) = begin(sleep, HOUR, in_state);
            let _ = send_sig(signal, &waiter.task, 1);
            let by_signal = waiter.task.state() != in_state;
            if !by_signal {
                wake_up_process(&waiter.task);
            }
            let left = between(waiter.returned(), HOUR - HZ as i64, HOUR);
            answer!("sleep={name} signal={signal} ended={} left={left}", int(by_signal));
            waiter.stop();
        }
    }
}

fn signal_before() {
    on_thread(|| {
        let _ = (allow_signal(SIGTERM), allow_signal(SIGKILL));
        for signal in [SIGTERM, SIGKILL] {
            let _ = send_sig(signal, &current(), 1);
            for (name, sleep, _) in VARIANTS {
                let left = sleep(4);
                answer!("sleep={name} signal={signal} slept={} state={:#x}", int(left == 0), state());
            }
            let ms = [0, 20, 1000].map(msleep_interruptible);
            answer!("signal={signal} ms={},{},{}", ms[0], ms[1], ms[2]);
            flush_signals(&current());
        }
    });
}

fn running() {
    let time = 100 * HZ as i64;
    answer!("left={} state={:#x}", between(schedule_timeout(time), time - LATE, time), state());
}

fn ms() {
    for ms in [0, 1, 4, 5, 20, 100] {
        let long_enough = |begin: u64| int(jiffies() - begin >= msecs_to_jiffies(ms));
        let begin = jiffies();
        msleep(ms);
        let took = long_enough(begin);
        let begin = jiffies();
        let left = msleep_interruptible(ms);
        answer!(
            "ms={ms} long_enough={took} interruptible_long_enough={} left={left} state={:#x}",
            long_enough(begin),
            state()
        );
    }
    let begin = jiffies();
    ssleep(1);
    answer!("ssleep took={}", between((jiffies() - begin) as i64, HZ as i64, HZ as i64 + LATE));
}

fn us() {
    type Delay = fn(u64);
    let of: [(&str, Delay, u64); 7] = [
        ("usleep_range", |us| usleep_range(us, us + 1000), 0),
        ("usleep_range", |us| usleep_range(us, us + 1000), 1500),
        ("usleep_idle_range", |us| usleep_idle_range(us, us + 1000), 1500),
        ("usleep_range_state", |us| usleep_range_state(us, us + 1000, TASK_INTERRUPTIBLE), 1500),
        ("fsleep", fsleep, 5),
        ("fsleep", fsleep, 300),
        ("fsleep", fsleep, 25_000),
    ];
    for (name, sleep, us) in of {
        let begin = ktime_get();
        sleep(us);
        let took = ktime_us_delta(ktime_get(), begin);
        answer!("sleep={name} us={us} long_enough={} state={:#x}", int(took >= us as i64), state());
    }
    let took = |delay: &dyn Fn()| {
        let begin = ktime_get();
        delay();
        ktime_get() - begin
    };
    answer!("udelay={}", int(took(&|| udelay(200)) >= 40_000));
    answer!("ndelay={}", int(took(&|| ndelay(9000)) >= 1800));
    answer!("mdelay={}", int(took(&|| mdelay(3)) >= 600_000));
}

const MS: Sleep = |ms| {
    msleep(ms as u32);
    0
};
const MS_INTERRUPTIBLE: Sleep = |ms| msleep_interruptible(ms as u32).into();
const US_STATE: Sleep = |us| {
    usleep_range_state(us as u64, us as u64 + 1000, TASK_INTERRUPTIBLE);
    0
};

fn states() {
    let of: [(&str, Sleep, TaskState, i64); 7] = [
        ("msleep", MS, TASK_UNINTERRUPTIBLE, 1500),
        ("msleep_interruptible", MS_INTERRUPTIBLE, TASK_INTERRUPTIBLE, 1500),
        (
            "ssleep",
            |seconds| {
                ssleep(seconds as u32);
                0
            },
            TASK_UNINTERRUPTIBLE,
            1,
        ),
        (
            "usleep_range",
            |us| {
                usleep_range(us as u64, us as u64 + 1000);
                0
            },
            TASK_UNINTERRUPTIBLE,
            1_500_000,
        ),
        (
            "usleep_idle_range",
            |us| {
                usleep_idle_range(us as u64, us as u64 + 1000);
                0
            },
            TASK_IDLE,
            1_500_000,
        ),
        ("usleep_range_state", US_STATE, TASK_INTERRUPTIBLE, 1_500_000),
        (
            "fsleep",
            |us| {
                fsleep(us as u64);
                0
            },
            TASK_UNINTERRUPTIBLE,
            1_500_000,
        ),
    ];
    for (name, sleep, in_state, time) in of {
        let began = jiffies();
        let (waiter, _) = begin(sleep, time, in_state);
        let woken = int(wake_up_process(&waiter.task));
        let left = waiter.returned();
        let least = if time == 1 { HZ } else { 1500 * HZ / 1000 };
        answer!(
            "sleep={name} state={:#x} woken={woken} slept_on={} left={left}",
            in_state.bits(),
            int(jiffies() - began >= least)
        );
        waiter.stop();
    }
}

fn ms_signalled() {
    const HOUR_OF_MS: i64 = 3600 * 1000;
    let (waiter, after) = begin(MS_INTERRUPTIBLE, HOUR_OF_MS, TASK_INTERRUPTIBLE);
    let _ = send_sig(SIGTERM, &waiter.task, 1);
    let left = between(waiter.returned(), HOUR_OF_MS - 10_000, HOUR_OF_MS + 8);
    answer!("left={left} state={:#x}", after.load(SeqCst));
    waiter.stop();

    let began = jiffies();
    let (waiter, _) = begin(US_STATE, 500_000, TASK_INTERRUPTIBLE);
    let _ = send_sig(SIGTERM, &waiter.task, 1);
    waiter.returned();
    answer!("usleep_range_state slept_on={}", int(jiffies() - began >= HZ / 2));
    waiter.stop();
}

fn io() {
    let sleep: Sleep = |_| {
        set_current_state(TASK_UNINTERRUPTIBLE);
        io_schedule();
        17
    };
    let (waiter, after) = begin(sleep, 0, TASK_UNINTERRUPTIBLE);
    wake_up_process(&waiter.task);
    answer!("returned={} state={:#x}", waiter.returned(), after.load(SeqCst));
    waiter.stop();
}

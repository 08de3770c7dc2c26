//! Jiffies rounded to whole seconds, as `questions/round_jiffies.c` asks of them.

use crate::ask::*;

cases![absolute, past, relative];

const OFFSETS: [u64; 6] = [0, 1, HZ / 4 - 1, HZ / 4, HZ / 2, HZ - 1];

/// A whole second that is not near.
fn second() -> u64 {
    let at = jiffies() + 100 * HZ;
    at - at % HZ
}

/// Does this as a task of the first cpu, as those functions round that don't get one.
fn on_first_cpu(f: impl FnOnce() + Send + 'static) {
    on_thread(|| {
        let _ = set_cpus_allowed_ptr(&current(), &CpuMask::of(0));
        f();
    });
}

fn absolute() {
    let base = second();
    let from_base = move |jiffy: u64| jiffy as i64 - base as i64;
    on_first_cpu(move || {
        for plus in OFFSETS {
            let (round, up) = (round_jiffies(base + plus), round_jiffies_up(base + plus));
            answer!("plus={plus} round={} up={}", from_base(round), from_base(up));
        }
        for cpu in [0, 1, 3] {
            for plus in OFFSETS {
                let (round, up) = (__round_jiffies(base + plus, cpu), __round_jiffies_up(base + plus, cpu));
                answer!("cpu={cpu} plus={plus} round={} up={}", from_base(round), from_base(up));
            }
        }
    });
}

fn past() {
    let (now, old) = (jiffies(), second() - 200 * HZ + 7);
    answer!("past kept={}", int(round_jiffies(old) == old));
    answer!("up kept={}", int(round_jiffies_up(old) == old));
    answer!("cpu kept={}", int(__round_jiffies(old, 1) == old));
    answer!("now_not_earlier={}", int(!time_before(round_jiffies(now), now)));
}

fn relative() {
    on_first_cpu(|| {
        for ahead in [10 * HZ, 10 * HZ + 100, 11 * HZ - 1] {
            // A tick between the calls makes another sum.
            let (before, plain, up, cpu1, cpu1_up) = loop {
                let before = jiffies();
                let sums = (
                    before,
                    round_jiffies_relative(ahead),
                    round_jiffies_up_relative(ahead),
                    __round_jiffies_relative(ahead, 1),
                    __round_jiffies_up_relative(ahead, 1),
                );
                if before == jiffies() {
                    break sums;
                }
            };
            answer!(
                "ahead={ahead} whole={} up_whole={} cpu1={} cpu1_up={}",
                (before + plain) % HZ,
                (before + up) % HZ,
                (before + cpu1 + 3) % HZ,
                (before + cpu1_up + 3) % HZ
            );
            answer!(
                "ahead={ahead} near={} up_not_less={}",
                int(plain >= ahead - HZ / 4 && plain < ahead + HZ),
                int(up >= ahead && up < ahead + HZ)
            );
        }
    });
}

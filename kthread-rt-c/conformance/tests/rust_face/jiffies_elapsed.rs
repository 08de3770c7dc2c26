//! How many jiffies a sleep takes, as `questions/jiffies_elapsed.c` asks of it: the least of many
//! tries.

use crate::ask::*;

cases![schedule_timeout, far, waits, woken, worker, ms];

const TRIES: usize = 20;
const PATIENCE: usize = 40 * TRIES;

/// The least that `ask` returns in `tries` tries, and in more as long as all are later than the
/// kernel's `rule`: a machine that has other things to do may be late each time.
fn least_of_tries(tries: usize, patience: usize, rule: u64, mut ask: impl FnMut() -> u64) -> u64 {
    let mut least = u64::MAX;
    for tried in 0..patience {
        if tried >= tries && least <= rule {
            break;
        }
        least = least.min(ask());
    }
    least
}

fn least_of(rule: u64, mut sleep: impl FnMut()) -> u64 {
    least_of_tries(TRIES, PATIENCE, rule, || {
        let begin = jiffies();
        sleep();
        jiffies() - begin
    })
}

fn schedule_timeout() {
    for time in [0, 1, 2, 3, 5, 10] {
        let takes = least_of(time as u64 + 1, || _ = schedule_timeout_uninterruptible(time));
        answer!("uninterruptible time={time} takes={takes}");
    }
    let takes = |name: &str, sleep: fn(i64) -> i64| {
        let rule = if name == "running" { 0 } else { 4 };
        answer!("{name} time=3 takes={}", least_of(rule, || _ = sleep(3)));
    };
    takes("interruptible", schedule_timeout_interruptible);
    takes("killable", schedule_timeout_killable);
    takes("idle", schedule_timeout_idle);
    takes("running", kthread_rt::schedule_timeout);
    takes("state", |time| {
        set_current_state(TASK_INTERRUPTIBLE);
        kthread_rt::schedule_timeout(time)
    });
}

fn far() {
    for time in [64, 70, 100, 600] {
        let step: u64 = if time > 511 { 64 } else { 8 };
        let rule = (2 + time as u64) / step + 1;
        let least = least_of_tries(if step == 8 { 6 } else { 2 }, 40, rule, || {
            // It begins in the third jiffy of a step.
            while jiffies() & (step - 1) != 2 {
                if 2_u64.wrapping_sub(jiffies()) & (step - 1) > 3 {
                    schedule_timeout_uninterruptible(1);
                } else {
                    std::thread::yield_now();
                }
            }
            let begin = jiffies() & !(step - 1);
            schedule_timeout_uninterruptible(time);
            (jiffies() - begin) / step
        });
        answer!("time={time} step={step} runs_after_steps={least}");
    }
}

fn waits() {
    let queue = WaitQueueHead::new();
    let nothing = Completion::new();
    let word = AtomicU64::new(1);
    let rule = |time| if time == 0 { 0 } else { time + 1 };
    let event = |time| least_of(rule(time), || _ = wait_event_timeout!(queue, false, time));
    answer!("wait_event_timeout 0={} 1={} 3={}", event(0), event(1), event(3));
    let takes = least_of(4, || _ = wait_event_interruptible_timeout!(queue, false, 3));
    answer!("wait_event_interruptible_timeout 3={takes}");
    let takes = least_of(4, || _ = wait_event_idle_timeout!(queue, false, 3));
    answer!("wait_event_idle_timeout 3={takes}");
    let done = |time| least_of(time + 1, || _ = wait_for_completion_timeout(&nothing, time));
    answer!("wait_for_completion_timeout 0={} 1={} 3={}", done(0), done(1), done(3));
    let takes = least_of(4, || _ = wait_for_completion_interruptible_timeout(&nothing, 3));
    answer!("wait_for_completion_interruptible_timeout 3={takes}");
    let bit = |time| least_of(rule(time), || _ = wait_on_bit_timeout(&word, 0, TASK_UNINTERRUPTIBLE, time));
    answer!("wait_on_bit_timeout 0={} 3={}", bit(0), bit(3));
    let takes = least_of(4, || _ = wait_var_event_timeout!(&word, false, 3));
    answer!("wait_var_event_timeout 3={takes}");
    let takes = least_of(4, || {
        set_current_state(TASK_UNINTERRUPTIBLE);
        io_schedule_timeout(3);
    });
    answer!("io_schedule_timeout 3={takes}");
}

fn woken() {
    let queue = WaitQueueHead::new();
    DEFINE_WAIT_FUNC!(entry, woken_wake_function);
    add_wait_queue(&queue, entry);
    let takes = |time| least_of(time as u64 + 1, || _ = wait_woken(entry, TASK_UNINTERRUPTIBLE, time));
    answer!("wait_woken 0={} 3={}", takes(0), takes(3));
    remove_wait_queue(&queue, entry);
}

fn worker() {
    let worker = kthread_create_worker!(0, "worker").unwrap();
    let ran_at = shared(AtomicU64::new(0));
    let ran = shared(Completion::new());
    let job = DelayedJob::new(|_| {
        ran_at.store(jiffies(), SeqCst);
        complete(ran);
    });
    for time in [0, 1, 5] {
        let mut modified = false;
        let least = least_of_tries(TRIES, PATIENCE, if time == 0 { 0 } else { time + 1 }, || {
            let begin = jiffies();
            modified = !modified;
            if modified {
                kthread_mod_delayed_work(&worker, &job, time);
            } else {
                kthread_queue_delayed_work(&worker, &job, time);
            }
            // It is on the timer first, where nobody can flush it.
            wait_for_completion(ran);
            kthread_flush_work(job.work());
            ran_at.load(SeqCst) - begin
        });
        answer!("time={time} runs_after={least}");
    }
}

fn ms() {
    for ms in [0, 1, 4, 5, 20] {
        let rule = msecs_to_jiffies(ms) + 2;
        let takes = (least_of(rule, || msleep(ms)), least_of(rule, || _ = msleep_interruptible(ms)));
        answer!("ms={ms} msleep={} interruptible={}", takes.0, takes.1);
    }
}

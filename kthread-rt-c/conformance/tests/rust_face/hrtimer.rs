//! High-resolution timers, as `questions/hrtimer.c` asks of them: a [`HighResTimer`] has a closure,
//! and its drop is `hrtimer_cancel`.

use crate::ask::*;
use std::sync::mpsc::channel;

cases![states, fires, forward, forward_now, in_callback, running, sleeps, woken, order];

const MS: i64 = NSEC_PER_MSEC;
const HOUR: i64 = 3600 * 1000 * MS;

struct Asked {
    timer: HighResTimer,
    fired: Arc<Completion>,
    fires: Arc<AtomicI64>,
}

impl Asked {
    /// With this callback, which gets how often it was called; without one it is not restarted.
    fn with(mut callback: impl FnMut(&Hrtimer, i64, &Completion) -> HrtimerRestart + Send + 'static) -> Self {
        let (fired, fires) = (Arc::new(Completion::new()), Arc::new(AtomicI64::new(0)));
        let timer = HighResTimer::new({
            let (fired, fires) = (fired.clone(), fires.clone());
            move |timer| callback(timer, fires.fetch_add(1, SeqCst) + 1, &fired)
        });
        Self { timer, fired, fires }
    }

    fn new() -> Self {
        Self::with(|_, _, fired| {
            complete(fired);
            HRTIMER_NORESTART
        })
    }

    fn fires(&self) -> i64 {
        self.fires.load(SeqCst)
    }
}

fn state(when: &str, timer: &Hrtimer) {
    answer!(
        "{when} active={} queued={} running={}",
        int(hrtimer_active(timer)),
        int(hrtimer_is_queued(timer)),
        int(hrtimer_callback_running(timer))
    );
}

fn states() {
    let asked = Asked::new();
    let timer = &asked.timer;
    let active = || int(timer.is_active());
    state("idle", timer);
    answer!("idle try={} cancel={}", hrtimer_try_to_cancel(timer), hrtimer_cancel(timer));
    let now = ktime_get();
    hrtimer_start(timer, HOUR, HRTIMER_MODE_REL);
    state("started", timer);
    let at = hrtimer_get_expires(timer);
    let is_later = at >= ktime_add(now, HOUR) && at < ktime_add(now, HOUR + 60_000 * MS);
    answer!("relative expires_is_later={}", int(is_later));
    timer.start(ktime_add_ms(at, 1), HRTIMER_MODE_ABS);
    answer!("started_again active={} plus={}", active(), timer.expires() - at);
    answer!("started try={}", hrtimer_try_to_cancel(timer));
    state("cancelled", timer);
    let kept = |time| int(timer.expires() == time);
    answer!("expires_kept={}", kept(at + MS));
    hrtimer_restart(timer);
    answer!("restarted active={} kept={}", active(), kept(at + MS));
    answer!("cancel={}", int(timer.cancel()));
    hrtimer_set_expires(timer, at);
    hrtimer_start_expires(timer, HRTIMER_MODE_ABS);
    answer!("start_expires active={} kept={}", active(), kept(at));
    answer!("cancel={} fires={}", hrtimer_cancel(timer), asked.fires());
}

fn fires() {
    let asked = Asked::new();
    let timer = &asked.timer;
    for i in 0..4 {
        let at = match i {
            0 => ktime_add_ms(ktime_get(), 5),
            1 => ktime_get(),
            2 => ktime_sub_ns(ktime_get(), 5 * MS as u64),
            _ => 0,
        };
        hrtimer_start(timer, at, HRTIMER_MODE_ABS);
        wait_for_completion(&asked.fired);
        answer!(
            "i={i} fires={} early={} kept={}",
            asked.fires(),
            int(ktime_before(hrtimer_cb_get_time(timer), at)),
            int(hrtimer_get_expires(timer) == at)
        );
        hrtimer_cancel(timer);
    }
    hrtimer_start(timer, 0, HRTIMER_MODE_REL);
    wait_for_completion(&asked.fired);
    answer!("relative fires={}", asked.fires());
    hrtimer_cancel(timer);
    answer!(
        "remaining negative={} expires_remaining_negative={}",
        int(hrtimer_get_remaining(timer) < 0),
        int(timer.remaining() < 0)
    );
    hrtimer_start(timer, -5 * MS, HRTIMER_MODE_REL);
    // KTIME_SEC_MAX is the kernel's: the largest time in whole seconds.
    let never = ktime_set(KTIME_MAX / NSEC_PER_SEC, 0);
    answer!("negative active={} never={}", int(timer.is_active()), int(timer.expires() == never));
    hrtimer_cancel(timer);
    hrtimer_start(timer, HOUR, HRTIMER_MODE_REL);
    let remaining = hrtimer_get_remaining(timer);
    answer!(
        "of_hour positive={} not_more={}",
        int(remaining > 3500 * 1000 * MS),
        int(timer.remaining() <= HOUR)
    );
}

fn forward() {
    const BASE: i64 = 1000 * MS;
    let all = [
        (-1, MS),
        (0, MS),
        (1, MS),
        (MS - 1, MS),
        (MS, MS),
        (MS + 1, MS),
        (10 * MS, MS),
        (10 * MS + 1, MS),
        (10 * MS + 7, 3 * MS),
        (5, 1),
    ];
    let timer = Hrtimer::new();
    for (now, interval) in all {
        hrtimer_set_expires(&timer, BASE);
        let overruns = hrtimer_forward(&timer, BASE + now, interval);
        answer!("now={now} interval={interval} overruns={overruns} plus={}", timer.expires() - BASE);
    }
    // What is added to an expiry is added by hand.
    timer.set_expires(ktime_add_safe(timer.expires(), 5));
    timer.set_expires(ktime_add_ns(timer.expires(), 7));
    answer!("added={}", timer.expires() - BASE);
    timer.set_expires(ktime_add_safe(timer.expires(), KTIME_MAX));
    answer!("added_max={}", int(timer.expires() == KTIME_MAX));
}

fn forward_now() {
    let timer = Asked::new().timer;
    let now = ktime_get();
    timer.set_expires(ktime_add(now, HOUR));
    answer!("ahead={}", hrtimer_forward_now(&timer, MS));
    timer.set_expires(now - 100 * MS);
    answer!("behind={}", hrtimer_forward_now(&timer, 1_000_000 * MS));
    timer.set_expires(now - 100 * MS);
    let overruns = hrtimer_forward_now(&timer, MS);
    answer!("many={} in_future={}", int(overruns > 100), int(ktime_after(timer.expires(), now)));
    hrtimer_start(&timer, ktime_add(now, HOUR), HRTIMER_MODE_ABS);
    let overruns = timer.forward(ktime_add(now, 2 * HOUR), MS);
    answer!("queued={overruns} kept={}", int(timer.expires() == ktime_add(now, HOUR)));
}

fn in_callback() {
    let begin = ktime_get();
    let (tell, told) = channel();
    let asked = Asked::with(move |timer, fires, fired| {
        if fires == 1 {
            let seen = (timer.is_active(), timer.is_queued(), timer.callback_running());
            tell.send((seen, hrtimer_try_to_cancel(timer))).unwrap();
        }
        if fires == 5 {
            complete(fired);
            return HRTIMER_NORESTART;
        }
        hrtimer_forward_now(timer, MS);
        HRTIMER_RESTART
    });
    hrtimer_start(&asked.timer, MS, HRTIMER_MODE_REL);
    wait_for_completion(&asked.fired);
    hrtimer_cancel(&asked.timer);
    let ((active, queued, running), tried) = told.recv().unwrap();
    answer!("active={} queued={} running={} try={tried}", int(active), int(queued), int(running));
    answer!("fires={} at_least_5ms={}", asked.fires(), int(ktime_ms_delta(ktime_get(), begin) >= 5));

    let (tell, told) = channel();
    let asked = Asked::with(move |timer, fires, fired| {
        if fires == 1 {
            hrtimer_start(timer, MS, HRTIMER_MODE_REL);
            tell.send(timer.is_queued()).unwrap();
        } else {
            complete(fired);
        }
        HRTIMER_NORESTART
    });
    hrtimer_start(&asked.timer, MS, HRTIMER_MODE_REL);
    wait_for_completion(&asked.fired);
    hrtimer_cancel(&asked.timer);
    answer!("started_inside queued={} fires={}", int(told.recv().unwrap()), asked.fires());

    let asked = Asked::with(|_, fires, fired| {
        if fires < 3 {
            return HRTIMER_RESTART;
        }
        complete(fired);
        HRTIMER_NORESTART
    });
    hrtimer_start(&asked.timer, MS, HRTIMER_MODE_REL);
    wait_for_completion(&asked.fired);
    hrtimer_cancel(&asked.timer);
    answer!("at_once fires={} active={}", asked.fires(), int(asked.timer.is_active()));
}

fn running() {
    let (under_way, is_under_way) = channel();
    let (go_on, may_go_on) = channel::<()>();
    let asked = Asked::with(move |_, _, _| {
        under_way.send(()).unwrap();
        may_go_on.recv().unwrap();
        HRTIMER_NORESTART
    });
    let timer = &asked.timer;
    hrtimer_start(timer, 2 * MS, HRTIMER_MODE_REL);
    is_under_way.recv().unwrap();
    let (active, queued, running) = (timer.is_active(), timer.is_queued(), timer.callback_running());
    let tried = hrtimer_try_to_cancel(timer);
    go_on.send(()).unwrap();
    answer!(
        "active={} queued={} running={} try={tried} cancel={}",
        int(active),
        int(queued),
        int(running),
        int(timer.cancel())
    );
    state("then", timer);

    let (under_way, is_under_way) = channel();
    let ended = shared(AtomicBool::new(false));
    let asked = Asked::with(move |timer, _, _| {
        let end = ktime_add_ms(ktime_get(), 20);
        under_way.send(()).unwrap();
        while ktime_before(ktime_get(), end) {
            std::thread::yield_now();
        }
        ended.store(true, SeqCst);
        hrtimer_forward_now(timer, 1000 * MS);
        HRTIMER_RESTART
    });
    hrtimer_start(&asked.timer, 2 * MS, HRTIMER_MODE_REL);
    is_under_way.recv().unwrap();
    let cancelled = hrtimer_cancel(&asked.timer);
    answer!(
        "restarting waited={} cancel={cancelled} active={}",
        int(ended.load(SeqCst)),
        int(asked.timer.is_active())
    );
}

fn sleeps() {
    let state = || current().state().bits();
    for i in 0..4 {
        let begin = ktime_get();
        let at = if i < 2 { 3 * MS } else { ktime_add_ms(ktime_get(), 3) };
        set_current_state(if i & 1 == 1 { TASK_INTERRUPTIBLE } else { TASK_UNINTERRUPTIBLE });
        let returned = if i < 2 {
            schedule_hrtimeout(Some(at), HRTIMER_MODE_REL)
        } else {
            schedule_hrtimeout_range(Some(at), MS as u64, HRTIMER_MODE_ABS)
        };
        let now = ktime_get();
        let at_least = if i < 2 { ktime_sub(now, begin) >= 3 * MS } else { !ktime_before(now, at) };
        answer!("i={i} returned={} state={} at_least={}", int(returned), state(), int(at_least));
    }
    set_current_state(TASK_INTERRUPTIBLE);
    answer!("zero={} state={}", int(schedule_hrtimeout(Some(0), HRTIMER_MODE_REL)), state());
    set_current_state(TASK_INTERRUPTIBLE);
    let past = ktime_get() - MS;
    answer!("past={} state={}", int(schedule_hrtimeout(Some(past), HRTIMER_MODE_ABS)), state());
    answer!("running={}", int(schedule_hrtimeout(Some(HOUR), HRTIMER_MODE_REL)));
}

fn woken() {
    for (endless, time) in [(0, Some(HOUR)), (1, None)] {
        let after = shared(AtomicI64::new(-1));
        let waiter = Waiter::begin(Some(TASK_INTERRUPTIBLE), move || {
            set_current_state(TASK_INTERRUPTIBLE);
            let returned = schedule_hrtimeout(time, HRTIMER_MODE_REL);
            after.store(current().state().bits().into(), SeqCst);
            returned
        });
        let woken = int(wake_up_process(&waiter.task));
        let eintr = is_eintr(waiter.returned());
        answer!("endless={endless} woken={woken} returned_eintr={eintr} state={}", after.load(SeqCst));
        waiter.stop();
    }
}

fn order() {
    for (round, plus) in [[0; 4], [3, 2, 1, 0], [1, 0, 1, 0]].into_iter().enumerate() {
        let at = ktime_add_ms(ktime_get(), 30);
        let (tell, told) = channel();
        let timers = [0, 1, 2, 3].map(|i| {
            let tell = tell.clone();
            Asked::with(move |_, _, _| {
                tell.send(i).unwrap();
                HRTIMER_NORESTART
            })
        });
        for (asked, plus) in timers.iter().zip(plus) {
            hrtimer_start(&asked.timer, at + plus, HRTIMER_MODE_ABS);
        }
        let mut turns = [0; 4];
        for turn in 1..=4 {
            let i: usize = told.recv().unwrap();
            turns[i] = turn;
        }
        answer!("round={round} turns={},{},{},{}", turns[0], turns[1], turns[2], turns[3]);
    }
}

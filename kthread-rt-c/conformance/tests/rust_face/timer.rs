//! Timers, as `questions/timer.c` asks of them: a [`Timer`] has a closure, and its drop is
//! `timer_shutdown_sync`.

use crate::ask::*;
use std::sync::mpsc::channel;

cases![idle, pending, reduce, shutdown, in_callback, running, fires, periodic];

/// A timer that counts, and what it counts with.
struct Asked {
    timer: Timer,
    fired: Arc<Completion>,
    fires: Arc<AtomicI64>,
}

impl Asked {
    fn new() -> Self {
        let (fired, fires) = (Arc::new(Completion::new()), Arc::new(AtomicI64::new(0)));
        let timer = Timer::new({
            let (fired, fires) = (fired.clone(), fires.clone());
            move |_| {
                fires.fetch_add(1, SeqCst);
                complete(&fired);
            }
        });
        Self { timer, fired, fires }
    }

    fn fires(&self) -> i64 {
        self.fires.load(SeqCst)
    }
}

/// Far enough for that no machine gets there while it asks.
fn far() -> u64 {
    jiffies() + 3600 * HZ
}

fn idle() {
    let asked = Asked::new();
    let timer = &asked.timer;
    answer!("pending={}", timer_pending(timer));
    answer!("delete={} sync={}", int(timer.delete()), int(timer.delete_sync()));
    answer!("del={} del_sync={} try={}", del_timer(timer), del_timer_sync(timer), try_to_del_timer_sync(timer));
    answer!("mod_pending={}", mod_timer_pending(timer, far()));
    answer!("pending_then={}", int(timer.is_pending()));
}

fn pending() {
    let asked = Asked::new();
    let timer = &asked.timer;
    let at = far();
    let expires = |time| int(timer.expires() == time);
    timer.set_expires(at);
    add_timer(timer);
    answer!("added pending={} expires_kept={}", timer_pending(timer), expires(at));
    answer!("mod_to_the_same={}", mod_timer(timer, at));
    answer!("mod={} expires_set={}", int(timer.modify(at + 1)), expires(at + 1));
    answer!("mod_pending={} expires_set={}", mod_timer_pending(timer, at + 5000), expires(at + 5000));
    let result = timer_delete(timer);
    answer!("delete={result} pending={} expires_kept={}", timer_pending(timer), expires(at + 5000));
    answer!("mod_of_idle={} pending={}", mod_timer(timer, at), timer_pending(timer));
    answer!("delete_sync={}", timer_delete_sync(timer));
    mod_timer(timer, at);
    answer!("try={} fires={}", try_to_del_timer_sync(timer), asked.fires());
    answer!("mod_pending_of_idle={} expires_kept={}", mod_timer_pending(timer, at + 1), expires(at));
}

fn reduce() {
    let asked = Asked::new();
    let timer = &asked.timer;
    let at = far();
    let expires = |time| int(timer.expires() == time);
    answer!("idle={} pending={} set={}", timer_reduce(timer, at), timer_pending(timer), expires(at));
    answer!("later={} kept={}", timer_reduce(timer, at + 100), expires(at));
    answer!("same={} kept={}", timer_reduce(timer, at), expires(at));
    answer!("earlier={} set={}", timer_reduce(timer, at - 100), expires(at - 100));
    timer_delete_sync(timer);
}

fn shutdown() {
    for sync in [false, true] {
        let shut_down = |timer: &Timer| {
            if sync { timer_shutdown_sync(timer) } else { timer_shutdown(timer) }
        };
        let asked = Asked::new();
        let n = int(sync);
        answer!("sync={n} idle={}", shut_down(&asked.timer));
        answer!("sync={n} mod={} pending={}", mod_timer(&asked.timer, far()), timer_pending(&asked.timer));
        asked.timer.set_expires(far());
        add_timer(&asked.timer);
        answer!("sync={n} added pending={} function=unseen", timer_pending(&asked.timer));
        // To set one up again is to make another.
        let asked = Asked::new();
        mod_timer(&asked.timer, far());
        answer!("sync={n} set_up_again pending={}", timer_pending(&asked.timer));
        answer!("sync={n} of_pending={} pending={}", shut_down(&asked.timer), timer_pending(&asked.timer));
        answer!("sync={n} twice={} fires={}", shut_down(&asked.timer), asked.fires());
    }
}

fn in_callback() {
    let fired = Arc::new(Completion::new());
    let (tell, told) = channel();
    let fires = Arc::new(AtomicI64::new(0));
    let timer = Timer::new({
        let (fired, fires) = (fired.clone(), fires.clone());
        move |timer| {
            let pending = timer_pending(timer);
            let early = int(time_before(jiffies(), timer.expires()));
            let tried = try_to_del_timer_sync(timer);
            let seen = (pending, early, tried, timer_delete(timer), mod_timer_pending(timer, far()));
            let again = if fires.fetch_add(1, SeqCst) == 0 {
                Some((mod_timer(timer, jiffies() + 1), timer_reduce(timer, jiffies() + 1)))
            } else {
                complete(&fired);
                None
            };
            tell.send((seen, again)).unwrap();
        }
    });
    let at = jiffies() + 2;
    timer.set_expires(at);
    add_timer(&timer);
    wait_for_completion(&fired);
    let (_, again) = told.recv().unwrap();
    let (seen, _) = told.recv().unwrap();
    answer!(
        "pending={} early={} try={} delete={} mod_pending={}",
        seen.0,
        seen.1,
        seen.2,
        seen.3,
        seen.4
    );
    let (set, reduced) = again.unwrap();
    answer!("mod={set} reduce={reduced} fires={}", fires.load(SeqCst));
    answer!(
        "after pending={} delete_sync={} later_than_first={}",
        timer_pending(&timer),
        timer_delete_sync(&timer),
        int(time_after(timer.expires(), at))
    );
}

/// Passes the time until a jiffy, as a callback does, which may not sleep.
pub(crate) fn pass_until(jiffy: u64) {
    while time_before(jiffies(), jiffy) {
        std::thread::yield_now();
    }
}

fn running() {
    let (under_way, is_under_way) = channel();
    let (go_on, may_go_on) = channel();
    let ended = Arc::new(AtomicBool::new(false));
    let its = ended.clone();
    let timer = Timer::new(move |_| {
        under_way.send(()).unwrap();
        may_go_on.recv().unwrap();
        its.store(true, SeqCst);
    });
    mod_timer(&timer, jiffies() + 1);
    is_under_way.recv().unwrap();
    let pending = timer_pending(&timer);
    let tried = try_to_del_timer_sync(&timer);
    let deleted = timer_delete(&timer);
    let set = mod_timer(&timer, far());
    let again = try_to_del_timer_sync(&timer);
    let before = int(ended.load(SeqCst));
    go_on.send(()).unwrap();
    answer!("pending={pending} try={tried} delete={deleted} mod={set}");
    answer!("try_when_armed_too={again} pending={} ended={before}", timer_pending(&timer));
    answer!("delete_sync={} ended={}", timer_delete_sync(&timer), int(ended.load(SeqCst)));

    for waits in 0..3 {
        let (under_way, is_under_way) = channel();
        let ended = Arc::new(AtomicBool::new(false));
        let its = ended.clone();
        let timer = Timer::new(move |_| {
            let until = jiffies() + 5;
            under_way.send(()).unwrap();
            pass_until(until);
            its.store(true, SeqCst);
        });
        mod_timer(&timer, jiffies() + 1);
        is_under_way.recv().unwrap();
        let returned = match waits {
            0 => int(timer.delete_sync()),
            1 => del_timer_sync(&timer).into(),
            // The drop waits as timer_shutdown_sync() does, and has nothing to return.
            _ => {
                drop(timer);
                0
            }
        };
        answer!("waits={waits} returned={returned} ended={}", int(ended.load(SeqCst)));
    }
}

fn fires() {
    let asked = Asked::new();
    for (i, ahead) in [3, 0, -1000_i64].into_iter().enumerate() {
        let at = jiffies().wrapping_add_signed(ahead);
        mod_timer(&asked.timer, at);
        wait_for_completion(&asked.fired);
        answer!(
            "i={i} fires={} pending={} expires_kept={} early={}",
            asked.fires(),
            timer_pending(&asked.timer),
            int(asked.timer.expires() == at),
            int(time_before(jiffies(), at))
        );
    }
    asked.timer.set_expires(jiffies());
    add_timer(&asked.timer);
    wait_for_completion(&asked.fired);
    asked.timer.set_expires(jiffies() - 1);
    add_timer_on(&asked.timer, 0);
    wait_for_completion(&asked.fired);
    answer!("fires={}", asked.fires());
}

fn periodic() {
    let fired = Arc::new(Completion::new());
    let fires = Arc::new(AtomicI64::new(0));
    let begin = jiffies();
    let timer = Timer::new({
        let (fired, fires) = (fired.clone(), fires.clone());
        move |timer| {
            if fires.fetch_add(1, SeqCst) + 1 < 5 {
                timer.set_expires(jiffies() + 1);
                add_timer(timer);
            } else {
                complete(&fired);
            }
        }
    });
    mod_timer(&timer, jiffies() + 1);
    wait_for_completion(&fired);
    answer!(
        "fires={} at_least_5_jiffies={} pending={}",
        fires.load(SeqCst),
        int(jiffies() - begin >= 5),
        timer_pending(&timer)
    );
}

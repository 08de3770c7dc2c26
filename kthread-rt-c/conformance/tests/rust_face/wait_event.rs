//! `wait_event!` and its family, as `questions/wait_event.c` asks of them.

use crate::ask::*;

cases![true_at_once, woken, signalled, signal_before, times, true_at_the_end, looks, signal_and_order];

/// Queue, flag, and how often the commands of the `_cmd` macros were run.
#[derive(Default)]
pub(crate) struct Event {
    pub(crate) queue: WaitQueueHead,
    flag: AtomicBool,
    befores: AtomicI64,
    afters: AtomicI64,
}

impl Event {
    fn new(flag: bool) -> &'static Self {
        shared(Self { flag: AtomicBool::new(flag), ..Self::default() })
    }

    fn is_set(&self) -> bool {
        self.flag.load(SeqCst)
    }

    fn set(&self) {
        self.flag.store(true, SeqCst);
        wake_up(&self.queue);
    }

    fn active(&self) -> i64 {
        int(waitqueue_active(&self.queue))
    }

    fn cmds(&self) -> String {
        format!("{},{}", self.befores.load(SeqCst), self.afters.load(SeqCst))
    }
}

type Wait = fn(&Event, u64) -> i64;

/// A macro, what it returns (1000 if that is nothing), the state that it sleeps in.
struct Variant {
    name: &'static str,
    wait: Wait,
    state: TaskState,
    timed: bool,
}

macro_rules! plain {
    ($name:ident, $state:expr) => {
        Variant {
            name: stringify!($name),
            wait: |event, _| {
                $name!(event.queue, event.is_set());
                1000
            },
            state: $state,
            timed: false,
        }
    };
}

macro_rules! value {
    ($name:ident, $state:expr) => {
        Variant {
            name: stringify!($name),
            wait: |event, _| int($name!(event.queue, event.is_set())),
            state: $state,
            timed: false,
        }
    };
}

macro_rules! cmd {
    ($name:ident) => {
        Variant {
            name: stringify!($name),
            wait: |event, _| {
                $name!(
                    event.queue,
                    event.is_set(),
                    event.befores.fetch_add(1, SeqCst),
                    event.afters.fetch_add(1, SeqCst)
                );
                1000
            },
            state: TASK_UNINTERRUPTIBLE,
            timed: false,
        }
    };
}

macro_rules! timed {
    ($name:ident, $state:expr) => {
        Variant {
            name: stringify!($name),
            wait: |event, timeout| int($name!(event.queue, event.is_set(), timeout)),
            state: $state,
            timed: true,
        }
    };
}

macro_rules! hrtimed {
    ($name:ident, $state:expr) => {
        Variant {
            name: stringify!($name),
            wait: |event, timeout| {
                let time = if timeout == MAX { KTIME_MAX } else { ms_to_ktime(timeout) };
                int($name!(event.queue, event.is_set(), time))
            },
            state: $state,
            timed: true,
        }
    };
}

const MAX: u64 = MAX_SCHEDULE_TIMEOUT as u64;
const FREEZABLE: TaskState = TASK_INTERRUPTIBLE.union(TASK_FREEZABLE);

const VARIANTS: [Variant; 21] = [
    plain!(wait_event, TASK_UNINTERRUPTIBLE),
    plain!(io_wait_event, TASK_UNINTERRUPTIBLE),
    plain!(wait_event_idle, TASK_IDLE),
    plain!(wait_event_idle_exclusive, TASK_IDLE),
    Variant {
        name: "wait_event_state",
        wait: |event, _| int(wait_event_state!(event.queue, event.is_set(), TASK_IDLE)),
        state: TASK_IDLE,
        timed: false,
    },
    cmd!(wait_event_cmd),
    cmd!(wait_event_exclusive_cmd),
    value!(wait_event_interruptible, TASK_INTERRUPTIBLE),
    value!(wait_event_interruptible_exclusive, TASK_INTERRUPTIBLE),
    value!(wait_event_killable, TASK_KILLABLE),
    value!(wait_event_killable_exclusive, TASK_KILLABLE),
    value!(wait_event_freezable, FREEZABLE),
    value!(wait_event_freezable_exclusive, FREEZABLE),
    timed!(wait_event_timeout, TASK_UNINTERRUPTIBLE),
    timed!(wait_event_idle_timeout, TASK_IDLE),
    timed!(wait_event_idle_exclusive_timeout, TASK_IDLE),
    timed!(wait_event_interruptible_timeout, TASK_INTERRUPTIBLE),
    timed!(wait_event_killable_timeout, TASK_KILLABLE),
    timed!(wait_event_freezable_timeout, FREEZABLE),
    hrtimed!(wait_event_hrtimeout, TASK_UNINTERRUPTIBLE),
    hrtimed!(wait_event_interruptible_hrtimeout, TASK_INTERRUPTIBLE),
];

fn state() -> u32 {
    current().state().bits()
}

/// A thread that waits so, and the state that it has after it.
fn begin(event: &'static Event, variant: &Variant) -> (Waiter, &'static AtomicU64) {
    let after = shared(AtomicU64::new(u64::MAX));
    let wait = variant.wait;
    let waiter = Waiter::begin(Some(variant.state), move || {
        let returned = wait(event, MAX);
        after.store(state().into(), SeqCst);
        returned
    });
    (waiter, after)
}

/// Of those that tell what is left: the answer of a wake-up lies in its time.
fn told(variant: &Variant, returned: i64) -> i64 {
    if variant.timed { returned.min(1001) } else { returned }
}

fn true_at_once() {
    for variant in &VARIANTS {
        let event = Event::new(true);
        let returned = (variant.wait)(event, 7);
        answer!(
            "wait={} returned={returned} state={:#x} active={} cmds={}",
            variant.name,
            state(),
            event.active(),
            event.cmds()
        );
    }
}

fn woken() {
    for variant in &VARIANTS {
        let event = Event::new(false);
        let (waiter, after) = begin(event, variant);
        let slept_in = waiter.task.state().bits();
        event.set();
        let returned = told(variant, waiter.returned());
        answer!(
            "wait={} slept_in={slept_in:#x} entry_flags={:#x} returned={returned} state={:#x} active={} cmds={}",
            variant.name,
            exclusive(variant),
            after.load(SeqCst),
            event.active(),
            event.cmds()
        );
        waiter.stop();
    }
}

/// Whether such a wait is exclusive, as it behaves: of two, one wake-up reaches the first only.
fn exclusive(variant: &Variant) -> u32 {
    let event = Event::new(false);
    let waiters = [begin(event, variant).0, begin(event, variant).0];
    event.set();
    waiters[0].returned();
    waiters[1].until_settled(variant.state);
    let exclusive = !waiters[1].ended();
    wake_up_all(&event.queue);
    waiters.into_iter().for_each(|waiter| {
        waiter.returned();
        waiter.stop();
    });
    if exclusive { WQ_FLAG_EXCLUSIVE } else { 0 }
}

fn signalled() {
    for variant in &VARIANTS {
        for signal in [SIGTERM, SIGKILL] {
            let event = Event::new(false);
            let (waiter, after) = begin(event, variant);
            wake_up_process(&waiter.task);
            until_state(&waiter.task, variant.state);
            let _ = send_sig(signal, &waiter.task, 1);
            waiter.until_settled(variant.state);
            let ended = int(waiter.ended());
            event.set();
            let returned = told(variant, waiter.returned());
            answer!(
                "wait={} signal={signal} ended={ended} returned={returned} state={:#x} active={}",
                variant.name,
                after.load(SeqCst),
                event.active()
            );
            waiter.stop();
        }
    }
}

fn signal_before() {
    on_thread(|| {
        let _ = allow_signal(SIGTERM);
        let _ = send_sig(SIGTERM, &current(), 1);
        for variant in &VARIANTS {
            let when_true = (variant.wait)(Event::new(true), 9);
            let name = variant.name;
            let heeds =
                name.starts_with("wait_event_interruptible") || name.starts_with("wait_event_freezable");
            // 1000: not asked, for it would sleep for ever.
            let when_false = match heeds {
                true => (variant.wait)(Event::new(false), 9),
                false if variant.timed => (variant.wait)(Event::new(false), 1),
                false => 1000,
            };
            answer!("wait={name} true={when_true} false={when_false}");
        }
    });
}

fn times() {
    for variant in VARIANTS.iter().filter(|variant| variant.timed) {
        let (no, yes) = (Event::new(false), Event::new(true));
        let wait = variant.wait;
        let (no_0, no_2) = (wait(no, 0), wait(no, 2));
        let (yes_0, yes_1, yes_max) = (wait(yes, 0), wait(yes, 1), wait(yes, MAX));
        answer!(
            "wait={} false 0={no_0} 2={no_2} true 0={yes_0} 1={yes_1} max_is_max={} state={:#x} active={}",
            variant.name,
            int(yes_max == MAX_SCHEDULE_TIMEOUT),
            state(),
            no.active()
        );
    }
}

fn true_at_the_end() {
    let queue = WaitQueueHead::new();
    let end = jiffies() + 2;
    let plain = int(wait_event_timeout!(queue, time_after_eq(jiffies(), end), 2));
    let end = jiffies() + 2;
    let interruptible = int(wait_event_interruptible_timeout!(queue, time_after_eq(jiffies(), end), 2));
    answer!("plain={plain} interruptible={interruptible}");
}

fn looks() {
    let looks = shared(AtomicI64::new(0));
    let looked = |event: &Event| {
        looks.fetch_add(1, SeqCst);
        event.is_set()
    };
    let yes = Event::new(true);
    wait_event!(yes.queue, looked(yes));
    answer!("true looks={}", looks.swap(0, SeqCst));
    let event = Event::new(false);
    let left = wait_event_timeout!(event.queue, looked(event), 0);
    answer!("zero left={left} looks={}", looks.swap(0, SeqCst));
    let waiter = Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || {
        wait_event!(event.queue, looked(event))
    });
    until(|| looks.load(SeqCst) == 2);
    until_state(&waiter.task, TASK_UNINTERRUPTIBLE);
    let slept = looks.load(SeqCst);
    event.set();
    waiter.returned();
    answer!("slept looks={slept} woken looks={}", looks.load(SeqCst));
    waiter.stop();
}

fn signal_and_order() {
    for signalled in 0..3 {
        let queue = shared(WaitQueueHead::new());
        let tokens = shared(AtomicI64::new(0));
        let takes = || tokens.fetch_update(SeqCst, SeqCst, |n| (n > 0).then(|| n - 1)).is_ok();
        let begin = || {
            Waiter::begin(Some(TASK_INTERRUPTIBLE), move || {
                wait_event_interruptible_exclusive!(queue, takes())
            })
        };
        let takers = [begin(), begin(), begin()];
        let others = || takers.iter().enumerate().filter(|(i, _)| *i != signalled);
        let _ = send_sig(SIGTERM, &takers[signalled].task, 1);
        let returned = takers[signalled].returned();
        others().for_each(|(_, taker)| until_state(&taker.task, TASK_INTERRUPTIBLE));
        tokens.store(1, SeqCst);
        wake_up(queue);
        until(|| tokens.load(SeqCst) == 0);
        others().for_each(|(_, taker)| taker.until_settled(TASK_INTERRUPTIBLE));
        let next = others().find(|(_, taker)| taker.ended()).map_or(-1, |(i, _)| i as i64);
        answer!("signalled={signalled} returned={returned} next={next}");
        tokens.store(1, SeqCst);
        wake_up(queue);
        others().for_each(|(_, taker)| _ = taker.returned());
        answer!("all_ended active={}", int(waitqueue_active(queue)));
        takers.into_iter().for_each(Waiter::stop);
    }
}

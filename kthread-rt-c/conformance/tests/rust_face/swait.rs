//! Simple wait queues, as `questions/swait.c` asks of them.

use crate::ask::*;

cases![true_at_once, woken, signalled, times, order, prepare];

struct Event {
    queue: SwaitQueueHead,
    flag: AtomicBool,
}

impl Event {
    fn new(flag: bool) -> &'static Self {
        shared(Self { queue: SwaitQueueHead::new(), flag: AtomicBool::new(flag) })
    }

    fn is_set(&self) -> bool {
        self.flag.load(SeqCst)
    }
}

type Wait = fn(&Event, u64) -> i64;

struct Variant {
    name: &'static str,
    wait: Wait,
    state: TaskState,
    timed: bool,
}

const fn variant(name: &'static str, wait: Wait, state: TaskState, timed: bool) -> Variant {
    Variant { name, wait, state, timed }
}

const VARIANTS: [Variant; 6] = [
    variant(
        "swait_event",
        |event, _| {
            swait_event_exclusive!(event.queue, event.is_set());
            1000
        },
        TASK_UNINTERRUPTIBLE,
        false,
    ),
    variant(
        "swait_event_idle",
        |event, _| {
            swait_event_idle_exclusive!(event.queue, event.is_set());
            1000
        },
        TASK_IDLE,
        false,
    ),
    variant(
        "swait_event_interruptible",
        |event, _| int(swait_event_interruptible_exclusive!(event.queue, event.is_set())),
        TASK_INTERRUPTIBLE,
        false,
    ),
    variant(
        "swait_event_timeout",
        |event, time| int(swait_event_timeout_exclusive!(event.queue, event.is_set(), time)),
        TASK_UNINTERRUPTIBLE,
        true,
    ),
    variant(
        "swait_event_idle_timeout",
        |event, time| int(swait_event_idle_timeout_exclusive!(event.queue, event.is_set(), time)),
        TASK_IDLE,
        true,
    ),
    variant(
        "swait_event_interruptible_timeout",
        |event, time| int(swait_event_interruptible_timeout_exclusive!(event.queue, event.is_set(), time)),
        TASK_INTERRUPTIBLE,
        true,
    ),
];

fn begin(event: &'static Event, variant: &Variant) -> Waiter {
    let wait = variant.wait;
    Waiter::begin(Some(variant.state), move || wait(event, 3600 * HZ))
}

fn true_at_once() {
    let event = Event::new(true);
    for variant in &VARIANTS {
        let returned = (variant.wait)(event, 7);
        answer!("wait={} returned={returned} active={}", variant.name, int(swait_active(&event.queue)));
    }
}

fn woken() {
    for variant in &VARIANTS {
        let event = Event::new(false);
        let waiter = begin(event, variant);
        let sleeper = int(swq_has_sleeper(&event.queue));
        swake_up_one(&event.queue);
        until_state(&waiter.task, variant.state);
        let early = int(waiter.ended());
        event.flag.store(true, SeqCst);
        swake_up_one(&event.queue);
        answer!(
            "wait={} slept_in={:#x} sleeper={sleeper} early={early} returned={} active={}",
            variant.name,
            variant.state.bits(),
            waiter.returned().min(1001),
            int(swait_active(&event.queue))
        );
        waiter.stop();
    }
}

fn signalled() {
    for variant in &VARIANTS {
        let event = Event::new(false);
        let waiter = begin(event, variant);
        let _ = send_sig(SIGTERM, &waiter.task, 1);
        waiter.until_settled(variant.state);
        let ended = int(waiter.ended());
        event.flag.store(true, SeqCst);
        swake_up_one(&event.queue);
        answer!(
            "wait={} ended={ended} returned={} active={}",
            variant.name,
            waiter.returned().min(1001),
            int(swait_active(&event.queue))
        );
        waiter.stop();
    }
}

fn times() {
    for variant in VARIANTS.iter().filter(|variant| variant.timed) {
        let (no, yes) = (Event::new(false), Event::new(true));
        let wait = variant.wait;
        answer!(
            "wait={} false 0={} 2={} true 0={}",
            variant.name,
            wait(no, 0),
            wait(no, 2),
            wait(yes, 0)
        );
    }
}

/// Takes one if there is any.
fn takes(tokens: &AtomicI64) -> bool {
    tokens.fetch_update(SeqCst, SeqCst, |n| (n > 0).then(|| n - 1)).is_ok()
}

fn order() {
    for how in 0..4 {
        let queue = shared(SwaitQueueHead::new());
        let tokens = shared(AtomicI64::new(0));
        let leaves = how - 2;
        let begin = || {
            Waiter::begin(Some(TASK_INTERRUPTIBLE), move || {
                swait_event_interruptible_exclusive!(queue, takes(tokens))
            })
        };
        let waiters = [begin(), begin(), begin()];
        let stay = || waiters.iter().enumerate().filter(|(i, _)| *i as i64 != leaves);
        if leaves >= 0 {
            let leaving = &waiters[leaves as usize];
            let _ = send_sig(SIGTERM, &leaving.task, 1);
            leaving.returned();
            stay().for_each(|(_, waiter)| until_state(&waiter.task, TASK_INTERRUPTIBLE));
        }
        tokens.store(if how == 1 { 3 } else { 1 }, SeqCst);
        if how == 1 { swake_up_all(queue) } else { swake_up_one(queue) }
        until(|| tokens.load(SeqCst) == 0);
        stay().for_each(|(_, waiter)| waiter.until_settled(TASK_INTERRUPTIBLE));
        let next = stay().find(|(_, waiter)| waiter.ended()).map_or(-1, |(i, _)| i as i64);
        answer!("how={how} next={next} active={}", int(swait_active(queue)));
        tokens.store(3, SeqCst);
        swake_up_all(queue);
        waiters.into_iter().for_each(|waiter| {
            waiter.returned();
            waiter.stop();
        });
    }
}

fn prepare() {
    let mut other = SwaitQueueHead::new();
    init_swait_queue_head(&mut other);
    let (active, sleeper) = (swait_active(&other), swq_has_sleeper(&other));
    answer!("init active={} sleeper={} empty={}", int(active), int(sleeper), int(!active));
    let queue = shared(SwaitQueueHead::new());
    on_thread(|| {
        let me = current();
        let active = || int(swait_active(queue));
        let state = || me.state().bits();
        let _ = allow_signal(SIGTERM);
        DECLARE_SWAITQUEUE!(entry);
        // An entry has no list to look into: it is in the queue that is active by it.
        let empty = || int(!swait_active(queue));
        answer!("declared task={} empty={} active={}", int(std::ptr::eq(entry.task(), current_ptr())), empty(), active());
        prepare_to_swait_exclusive(queue, entry, TASK_UNINTERRUPTIBLE);
        answer!("prepared state={:#x} active={}", state(), active());
        finish_swait(queue, entry);
        answer!("finished state={:#x} active={} empty={}", state(), active(), empty());
        let first = int(prepare_to_swait_event(queue, entry, TASK_INTERRUPTIBLE));
        answer!("event state={:#x} active={}", state(), active());
        let _ = send_sig(SIGTERM, &me, 1);
        let second = int(prepare_to_swait_event(queue, entry, TASK_INTERRUPTIBLE));
        answer!("event={first} signalled={second} active={}", active());
        finish_swait(queue, entry);
        flush_signals(&me);
        prepare_to_swait_exclusive(queue, entry, TASK_UNINTERRUPTIBLE);
        swake_up_one(queue);
        answer!("woken state={:#x} active={} empty={}", state(), active(), empty());
        finish_swait(queue, entry);
        prepare_to_swait_exclusive(queue, entry, TASK_UNINTERRUPTIBLE);
        spin_lock(queue.lock());
        // SAFETY: the lock is held, and the task that took it releases it.
        unsafe {
            swake_up_locked(queue);
            spin_unlock(queue.lock());
        }
        answer!("locked state={:#x} active={}", state(), active());
        finish_swait(queue, entry);
    });
}

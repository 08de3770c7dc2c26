//! The waits that give a spinlock back while they sleep, as `questions/wait_event_lock.c` asks of
//! them: the lock is the guard, which the macros take by name.

use crate::ask::*;

cases![true_at_once, woken, signalled, times];

/// What the lock protects: the flag, and how often it was looked at with the lock held.
#[derive(Default)]
struct Data {
    flag: bool,
    looks: i64,
    with_lock: i64,
}

#[derive(Default)]
struct Event {
    queue: WaitQueueHead,
    lock: SpinLock<Data>,
    cmds: AtomicI64,
    cmds_with_lock: AtomicI64,
}

impl Event {
    fn new(flag: bool) -> &'static Self {
        shared(Self { lock: SpinLock::new(Data { flag, ..Data::default() }), ..Self::default() })
    }

    fn looked(&self, data: &mut Data) -> bool {
        data.looks += 1;
        data.with_lock += int(self.lock.is_locked());
        data.flag
    }

    fn cmd(&self) {
        self.cmds.fetch_add(1, SeqCst);
        self.cmds_with_lock.fetch_add(int(self.lock.is_locked()), SeqCst);
    }

    fn set(&self) {
        let mut data = self.lock.lock_irqsave();
        data.flag = true;
        wake_up(&self.queue);
    }
}

type Guard<'a> = SpinLockGuard<'a, Data>;
type Wait = for<'a> fn(&'a Event, Guard<'a>, u64) -> (i64, Guard<'a>);

struct Variant {
    name: &'static str,
    wait: Wait,
    timed: bool,
    state: TaskState,
}

const VARIANTS: [Variant; 5] = [
    Variant {
        name: "lock_irq",
        wait: |event, mut data, _| {
            wait_event_lock_irq!(event.queue, event.looked(data), data);
            (1000, data)
        },
        timed: false,
        state: TASK_UNINTERRUPTIBLE,
    },
    Variant {
        name: "lock_irq_cmd",
        wait: |event, mut data, _| {
            wait_event_lock_irq_cmd!(event.queue, event.looked(data), data, event.cmd());
            (1000, data)
        },
        timed: false,
        state: TASK_UNINTERRUPTIBLE,
    },
    Variant {
        name: "interruptible_lock_irq",
        wait: |event, mut data, _| {
            let returned = wait_event_interruptible_lock_irq!(event.queue, event.looked(data), data);
            (int(returned), data)
        },
        timed: false,
        state: TASK_INTERRUPTIBLE,
    },
    Variant {
        name: "lock_irq_timeout",
        wait: |event, mut data, time| {
            let returned = wait_event_lock_irq_timeout!(event.queue, event.looked(data), data, time);
            (int(returned), data)
        },
        timed: true,
        state: TASK_UNINTERRUPTIBLE,
    },
    Variant {
        name: "interruptible_lock_irq_timeout",
        wait: |event, mut data, time| {
            let returned =
                wait_event_interruptible_lock_irq_timeout!(event.queue, event.looked(data), data, time);
            (int(returned), data)
        },
        timed: true,
        state: TASK_INTERRUPTIBLE,
    },
];

fn true_at_once() {
    for variant in &VARIANTS {
        let event = Event::new(true);
        let (returned, data) = (variant.wait)(event, event.lock.lock_irqsave(), 7);
        let (locked, disabled) = (int(event.lock.is_locked()), int(irqs_disabled()));
        let (looks, with_lock) = (data.looks, data.with_lock);
        drop(data);
        answer!(
            "wait={} returned={returned} locked={locked} irqs_disabled={disabled} looks={looks} with_lock={with_lock} cmds={}",
            variant.name,
            event.cmds.load(SeqCst)
        );
    }
}

/// A thread that waits so, and whether it has the lock after it.
fn begin(event: &'static Event, variant: &Variant) -> (Waiter, &'static AtomicI64) {
    let locked = shared(AtomicI64::new(-1));
    let wait = variant.wait;
    let waiter = Waiter::begin(Some(variant.state), move || {
        let (returned, data) = wait(event, event.lock.lock_irqsave(), MAX_SCHEDULE_TIMEOUT as u64);
        locked.store(int(event.lock.is_locked()), SeqCst);
        drop(data);
        returned
    });
    (waiter, locked)
}

fn told(variant: &Variant, returned: i64) -> i64 {
    if variant.timed { returned.min(1001) } else { returned }
}

fn woken() {
    for variant in &VARIANTS {
        let event = Event::new(false);
        let (waiter, locked) = begin(event, variant);
        event.set();
        let returned = told(variant, waiter.returned());
        let data = event.lock.lock();
        let all_looks_with_lock = int(data.looks == data.with_lock);
        drop(data);
        answer!(
            "wait={} returned={returned} locked={} all_looks_with_lock={all_looks_with_lock} cmds={} with_lock={}",
            variant.name,
            locked.load(SeqCst),
            event.cmds.load(SeqCst),
            event.cmds_with_lock.load(SeqCst)
        );
        waiter.stop();
    }
}

fn signalled() {
    for variant in &VARIANTS {
        let event = Event::new(false);
        let (waiter, locked) = begin(event, variant);
        let _ = send_sig(SIGTERM, &waiter.task, 1);
        waiter.until_settled(TASK_UNINTERRUPTIBLE);
        let ended = int(waiter.ended());
        event.set();
        let returned = told(variant, waiter.returned());
        answer!("wait={} ended={ended} returned={returned} locked={}", variant.name, locked.load(SeqCst));
        waiter.stop();
    }
}

fn times() {
    for variant in VARIANTS.iter().filter(|variant| variant.timed) {
        let event = Event::new(false);
        let data = event.lock.lock_irqsave();
        let (no_0, data) = (variant.wait)(event, data, 0);
        let (no_2, mut data) = (variant.wait)(event, data, 2);
        data.flag = true;
        let (yes_0, data) = (variant.wait)(event, data, 0);
        let locked = int(event.lock.is_locked());
        drop(data);
        answer!("wait={} false 0={no_0} 2={no_2} true 0={yes_0} locked={locked}", variant.name);
    }
}

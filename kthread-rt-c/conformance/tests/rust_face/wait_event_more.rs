//! Waits under the queue's own lock, as `questions/wait_event_more.c` asks of them.

use crate::ask::*;

cases![waits];

#[derive(Default)]
struct Event {
    queue: WaitQueueHead,
    lock: SpinLock<()>,
    flag: AtomicBool,
    cmds: AtomicI64,
}

impl Event {
    fn is_set(&self) -> bool {
        self.flag.load(SeqCst)
    }

    /// Does this with the queue's lock held.
    fn locked<R>(&self, f: impl FnOnce() -> R) -> R {
        spin_lock(self.queue.lock());
        let result = f();
        // SAFETY: locked above, and held after a wait, too.
        unsafe { spin_unlock(self.queue.lock()) };
        result
    }
}

type Wait = fn(&Event) -> Result<(), Errno>;

const VARIANTS: [(&str, Wait); 5] = [
    // SAFETY: these are called with the lock held, by `locked`.
    ("locked", |of| of.locked(|| unsafe { wait_event_interruptible_locked!(of.queue, of.is_set()) })),
    // SAFETY: as above.
    ("locked_irq", |of| of.locked(|| unsafe { wait_event_interruptible_locked_irq!(of.queue, of.is_set()) })),
    ("exclusive_locked", |of| {
        // SAFETY: as above.
        of.locked(|| unsafe { wait_event_interruptible_exclusive_locked!(of.queue, of.is_set()) })
    }),
    ("exclusive_locked_irq", |of| {
        // SAFETY: as above.
        of.locked(|| unsafe { wait_event_interruptible_exclusive_locked_irq!(of.queue, of.is_set()) })
    }),
    ("interruptible_lock_irq_cmd", |of| {
        let mut guard = of.lock.lock_irqsave();
        wait_event_interruptible_lock_irq_cmd!(of.queue, of.is_set(), guard, of.cmds.fetch_add(1, SeqCst))
    }),
];

fn waits() {
    for (name, wait) in VARIANTS {
        let event = shared(Event::default());
        event.flag.store(true, SeqCst);
        let at_once = int(wait(event));
        answer!("wait={name} at_once={at_once} cmds={}", event.cmds.load(SeqCst));
        for how in ["woken", "signalled"] {
            event.flag.store(false, SeqCst);
            let waiter = Waiter::begin(Some(TASK_INTERRUPTIBLE), move || wait(event));
            if how == "signalled" {
                let _ = send_sig(SIGTERM, &waiter.task, 1);
            } else {
                event.locked(|| {
                    event.flag.store(true, SeqCst);
                    // SAFETY: the lock is held.
                    unsafe { wake_up_locked(&event.queue) };
                });
            }
            let returned = waiter.returned();
            answer!(
                "wait={name} {how}={returned} active={} cmds={}",
                int(waitqueue_active(&event.queue)),
                event.cmds.load(SeqCst)
            );
            waiter.stop();
        }
    }
}

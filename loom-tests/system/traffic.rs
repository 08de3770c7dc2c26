//! Scene: producers put items on a queue and wait until each is completed; two threads take them,
//! waiting on a wait queue.

use super::{Begun, Scene};
use kthread_rt::model::spawn;
use kthread_rt::model::sync::Arc;
use kthread_rt::prelude::*;

pub(super) const SCENE: Scene =
    Scene { begin, outcomes: &["traffic: one thread took all", "traffic: the threads shared the items"] };

const PRODUCERS: [&str; 2] = ["producer 0", "producer 1"];
const ITEMS_EACH: i32 = 2;

#[derive(Default)]
struct Traffic {
    items: SpinLock<i32>,
    more: WaitQueueHead,
    taken: Completion,
    /// The number of items taken, counted by all consumers.
    ledger: KMutex<i32>,
}

impl Traffic {
    fn put(&self) {
        *self.items.lock() += 1;
        wake_up(&self.more);
    }

    fn take(&self) -> bool {
        let mut items = self.items.lock();
        let is_there = *items > 0;
        *items -= i32::from(is_there);
        is_there
    }

    fn has_work(&self) -> bool {
        *self.items.lock() > 0 || kthread_should_stop()
    }
}

/// Takes items until it is stopped. Returns how many it took.
fn consumer((traffic, exclusive): (Arc<Traffic>, bool)) -> i32 {
    let mut took = 0;
    loop {
        // A stop ends the wait like a signal, or by its condition.
        let _ = if exclusive {
            wait_event_interruptible_exclusive!(traffic.more, traffic.has_work())
        } else {
            wait_event_interruptible!(traffic.more, traffic.has_work())
        };
        if traffic.take() {
            *traffic.ledger.lock() += 1;
            took += 1;
            complete(&traffic.taken);
        } else if kthread_should_stop() {
            return took;
        }
    }
}

fn begin() -> Begun {
    let traffic = Arc::new(Traffic::default());
    let consumers = [false, true].map(|exclusive| {
        let data = (traffic.clone(), exclusive);
        kthread_run!(consumer, data, "consumer/%d", i32::from(exclusive)).expect("nothing refuses it")
    });
    let producers = PRODUCERS.map(|name| {
        let traffic = traffic.clone();
        spawn(name, move || {
            for _ in 0..ITEMS_EACH {
                traffic.put();
                wait_for_completion(&traffic.taken);
            }
        })
    });
    Box::new(move || {
        for producer in producers {
            producer.join();
        }
        // A thread that never got to its function returns -EINTR.
        let took = consumers.map(|task| kthread_stop(&task).max(0));
        let all = PRODUCERS.len() as i32 * ITEMS_EACH;
        assert_eq!(took.iter().sum::<i32>(), all, "each item is taken once: {took:?}");
        assert_eq!(*traffic.ledger.lock(), all);
        assert!(!completion_done(&traffic.taken), "each completion was consumed");
        SCENE.outcomes[usize::from(!took.contains(&0))].into()
    })
}

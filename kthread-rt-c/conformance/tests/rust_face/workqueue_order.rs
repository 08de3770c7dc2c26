//! Workqueues, as `questions/workqueue_order.c` asks of them.

use crate::ask::*;

cases![max_active, set_max_active, ordered, flush_colours, drain, destroy, order_of_one_cpu];

/// The data that the work items of a case share.
#[derive(Default)]
struct All {
    turns: AtomicI64,
    running: AtomicI64,
    most: AtomicI64,
}

/// A work that says when it begins; if it stays, it ends when it may.
struct Item {
    work: Work,
    seen: &'static Seen,
}

#[derive(Default)]
struct Seen {
    began: Completion,
    go_on: Completion,
    turn: AtomicI64,
}

impl Item {
    fn new(all: &'static All, stays: bool) -> Self {
        Self::then(all, stays, || {})
    }

    /// One that does this before it ends.
    fn then(all: &'static All, stays: bool, mut then: impl FnMut() + Send + 'static) -> Self {
        let seen = shared(Seen::default());
        let work = Work::new(move |_| {
            all.most.fetch_max(all.running.fetch_add(1, SeqCst) + 1, SeqCst);
            seen.turn.store(all.turns.fetch_add(1, SeqCst) + 1, SeqCst);
            complete(&seen.began);
            if stays {
                wait_for_completion(&seen.go_on);
            }
            then();
            all.running.fetch_sub(1, SeqCst);
        });
        Self { work, seen }
    }

    fn turn(&self) -> i64 {
        self.seen.turn.load(SeqCst)
    }

    fn wait(&self) {
        wait_for_completion(&self.seen.began);
    }

    fn go_on(&self) {
        complete(&self.seen.go_on);
    }
}

fn turns(items: &[Item]) -> String {
    items.iter().map(|item| item.turn().to_string()).collect::<Vec<_>>().join(",")
}

fn all() -> &'static All {
    shared(All::default())
}

/// Of six works that stay, how many run at once; then the others.
fn how_many(what: &str, wq: Result<Workqueue, Errno>, expected: i64) {
    let Ok(wq) = wq else {
        answer!("{what} no_queue");
        return;
    };
    let all = all();
    let items = [(); 6].map(|()| Item::new(all, true));
    for item in &items {
        queue_work_on(0, &wq, &item.work);
    }
    until(|| all.running.load(SeqCst) == expected);
    // Time for one too many.
    schedule_timeout_uninterruptible(2);
    let at_once = all.running.load(SeqCst);
    items.iter().for_each(Item::go_on);
    flush_workqueue(&wq);
    let in_order = expected > 1 || items[..4].is_sorted_by_key(Item::turn);
    answer!("{what} at_once={at_once} most={} in_order={}", all.most.load(SeqCst), int(in_order));
}

fn max_active() {
    how_many("one", alloc_workqueue!("ask_one", 0, 1), 1);
    how_many("two", alloc_workqueue!("ask_two", 0, 2), 2);
    how_many("five", alloc_workqueue!("ask_five", 0, 5), 5);
    how_many("default", alloc_workqueue!("ask_default", 0, 0), 6);
    how_many("reclaim", alloc_workqueue!("ask_reclaim", WQ_MEM_RECLAIM, 2), 2);
    how_many("intensive", alloc_workqueue!("ask_intensive", WQ_CPU_INTENSIVE, 3), 3);
    how_many("highpri", alloc_workqueue!("ask_highpri", WQ_HIGHPRI, 3), 3);
    how_many("unbound_two", alloc_workqueue!("ask_unbound", WQ_UNBOUND, 2), 2);
    how_many("ordered", alloc_ordered_workqueue!("ask_ordered", 0), 1);
    // Old names of such queues, which Rust does not have.
    how_many("create", alloc_workqueue!("ask_create", WQ_MEM_RECLAIM, 1), 1);
    how_many("singlethread", alloc_ordered_workqueue!("ask_single", WQ_MEM_RECLAIM), 1);
}

fn set_max_active() {
    let wq = alloc_workqueue!("ask_max", 0, 1).unwrap();
    let all = all();
    let congested = || int(workqueue_congested(Some(0), &wq));
    let items = [(); 4].map(|()| Item::new(all, true));
    answer!("idle congested={}", congested());
    for item in &items {
        queue_work_on(0, &wq, &item.work);
    }
    items[0].wait();
    answer!("one running={} congested={}", all.running.load(SeqCst), congested());
    workqueue_set_max_active(&wq, 3);
    items[1].wait();
    items[2].wait();
    answer!("three running={}", all.running.load(SeqCst));
    items.iter().for_each(Item::go_on);
    flush_workqueue(&wq);
    answer!("most={} congested={}", all.most.load(SeqCst), congested());
}

fn ordered() {
    let wq = alloc_ordered_workqueue!("ask_order", 0).unwrap();
    let all = all();
    let items = [true, false, false, false, false, false].map(|stays| Item::new(all, stays));
    for item in &items {
        queue_work(&wq, &item.work);
    }
    items[0].wait();
    queue_work(&wq, &items[1].work);
    cancel_work(&items[2].work);
    queue_work(&wq, &items[2].work);
    items[0].go_on();
    flush_workqueue(&wq);
    answer!("turns={} most={}", turns(&items), all.most.load(SeqCst));
}

fn flush_colours() {
    let wq = Arc::new(alloc_ordered_workqueue!("ask_colours", 0).unwrap());
    let all = all();
    let items = [(); 3].map(|()| Item::new(all, true));
    let flusher = || {
        let its = wq.clone();
        Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || flush_workqueue(&its))
    };
    queue_work(&wq, &items[0].work);
    items[0].wait();
    let one = flusher();
    queue_work(&wq, &items[1].work);
    let two = flusher();
    queue_work(&wq, &items[2].work);
    answer!("none ended={},{}", int(one.ended()), int(two.ended()));
    items[0].go_on();
    one.returned();
    items[1].wait();
    answer!("first ended=1,{}", int(two.ended()));
    items[1].go_on();
    two.returned();
    items[2].wait();
    answer!("second running={}", all.running.load(SeqCst));
    items[2].go_on();
    flush_workqueue(&wq);
    answer!("all turns={}", all.turns.load(SeqCst));
    one.stop();
    two.stop();
}

fn drain() {
    let wq = Arc::new(alloc_workqueue!("ask_drain", 0, 0).unwrap());
    drain_workqueue(&wq);
    let all = all();
    let chained = Arc::new(Item::new(all, false));
    let chained_result = shared(AtomicI64::new(-1));
    let (its_wq, its) = (wq.clone(), chained.clone());
    let first = Item::then(all, true, move || {
        chained_result.store(int(queue_work(&its_wq, &its.work)), SeqCst);
    });
    let other = Item::new(all, false);
    queue_work(&wq, &first.work);
    first.wait();
    let its = wq.clone();
    let drainer = Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || drain_workqueue(&its));
    let refused = int(queue_work(&wq, &other.work));
    answer!("drained={} queue={refused} pending={}", int(drainer.ended()), int(work_pending(&other.work)));
    first.go_on();
    drainer.returned();
    answer!(
        "chained={} turns={},{},{}",
        chained_result.load(SeqCst),
        first.turn(),
        chained.turn(),
        other.turn()
    );
    drainer.stop();
    let other = Item::new(all, false);
    let queued = int(queue_work(&wq, &other.work));
    flush_workqueue(&wq);
    answer!("after queue={queued} turn={}", other.turn());
}

/// By the drop of the queue.
fn destroy() {
    let wq = alloc_ordered_workqueue!("ask_destroy", 0).unwrap();
    let all = all();
    let items = [true, false, false].map(|stays| Item::new(all, stays));
    for item in &items {
        queue_work(&wq, &item.work);
    }
    items[0].wait();
    let destroyer = Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || drop(wq));
    answer!("ended={} turns={}", int(destroyer.ended()), all.turns.load(SeqCst));
    items[0].go_on();
    destroyer.returned();
    answer!("turns={}", turns(&items));
    destroyer.stop();
}

fn order_of_one_cpu() {
    let wq = alloc_workqueue!("ask_cpu", 0, 0).unwrap();
    let all = all();
    let items = [(); 5].map(|()| Item::new(all, false));
    preempt_disable();
    for item in &items {
        queue_work_on(0, &wq, &item.work);
    }
    preempt_enable();
    items.iter().for_each(Item::wait);
    answer!("turns={} most={}", turns(&items), all.most.load(SeqCst));
    // What a work refers to goes with it.
    flush_workqueue(&wq);
}

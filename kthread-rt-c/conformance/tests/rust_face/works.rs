//! Works, as `questions/works.c` asks of them: a [`Work`] has a closure, its drop is
//! `cancel_work_sync`, and that of a [`Workqueue`] is `destroy_workqueue`.

use crate::ask::*;

cases![idle, running, waits_for_running, cancel_queued, delayed, delayed_late, delayed_zero, self_requeue, two_queues];

/// What a work does: it counts, and may stay until the case lets it continue.
#[derive(Default)]
struct Runs {
    began: Completion,
    go_on: Completion,
    runs: AtomicI64,
    stays: bool,
}

impl Runs {
    fn new(stays: bool) -> &'static Self {
        shared(Self { stays, ..Self::default() })
    }

    fn run(&self) {
        self.runs.fetch_add(1, SeqCst);
        if self.stays {
            complete(&self.began);
            wait_for_completion(&self.go_on);
        }
    }

    fn runs(&self) -> i64 {
        self.runs.load(SeqCst)
    }

    fn work(&'static self) -> Work {
        Work::new(|_| self.run())
    }

    fn delayed(&'static self) -> DelayedWork {
        DelayedWork::new(|_| self.run())
    }
}

fn begin(name: &str, max_active: u32) -> Workqueue {
    alloc_workqueue!("%s", 0, max_active, name).expect("there is memory")
}

fn idle() {
    let asked = Runs::new(false);
    let (work, dwork) = (asked.work(), asked.delayed());
    answer!(
        "pending={} busy={} delayed_pending={}",
        int(work_pending(&work)),
        work_busy(&work),
        int(delayed_work_pending(&dwork))
    );
    let (cancel, sync) = (int(cancel_work(&work)), int(cancel_work_sync(&work)));
    answer!("cancel={cancel} sync={sync} flush={}", int(flush_work(&work)));
    let (cancel, sync) = (int(cancel_delayed_work(&dwork)), int(cancel_delayed_work_sync(&dwork)));
    answer!("delayed cancel={cancel} sync={sync} flush={}", int(flush_delayed_work(&dwork)));
    answer!("busy={}", work_busy(&work));
}

fn running() {
    let wq = begin("running", 4);
    let asked = Runs::new(true);
    let work = asked.work();
    let pending = || int(work_pending(&work));
    let queued = int(queue_work(&wq, &work));
    wait_for_completion(&asked.began);
    answer!("queue={queued} pending={} busy={}", pending(), work_busy(&work));
    let (second, third) = (int(queue_work(&wq, &work)), int(queue_work(&wq, &work)));
    answer!("while_running={second} again={third} pending={} busy={}", pending(), work_busy(&work));
    answer!("values pending={WORK_BUSY_PENDING} running={WORK_BUSY_RUNNING}");
    answer!("cancel={} busy={}", int(cancel_work(&work)), work_busy(&work));
    answer!("cancel_running={}", int(cancel_work(&work)));
    complete(&asked.go_on);
    flush_work(&work);
    answer!("runs={} busy={} func=unseen", asked.runs(), work_busy(&work));
    let second = int(queue_work(&wq, &work));
    wait_for_completion(&asked.began);
    let third = int(queue_work(&wq, &work));
    complete_all(&asked.go_on);
    cancel_work_sync(&work);
    answer!("queue={second},{third} after_cancel busy={} pending={}", work_busy(&work), pending());
}

fn waits_for_running() {
    let wq = begin("waits", 4);
    for how in 0..4 {
        let asked = Runs::new(true);
        let (work, dwork) = (Arc::new(asked.work()), Arc::new(asked.delayed()));
        let queue = || int(if how < 2 { queue_work(&wq, &work) } else { queue_delayed_work(&wq, &dwork, 0) });
        queue();
        wait_for_completion(&asked.began);
        let (its_work, its_dwork) = (work.clone(), dwork.clone());
        let waiter = Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || match how {
            0 => flush_work(&its_work),
            1 => cancel_work_sync(&its_work),
            2 => flush_delayed_work(&its_dwork),
            _ => cancel_delayed_work_sync(&its_dwork),
        });
        let queued = queue();
        let busy = work_busy(if how < 2 { &work } else { dwork.work() });
        answer!("how={how} returned_early={} queue_meanwhile={queued} busy={busy}", int(waiter.ended()));
        complete(&asked.go_on);
        complete(&asked.go_on);
        let returned = waiter.returned();
        flush_work(&work);
        flush_delayed_work(&dwork);
        answer!("how={how} returned={returned} runs_in_the_end={}", asked.runs());
        waiter.stop();
    }
}

fn cancel_queued() {
    let wq = alloc_ordered_workqueue!("%s", 0, "cancel_queued").unwrap();
    let (blocks, asked) = (Runs::new(true), Runs::new(false));
    let (blocker, work) = (blocks.work(), asked.work());
    queue_work(&wq, &blocker);
    wait_for_completion(&blocks.began);
    let queued = int(queue_work(&wq, &work));
    let busy = work_busy(&work);
    let cancelled = int(cancel_work(&work));
    answer!("queue={queued} busy={busy} cancel={cancelled} busy_then={}", work_busy(&work));
    let queued = int(queue_work(&wq, &work));
    answer!("queue={queued} cancel_sync={}", int(cancel_work_sync(&work)));
    let queued = int(queue_work(&wq, &work));
    complete(&blocks.go_on);
    flush_workqueue(&wq);
    answer!("queue={queued} runs={}", asked.runs());
}

fn delayed() {
    const HOUR: u64 = 3600 * HZ;
    let wq = begin("delayed", 0);
    let asked = Runs::new(false);
    let dwork = asked.delayed();
    let pending = || int(delayed_work_pending(&dwork));
    let (result, again) = (int(queue_delayed_work(&wq, &dwork, HOUR)), int(queue_delayed_work(&wq, &dwork, 0)));
    answer!("queue={result} again={again} pending={} busy={} timer=unseen", pending(), work_busy(dwork.work()));
    answer!("as_work={}", int(queue_work(&wq, dwork.work())));
    answer!("flush_of_its_work={}", int(flush_work(dwork.work())));
    let (result, again) = (int(cancel_delayed_work(&dwork)), int(cancel_delayed_work(&dwork)));
    answer!("cancel={result} again={again} pending={} timer=unseen", pending());
    queue_delayed_work(&wq, &dwork, HOUR);
    let (result, again) = (int(cancel_delayed_work_sync(&dwork)), int(cancel_delayed_work_sync(&dwork)));
    answer!("cancel_sync={result} again={again} runs={}", asked.runs());
    let (result, again) = (int(mod_delayed_work(&wq, &dwork, HOUR)), int(mod_delayed_work(&wq, &dwork, 2 * HOUR)));
    answer!("mod_idle={result} mod_pending={again} far=unseen");
    let result = int(mod_delayed_work(&wq, &dwork, 0));
    flush_work(dwork.work());
    answer!("mod_to_now={result} runs={}", asked.runs());
    queue_delayed_work(&wq, &dwork, HOUR);
    flush_delayed_work(&dwork);
    answer!("flush runs={} pending={}", asked.runs(), pending());
    let begin = jiffies();
    let result = int(queue_delayed_work(&wq, &dwork, 3));
    until(|| asked.runs() == 3);
    answer!("queue={result} runs={} early={}", asked.runs(), int(jiffies() - begin < 3));
}

fn delayed_late() {
    let ran_at = shared(AtomicU64::new(0));
    let dwork = DelayedWork::new(|_| ran_at.store(jiffies(), SeqCst));
    let least = (0..10).map(|_| {
        ran_at.store(0, SeqCst);
        let begin = loop {
            let begin = jiffies();
            schedule_delayed_work(&dwork, 3);
            // A tick in between: once more, unless it is on its way already.
            if begin == jiffies() || !cancel_delayed_work_sync(&dwork) {
                break begin;
            }
        };
        until(|| ran_at.load(SeqCst) != 0);
        flush_delayed_work(&dwork);
        ran_at.load(SeqCst) - begin
    });
    answer!("delay=3 after={}", least.min().unwrap());
}

fn delayed_zero() {
    let wq = begin("zero", 0);
    let asked = Runs::new(true);
    let dwork = asked.delayed();
    let queued = int(queue_delayed_work(&wq, &dwork, 0));
    wait_for_completion(&asked.began);
    answer!("queue={queued} timer=unseen busy={}", work_busy(dwork.work()));
    let queued = int(queue_delayed_work(&wq, &dwork, 3600 * HZ));
    answer!(
        "while_running={queued} busy={} pending={}",
        work_busy(dwork.work()),
        int(delayed_work_pending(&dwork))
    );
    answer!("mod={}", int(mod_delayed_work(&wq, &dwork, 3600 * HZ)));
    complete(&asked.go_on);
    let cancelled = int(cancel_delayed_work_sync(&dwork));
    answer!("cancel_sync={cancelled} runs={} busy={}", asked.runs(), work_busy(dwork.work()));
}

fn self_requeue() {
    let wq = Arc::new(begin("itself", 0));
    for cancels in [false, true] {
        let asked = Runs::new(false);
        let results = shared([const { AtomicI64::new(0) }; 3]);
        let its = wq.clone();
        let work = Arc::new(Work::new(move |work| {
            let n = asked.runs.fetch_add(1, SeqCst);
            if n == 0 {
                complete(&asked.began);
                wait_for_completion(&asked.go_on);
            }
            if n < 3 {
                results[n as usize].store(int(queue_work(&its, work)), SeqCst);
            }
        }));
        let result = |n: usize| results[n].load(SeqCst);
        queue_work(&wq, &work);
        wait_for_completion(&asked.began);
        if !cancels {
            complete(&asked.go_on);
            until(|| asked.runs() == 4);
            flush_work(&work);
            answer!("results={},{},{} runs={}", result(0), result(1), result(2), asked.runs());
            continue;
        }
        let its = work.clone();
        let waiter = Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || cancel_work_sync(&its));
        complete(&asked.go_on);
        let returned = waiter.returned();
        answer!(
            "cancelled result={} returned={returned} runs={} busy={}",
            result(0),
            asked.runs(),
            work_busy(&work)
        );
        waiter.stop();
    }
}

fn two_queues() {
    let (one, two) = (begin("one", 0), begin("two", 0));
    let asked = Runs::new(true);
    let work = asked.work();
    let first = int(queue_work_on(0, &one, &work));
    wait_for_completion(&asked.began);
    let (second, third) = (int(queue_work_on(0, &two, &work)), int(queue_work_on(0, &one, &work)));
    answer!("first={first} on_another={second} third={third} busy={}", work_busy(&work));
    complete(&asked.go_on);
    wait_for_completion(&asked.began);
    complete(&asked.go_on);
    flush_workqueue(&one);
    flush_workqueue(&two);
    answer!("runs={}", asked.runs());
}

//! Workers and their works, as `questions/kthread_worker.c` asks of them: a [`Job`] has a closure,
//! its drop is `kthread_cancel_work_sync`, and that of a [`Worker`] is `kthread_destroy_worker`.

use crate::ask::*;
use std::ptr;
use std::sync::Mutex;

cases![
    created,
    on_cpu,
    queue,
    order,
    flush_one,
    cancel,
    requeue,
    destroy,
    where_,
    signal_left,
    own,
    delayed,
    mod_,
    delayed_running
];

/// The data that the work items of a case share.
#[derive(Default)]
struct Notes {
    order: Mutex<Vec<String>>,
    begun: Completion,
    go: Completion,
}

impl Notes {
    fn new() -> &'static Self {
        shared(Self::default())
    }

    fn note(&self, number: i32) {
        self.order.lock().unwrap().push(number.to_string());
    }

    fn order(&self) -> String {
        self.order.lock().unwrap().join(",")
    }

    fn runs(&self) -> usize {
        self.order.lock().unwrap().len()
    }

    /// A work that notes its number.
    fn job(&'static self, number: i32) -> Job {
        Job::new(move |_| self.note(number))
    }

    /// A work that says that it has begun, and ends when it may.
    fn blocker(&'static self) -> Job {
        Job::new(|_| {
            complete(&self.begun);
            wait_for_completion(&self.go);
            self.note(0);
        })
    }

    /// The worker is in the middle of such a work.
    fn block(&'static self, worker: &Worker) -> Job {
        let job = self.blocker();
        kthread_queue_work(worker, &job);
        wait_for_completion(&self.begun);
        job
    }
}

fn make() -> (Worker, &'static Notes) {
    (kthread_create_worker!(0, "worker/%d", 7).expect("kthreadd creates workers"), Notes::new())
}

fn created() {
    let (worker, notes) = make();
    let task = worker.task().unwrap();
    until_state(&task, TASK_INTERRUPTIBLE);
    answer!(
        "comm=[{}] flags={} current_work={} state={:#x}",
        task.comm(),
        worker.flags(),
        int(worker.is_running(&notes.job(1))),
        task.state().bits()
    );
    let function: RawThreadFn = kthread_worker_fn;
    let is_worker_fn = |of: RawThreadFn| ptr::fn_addr_eq(of, function);
    answer!(
        "func={} data={} kthread={} no_setaffinity={}",
        int(kthread_func(&task).is_some_and(is_worker_fn)),
        int(ptr::eq(kthread_data(&task).cast_const().cast(), &raw const *worker)),
        int(task.flags().contains(PF_KTHREAD)),
        int(task.flags().contains(PF_NO_SETAFFINITY))
    );
    kthread_destroy_worker(&worker);

    let worker = kthread_create_worker!(KTW_FREEZABLE, "freezable").unwrap();
    let task = worker.task().unwrap();
    until_state(&task, TASK_INTERRUPTIBLE);
    answer!("freezable flags={} nofreeze={}", worker.flags(), int(task.flags().contains(PF_NOFREEZE)));
}

fn on_cpu() {
    let worker = kthread_create_worker_on_cpu!(0, 0, "cpu/%u").unwrap();
    let seen = shared(AtomicI64::new(-1));
    let job = Job::new(|_| {
        seen.store(current().cpus_allowed().iter().next().map_or(-1, i64::from), SeqCst);
    });
    kthread_queue_work(&worker, &job);
    kthread_flush_work(&job);
    let task = worker.task().unwrap();
    answer!(
        "comm=[{}] ran_on={} no_setaffinity={}",
        task.comm(),
        seen.load(SeqCst),
        int(task.flags().contains(PF_NO_SETAFFINITY))
    );
}

fn queue() {
    let (worker, notes) = make();
    let one = notes.job(1);
    kthread_flush_work(&one);
    answer!("flush_never_queued runs={} worker=unseen", notes.runs());
    let blocker = notes.block(&worker);
    let queued = [
        kthread_queue_work(&worker, &one),
        worker.queue(&one),
        kthread_queue_work(&worker, &blocker),
        worker.queue(&blocker),
    ]
    .map(int);
    answer!(
        "idle={} pending={} running={} running_and_pending={}",
        queued[0],
        queued[1],
        queued[2],
        queued[3]
    );
    answer!("worker=unseen current={} list_empty=unseen", int(worker.is_running(&blocker)));
    complete_all(&notes.go);
    kthread_flush_worker(&worker);
    answer!("order={} list_empty=unseen worker_kept=unseen", notes.order());
    let again = int(kthread_queue_work(&worker, &one));
    kthread_flush_work(&one);
    answer!("again={again} order={}", notes.order());
    kthread_flush_work(&one);
    kthread_flush_worker(&worker);
    answer!("flushed_idle runs={}", notes.runs());
}

fn order() {
    let (worker, notes) = make();
    let blocker = notes.block(&worker);
    let jobs = [1, 2, 3, 4, 5].map(|number| notes.job(number));
    for job in &jobs {
        kthread_queue_work(&worker, job);
    }
    let cancelled = int(kthread_cancel_work_sync(&jobs[1]));
    kthread_queue_work(&worker, &jobs[1]);
    complete_all(&notes.go);
    kthread_flush_worker(&worker);
    answer!("cancelled={cancelled} order={}", notes.order());
    drop(worker);
    drop(blocker);
}

fn flush_one() {
    let (worker, notes) = make();
    let first = notes.job(1);
    let behind = Job::new(|_| {
        wait_for_completion(&notes.go);
        notes.note(9);
    });
    kthread_queue_work(&worker, &first);
    kthread_queue_work(&worker, &behind);
    kthread_flush_work(&first);
    answer!("order={}", notes.order());
    complete_all(&notes.go);
    kthread_flush_work(&behind);
    answer!("order={}", notes.order());
}

fn cancel() {
    let (worker, notes) = make();
    let one = notes.job(1);
    let never_queued = int(kthread_cancel_work_sync(&one));
    kthread_queue_work(&worker, &one);
    kthread_flush_work(&one);
    let finished = int(one.cancel_sync());
    let blocker = Arc::new(notes.block(&worker));
    kthread_queue_work(&worker, &one);
    let pending = int(kthread_cancel_work_sync(&one));
    let again = int(kthread_cancel_work_sync(&one));
    answer!("never_queued={never_queued} finished={finished} pending={pending} again={again}");
    let its = blocker.clone();
    let canceller = Waiter::begin(Some(TASK_UNINTERRUPTIBLE), move || kthread_cancel_work_sync(&its));
    let queued = int(kthread_queue_work(&worker, &blocker));
    answer!("running waits={} canceling=unseen queued={queued}", int(!canceller.ended()));
    complete_all(&notes.go);
    answer!("running={} canceling=unseen runs={}", canceller.returned(), notes.runs());
    canceller.stop();
    let queued = int(kthread_queue_work(&worker, &blocker));
    kthread_flush_work(&blocker);
    answer!("after={queued} runs={}", notes.runs());
}

fn requeue() {
    let (worker, notes) = make();
    let worker = Arc::new(worker);
    let requeued = shared([const { AtomicI64::new(-1) }; 3]);
    let its = worker.clone();
    let job = Job::new(move |job| {
        let runs = notes.runs();
        if runs < 3 {
            requeued[runs].store(int(kthread_queue_work(&its, job)), SeqCst);
        }
        notes.note(0);
        complete(&notes.begun);
    });
    kthread_queue_work(&worker, &job);
    (0..4).for_each(|_| wait_for_completion(&notes.begun));
    let [first, second, third] = requeued.each_ref().map(|queued| queued.load(SeqCst));
    answer!("requeued={first},{second},{third} runs={}", notes.runs());
    kthread_destroy_worker(&worker);
}

/// By the drop of the worker.
fn destroy() {
    let (worker, notes) = make();
    let jobs = [1, 2, 3, 4].map(|number| notes.job(number));
    for job in &jobs {
        kthread_queue_work(&worker, job);
    }
    drop(worker);
    answer!("order={}", notes.order());
}

fn where_() {
    let (worker, _) = make();
    let worker = Arc::new(worker);
    let (tell, told) = std::sync::mpsc::channel();
    let its = worker.clone();
    let job = Job::new(move |job| {
        let me = current();
        let data = kthread_data(&me);
        let is_its_data = ptr::eq(data.cast_const().cast(), &raw const **its);
        tell.send((me, its.is_running(job), is_its_data, kthread_should_stop())).unwrap();
    });
    kthread_queue_work(&worker, &job);
    kthread_flush_work(&job);
    let (task, is_current, is_its_data, should_stop) = told.recv().unwrap();
    answer!(
        "on_task={} current_work={} data={} should_stop={}",
        int(worker.task() == Some(task)),
        int(is_current),
        int(is_its_data),
        int(should_stop)
    );
    kthread_destroy_worker(&worker);
}

fn signal_left() {
    let (worker, notes) = make();
    let first = Job::new(|_| {
        let _ = allow_signal(SIGTERM);
        let _ = send_sig(SIGTERM, &current(), 1);
        set_current_state(TASK_RUNNING);
        notes.note(1);
    });
    let second = notes.job(2);
    kthread_queue_work(&worker, &first);
    kthread_queue_work(&worker, &second);
    kthread_flush_worker(&worker);
    answer!("order={}", notes.order());
}

fn own() {
    DEFINE_KTHREAD_WORKER!(static OWN);
    let notes = Notes::new();
    let (first, second) = (notes.job(1), notes.job(2));
    let current_work = int(OWN.is_running(&first));
    answer!("flags={} task={} current_work={current_work}", OWN.flags(), int(OWN.task()));
    let queued = int(kthread_queue_work(&OWN, &first));
    answer!("queued={queued} again={} runs={}", int(kthread_queue_work(&OWN, &first)), notes.runs());
    let task = kthread_run!(|()| OWN.serve(), (), "own").unwrap();
    kthread_queue_work(&OWN, &second);
    kthread_flush_worker(&OWN);
    answer!("order={} task={}", notes.order(), int(OWN.task().as_ref() == Some(&task)));
    answer!("stop={} task_left={}", kthread_stop(&task), int(OWN.task()));
    let queued = int(kthread_queue_work(&OWN, &first));
    answer!("after={queued} runs={}", notes.runs());
}

/// A delayed work that notes when it ran.
fn notes_time(notes: &'static Notes, ran_at: &'static AtomicU64) -> DelayedJob {
    DelayedJob::new(|_| {
        ran_at.store(jiffies(), SeqCst);
        notes.note(1);
        complete(&notes.begun);
    })
}

fn delayed() {
    let (worker, notes) = make();
    let ran_at = shared(AtomicU64::new(0));
    let job = notes_time(notes, ran_at);
    let never_queued = int(kthread_cancel_delayed_work_sync(&job));
    let idle = int(kthread_queue_delayed_work(&worker, &job, 3600 * HZ));
    let pending = int(worker.queue_delayed(&job, 0));
    let timer = int(job.timer_pending());
    let cancel = int(kthread_cancel_delayed_work_sync(&job));
    let again = int(job.cancel_sync());
    answer!(
        "never_queued={never_queued} idle={idle} pending={pending} timer={timer} cancel={cancel} again={again} runs={} timer_then={}",
        notes.runs(),
        int(job.timer_pending())
    );
    let zero = int(kthread_queue_delayed_work(&worker, &job, 0));
    kthread_flush_work(job.work());
    answer!("zero={zero} runs={}", notes.runs());
    wait_for_completion(&notes.begun);
    let began = jiffies();
    kthread_queue_delayed_work(&worker, &job, 5);
    wait_for_completion(&notes.begun);
    answer!("five after={}", between((ran_at.load(SeqCst) - began) as i64, 5, 10 * HZ as i64));
}

fn mod_() {
    let (worker, notes) = make();
    let job = notes_time(notes, shared(AtomicU64::new(0)));
    let idle = int(kthread_mod_delayed_work(&worker, &job, 3600 * HZ));
    let pending = int(worker.modify_delayed(&job, 7200 * HZ));
    answer!("idle={idle} pending={pending} runs={}", notes.runs());
    let to_zero = int(kthread_mod_delayed_work(&worker, &job, 0));
    kthread_flush_work(job.work());
    let idle_zero = int(kthread_mod_delayed_work(&worker, &job, 0));
    kthread_flush_work(job.work());
    answer!("to_zero={to_zero} idle_zero={idle_zero} runs={}", notes.runs());
    (0..2).for_each(|_| wait_for_completion(&notes.begun));
    let blocker = notes.block(&worker);
    kthread_queue_delayed_work(&worker, &job, 0);
    let queued = int(kthread_mod_delayed_work(&worker, &job, 3600 * HZ));
    let back = int(kthread_mod_delayed_work(&worker, &job, 0));
    let cancel = int(kthread_cancel_delayed_work_sync(&job));
    answer!("queued={queued} back={back} cancel={cancel}");
    complete_all(&notes.go);
    kthread_destroy_worker(&worker);
    answer!("runs={}", notes.runs());
    drop(blocker);
}

fn delayed_running() {
    let (worker, notes) = make();
    let job = DelayedJob::new(|_| {
        complete(&notes.begun);
        wait_for_completion(&notes.go);
        notes.note(0);
    });
    let first = int(kthread_queue_delayed_work(&worker, &job, 1));
    wait_for_completion(&notes.begun);
    let while_running = int(kthread_queue_delayed_work(&worker, &job, 3600 * HZ));
    let modified = int(kthread_mod_delayed_work(&worker, &job, 1800 * HZ));
    complete_all(&notes.go);
    let cancel = int(kthread_cancel_delayed_work_sync(&job));
    answer!(
        "first={first} while_running={while_running} mod={modified} cancel={cancel} runs={}",
        notes.runs()
    );
}

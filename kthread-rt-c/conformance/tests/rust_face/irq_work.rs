//! Works that are done as from an interrupt, as `questions/irq_work.c` asks of them.

use crate::ask::*;
use std::sync::Mutex;
use std::sync::mpsc::channel;

cases![runs, order, running];

DECLARE_COMPLETION!(static DONE);
DEFINE_IRQ_WORK!(static OUTER = outer);
DEFINE_IRQ_WORK!(static INNER = inner);
static RUNS: AtomicI64 = AtomicI64::new(0);
static INNER_RUNS: AtomicI64 = AtomicI64::new(0);
static SEEN: Mutex<[i64; 13]> = Mutex::new([0; 13]);

fn inner(_: &IrqWork) {
    INNER_RUNS.fetch_add(1, SeqCst);
    complete(&DONE);
}

fn outer(work: &IrqWork) {
    if RUNS.fetch_add(1, SeqCst) == 0 {
        *SEEN.lock().unwrap() = [
            int(irq_work_is_pending(work)),
            int(irq_work_is_busy(work)),
            int(in_hardirq()),
            int(in_task()),
            int(irqs_disabled()),
            // Another one waits until this returns.
            int(irq_work_queue(&INNER)),
            int(irq_work_queue(&INNER)),
            int(INNER.is_pending()),
            int(INNER.is_busy()),
            INNER_RUNS.load(SeqCst),
            // So does its own second time.
            int(work.queue()),
            int(work.queue()),
            int(work.is_pending()),
        ];
    }
    complete(&DONE);
}

fn runs() {
    RUNS.store(0, SeqCst);
    INNER_RUNS.store(0, SeqCst);
    answer!("fresh pending={} busy={}", int(irq_work_is_pending(&OUTER)), int(irq_work_is_busy(&OUTER)));
    irq_work_sync(&OUTER);
    let queued = int(irq_work_queue(&OUTER));
    (0..3).for_each(|_| wait_for_completion(&DONE));
    irq_work_sync(&OUTER);
    irq_work_sync(&INNER);
    answer!("queue={queued} runs={} inner_runs={}", RUNS.load(SeqCst), INNER_RUNS.load(SeqCst));
    let seen = *SEEN.lock().unwrap();
    answer!("inside pending={} busy={}", seen[0], seen[1]);
    answer!("inside hardirq={} task={} irqs_disabled={}", seen[2], seen[3], seen[4]);
    answer!(
        "another first={} second={} pending={} busy={} runs={}",
        seen[5],
        seen[6],
        seen[7],
        seen[8],
        seen[9]
    );
    answer!("itself first={} second={} pending={}", seen[10], seen[11], seen[12]);
    answer!("after pending={} busy={}", int(irq_work_is_pending(&OUTER)), int(irq_work_is_busy(&OUTER)));
}

DEFINE_IRQ_WORK!(static QUEUES = |_| [&FIRST, &SECOND, &THIRD].into_iter().for_each(|work| _ = irq_work_queue(work)));
DEFINE_IRQ_WORK!(static FIRST = |_| takes_turn(0));
DEFINE_IRQ_WORK!(static SECOND = |_| takes_turn(1));
DEFINE_IRQ_WORK!(static THIRD = |_| takes_turn(2));
static TURN: AtomicI64 = AtomicI64::new(0);
static TURNS: [AtomicI64; 3] = [const { AtomicI64::new(0) }; 3];

fn takes_turn(which: usize) {
    TURNS[which].store(TURN.fetch_add(1, SeqCst) + 1, SeqCst);
    complete(&DONE);
}

fn order() {
    TURN.store(0, SeqCst);
    irq_work_queue(&QUEUES);
    (0..3).for_each(|_| wait_for_completion(&DONE));
    [&QUEUES, &FIRST, &SECOND, &THIRD].into_iter().for_each(|work| irq_work_sync(work));
    let turns = TURNS.each_ref().map(|turn| turn.load(SeqCst).to_string());
    answer!("turns={}", turns.join(","));
}

/// Reports that the function has begun, and lets it continue.
type HandShake = Option<(std::sync::mpsc::Sender<()>, std::sync::mpsc::Receiver<()>)>;
static UNDER_WAY: Mutex<HandShake> = Mutex::new(None);

DEFINE_IRQ_WORK!(
    static STAYS = |_| {
        if let Some((under_way, may_go_on)) = UNDER_WAY.lock().unwrap().take() {
            under_way.send(()).unwrap();
            may_go_on.recv().unwrap();
        } else {
            complete(&DONE);
        }
    }
);

fn running() {
    let (under_way, is_under_way) = channel();
    let (go_on, may_go_on) = channel();
    *UNDER_WAY.lock().unwrap() = Some((under_way, may_go_on));
    irq_work_queue(&STAYS);
    is_under_way.recv().unwrap();
    let (pending, busy) = (int(STAYS.is_pending()), int(STAYS.is_busy()));
    let queued = int(irq_work_queue(&STAYS));
    go_on.send(()).unwrap();
    wait_for_completion(&DONE);
    irq_work_sync(&STAYS);
    answer!("pending={pending} busy={busy} queue={queued}");
    answer!("then pending={} busy={}", int(STAYS.is_pending()), int(STAYS.is_busy()));
}

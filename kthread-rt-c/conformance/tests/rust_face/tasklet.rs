//! Tasklets, as `questions/tasklet.c` asks of them: a [`Tasklet`] has a closure, and its drop is
//! `tasklet_kill`.

use crate::ask::*;
use crate::timer::pass_until;
use std::sync::mpsc::channel;

cases![runs, disabled, declared, order, running];

/// A tasklet that counts, and what it saw.
struct Asked {
    tasklet: Arc<Tasklet>,
    seen: &'static Seen,
}

#[derive(Default)]
struct Seen {
    ran: Completion,
    runs: AtomicI64,
    repeat: AtomicI64,
    turn: AtomicI64,
    /// Scheduled, in a softirq, in a task, in a hardirq, with interrupts off.
    inside: std::sync::Mutex<[i64; 5]>,
}

impl Asked {
    fn new(turns: &'static AtomicI64) -> Self {
        let seen = shared(Seen::default());
        let tasklet = Tasklet::new(|tasklet| {
            seen.runs.fetch_add(1, SeqCst);
            seen.turn.store(turns.fetch_add(1, SeqCst) + 1, SeqCst);
            *seen.inside.lock().unwrap() = [
                int(tasklet.is_scheduled()),
                int(in_serving_softirq()),
                int(in_task()),
                int(in_hardirq()),
                int(irqs_disabled()),
            ];
            if seen.repeat.fetch_sub(1, SeqCst) > 0 {
                tasklet_schedule(tasklet);
            } else {
                complete(&seen.ran);
            }
        });
        Self { tasklet: Arc::new(tasklet), seen }
    }

    fn alone() -> Self {
        Self::new(shared(AtomicI64::new(0)))
    }

    fn runs(&self) -> i64 {
        self.seen.runs.load(SeqCst)
    }
}

fn runs() {
    let asked = Asked::alone();
    let tasklet = &asked.tasklet;
    let state = || tasklet_state(tasklet);
    answer!("fresh state={} count={}", state(), tasklet.disabled_count());
    tasklet_schedule(tasklet);
    wait_for_completion(&asked.seen.ran);
    tasklet_kill(tasklet);
    answer!("runs={} state={} count={}", asked.runs(), state(), tasklet.disabled_count());
    let [sched, softirq, task, hardirq, disabled] = *asked.seen.inside.lock().unwrap();
    answer!("inside sched={sched} softirq={softirq} task={task} hardirq={hardirq} irqs_disabled={disabled}");
    tasklet_schedule(tasklet);
    wait_for_completion(&asked.seen.ran);
    answer!("after_kill runs={}", asked.runs());
    asked.seen.repeat.store(3, SeqCst);
    tasklet_hi_schedule(tasklet);
    wait_for_completion(&asked.seen.ran);
    tasklet_kill(tasklet);
    answer!("repeated runs={}", asked.runs());
}

fn disabled() {
    let asked = Asked::alone();
    let tasklet = &asked.tasklet;
    tasklet_disable(tasklet);
    tasklet_disable_nosync(tasklet);
    answer!("count={}", tasklet.disabled_count());
    tasklet_schedule(tasklet);
    tasklet_schedule(tasklet);
    answer!("scheduled sched={} runs={}", int(tasklet.is_scheduled()), asked.runs());
    tasklet_enable(tasklet);
    answer!("enabled count={} runs={}", tasklet.disabled_count(), asked.runs());
    tasklet_enable(tasklet);
    wait_for_completion(&asked.seen.ran);
    tasklet_kill(tasklet);
    let sched = int(tasklet.is_scheduled());
    answer!("enabled count={} runs={} sched={sched}", tasklet.disabled_count(), asked.runs());
    tasklet_disable_in_atomic(tasklet);
    answer!("in_atomic count={}", tasklet.disabled_count());
    tasklet_enable(tasklet);
}

DECLARE_TASKLET!(static PLAIN = |_| {});
DECLARE_TASKLET_DISABLED!(static DISABLED = |_| {});
DECLARE_COMPLETION!(static OLD_RAN);
static OLD_DATA: AtomicU64 = AtomicU64::new(u64::MAX);

fn old_function(data: u64) {
    OLD_DATA.store(data, SeqCst);
    complete(&OLD_RAN);
}

DECLARE_TASKLET_OLD!(static OLD = old_function);
DECLARE_TASKLET_OLD!(static SET_UP = old_function);

fn declared() {
    answer!("state={} count={}", tasklet_state(&PLAIN), PLAIN.disabled_count());
    answer!("disabled state={} count={}", tasklet_state(&DISABLED), DISABLED.disabled_count());
    SET_UP.set_data(42);
    answer!(
        "init state={} count={} data={}",
        tasklet_state(&SET_UP),
        SET_UP.disabled_count(),
        SET_UP.data()
    );
    tasklet_schedule(&SET_UP);
    wait_for_completion(&OLD_RAN);
    tasklet_kill(&SET_UP);
    answer!("data={}", OLD_DATA.load(SeqCst));
    tasklet_schedule(&OLD);
    wait_for_completion(&OLD_RAN);
    tasklet_kill(&OLD);
    answer!("declared_old data={}", OLD_DATA.load(SeqCst));
}

/// A tasklet schedules others: which, and whether they are urgent.
fn in_order(what: &str, plan: &'static [(usize, bool)]) {
    let turns = shared(AtomicI64::new(0));
    let others = Arc::new([(); 4].map(|()| Asked::new(turns)));
    let its = others.clone();
    let first = Tasklet::new(move |_| {
        for (which, urgent) in plan {
            let tasklet = &its[*which].tasklet;
            if *urgent { tasklet_hi_schedule(tasklet) } else { tasklet_schedule(tasklet) }
        }
    });
    tasklet_schedule(&first);
    others.iter().for_each(|asked| wait_for_completion(&asked.seen.ran));
    drop(first);
    let told = |of: fn(&Asked) -> i64| others.each_ref().map(|asked| of(asked).to_string()).join(",");
    answer!("{what} turns={} runs={}", told(|asked| asked.seen.turn.load(SeqCst)), told(Asked::runs));
}

fn order() {
    in_order("plain", &[(0, false), (1, false), (2, false), (3, false)]);
    in_order("urgent", &[(0, false), (1, true), (2, false), (3, true)]);
    in_order("twice", &[(3, false), (0, false), (3, false), (1, false), (2, false), (0, true)]);
}

/// A tasklet that is under way for five jiffies; whether it has ended.
fn takes_ticks() -> (Tasklet, Arc<AtomicBool>) {
    let (under_way, is_under_way) = channel();
    let ended = Arc::new(AtomicBool::new(false));
    let its = ended.clone();
    let tasklet = Tasklet::new(move |_| {
        let until = jiffies() + 5;
        under_way.send(()).unwrap();
        pass_until(until);
        its.store(true, SeqCst);
    });
    tasklet_schedule(&tasklet);
    is_under_way.recv().unwrap();
    (tasklet, ended)
}

fn running() {
    let (under_way, is_under_way) = channel();
    let (go_on, may_go_on) = channel();
    let tasklet = Tasklet::new(move |_| {
        under_way.send(()).unwrap();
        may_go_on.recv().unwrap();
    });
    tasklet_schedule(&tasklet);
    is_under_way.recv().unwrap();
    let (sched, run) = (int(tasklet.is_scheduled()), int(tasklet.is_running()));
    tasklet_schedule(&tasklet);
    let again = int(tasklet.is_scheduled());
    go_on.send(()).unwrap();
    go_on.send(()).unwrap();
    is_under_way.recv().unwrap();
    tasklet_kill(&tasklet);
    answer!("sched={sched} again={again}");
    answer!("run={run}");

    let (tasklet, ended) = takes_ticks();
    tasklet_disable(&tasklet);
    answer!("disable waited={}", int(ended.load(SeqCst)));
    tasklet_enable(&tasklet);
    // The drop kills.
    let (tasklet, ended) = takes_ticks();
    drop(tasklet);
    answer!("kill waited={}", int(ended.load(SeqCst)));
    let (tasklet, ended) = takes_ticks();
    tasklet_unlock_wait(&tasklet);
    answer!("unlock_wait waited={}", int(ended.load(SeqCst)));
}

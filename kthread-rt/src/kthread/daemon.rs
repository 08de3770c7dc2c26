//! The loop of kthreadd: it answers requests, forks spare threads, and joins ended threads.
//!
//! Requests come first, since somebody waits for each. Then kthreadd fills the spare pool. If the
//! operating system refuses a thread, kthreadd forks no spare until a fork for a request has
//! succeeded or a thread has ended.

use super::adopted::Adopted;
use super::kthreadd::{CLOSED, Kthreadd, ShutdownReport};
use super::request::{Begin, CreateRequest};
use super::spare::{self, Spare};
use super::{run, to_kthread};
use crate::errno::Errno;
use crate::sched::{
    apply_attributes, change_state, leave_for_good, put_after_readers, release_task, sleep_until,
};
use crate::sync::{self, Arc, Ordering, OsThread, ThreadSpec, os};
use crate::task::{PF_EXITING, TASK_INTERRUPTIBLE, TASK_RUNNING, TASK_UNINTERRUPTIBLE, Task, Wait, WaitKind};
use crate::trace::EventKind;
use std::collections::BTreeMap;
use std::mem;
use std::panic::Location;

/// How many finished threads it takes to wake kthreadd, in a Kernel with spares. (It also joins
/// them whenever it is awake to fork.)
const JOIN_BATCH: u32 = 8;

/// How many spares kthreadd forks at most while a requester waits for it.
const MOST_BEFORE_AN_ANSWER: u32 = 7;

/// The name of a spare thread in the operating system.
pub(super) const SPARE_NAME: &str = "kthread-spare";

/// kthreadd's thread function.
pub(super) fn main(me: Task) {
    sync::set_current_ptr(me.as_ptr().cast());
    me.note_os_thread();
    os::make_ordinary(me.os_tid(), &me.kernel_state().cpus(), me.kernel_state().boot_nice());
    let kernel_state = me.kernel_state().clone();
    let part = kernel_state.subsystem::<Kthreadd>();
    me.event(|| EventKind::KthreaddUp);
    part.kthreadd_done.complete();

    let mut daemon = Daemon {
        me,
        part,
        threads: BTreeMap::new(),
        last_number: 0,
        misses: 0,
        spares_refused: false,
        report: ShutdownReport::default(),
    };
    daemon.serve();
    let Daemon { me, report, .. } = daemon;
    *part.report.lock() = report;
    part.task.lock().take();
    release_task(&me);
    part.down.complete_all();
    leave_for_good(&me);
}

/// What an OS thread runs.
enum Purpose {
    Kthread(Task),
    Spare(Arc<Spare>),
}

impl Purpose {
    /// The task that it runs, if it has one.
    fn task(&self) -> Option<Task> {
        match self {
            Self::Kthread(task) => Some(task.clone()),
            Self::Spare(spare) => spare.task(),
        }
    }
}

struct Daemon<'a> {
    me: Task,
    part: &'a Kthreadd,
    /// The OS threads to join, by number. Ordered, because a model must see the same order each
    /// time.
    threads: BTreeMap<u64, (Purpose, OsThread)>,
    last_number: u64,
    /// How many spares to fork before the next answer to a request that found no spare.
    misses: u32,
    /// The operating system refused a thread for a spare.
    spares_refused: bool,
    report: ShutdownReport,
}

impl Daemon<'_> {
    fn serve(&mut self) {
        loop {
            change_state(&self.me, TASK_INTERRUPTIBLE);
            if self.part.nothing_to_do() && !self.wants_spares() {
                let idle = Wait::new(WaitKind::Idle, 0, "kthreadd", Location::caller());
                let _noted = self.me.wait_note().set(idle);
                sleep_until(&self.me, None);
            }
            change_state(&self.me, TASK_RUNNING);
            loop {
                if let Some(request) = self.part.requests.try_pop() {
                    self.answer(request);
                } else if let Some(number) = self.part.next_finished() {
                    self.ended(number);
                } else {
                    break;
                }
            }
            if self.wants_spares() {
                self.fork_ahead();
            }
            // Acquire: with a count of 0, this sees every handed-out task as published and every
            // taken spare as assigned. Requests that are still queued are of killed requesters,
            // which have their functions back.
            if self.part.open_requests.load(Ordering::Acquire) == CLOSED {
                self.adopt();
                self.dismiss_spares();
                self.join_those_on_their_way_out();
                return;
            }
        }
    }

    fn wants_spares(&self) -> bool {
        self.me.kernel_state().spare_threads != 0
            && !self.spares_refused
            && !self.part.spares.is_full()
            && self.part.open_requests.load(Ordering::Acquire) & CLOSED == 0
    }

    /// Fills the spare pool, until there is something else to do.
    fn fork_ahead(&mut self) {
        self.part.spares.want_more(self.me.kernel_state().spare_threads);
        while !self.part.spares.is_full() {
            if !self.part.nothing_to_do() || !self.fork_spare() {
                return;
            }
        }
        self.misses = 0;
    }

    /// Forks some spares before answering a request that found none: no spare for the first such
    /// request since the pool was full, and about twice as many each time after that.
    fn fork_for_the_next(&mut self) {
        if !self.wants_spares() {
            return;
        }
        self.part.spares.want_more(self.me.kernel_state().spare_threads);
        for _ in 0..self.misses {
            if self.part.spares.is_full() || !self.fork_spare() {
                break;
            }
        }
        self.misses = (2 * self.misses + 1).min(MOST_BEFORE_AN_ANSWER);
    }

    /// False if the operating system refuses the thread.
    fn fork_spare(&mut self) -> bool {
        let spare = Spare::new();
        let main = {
            let (spare, kernel_state, reset) =
                (spare.clone(), self.me.kernel_state().clone(), self.me.attributes_changed());
            move || spare::main(&spare, &kernel_state, reset)
        };
        if self.spawn(SPARE_NAME.into(), Purpose::Spare(spare.clone()), main).is_err() {
            self.spares_refused = true;
            return false;
        }
        self.part.spares.add(spare);
        true
    }

    fn answer(&mut self, request: Arc<CreateRequest>) {
        let refusal = if self.part.open_requests.load(Ordering::Acquire) & CLOSED != 0 {
            Errno::ESHUTDOWN
        } else {
            match self.fork(&request) {
                Ok(()) => return,
                Err(errno) => errno,
            }
        };
        self.me.event(|| EventKind::CreateFailed { name: request.name.clone() });
        if request.claim() {
            // The requester takes the function back.
            return request.answer(Err(refusal));
        }
        // The requester has left, and nearly always taken the function with it. If it could not,
        // drop it here; a panic in the data's destructor must not end kthreadd.
        let body = request.body.lock().take();
        run::drop_unused(&self.me, body);
    }

    /// Makes a task and an OS thread for it, and answers the request. A thread that begins at once
    /// answers it itself.
    fn fork(&mut self, request: &Arc<CreateRequest>) -> Result<(), Errno> {
        if request.is_abandoned() {
            return Err(Errno::EINTR);
        }
        let kernel_state = self.me.kernel_state();
        let (state, parent) = match &request.begin {
            Begin::WhenWoken => (TASK_UNINTERRUPTIBLE, self.me.clone()),
            Begin::Unattended { .. } => (TASK_RUNNING, self.me.clone()),
            Begin::AtOnce { parent } => (TASK_RUNNING, parent.clone()),
        };
        let kthread = request.kthread.lock().take();
        let Some(kthread) = kthread else { unreachable!("a request is answered once") };
        let task = kthread.into_task(kernel_state, &request.name, state, parent);
        task.expect_os_thread();
        if let Some(cpus) = request.cpus {
            apply_attributes(&task, "kthread_create_on_node", Location::caller(), |a| a.cpus_allowed = cpus);
        }
        let begins_asleep = matches!(request.begin, Begin::WhenWoken);
        if begins_asleep {
            task.wait_note().keep(WaitKind::FirstWake, request.from);
        }
        kernel_state.pids.insert(&task);
        let reset = self.me.attributes_changed();
        let main = {
            let (task, request) = (task.clone(), request.clone());
            move || run::kthread(task, request, reset)
        };
        // The thread needs its function before it causes an event. Holding the function back keeps
        // this thread's events first.
        let held_back = kernel_state.events.is_on().then(|| request.body.lock());
        let spawned = self.spawn(request.name.clone(), Purpose::Kthread(task.clone()), main);
        match spawned {
            Ok(()) => self.me.event(|| EventKind::Forked { child: task.id() }),
            Err(_) => {
                task.forget_os_thread();
                put_after_readers(self.me.kernel_state().pids.remove(task.pid()));
            }
        }
        if spawned.is_ok() && begins_asleep {
            if request.cpus.is_none() {
                self.fork_for_the_next();
            }
            if !run::hand_over(&task, request) {
                // Nobody knows the thread: it would wait for its first wake-up for ever.
                run::send_away(&task);
            }
        }
        drop(held_back);
        spawned
    }

    /// Starts an OS thread. kthreadd joins it after the thread has called `announce_finished`.
    fn spawn(
        &mut self,
        name: String,
        purpose: Purpose,
        main: impl FnOnce() + Send + 'static,
    ) -> Result<(), Errno> {
        let kernel_state = self.me.kernel_state();
        self.last_number += 1;
        let number = self.last_number;
        let last = {
            let kernel_state = kernel_state.clone();
            let batch = if kernel_state.spare_threads == 0 { 1 } else { JOIN_BATCH };
            move || kernel_state.subsystem::<Kthreadd>().announce_finished(number, batch)
        };
        let spec = ThreadSpec { name, stack_size: kernel_state.stack_size };
        match sync::spawn(spec, main, last) {
            Ok(os_thread) => {
                self.spares_refused = false;
                self.threads.insert(number, (purpose, os_thread));
                Ok(())
            }
            Err(error) => Err(Errno::from_raw(error.raw_os_error().unwrap_or(Errno::EAGAIN.raw()))),
        }
    }

    /// Takes over the threads that other tasks have forked.
    fn adopt(&mut self) {
        for Adopted { number, spare, os_thread } in self.part.adoptions.take() {
            self.threads.insert(number, (Purpose::Spare(spare), os_thread));
        }
    }

    /// OS thread `number` has ended.
    fn ended(&mut self, number: u64) {
        if !self.threads.contains_key(&number) {
            // Another task forked it, and left it in `adoptions` before it gave it a task to run.
            self.adopt();
        }
        self.join(number);
    }

    fn join(&mut self, number: u64) {
        if let Some((purpose, os_thread)) = self.threads.remove(&number) {
            os_thread.join();
            self.spares_refused = false;
            let Some(task) = purpose.task() else {
                self.report.spares += 1;
                return;
            };
            self.report.forked += 1;
            self.report.joined += 1;
            self.me.event(|| EventKind::Joined { pid: task.pid() });
        }
    }

    fn dismiss_spares(&self) {
        for (purpose, _) in self.threads.values() {
            if let Purpose::Spare(spare) = purpose
                && spare.task().is_none()
            {
                spare.dismiss();
            }
        }
    }

    fn join_those_on_their_way_out(&mut self) {
        loop {
            change_state(&self.me, TASK_INTERRUPTIBLE);
            if self.part.none_finished() {
                if !self.threads.values().any(|(purpose, _)| is_on_its_way_out(purpose)) {
                    break;
                }
                sleep_until(&self.me, None);
            }
            change_state(&self.me, TASK_RUNNING);
            while let Some(number) = self.part.next_finished() {
                self.ended(number);
            }
        }
        change_state(&self.me, TASK_RUNNING);
        let left = mem::take(&mut self.threads).into_values();
        let mut alive: Vec<_> =
            left.filter_map(|(purpose, _)| purpose.task()).map(|task| task.id()).collect();
        alive.sort_by_key(|task| task.pid);
        self.report.forked += alive.len() as u64;
        self.report.alive = alive;
    }
}

fn is_on_its_way_out(purpose: &Purpose) -> bool {
    purpose.task().is_none_or(|task| {
        task.flags().contains(PF_EXITING)
            || to_kthread(&task).is_none_or(|k| k.published.load(Ordering::Acquire) == 0)
    })
}

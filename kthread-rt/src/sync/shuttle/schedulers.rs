//! Random schedules.
//!
//! shuttle's own schedulers derive all executions of a run from one seed, so the hundredth
//! execution cannot be repeated without the 99 before it; its PCT scheduler even measures those.
//! Here each execution has its own seed and depends on nothing else. So the seed that a failure
//! names is enough to repeat it.

use super::cell;
use crate::sync::plan::{Plan, Scheduler};
use shuttle::scheduler::{Schedule, Scheduler as Draw, Task, TaskId};
use std::cell::Cell;
use std::collections::HashMap;

thread_local! {
    // std's: the driver and all threads of a model share one OS thread.
    static SEED: Cell<u64> = const { Cell::new(0) };
    static EXPLORING: Cell<bool> = const { Cell::new(false) };
}

/// Returns the seed of the current execution.
pub fn current_seed() -> u64 {
    SEED.get()
}

/// Sets whether the order is random from here on. Returns the previous setting.
pub(super) fn set_exploring(exploring: bool) -> bool {
    EXPLORING.replace(exploring)
}

/// The next number of a SplitMix64 generator.
#[derive(Debug, Clone)]
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// The largest number of steps before a change of priorities.
const LONGEST: u32 = 1 << 14;

/// The scheduler for a plan.
#[derive(Debug)]
pub(super) struct Drawn {
    plan: Plan,
    begun: u64,
    numbers: Numbers,
    /// PCT: the tasks' priorities; the highest runs first.
    priorities: HashMap<usize, u64>,
    /// PCT: the steps at which the running task gets the lowest priority.
    changes: Vec<u64>,
    /// The number of steps so far that had a choice.
    steps: u64,
}

impl Drawn {
    pub(super) fn new(plan: Plan) -> Self {
        let numbers = Numbers(0);
        Self { plan, begun: 0, numbers, priorities: HashMap::new(), changes: Vec::new(), steps: 0 }
    }

    /// Returns any task, all with the same probability.
    fn random(&mut self, runnable: &[&Task]) -> TaskId {
        runnable[self.numbers.below(runnable.len() as u64) as usize].id()
    }

    /// Returns the task with the highest priority. A task with the lowest priority runs again only
    /// when all others wait.
    fn pct(&mut self, runnable: &[&Task], current: Option<TaskId>, yields: bool) -> TaskId {
        for task in runnable {
            let numbers = &mut self.numbers;
            // Lower values are for tasks that have lost their priority.
            self.priorities.entry(task.id().into()).or_insert_with(|| (1 << 32) + numbers.next() % (1 << 32));
        }
        if let Some(current) = current
            && (yields || self.changes.contains(&self.steps))
        {
            // Each one goes below those that lost their priority earlier.
            let lowest = self.priorities.values().copied().min().unwrap_or(1 << 32);
            self.priorities.insert(current.into(), lowest.min(1 << 32) - 1);
        }
        let priority = |task: &&&Task| self.priorities.get(&usize::from(task.id())).copied();
        runnable.iter().max_by_key(priority).map_or(runnable[0].id(), |task| task.id())
    }
}

impl Draw for Drawn {
    fn new_execution(&mut self) -> Option<Schedule> {
        // The last execution has ended by now, and its statics were dropped.
        assert_eq!(cell::alive(), 0, "objects of the runtime outlive the execution: a leak");
        if self.begun == self.plan.executions {
            return None;
        }
        let seed = self.plan.seed.wrapping_add(self.begun);
        self.begun += 1;
        SEED.set(seed);
        EXPLORING.set(false);
        self.numbers = Numbers(seed);
        self.steps = 0;
        self.priorities.clear();
        self.changes.clear();
        if let Scheduler::Pct { changes } = self.plan.scheduler {
            for _ in 0..changes {
                // The length of the execution is not known yet, so the points are spread evenly
                // over all scales.
                let scale = self.numbers.below(u64::from(LONGEST.ilog2())) + 1;
                self.changes.push(1 + self.numbers.below(1 << scale));
            }
        }
        Some(Schedule::new(seed))
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, yields: bool) -> Option<TaskId> {
        let goes_on = |current: &TaskId| !yields && runnable.iter().any(|task| task.id() == *current);
        if !EXPLORING.get() {
            // In a fixed order: the running task continues as long as it can, then the next one
            // runs.
            let next = |current: TaskId| {
                let (own, first) = (usize::from(current), runnable[0].id());
                runnable.iter().map(|task| task.id()).find(|&id| usize::from(id) > own).unwrap_or(first)
            };
            return Some(match current {
                Some(current) if goes_on(&current) => current,
                Some(current) => next(current),
                None => runnable[0].id(),
            });
        }
        if let [only] = runnable {
            return Some(only.id());
        }
        self.steps += 1;
        Some(match self.plan.scheduler {
            Scheduler::Random => self.random(runnable),
            Scheduler::Pct { .. } => self.pct(runnable, current, yields),
        })
    }

    fn next_u64(&mut self) -> u64 {
        self.numbers.next()
    }
}

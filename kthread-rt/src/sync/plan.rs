//! How a model is explored: the settings that all drivers share.

/// The driver that runs a model's executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checker {
    /// No model checker: an ordinary build runs a model on real threads.
    Threads,
    /// loom, in a build with `--cfg loom`: every permutation up to a bound.
    Loom,
    /// shuttle, in a build with `--cfg shuttle`: many random schedules.
    Shuttle,
}

/// How shuttle chooses schedules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduler {
    /// At each step, any runnable task.
    Random,
    /// Probabilistic concurrency testing: tasks have priorities, and a few tasks lose theirs at
    /// random points. This keeps a task from running for a long time, and so finds bugs that need a
    /// slow task.
    Pct {
        /// The number of such points in a schedule.
        changes: u32,
    },
}

/// The bounds of an exploration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// loom: the maximum number of preemptions in one execution. `None` explores all permutations.
    pub bound: Option<usize>,
    /// shuttle and real threads: the number of executions.
    pub executions: u64,
    /// shuttle: the seed of the first execution; each further one uses the next number.
    pub seed: u64,
    /// shuttle: how a schedule is chosen.
    pub scheduler: Scheduler,
}

/// A step of an execution, for the schedule that a failing model prints.
#[derive(Debug, Clone)]
pub struct Step {
    /// The thread.
    pub thread: String,
    /// What the thread did.
    pub what: String,
    /// The place in the source.
    pub place: &'static std::panic::Location<'static>,
}

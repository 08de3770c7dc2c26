//! How far a model is explored, and by whom: what all drivers understand.

/// Who runs a model's executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checker {
    /// Nobody in particular: an ordinary build runs a model on real threads.
    Threads,
    /// loom, in a build with `--cfg loom`: every permutation up to a bound.
    Loom,
    /// shuttle, in a build with `--cfg shuttle`: many schedules, each drawn by chance.
    Shuttle,
}

/// How schedules are drawn under shuttle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduler {
    /// At each step any task that can run.
    Random,
    /// Probabilistic concurrency testing: tasks have priorities, and a few of them lose theirs at
    /// points drawn by chance. It keeps a task from running for long, which finds bugs that need
    /// one to be slow.
    Pct {
        /// How many such points there are in a schedule.
        changes: u32,
    },
}

/// How far to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// loom: preemptions at most in one execution; all permutations without it.
    pub bound: Option<usize>,
    /// shuttle and real threads: how many executions.
    pub executions: u64,
    /// shuttle: the seed of the first execution; each next one has the next number.
    pub seed: u64,
    /// shuttle: how a schedule is drawn.
    pub scheduler: Scheduler,
}

/// A step of an execution, for the schedule that a failing model prints.
#[derive(Debug, Clone)]
pub struct Step {
    /// Whose it is.
    pub thread: String,
    /// What was done.
    pub what: String,
    /// Where, in the source.
    pub place: &'static std::panic::Location<'static>,
}

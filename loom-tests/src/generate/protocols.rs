//! Which files hold the protocols, and which models check each: the table "Protocol, file, models"
//! of ARCHITECTURE.md as data. A test compares them.

use std::path::Path;

/// One row.
#[derive(Debug)]
pub(crate) struct Protocol {
    /// The row's name in a report: the file of its first models.
    pub(crate) name: &'static str,
    /// The files of `kthread-rt/src` that implement it.
    pub(crate) files: &'static [&'static str],
    /// The files of `loom-tests/models` with its models.
    pub(crate) models: &'static [&'static str],
}

const fn row(
    name: &'static str,
    files: &'static [&'static str],
    models: &'static [&'static str],
) -> Protocol {
    Protocol { name, files, models }
}

/// All rows. A file of several protocols is mutated once, and its mutants are counted in the first
/// row; the models of all its rows are related to it.
pub(crate) const PROTOCOLS: &[Protocol] = &[
    row(
        "sleep_wake",
        &["sched/mod.rs", "sched/sleep.rs", "sched/wake.rs"],
        &["sleep_wake.rs", "sleep_states.rs"],
    ),
    row("wake_q", &["sched/wake_q.rs"], &["wake_q.rs"]),
    row("inactive", &["sched/inactive.rs"], &["inactive.rs", "inactive_watchers.rs"]),
    row("signal", &["task/signal_bits.rs", "signal.rs"], &["signal.rs", "signal_kinds.rs"]),
    row(
        "wait",
        &[
            "wait/mod.rs",
            "wait/event.rs",
            "wait/wake.rs",
            "wait/raw.rs",
            "wait/stepwise.rs",
            "sched/event.rs",
        ],
        &["wait.rs", "wait_entries.rs", "wait_limits.rs", "wait_woken.rs"],
    ),
    row("bit", &["wait/bit.rs", "wait/var.rs"], &["bit.rs", "bit_limits.rs"]),
    row("swait", &["swait/mod.rs", "swait/event.rs"], &["swait.rs"]),
    row("freezer", &["freezer.rs"], &["freezer.rs", "freezer_kinds.rs"]),
    row(
        "completion",
        &["completion/mod.rs", "completion/queue.rs", "swait/mod.rs"],
        &["completion.rs", "completion_counts.rs"],
    ),
    row("mutex", &["lock_queue.rs", "mutex/mod.rs"], &["mutex.rs"]),
    row(
        "ww_mutex",
        &["ww_mutex/mod.rs", "ww_mutex/context.rs", "lock_queue.rs"],
        &["ww_mutex.rs", "ww_misuse.rs"],
    ),
    row("semaphore", &["lock_queue.rs", "semaphore/mod.rs"], &["semaphore.rs"]),
    row("rwsem", &["lock_queue.rs", "rwsem/mod.rs", "rwsem/release.rs"], &["rwsem.rs"]),
    row(
        "percpu_rwsem",
        &["percpu_rwsem/mod.rs", "percpu_rwsem/release.rs", "lock_queue.rs"],
        &["percpu_rwsem.rs"],
    ),
    row("rtmutex", &["rtmutex/mod.rs", "sched/inherit.rs"], &["rtmutex.rs"]),
    row("rwlock", &["rwlock/mod.rs"], &["rwlock.rs"]),
    row("rcu", &["rcu/mod.rs", "sched/readers.rs", "sched/section.rs"], &["rcu.rs"]),
    row("call_rcu", &["call_rcu.rs"], &["call_rcu.rs"]),
    row(
        "timer",
        &["timer/binding.rs", "timer/base.rs", "timer/daemon.rs", "task/lacking.rs"],
        &["timer.rs", "timer_callback.rs"],
    ),
    row("tasklet", &["tasklet/mod.rs", "irq_work/mod.rs"], &["tasklet.rs", "tasklet_uses.rs"]),
    row("create", &["kthread/request.rs"], &["create.rs"]),
    row(
        "spare",
        &["kthread/spare.rs", "task/start_gate.rs", "kthread/daemon.rs"],
        &["spare.rs", "spare_refills.rs"],
    ),
    row("stop", &["kthread/stop.rs"], &["stop.rs", "exit_more.rs", "park.rs"]),
    row("scope", &["kthread/scope.rs", "kthread/started.rs"], &["scope.rs", "scope_ends.rs"]),
    row("park", &["kthread/park.rs"], &["park.rs"]),
    row("boot", &["kthread/kthreadd.rs"], &["boot.rs", "boot_again.rs"]),
    row("bind", &["kthread/bind.rs"], &["bind.rs", "bind_more.rs"]),
    row("exit", &["kthread/run.rs", "kthread/exit.rs"], &["exit.rs", "exit_more.rs"]),
    row(
        "worker",
        &[
            "kthread/worker/mod.rs",
            "kthread/worker/work.rs",
            "kthread/worker/queue.rs",
            "kthread/worker/serve.rs",
            "kthread/worker/flush.rs",
            "kthread/worker/owned.rs",
        ],
        &["worker.rs", "worker_delays.rs", "worker_jobs.rs", "worker_thread.rs"],
    ),
    row("smpboot", &["smpboot/mod.rs"], &["smpboot.rs", "smpboot_threads.rs"]),
    row("shutdown", &["kthread/kthreadd.rs", "kthread/daemon.rs"], &["shutdown.rs"]),
    row(
        "workqueue",
        &[
            "workqueue/work.rs",
            "workqueue/queue.rs",
            "workqueue/pool.rs",
            "workqueue/worker.rs",
            "workqueue/flush.rs",
            "workqueue/cancel.rs",
            "workqueue/delayed.rs",
            "workqueue/owned.rs",
        ],
        &["workqueue.rs"],
    ),
    row("async", &["asynchronous.rs"], &["async_.rs"]),
    row("umh", &["umh/request.rs", "kthread/create.rs"], &["umh.rs", "create.rs", "spare.rs"]),
];

/// The files of all protocols, each once, in the order of the rows.
pub(crate) fn files() -> Vec<&'static str> {
    let mut files = Vec::new();
    for file in PROTOCOLS.iter().flat_map(|protocol| protocol.files) {
        if !files.contains(file) {
            files.push(*file);
        }
    }
    files
}

/// The row in which the mutants of `file` are counted.
pub(crate) fn protocol_of(file: &str) -> &'static str {
    let row = PROTOCOLS.iter().find(|protocol| protocol.files.contains(&file));
    row.map_or("", |protocol| protocol.name)
}

/// The files of models that check `file`.
fn model_files(file: &str) -> Vec<&'static str> {
    let rows = PROTOCOLS.iter().filter(|protocol| protocol.files.contains(&file));
    rows.flat_map(|protocol| protocol.models).copied().collect()
}

/// True if `word` names `file` or a protocol of it.
pub(crate) fn is_meant(file: &str, word: &str) -> bool {
    let of_protocol =
        PROTOCOLS.iter().any(|protocol| protocol.name == word && protocol.files.contains(&file));
    of_protocol || file == word || file.strip_suffix(".rs") == Some(word)
}

/// The names of the models that check `file`; `folder` is `loom-tests/models`.
pub(crate) fn related(file: &str, folder: &Path) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for models in model_files(file) {
        let path = folder.join(models);
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        names.extend(names_in(&text));
    }
    Ok(names)
}

/// The names of the models in the text of a file.
pub(crate) fn names_in(text: &str) -> impl Iterator<Item = String> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("name: \""));
    lines.filter_map(|rest| rest.strip_suffix("\",")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{PROTOCOLS, files, model_files, names_in};
    use crate::build::workspace;

    #[test]
    fn every_file_exists() {
        let root = workspace();
        for file in files() {
            assert!(root.join("kthread-rt/src").join(file).is_file(), "{file}");
        }
        for file in PROTOCOLS.iter().flat_map(|protocol| protocol.models) {
            assert!(root.join("loom-tests/models").join(file).is_file(), "{file}");
        }
    }

    #[test]
    fn the_table_of_the_architecture_is_this_one() {
        let text = std::fs::read_to_string(workspace().join("ARCHITECTURE.md")).expect("it is there");
        let (_, rest) = text.split_once("## Protocol, file, models").expect("the table");
        let rows = rest.lines().skip_while(|line| !line.starts_with("|---")).skip(1);
        let mut seen = 0;
        for row in rows.take_while(|line| line.starts_with('|')) {
            let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
            let quoted = |cell: &str| -> Vec<String> {
                cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
            };
            let [_, files, models] = cells.as_slice() else { panic!("three cells: {row}") };
            for model in quoted(models) {
                let named: Vec<_> = PROTOCOLS.iter().filter(|p| p.models.contains(&model.as_str())).collect();
                assert!(!named.is_empty(), "{model} is in no row of PROTOCOLS");
                for file in quoted(files) {
                    let here = named.iter().flat_map(|p| p.files).any(|f| f.ends_with(file.as_str()));
                    assert!(here, "PROTOCOLS has no {file} in the rows of {model}");
                }
            }
            seen += 1;
        }
        assert!(seen >= 30, "{seen} rows");
    }

    #[test]
    fn a_file_of_two_protocols_has_the_models_of_both() {
        assert_eq!(model_files("swait/mod.rs"), ["swait.rs", "completion.rs", "completion_counts.rs"]);
    }

    #[test]
    fn the_names_of_models_are_found() {
        let names: Vec<_> =
            names_in("    Model {\n        name: \"a_b\",\n        claim: \"x\",\n").collect();
        assert_eq!(names, ["a_b"]);
    }
}

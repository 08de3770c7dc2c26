//! The sources of a result, as a number that changes if the result might change.
//!
//! That a model catches a mutant depends on the runtime's sources and on that model's file, and
//! stays true when other models are added. That no model does depends on all models.

use super::mutant::{Mutant, hash64};
use super::protocols::names_in;
use super::tree::Tree;
use std::collections::HashMap;

/// Files of `loom-tests/models` that are in all models.
const SHARED: &str = "locks.rs";

/// The fingerprints of one workspace.
#[derive(Debug)]
pub(crate) struct Sources {
    /// Of the runtime, the runner, and all mutants.
    program: u64,
    /// Of all models.
    models: u64,
    /// Of each model's file, by the model's name.
    by_model: HashMap<String, u64>,
}

impl Sources {
    /// Computes those of the tree's original.
    pub(crate) fn new(tree: &Tree, mutants: &[Mutant]) -> Result<Self, String> {
        let program =
            tree.fingerprint(&["kthread-rt/src", "kthread-rt-macros/src", "loom-tests/src/runner"])?;
        let program = mutants.iter().fold(program, |hash, mutant| hash64(mutant.name.as_bytes(), hash));
        let folder = tree.original.join("loom-tests/models");
        let failed = |e| format!("{}: {e}", folder.display());
        let shared = std::fs::read(folder.join(SHARED)).map_err(failed)?;
        let mut by_model = HashMap::new();
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let text = std::fs::read_to_string(entry.map_err(failed)?.path()).map_err(failed)?;
            let number = hash64(text.as_bytes(), hash64(&shared, 0));
            by_model.extend(names_in(&text).map(|name| (name, number)));
        }
        Ok(Self { program, models: tree.fingerprint(&["loom-tests/models"])?, by_model })
    }

    /// The fingerprint for the list of mutants that compile.
    pub(crate) fn of_program(&self) -> String {
        format!("{:016x}", self.program)
    }

    /// The fingerprint for a result of one model, or of all if `by` is empty. `by` begins with the
    /// model's name.
    pub(crate) fn of(&self, by: &str) -> String {
        let models = match by.split_whitespace().next() {
            None => self.models,
            Some(model) => self.by_model.get(model).copied().unwrap_or_default(),
        };
        format!("{:016x}-{models:016x}", self.program)
    }
}

#[cfg(test)]
mod tests {
    use super::Sources;
    use std::collections::HashMap;

    #[test]
    fn a_kill_outlives_other_models_and_a_survival_does_not() {
        let with = |models, a, b| {
            let by_model = HashMap::from([("a".to_owned(), a), ("b".to_owned(), b)]);
            Sources { program: 1, models, by_model }
        };
        let (before, after) = (with(10, 1, 2), with(11, 1, 3));
        assert_eq!(before.of("a at 2"), after.of("a at 2"));
        assert_ne!(before.of("b at 2"), after.of("b at 2"));
        assert_ne!(before.of(""), after.of(""));
    }
}

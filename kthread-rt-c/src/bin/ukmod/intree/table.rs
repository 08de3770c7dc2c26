//! The known tests of the kernel's own tree: for each, what it is made of, and what it says at its end.
//!
//! An entry is data. Whoever adds one writes down the files (see [`InTree`]), and adds it to [`TESTS`]; a driver or a broken lock in
//! C is a file in this package's `intree` folder.

use super::locktorture::LOCKTORTURE;
use std::time::Duration;

/// All of them, in the order of `ukmod intree --list`.
pub(crate) const TESTS: &[&InTree] = &[&LOCKTORTURE];

/// A test of the kernel's tree.
#[derive(Debug)]
pub(crate) struct InTree {
    pub(crate) name: &'static str,
    /// What it is: a few words.
    pub(crate) about: &'static str,
    /// The modules it makes, in the order in which they are loaded.
    pub(crate) modules: &'static [Module],
    /// The kernel's headers that its sources may see. All others are ours.
    pub(crate) headers: &'static [&'static str],
    /// Options of the compiler: how the kernel would be configured.
    pub(crate) cflags: &'static [&'static str],
    /// Parameters of its modules, which the command line may say otherwise: `name=value`.
    pub(crate) params: &'static [&'static str],
    /// What `--type` chooses.
    pub(crate) types: Option<Types>,
    /// How long the modules stay loaded, unless `--for` says otherwise. None of it, if the test is over when its init is.
    pub(crate) stays: Duration,
    /// How long all the rest may take: its init, and its exit.
    pub(crate) limit: Duration,
    pub(crate) verdict: Verdict,
    /// What `--sabotage` can break.
    pub(crate) sabotage: &'static [Sabotage],
}

/// A module of a test.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) name: &'static str,
    /// Files of the kernel's tree.
    pub(crate) sources: &'static [&'static str],
    /// Files of ours that are built with them.
    pub(crate) drivers: &'static [Driver],
}

/// A file of ours, in C.
#[derive(Debug)]
pub(crate) struct Driver {
    /// Where it is put in the tree that is built: beside the headers it includes.
    pub(crate) path: &'static str,
    pub(crate) text: &'static str,
}

/// A parameter of which `--type` chooses the value.
#[derive(Debug)]
pub(crate) struct Types {
    pub(crate) param: &'static str,
    pub(crate) values: &'static [&'static str],
}

/// How a test says how it went, in what it prints. A failure is final, whatever else is said.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) success: &'static [&'static str],
    pub(crate) failure: &'static [&'static str],
}

/// A lock that is broken on request.
#[derive(Debug)]
pub(crate) struct Sabotage {
    pub(crate) name: &'static str,
    /// The runtime's functions that the test gets another version of: of `f`, the driver's `__wrap_f`.
    pub(crate) functions: &'static [&'static str],
    pub(crate) driver: Driver,
    /// The module that is deceived; the others get the real ones.
    pub(crate) module: &'static str,
}

impl InTree {
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        TESTS.iter().copied().find(|test| test.name == name)
    }

    /// All files of the kernel's tree that it takes.
    pub(crate) fn files(&self) -> impl Iterator<Item = &'static str> + use<> {
        let sources = self.modules.iter().flat_map(|module| module.sources);
        sources.chain(self.headers).copied()
    }
}

impl Verdict {
    /// What the line says about the test, if it does: true for success.
    pub(crate) fn of(&self, line: &str) -> Option<bool> {
        let has = |marks: &[&str]| marks.iter().any(|mark| line.contains(mark));
        if has(self.failure) {
            return Some(false);
        }
        has(self.success).then_some(true)
    }
}

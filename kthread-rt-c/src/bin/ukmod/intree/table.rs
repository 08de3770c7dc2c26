//! The known tests of the kernel's own tree: each one's files, parameters and verdict.
//!
//! An entry is data. To add a test, write an [`InTree`] with its files, and add it to [`TESTS`]; a
//! driver or a broken lock in C is a file in this package's `intree` folder.

use super::clients::*;
use super::containers::*;
use super::kunit::*;
use super::library::*;
use super::locktorture::LOCKTORTURE;
use super::refscale::REFSCALE;
use super::test_ww_mutex::TEST_WW_MUTEX;
use crate::cli::Ended;
use std::time::Duration;

/// All of them, in the order of `ukmod intree --list`.
pub(crate) const TESTS: &[&InTree] = &[
    &LOCKTORTURE,
    &TEST_WW_MUTEX,
    &REFSCALE,
    &KUNIT,
    &KUNIT_LIB,
    &KLIST,
    &ASYNC,
    &BUSYMOD,
    &KLP_BUSY,
    &TEST_VMALLOC,
    &IDLE_INJECT,
    &SELFTESTS,
    &PERCPU_TEST,
    &TEST_XARRAY,
    &TEST_IDA,
    &RBTREE_TEST,
    &INTERVAL_TREE_TEST,
    &TEST_KSTRTOX,
    &STRING_HELPERS,
    &STATIC_KEYS,
    &KFIFO,
    &KOBJECTS,
    &KUNIT_CODE,
    &RHASHTABLE,
    &OBJAGG,
    &PARMAN,
    &BLAKE2S,
];

/// Files that run tests, beside a [`Kit`].
const RUNNERS: &[&str] = &["kernel/torture.c"];

/// A test of the kernel's tree.
#[derive(Debug)]
pub(crate) struct InTree {
    pub(crate) name: &'static str,
    /// What the test does, in a few words.
    pub(crate) about: &'static str,
    /// The test's modules, in the order in which they are loaded.
    pub(crate) modules: &'static [Module],
    /// The code that runs its suites, which is part of the first module.
    pub(crate) kit: Option<&'static Kit>,
    /// The kernel's headers that its sources may include, and sources that a driver includes. All
    /// other headers are ours.
    pub(crate) headers: &'static [&'static str],
    /// Those of its sources that are the code under test. If there are none, it tests our code.
    pub(crate) of_linux: &'static [&'static str],
    /// Compiler options that stand for the kernel's configuration.
    pub(crate) cflags: &'static [&'static str],
    /// Parameters of its modules, `name=value`, which the command line may override.
    pub(crate) params: &'static [&'static str],
    /// The types for `--type`.
    pub(crate) types: Option<Types>,
    /// How long the modules stay loaded, unless `--for` says otherwise. Zero if the test ends with
    /// its init.
    pub(crate) stays: Duration,
    /// Unloads the modules as soon as they report success: how long that takes depends on the
    /// machine's load.
    pub(crate) until_said: bool,
    /// The timeout for the rest: init and exit.
    pub(crate) limit: Duration,
    pub(crate) verdict: Verdict,
    /// Runs without the debug checks, as with `--no-debug`.
    pub(crate) unchecked: bool,
    /// The status of its process if it succeeds. (The init of some tests always fails.)
    pub(crate) ends: Ended,
    /// The locks that `--sabotage` can break.
    pub(crate) sabotage: &'static [Sabotage],
}

/// A module of a test.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) name: &'static str,
    /// Files of the kernel's tree.
    pub(crate) sources: &'static [&'static str],
    /// Our files that are built with them.
    pub(crate) drivers: &'static [Driver],
}

/// Code of the kernel that runs tests and prints their verdicts.
#[derive(Debug)]
pub(crate) struct Kit {
    /// Our files that are linked before all others.
    pub(crate) first: &'static [Driver],
    /// Files of the kernel's tree, its headers, and compiler options, as in an entry.
    pub(crate) sources: &'static [&'static str],
    pub(crate) headers: &'static [&'static str],
    pub(crate) cflags: &'static [&'static str],
    /// Our files that are linked after all others.
    pub(crate) last: &'static [Driver],
}

/// A C file of ours.
#[derive(Debug)]
pub(crate) struct Driver {
    /// Its path in the tree that is built, beside the headers that it includes.
    pub(crate) path: &'static str,
    pub(crate) text: &'static str,
}

/// A parameter whose value `--type` chooses.
#[derive(Debug)]
pub(crate) struct Types {
    pub(crate) param: &'static str,
    pub(crate) values: &'static [&'static str],
}

/// How to read a test's verdict from its output. One failure mark is a failure, whatever else it
/// prints; a success needs all success marks.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) success: &'static [&'static str],
    pub(crate) failure: &'static [&'static str],
    /// The test's whole output, if that is always the same: any other output is a failure.
    pub(crate) whole: Option<&'static str>,
}

/// A lock that `--sabotage` can break.
#[derive(Debug)]
pub(crate) struct Sabotage {
    pub(crate) name: &'static str,
    /// The runtime's functions that the driver replaces: `f` by its `__wrap_f`.
    pub(crate) functions: &'static [&'static str],
    pub(crate) driver: Driver,
    /// The module that calls the replacements; the others call the real functions.
    pub(crate) module: &'static str,
}

impl Sabotage {
    /// A lock whose holder excludes nobody. With a readers-writer lock, the writer excludes nobody.
    pub(crate) const fn of_lock(
        module: &'static str,
        name: &'static str,
        functions: &'static [&'static str],
    ) -> Self {
        let text = include_str!("../../../../intree/sabotage.c");
        Self { name, functions, driver: Driver { path: "sabotage.c", text }, module }
    }
}

impl InTree {
    /// The defaults of an entry.
    pub(crate) const PLAIN: Self = Self {
        unchecked: false,
        name: "",
        about: "",
        modules: &[],
        kit: None,
        headers: &[],
        of_linux: &[],
        cflags: &[],
        params: &[],
        types: None,
        stays: Duration::ZERO,
        until_said: false,
        limit: Duration::from_secs(30),
        verdict: Verdict::PLAIN,
        ends: Ended::Well,
        sabotage: &[],
    };

    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        TESTS.iter().copied().find(|test| test.name == name)
    }

    /// All files of the kernel's tree that the test uses.
    pub(crate) fn files(&self) -> impl Iterator<Item = &'static str> + use<> {
        let kit = self.kit.map(|kit| [kit.sources, kit.headers].into_iter().flatten());
        let sources = self.modules.iter().flat_map(|module| module.sources);
        kit.into_iter().flatten().chain(sources).chain(self.headers).copied()
    }

    /// Its files that are tests: not those that run them, nor the code under test.
    pub(crate) fn tests(&self) -> impl Iterator<Item = &'static str> + use<> {
        let (kit, of_linux) = (self.kit.map_or(&[][..], |kit| kit.sources), self.of_linux);
        let none = [kit, of_linux, RUNNERS].concat();
        let is_test = move |file: &&str| file.ends_with(".c") && !none.contains(file);
        self.files().filter(is_test)
    }
}

impl Verdict {
    pub(crate) const PLAIN: Self = Self { success: &[], failure: &[], whole: None };

    /// The verdict of the whole output, if the test is judged by it.
    pub(crate) fn of_all(&self, lines: &[String]) -> Option<(bool, String)> {
        let whole = self.whole?;
        let mut expected = whole.lines();
        let wrong = lines.iter().map(|line| without_time(line)).find_map(|line| match expected.next() {
            Some(wanted) if wanted == line => None,
            Some(wanted) => Some(format!("the test printed {line:?} instead of {wanted:?}")),
            None => Some(format!("the test printed {line:?} after the expected output")),
        });
        let missing = || expected.next().map(|line| format!("the test did not print {line:?}"));
        Some(wrong.or_else(missing).map_or((true, "all as expected".to_owned()), |why| (false, why)))
    }

    /// The verdict of a line, if it has one. `marks` are the success marks that are still missing;
    /// true for success when the line has the last of them.
    pub(crate) fn of(&self, line: &str, marks: &mut Vec<&str>) -> Option<bool> {
        if self.failure.iter().any(|mark| line.contains(mark)) {
            return Some(false);
        }
        let left = marks.len();
        marks.retain(|mark| !line.contains(mark));
        (left > 0 && marks.is_empty()).then_some(true)
    }
}

/// A line without its time stamp.
fn without_time(line: &str) -> &str {
    let stamped = line.strip_prefix('[').and_then(|line| line.split_once("] "));
    let is_time = |text: &str| text.trim_start().bytes().all(|b| b.is_ascii_digit() || b == b'.');
    stamped.filter(|(time, _)| is_time(time)).map_or(line, |(_, line)| line)
}

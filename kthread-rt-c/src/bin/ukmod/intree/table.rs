//! The known tests of the kernel's own tree: for each, what it is made of, and what it says at its
//! end.
//!
//! An entry is data. Whoever adds one writes down the files (see [`InTree`]), and adds it to
//! [`TESTS`]; a driver or a broken lock in C is a file in this package's `intree` folder.

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

/// What tests are run by, beside a [`Kit`].
const RUNNERS: &[&str] = &["kernel/torture.c"];

/// A test of the kernel's tree.
#[derive(Debug)]
pub(crate) struct InTree {
    pub(crate) name: &'static str,
    /// What it is: a few words.
    pub(crate) about: &'static str,
    /// The modules it makes, in the order in which they are loaded.
    pub(crate) modules: &'static [Module],
    /// What its suites are run by, which is part of the first module.
    pub(crate) kit: Option<&'static Kit>,
    /// The kernel's headers that its sources may see; and sources, if a driver includes them. All
    /// others are ours.
    pub(crate) headers: &'static [&'static str],
    /// Those of its sources that are what it tests: Linux's code. Without any it tests what is
    /// ours.
    pub(crate) of_linux: &'static [&'static str],
    /// Options of the compiler: how the kernel would be configured.
    pub(crate) cflags: &'static [&'static str],
    /// Parameters of its modules, which the command line may say otherwise: `name=value`.
    pub(crate) params: &'static [&'static str],
    /// What `--type` chooses.
    pub(crate) types: Option<Types>,
    /// How long the modules stay loaded, unless `--for` says otherwise. None of it, if the test is
    /// over when its init is.
    pub(crate) stays: Duration,
    /// The modules are unloaded as soon as they have said that it went well: how long that takes
    /// depends on who else wants the cpus.
    pub(crate) until_said: bool,
    /// How long all the rest may take: its init, and its exit.
    pub(crate) limit: Duration,
    pub(crate) verdict: Verdict,
    /// It runs without the checks of debug, as `--no-debug` has it for all.
    pub(crate) unchecked: bool,
    /// How its process ends if all is well. (Some refuse to be loaded once they are over.)
    pub(crate) ends: Ended,
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

/// Code of the kernel that runs tests, and says how they went.
#[derive(Debug)]
pub(crate) struct Kit {
    /// Files of ours that are linked before all others.
    pub(crate) first: &'static [Driver],
    /// Files of the kernel's tree; its headers; options of the compiler: as an entry has them.
    pub(crate) sources: &'static [&'static str],
    pub(crate) headers: &'static [&'static str],
    pub(crate) cflags: &'static [&'static str],
    /// Files of ours that are linked behind all others.
    pub(crate) last: &'static [Driver],
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

/// How a test says how it went, in what it prints. A failure is final, whatever else is said; a
/// success has all of its marks.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) success: &'static [&'static str],
    pub(crate) failure: &'static [&'static str],
    /// All that it prints, if that is always the same: then it is a success to print this, and
    /// anything else is a failure.
    pub(crate) whole: Option<&'static str>,
}

/// A lock that is broken on request.
#[derive(Debug)]
pub(crate) struct Sabotage {
    pub(crate) name: &'static str,
    /// The runtime's functions that the test gets another version of: of `f`, the driver's
    /// `__wrap_f`.
    pub(crate) functions: &'static [&'static str],
    pub(crate) driver: Driver,
    /// The module that is deceived; the others get the real ones.
    pub(crate) module: &'static str,
}

impl Sabotage {
    /// A lock whose holder excludes nobody. Of those with readers, the writer does not.
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
    /// What an entry has that does not say otherwise.
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

    /// All files of the kernel's tree that it takes.
    pub(crate) fn files(&self) -> impl Iterator<Item = &'static str> + use<> {
        let kit = self.kit.map(|kit| [kit.sources, kit.headers].into_iter().flatten());
        let sources = self.modules.iter().flat_map(|module| module.sources);
        kit.into_iter().flatten().chain(sources).chain(self.headers).copied()
    }

    /// Those that are tests: not what they are run by, nor what they test.
    pub(crate) fn tests(&self) -> impl Iterator<Item = &'static str> + use<> {
        let (kit, of_linux) = (self.kit.map_or(&[][..], |kit| kit.sources), self.of_linux);
        let none = [kit, of_linux, RUNNERS].concat();
        let is_test = move |file: &&str| file.ends_with(".c") && !none.contains(file);
        self.files().filter(is_test)
    }
}

impl Verdict {
    pub(crate) const PLAIN: Self = Self { success: &[], failure: &[], whole: None };

    /// What all lines together say, if they do.
    pub(crate) fn of_all(&self, lines: &[String]) -> Option<(bool, String)> {
        let whole = self.whole?;
        let mut expected = whole.lines();
        let wrong = lines.iter().map(|line| without_time(line)).find_map(|line| match expected.next() {
            Some(wanted) if wanted == line => None,
            Some(wanted) => Some(format!("it printed {line:?}, and not {wanted:?}")),
            None => Some(format!("it printed {line:?}, and should have ended")),
        });
        let missing = || expected.next().map(|line| format!("it did not print {line:?}"));
        Some(wrong.or_else(missing).map_or((true, "all as expected".to_owned()), |why| (false, why)))
    }

    /// What the line says about the test, if it does: true for success, which is said by the last
    /// of `marks`, those of success that no line had before.
    pub(crate) fn of(&self, line: &str, marks: &mut Vec<&str>) -> Option<bool> {
        if self.failure.iter().any(|mark| line.contains(mark)) {
            return Some(false);
        }
        let left = marks.len();
        marks.retain(|mark| !line.contains(mark));
        (left > 0 && marks.is_empty()).then_some(true)
    }
}

/// A line without the time that it was printed at.
fn without_time(line: &str) -> &str {
    let stamped = line.strip_prefix('[').and_then(|line| line.split_once("] "));
    let is_time = |text: &str| text.trim_start().bytes().all(|b| b.is_ascii_digit() || b == b'.');
    stamped.filter(|(time, _)| is_time(time)).map_or(line, |(_, line)| line)
}

//! `ukmod intree`: runs tests of the kernel's own tree, unmodified, which print their own verdict.
//!
//! `table` lists the tests; their entries are in files of their own. `package` and `tree` fetch
//! their sources, which are never part of this repository. They are built against our headers,
//! except for the few of the tree that the test's entry names. They are built and checked as by
//! `ukmod run`, and run in a process of their own (`ukmod load`). `judge` watches that process and
//! always gives a verdict, or the reason why there is none.

mod clients;
mod containers;
mod ctrl_c;
mod judge;
mod kunit;
mod lacking;
mod library;
mod locktorture;
mod package;
mod refscale;
mod spinners;
mod summary;
mod table;
mod test_ww_mutex;
mod tree;

use crate::build::{Plan, Source};
use crate::cli::{Ended, Intree};
use crate::scratch::Scratch;
use crate::words::{Group, Param};
use crate::{Failure, build, session};
use judge::{Aloud, Outcome};
use package::Missing;
use spinners::Spinners;
pub(crate) use spinners::end_with_parent;
use std::fmt::Display;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use table::{Driver, InTree, Sabotage, TESTS};
use tree::Tree;

/// `ukmod intree`.
pub(crate) fn command(options: &Intree) -> Result<Ended, Failure> {
    let no_folder =
        || usage("no cache folder is known, since HOME is not set: name one with --dir".to_owned());
    let folder = options.dir.clone().or_else(default_folder).ok_or_else(no_folder)?;
    if options.fetch {
        return Ok(source(&folder, TESTS)?.map_or_else(|why| skipped("intree", &why), |_| Ended::Well));
    }
    if options.all {
        return summary::all(options, &folder);
    }
    if options.lacking {
        return lacking::list(options, &folder);
    }
    let Some(name) = &options.name else {
        summary::list(&folder);
        return Ok(Ended::Well);
    };
    let test = InTree::find(name).ok_or_else(|| usage(format!("unknown test '{name}'; see --list")))?;
    let options = &typed(test, options);
    let outcome = match run(test, options, &folder, Aloud::AtOnce)? {
        Ok(outcome) => outcome,
        Err(why) => return Ok(skipped(name, &why)),
    };
    let mut what = name.clone();
    if let Some(kind) = &options.kind {
        what.push_str(&format!(" {kind}"));
    }
    for broken in &options.sabotage {
        what.push_str(&format!(", {broken} sabotaged"));
    }
    say(format_args!("{what}: {outcome}"));
    Ok(outcome.status())
}

/// The options with the test's type filled in, if the test has types: the first one by default.
fn typed(test: &InTree, options: &Intree) -> Intree {
    let mut options = options.clone();
    if let Some(types) = &test.types {
        let is_said = options.param.iter().any(|word| word.split('=').next() == Some(types.param));
        let first = || types.values.first().filter(|_| !is_said).map(|&first| first.to_owned());
        options.kind = options.kind.take().or_else(first);
    }
    options
}

/// Runs the test as the options say; or says why the kernel's source is not available. `aloud` says
/// when to print its modules' output.
fn run(
    test: &'static InTree,
    options: &Intree,
    folder: &Path,
    aloud: Aloud,
) -> Result<Result<Outcome, String>, Failure> {
    let params = params(test, options).map_err(usage)?;
    let sabotage = sabotage(test, &options.sabotage).map_err(usage)?;
    let tree = match source(folder, &[test])? {
        Ok(tree) => tree,
        Err(why) => return Ok(Err(why)),
    };
    let scratch = Scratch::new().map_err(build::no_folder)?;
    let plans = plans(test, tree, &scratch.path().join("tree"), &sabotage).map_err(build::no_folder)?;
    let group = Group { paths: Vec::new(), params };
    let words = session::words_of_built(&plans, group, &options.build, &scratch)?;

    let _load = Spinners::start(options.load)
        .map_err(|e| usage(format!("a process for --load can't be started: {e}")))?;
    judge::run(test, &words, &options.run, &scratch, aloud)
        .map(Ok)
        .map_err(|e| Failure::new(Ended::NotLoaded, format!("{} can't be run: {e}", test.name)))
}

/// The tree that the tests need; or why it is not available, if that is not an error.
fn source(folder: &Path, tests: &[&InTree]) -> Result<Result<Tree, String>, Failure> {
    match Tree::get(folder, tests) {
        Ok(tree) => Ok(Ok(tree)),
        Err(Missing::NotToBeHad(why)) => Ok(Err(why)),
        Err(Missing::Wrong(why)) => Err(Failure::new(Ended::NotBuilt, why)),
    }
}

fn usage(message: String) -> Failure {
    Failure::new(Ended::Usage, message)
}

/// Prints a line. An error is ignored: if the reader has closed the pipe, the exit status still
/// gives the verdict.
fn say(line: impl Display) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// Reports that nothing was tested, which is not a success.
fn skipped(what: &str, why: &str) -> Ended {
    say(format_args!("{what}: skipped: {why}"));
    Ended::Skipped
}

/// In cargo's target folder, if this program is in one; else in the user's cache folder, if that is
/// known.
fn default_folder() -> Option<PathBuf> {
    let exe = std::env::current_exe().unwrap_or_default();
    let target = exe.ancestors().skip(1).find(|folder| folder.join("CACHEDIR.TAG").exists());
    target.map(|target| target.join("intree")).or_else(|| {
        let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home);
        Some(cache?.join("ukmod-intree"))
    })
}

/// The test's own parameters, followed by those of the command line, which override them.
fn params(test: &InTree, options: &Intree) -> Result<Vec<Param>, String> {
    let mut words: Vec<String> = test.params.iter().map(|&word| word.to_owned()).collect();
    if let Some(kind) = &options.kind {
        let types = test.types.as_ref().ok_or_else(|| format!("{} has no types", test.name))?;
        if !types.values.contains(&kind.as_str()) {
            return Err(format!("{} has no type '{kind}'; it has: {}", test.name, types.values.join(", ")));
        }
        words.push(format!("{}={kind}", types.param));
    }
    words.extend(options.param.iter().cloned());
    words.iter().map(|word| Param::parse(word).ok_or_else(|| format!("'{word}' is not name=value"))).collect()
}

fn sabotage(test: &'static InTree, names: &[String]) -> Result<Vec<&'static Sabotage>, String> {
    let find = |name: &String| {
        test.sabotage.iter().find(|sabotage| sabotage.name == *name).ok_or_else(|| {
            if test.sabotage.is_empty() {
                return format!("{} has nothing to sabotage", test.name);
            }
            let known: Vec<_> = test.sabotage.iter().map(|sabotage| sabotage.name).collect();
            format!("'{name}' can't be sabotaged; these can: {}", known.join(", "))
        })
    };
    names.iter().map(find).collect()
}

/// The modules to build, with all their files in `root`: copies of the kernel's files, and our
/// drivers.
fn plans(test: &InTree, tree: Tree, root: &Path, sabotage: &[&Sabotage]) -> io::Result<Vec<Plan>> {
    tree.copy(test, root)?;
    drop(tree);
    let place = |driver: &Driver| -> io::Result<Source> {
        let path = root.join(driver.path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        fs::write(&path, driver.text)?;
        Ok(Source { path, cflags: Vec::new() })
    };
    let (of_kit, of_test) = (test.kit.map_or(&[][..], |kit| kit.cflags), test.cflags);
    let mut cflags: Vec<_> = of_kit.iter().chain(of_test).map(|&flag| flag.to_owned()).collect();
    // After our folder, so that our headers win. `-fmacro-prefix-map`: messages name the files as
    // in a kernel's build.
    cflags.push("-DKT_OF_A_KERNEL".to_owned());
    cflags.push(format!("-I{}", root.join("include").display()));
    cflags.push(format!("-fmacro-prefix-map={}/=", root.display()));
    let mut plans = Vec::new();
    for module in test.modules {
        let mut sources = Vec::new();
        let kit = test.kit.filter(|_| plans.is_empty());
        let (first, last) = kit.map_or((&[][..], &[][..]), |kit| (kit.first, kit.last));
        for driver in first {
            sources.push(place(driver)?);
        }
        let source = |file: &&str| Source { path: root.join(file), cflags: Vec::new() };
        sources.extend(kit.map_or(&[][..], |kit| kit.sources).iter().chain(module.sources).map(source));
        for driver in module.drivers.iter().chain(last) {
            sources.push(place(driver)?);
        }
        let mut replaced = Vec::new();
        for broken in sabotage.iter().filter(|broken| broken.module == module.name) {
            // One file may break several locks.
            if !sources.iter().any(|source| source.path == root.join(broken.driver.path)) {
                sources.push(place(&broken.driver)?);
            }
            replaced.extend(broken.functions.iter().map(|&function| function.to_owned()));
        }
        plans.push(Plan { name: module.name.to_owned(), sources, cflags: cflags.clone(), replaced });
    }
    Ok(plans)
}

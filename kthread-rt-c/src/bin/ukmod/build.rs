//! Builds modules: compiles their unmodified sources with gcc against this package's headers.
//!
//! All files of all modules are compiled in parallel, one per cpu at a time; then each module is
//! linked.

use crate::Failure;
use crate::cli::{self, BuildOptions, Ended};
use crate::compile::{Gcc, Job, no_compiler, side_by_side};
use crate::kbuild;
use crate::output::{tell, to_stderr};
use crate::place::place;
use crate::symbols::{self, Symbols};
use crate::words::{self, Group};
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A module to build.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) name: String,
    pub(crate) sources: Vec<Source>,
    /// The compiler options of all its files.
    pub(crate) cflags: Vec<String>,
    /// Functions that the module's own sources replace: they define `__wrap_f` for `f`.
    pub(crate) replaced: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) cflags: Vec<String>,
}

/// A module that was built.
#[derive(Debug)]
pub(crate) struct Built {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) symbols: Symbols,
    /// For each undefined symbol, the source files that use it.
    pub(crate) wanted_by: BTreeMap<String, Vec<String>>,
}

/// The folder of the headers: installed beside this program, or in this package's source.
pub(crate) fn include_dir() -> PathBuf {
    let installed = std::env::current_exe()
        .ok()
        .and_then(|exe| Some(exe.parent()?.parent()?.join("include/kthread-rt")))
        .filter(|dir| dir.join("linux/kthread.h").exists());
    installed.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("include"))
}

/// The module's name: the file's, with Kbuild's underscores for dashes.
pub(crate) fn module_name(source: &Path) -> String {
    source.file_stem().map_or("module".into(), |stem| stem.to_string_lossy().replace('-', "_"))
}

/// The modules that a group of words names. Unless `quiet`, prints what a user should know about
/// them.
pub(crate) fn plans(group: &Group, options: &BuildOptions, quiet: bool) -> Result<Vec<Plan>, Failure> {
    if let [folder] = &group.paths[..]
        && folder.is_dir()
    {
        return kbuild::plans(folder, options.kernel_version, quiet);
    }
    for path in &group.paths {
        is_source(path).map_err(|why| Failure::new(Ended::NotBuilt, format!("{}: {why}", path.display())))?;
    }
    let source = |path: &PathBuf| Source { path: path.clone(), cflags: Vec::new() };
    let sources: Vec<_> = group.paths.iter().map(source).collect();
    Ok(vec![Plan { name: module_name(&group.paths[0]), sources, cflags: Vec::new(), replaced: Vec::new() }])
}

/// Checks that a module can be built from the file; the error says why not. The compiler itself
/// would read a device for ever, and link an object file as it is.
fn is_source(path: &Path) -> Result<(), &'static str> {
    match path.extension().and_then(|extension| extension.to_str()) {
        _ if !path.is_file() => Err("it is not a regular file"),
        Some("c") => Ok(()),
        Some("so") => Err("it is already built: load it with `ukmod load`"),
        Some("ko") => {
            Err("a module that is built for a real kernel can't run here: build it from its source")
        }
        Some("S" | "s") => Err("not supported: assembly"),
        _ if path.ends_with("Makefile") || path.ends_with("Kbuild") => {
            Err("name the folder that contains it")
        }
        _ => Err("it is not a C source: its name does not end in .c"),
    }
}

/// `ukmod build`.
pub(crate) fn command(build: &cli::Build) -> Result<Ended, Failure> {
    let mut plans = Vec::new();
    for group in words::groups(&build.words, false)? {
        plans.extend(self::plans(&group, &build.build, false)?);
    }
    let scratch = crate::scratch::Scratch::new().map_err(no_folder)?;
    let built = modules(&plans, scratch.path(), &build.build, &[])?;
    place(&built, build.output.as_deref()).map_err(|e| Failure::new(Ended::NotBuilt, e))?;
    // Another module may export what is missing here, so this is not a failure yet.
    let exports = built.iter().flat_map(|module| module.symbols.exported.clone()).collect();
    for module in &built {
        for name in symbols::unresolved(&module.symbols, &exports).missing {
            tell!(
                "ukmod: {}: the runtime does not have {}: another module has to export it",
                module.name,
                name
            );
        }
    }
    Ok(Ended::Well)
}

pub(crate) fn no_folder(e: io::Error) -> Failure {
    Failure::new(Ended::NotBuilt, format!("can't create a temporary folder: {e}"))
}

/// Builds modules in `folder`. `more` are further options of the compiler and the linker.
pub(crate) fn modules(
    plans: &[Plan],
    folder: &Path,
    options: &BuildOptions,
    more: &[&str],
) -> Result<Vec<Built>, Failure> {
    let gcc = Gcc::find().map_err(no_compiler)?;
    let mut jobs = Vec::new();
    for plan in plans {
        for source in &plan.sources {
            jobs.push((plan, source, folder.join(format!("{}.o", jobs.len()))));
        }
    }
    let command = |job: &Job<'_>| {
        let mut cc = gcc.command(job.0, job.1, options, more);
        cc.env("TMPDIR", folder);
        cc
    };
    let compile = |job: &Job<'_>| command(job).arg("-c").arg("-o").arg(&job.2).output();
    if let Err(refused) = side_by_side(&jobs, options.jobs, |job| job.1.path.display().to_string(), compile) {
        let includes = |job: &Job<'_>| command(job).args(["-M", "-MG", "-MT", "it"]).output();
        return Err(refused.into_failure(&jobs, options, includes));
    }

    let mut built = Vec::new();
    for plan in plans {
        let path = folder.join(format!("{}.so", plan.name));
        let objects: Vec<_> = jobs.iter().filter(|(of, ..)| std::ptr::eq(*of, plan)).collect();
        let replaced = || plan.replaced.iter().chain(&options.wrap);
        let mut link = Command::new("gcc");
        link.args(["-shared", "-Wl,-Bsymbolic", "-Wl,-z,now", "-o"])
            .arg(&path)
            .args(more)
            .args(replaced().map(|function| format!("-Wl,--wrap={function}")));
        link.args(objects.iter().map(|(_, _, object)| object));
        let output = link.env("LC_ALL", "C").env("TMPDIR", folder).output().map_err(no_compiler)?;
        to_stderr(format_args!("{}", String::from_utf8_lossy(&output.stderr)));
        if !output.status.success() {
            return Err(Failure::new(Ended::NotBuilt, format!("{} was not linked", plan.name)));
        }
        let symbols = Symbols::read(&path).map_err(|e| Failure::new(Ended::NotBuilt, e))?;
        let objects = objects.iter().map(|(_, source, object)| (&*source.path, &**object));
        let wanted_by = symbols::wanted_by(objects);
        if let Some(function) = replaced().find(|function| !wanted_by.contains_key(*function)) {
            let message = format!("{} does not call {function}, so it can't be replaced", plan.name);
            return Err(Failure::new(Ended::NotBuilt, message));
        }
        built.push(Built { name: plan.name.clone(), path, symbols, wanted_by });
    }
    Ok(built)
}

/// The preprocessor's output for a file that includes these headers.
pub(crate) fn expanded<'a>(headers: impl Iterator<Item = &'a String>) -> io::Result<String> {
    let scratch = crate::scratch::Scratch::new()?;
    let all = scratch.path().join("all.c");
    fs::write(&all, headers.map(|header| format!("#include <{header}>\n")).collect::<String>())?;
    let mut cpp = Gcc::find()?.plain(None);
    cpp.args(["-E", "-P"]).arg(&all);
    let output = cpp.output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

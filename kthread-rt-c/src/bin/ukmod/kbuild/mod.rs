//! Reads a folder with a Kbuild file or a Makefile: its modules, their files, and the compiler's
//! options.
//!
//! Both are makefiles, so `make` reads them; it builds nothing. `goal` reads the Makefile as its
//! author runs it, to find how it calls a kernel's build: with which folder and which variables.
//! Then `read` reads the folder as the kernel's build would. This module decides what to build of
//! that, and how.

mod goal;
mod read;
mod shell;

use crate::Failure;
use crate::build::{Plan, Source};
use crate::cli::Ended;
use crate::flags::Version;
use crate::output::tell;
use read::{Kind, Object};
use std::fs;
use std::path::{Path, PathBuf};

/// A call of a kernel's build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// The folder with the modules.
    folder: PathBuf,
    /// `NAME=VALUE` words of its command line.
    vars: Vec<String>,
    /// Its environment.
    env: Vec<(String, String)>,
}

/// All modules that a folder and its subfolders name.
#[derive(Debug, Default)]
struct Asked {
    /// Modules of `obj-m`, of `obj-y`, and of options that are not set.
    modules: Vec<Plan>,
    built_in: Vec<Plan>,
    unset: Vec<Plan>,
}

/// The folder's modules for this version, in its order. Unless `quiet`, prints what differs from a
/// kernel's build.
pub(crate) fn plans(folder: &Path, version: Option<Version>, quiet: bool) -> Result<Vec<Plan>, Failure> {
    let folder = folder.canonicalize().map_err(|e| refused(format!("{}: {e}", folder.display())))?;
    if read::file_in(&folder).is_none() && goal::file_in(&folder).is_none() {
        return Err(refused(format!("{}: there is no Kbuild file and no Makefile", folder.display())));
    }
    if !quiet {
        report_shell_commands(&folder);
    }
    let mut calls = goal::calls(&folder);
    if calls.is_empty() {
        // No goal calls a kernel's build; most such files are only for the kernel's build.
        calls.push(Call { folder: folder.clone(), vars: Vec::new(), env: Vec::new() });
    }
    let mut asked = Asked::default();
    for call in &calls {
        descend(call, version, &[], &[], &mut asked)?;
    }
    let Asked { mut modules, built_in, unset } = asked;
    if modules.is_empty() && !built_in.is_empty() {
        modules.push(joined(built_in, &folder));
        if !quiet {
            tell!("ukmod: {}: obj-y is built as a module: {}", folder.display(), modules[0].name);
        }
    } else if modules.is_empty() && !unset.is_empty() {
        let names: Vec<_> = unset.iter().map(|plan| &*plan.name).collect();
        if !quiet {
            let names = names.join(", ");
            tell!(
                "ukmod: {}: the CONFIG_ option of {names} is not set; building modules anyway",
                folder.display()
            );
        }
        modules = unset;
    }
    if modules.is_empty() {
        let file = read::file_in(&folder).or_else(|| goal::file_in(&folder)).unwrap_or_default();
        return Err(refused(format!("{}: obj-m names no module", folder.join(file).display())));
    }
    Ok(without_repetitions(modules))
}

fn refused(message: String) -> Failure {
    Failure::new(Ended::NotBuilt, message)
}

/// Reads the folder of `call` and its subfolders. `above` are the folders that lead here; `flags`
/// are their options for all subfolders.
fn descend(
    call: &Call,
    version: Option<Version>,
    above: &[PathBuf],
    flags: &[String],
    asked: &mut Asked,
) -> Result<(), Failure> {
    let folder =
        call.folder.canonicalize().map_err(|e| refused(format!("{}: {e}", call.folder.display())))?;
    if above.contains(&folder) {
        let first = above.first().unwrap_or(&folder).display();
        return Err(refused(format!(
            "{first}: its subfolders lead in a cycle, back to {}",
            folder.display()
        )));
    }
    let contents = read::ask(call, &folder, version).map_err(refused)?;
    let below_flags = [flags, &contents.subdir_flags].concat();
    let all_flags = [&*below_flags, &contents.flags].concat();
    let here = [above, std::slice::from_ref(&folder)].concat();
    for Object { kind, name, parts } in &contents.objects {
        if let Some(below) = name.strip_suffix('/') {
            let below = Call { folder: folder.join(below), ..call.clone() };
            let mut found = Asked::default();
            descend(&below, version, &here, &below_flags, &mut found)?;
            if *kind == Kind::Unset {
                found.unset.splice(0..0, found.modules.drain(..).chain(found.built_in.drain(..)));
            }
            asked.modules.append(&mut found.modules);
            asked.built_in.append(&mut found.built_in);
            asked.unset.append(&mut found.unset);
            continue;
        }
        let Some(stem) = name.strip_suffix(".o") else {
            return Err(refused(format!(
                "{}: obj-m has {name}, whose name does not end in .o",
                folder.display()
            )));
        };
        let objects = if parts.is_empty() { std::slice::from_ref(name) } else { parts };
        let mut sources: Vec<Source> = Vec::new();
        for object in objects {
            let source = source_of(&folder, object)
                .map(|path| Source { path, cflags: contents.flags_of(object, &folder) });
            match source {
                // Two conditions may name the same file.
                Ok(source) if sources.iter().any(|other| other.path == source.path) => {}
                Ok(source) => sources.push(source),
                // Its option is not set, so nobody needs it.
                Err(_) if *kind == Kind::Unset => {}
                Err(e) => return Err(refused(e)),
            }
        }
        let name = stem.rsplit('/').next().unwrap_or(stem).replace('-', "_");
        let plan = Plan { name, sources, cflags: all_flags.clone(), replaced: Vec::new() };
        match kind {
            Kind::Module => asked.modules.push(plan),
            Kind::BuiltIn => asked.built_in.push(plan),
            Kind::Unset if plan.sources.is_empty() => {}
            Kind::Unset => asked.unset.push(plan),
        }
    }
    Ok(())
}

/// Joins the objects that a kernel would build in into one module: built-in objects use each
/// other's symbols without EXPORT_SYMBOL.
fn joined(built_in: Vec<Plan>, folder: &Path) -> Plan {
    let name = match &built_in[..] {
        [only] => only.name.clone(),
        _ => crate::build::module_name(folder),
    };
    let mut whole = Plan { name, sources: Vec::new(), cflags: Vec::new(), replaced: Vec::new() };
    for plan in without_repetitions(built_in) {
        // Each file keeps the options of its folder.
        whole.sources.extend(
            plan.sources
                .into_iter()
                .map(|source| Source { path: source.path, cflags: [&*plan.cflags, &source.cflags].concat() }),
        );
    }
    whole
}

/// Removes repetitions: a module that several goals or lines name is built once.
fn without_repetitions(plans: Vec<Plan>) -> Vec<Plan> {
    let paths = |plan: &Plan| plan.sources.iter().map(|source| source.path.clone()).collect::<Vec<_>>();
    let mut once: Vec<Plan> = Vec::new();
    for plan in plans {
        if !once.iter().any(|other| other.name == plan.name && paths(other) == paths(&plan)) {
            once.push(plan);
        }
    }
    once
}

/// The source file of an object.
fn source_of(folder: &Path, object: &str) -> Result<PathBuf, String> {
    let plain = folder.join(object);
    let source = plain.with_extension("c");
    if source.is_file() {
        return Ok(source);
    }
    let others = [
        ("S", "assembly"),
        ("s", "assembly"),
        ("rs", "Rust"),
        ("cpp", "C++"),
        ("cc", "C++"),
        ("o_shipped", "an object file that was built elsewhere"),
    ];
    match others.into_iter().find(|(extension, _)| plain.with_extension(extension).exists()) {
        Some((_, what)) => Err(format!("not supported: {object} is built from {what}")),
        None => Err(format!("{}: no such file, which {object} needs", source.display())),
    }
}

/// Commands that are not worth a message.
const HARMLESS: [&str; 6] = ["uname -r", "pwd", "pwd -P", "uname -m", "uname", "date"];

/// Prints the commands in `$(shell …)` that `make` runs when it reads the folder's files.
fn report_shell_commands(folder: &Path) {
    for name in ["Kbuild", "GNUmakefile", "makefile", "Makefile"] {
        let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
        let mut commands = shell::commands_of_make(&text);
        commands.retain(|command| !HARMLESS.contains(command));
        commands.dedup();
        if !commands.is_empty() {
            let file = folder.join(name);
            tell!(
                "ukmod: {}: make runs the commands in its $(shell …): {}",
                file.display(),
                commands.join("; ")
            );
        }
    }
}

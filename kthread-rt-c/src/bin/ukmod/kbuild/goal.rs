//! Finds how a Makefile's own goals call a kernel's build (`make -C /lib/modules/…/build M=$(PWD)
//! modules`): with which folder, variables and environment.
//!
//! `make --dry-run` prints the commands of the goal. It would still run two kinds, which are
//! removed from the text that it reads: lines with `$(MAKE)`, and lines that begin with a `+`. It
//! does run the commands in `$(shell …)`.

use super::{Call, shell};
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Replaces `$(MAKE)` in the text that make reads.
const MAKE: &str = "kt-make";

/// How deep Makefiles may call each other.
const DEPTH: u32 = 4;

/// The goals to try if the file's first goal does not call a kernel's build.
const GOALS: [&str; 10] =
    ["all", "default", "modules", "module", "build", "driver", "drivers", "kmod", "kernel", "compile"];

/// The file that `make` reads by default.
pub(super) fn file_in(folder: &Path) -> Option<&'static str> {
    ["GNUmakefile", "makefile", "Makefile"].into_iter().find(|name| folder.join(name).is_file())
}

/// A `make` command in this folder, without the variables that a calling `make` left in the
/// environment.
pub(super) fn make(folder: &Path) -> Command {
    let mut make = Command::new("make");
    for name in
        ["MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "GNUMAKEFLAGS", "MAKEFILES", "KERNELRELEASE"]
    {
        make.env_remove(name);
    }
    make.arg("--no-print-directory").current_dir(folder).env("PWD", folder).env("LC_ALL", "C");
    make
}

/// The calls of a kernel's build that the folder's Makefile makes. None if there is no Makefile, or
/// no such call.
pub(super) fn calls(folder: &Path) -> Vec<Call> {
    let first = Goal { vars: Vec::new(), env: Vec::new(), names: Vec::new() };
    let mut calls = followed(folder, &first, DEPTH);
    for goal in GOALS {
        if calls.is_empty() {
            calls = followed(folder, &Goal { names: vec![goal.to_owned()], ..first.clone() }, DEPTH);
        }
    }
    calls
}

/// The arguments and the environment of a `make` call.
#[derive(Debug, Clone)]
struct Goal {
    vars: Vec<String>,
    env: Vec<(String, String)>,
    names: Vec<String>,
}

/// The calls of a kernel's build that this goal makes.
fn followed(folder: &Path, goal: &Goal, depth: u32) -> Vec<Call> {
    let Some(name) = file_in(folder) else { return Vec::new() };
    let Ok(text) = fs::read(folder.join(name)) else { return Vec::new() };
    let text = harmless(&String::from_utf8_lossy(&text), name);
    // `--keep-going`: make continues after a goal that it can't make.
    let Some(script) = ask(folder, &text, goal, &["--dry-run", "--keep-going"]) else { return Vec::new() };
    let mut calls: Vec<Call> = Vec::new();
    let mut env: Option<Vec<(String, String)>> = None;
    for line in shell::commands(&script, folder) {
        let Some(asked) = Asked::read(&line.words) else { continue };
        let place = asked.folder.map_or_else(|| line.folder.clone(), |to| line.folder.join(to));
        let module_folder = asked.module_folder.map(|to| line.folder.join(to));
        let exported = env.get_or_insert_with(|| exported(folder, &text, goal));
        let env = [&goal.env[..], exported, &asked.env].concat();
        match module_folder {
            Some(to) if !to.is_dir() || is_no_build(&asked.goals) => {}
            Some(to) => calls.push(Call { folder: to, vars: asked.vars, env }),
            None if depth > 0 && place.is_dir() && !is_no_build(&asked.goals) => {
                let vars = [&goal.vars[..], &asked.vars].concat();
                calls.extend(followed(&place, &Goal { vars, env, names: asked.goals }, depth - 1));
            }
            None => {}
        }
    }
    let mut once: Vec<Call> = Vec::new();
    for call in calls {
        if !once.contains(&call) {
            once.push(call);
        }
    }
    once
}

/// True for goals that build nothing.
fn is_no_build(goals: &[String]) -> bool {
    let none =
        ["clean", "modules_install", "install", "help", "kernelversion", "kernelrelease", "headers_check"];
    !goals.is_empty() && goals.iter().all(|goal| none.contains(&&**goal))
}

/// The makefile's text, changed so that a dry run runs nothing.
fn harmless(text: &str, name: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in
        text.replace("$(MAKE)", MAKE).replace("${MAKE}", MAKE).replace("$(MAKEFILE_LIST)", name).lines()
    {
        match line.strip_prefix('\t') {
            Some(recipe) => {
                let begin =
                    recipe.find(|c| !matches!(c, '@' | '-' | '+' | ' ' | '\t')).unwrap_or(recipe.len());
                out.push('\t');
                out.push_str(&recipe[begin..]);
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    out
}

/// The output of `make` when it reads `text` for this goal. None if `make` can't be started.
fn ask(folder: &Path, text: &str, goal: &Goal, options: &[&str]) -> Option<String> {
    let mut make = make(folder);
    make.args(options).args(["-f", "-"]).args(&goal.names).args(&goal.vars);
    make.envs(goal.env.iter().map(|(name, value)| (name, value)));
    let mut make = make.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    if let Some(mut stdin) = make.stdin.take() {
        // An error means that make has ended early; its output shows that.
        let _ = std::io::Write::write_all(&mut stdin, text.as_bytes());
    }
    let output = make.wait_with_output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The variables that the file exports to its commands.
fn exported(folder: &Path, text: &str, goal: &Goal) -> Vec<(String, String)> {
    if !text.contains("export") {
        return Vec::new();
    }
    let text = format!("{text}\n.PHONY: kt-env\nkt-env: ;@env -0\n");
    let goal = Goal { names: vec!["kt-env".to_owned()], ..goal.clone() };
    let env = ask(folder, &text, &goal, &["--silent"]).unwrap_or_default();
    let makes_own =
        ["MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKE_TERMOUT", "MAKE_TERMERR", "PWD", "LC_ALL", "_"];
    env.split('\0')
        .filter_map(|line| line.split_once('='))
        .filter(|&(name, value)| {
            !makes_own.contains(&name) && std::env::var_os(name).as_deref() != Some(OsStr::new(value))
        })
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A command that calls `make`.
#[derive(Debug, Default)]
struct Asked {
    folder: Option<String>,
    /// `M=`, or its older names.
    module_folder: Option<String>,
    vars: Vec<String>,
    env: Vec<(String, String)>,
    goals: Vec<String>,
}

impl Asked {
    /// Parses a command. None if it does not call `make`.
    fn read(words: &[String]) -> Option<Self> {
        let assigned = |word: &str| {
            let (name, value) = word.split_once('=')?;
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
            (!name.is_empty() && !name.starts_with('-') && name.chars().all(is_name))
                .then(|| (name.to_owned(), value.to_owned()))
        };
        let mut asked = Self::default();
        let mut words = words.iter().map(String::as_str);
        let program = loop {
            let word = words.next()?;
            match assigned(word) {
                Some(pair) => asked.env.push(pair),
                None => break word,
            }
        };
        if !["make", "gmake", MAKE].contains(&program.rsplit('/').next()?) {
            return None;
        }
        while let Some(word) = words.next() {
            if let Some((name, value)) = assigned(word) {
                match &*name {
                    "M" | "SUBDIRS" | "KBUILD_EXTMOD" => asked.module_folder = Some(value),
                    // Ignored: the compiler and the machine are those of this process.
                    "CC" | "LD" | "AR" | "ARCH" | "CROSS_COMPILE" | "O" => {}
                    _ => asked.vars.push(word.to_owned()),
                }
            } else if let Some(to) = word.strip_prefix("--directory=") {
                asked.folder = Some(to.to_owned());
            } else if word == "-C" || word == "--directory" {
                asked.folder = words.next().map(str::to_owned);
            } else if let Some(to) = word.strip_prefix("-C") {
                asked.folder = Some(to.to_owned());
            } else if ["-f", "-I", "-o", "-W"].contains(&word) {
                words.next();
            } else if !word.starts_with('-') && !word.starts_with(['>', '<', '2']) {
                asked.goals.push(word.to_owned());
            }
        }
        Some(asked)
    }
}

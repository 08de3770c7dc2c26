//! A folder with a Kbuild file: `obj-m` and what belongs to it.
//!
//! It is a makefile, with conditions, functions and variables; so `make` reads it. A few lines behind it print what was asked for, and
//! nothing is made. As in a kernel's build, KERNELRELEASE is set, which a module's Makefile tests for whether it is the kernel that
//! reads it.

use crate::Failure;
use crate::build::{Plan, Source};
use crate::cli::Ended;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is read before the folder's file, and behind it. `$(1)` is a module's name.
const BEFORE: &str = "\
MAKEFLAGS += --no-builtin-rules
CONFIG_MODULES := y
";
const AFTER: &str = r"
kt-of = $(sort $($(1)-objs) $($(1)-y) $($(1)-m))
$(foreach o,$(obj-m),$(info kt module $(o) $(call kt-of,$(o:.o=))))
$(info kt flags $(subdir-ccflags-y) $(ccflags-y) $(ccflags-m) $(EXTRA_CFLAGS) $(CFLAGS_MODULE))
$(foreach o,$(sort $(obj-m) $(foreach m,$(obj-m:.o=),$(call kt-of,$(m)))),$(info kt flags-of $(o) $(CFLAGS_$(o))))
.PHONY: kt-nothing
kt-nothing: ;@:
";

/// Which modules the folder makes, in its order.
pub(crate) fn plans(folder: &Path) -> Result<Vec<Plan>, Failure> {
    let refused = |message: String| Failure::new(Ended::NotBuilt, message);
    let folder = folder.canonicalize().map_err(|e| refused(format!("{}: {e}", folder.display())))?;
    let name = ["Kbuild", "Makefile"].into_iter().find(|name| folder.join(name).is_file());
    let Some(name) = name else {
        return Err(refused(format!("{}: there is no Kbuild file and no Makefile", folder.display())));
    };
    let told = ask_make(&folder, name).map_err(refused)?;
    let mut flags = Vec::new();
    let mut flags_of: Vec<(&str, Vec<String>)> = Vec::new();
    let mut modules: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in told.lines().filter_map(|line| line.strip_prefix("kt ")) {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (object, behind) = rest.split_once(' ').unwrap_or((rest, ""));
        match kind {
            "flags" => flags = shell_words(rest),
            "flags-of" => flags_of.push((object, shell_words(behind))),
            _ => modules.push((object, behind.split_whitespace().collect())),
        }
    }
    let mut plans = Vec::new();
    for (module, parts) in modules {
        if let Some(below) = module.strip_suffix('/') {
            plans.extend(self::plans(&folder.join(below))?);
            continue;
        }
        let Some(stem) = module.strip_suffix(".o") else {
            return Err(refused(format!("{}: obj-m has {module}, which is no .o", folder.display())));
        };
        let objects = if parts.is_empty() { vec![module] } else { parts };
        let source = |object: &str| {
            let cflags = flags_of.iter().find(|(of, _)| *of == object).map_or(Vec::new(), |(_, f)| f.clone());
            source_of(&folder, object).map(|path| Source { path, cflags }).map_err(refused)
        };
        let sources = objects.into_iter().map(source).collect::<Result<_, _>>()?;
        let name = stem.rsplit('/').next().unwrap_or(stem).replace('-', "_");
        plans.push(Plan { name, sources, cflags: flags.clone(), replaced: Vec::new() });
    }
    if plans.is_empty() {
        return Err(refused(format!("{}: obj-m names no module", folder.join(name).display())));
    }
    Ok(plans)
}

/// Splits a command line as a shell does, which is who reads flags in a kernel's build: quotes, and backslashes.
fn shell_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(chars.next()),
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, Some(q)) if c == q => quote = None,
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The file that an object is made of.
fn source_of(folder: &Path, object: &str) -> Result<PathBuf, String> {
    let source = folder.join(object).with_extension("c");
    if source.is_file() {
        return Ok(source);
    }
    match fs::exists(folder.join(object).with_extension("S")) {
        Ok(true) => Err(format!("not supported: {object} is made of assembly")),
        _ => Err(format!("{}: there is no such file, for {object}", source.display())),
    }
}

/// What `make` says of the file.
fn ask_make(folder: &Path, name: &str) -> Result<String, String> {
    let make = Command::new("make")
        .args(["--no-print-directory", "--silent", "-f", name])
        .args(["--eval", BEFORE, "--eval"])
        // Evaluated before the file is read; what is behind it is read behind it.
        .arg("MAKEFILE_LIST :=")
        .args(["-f", "-", "kt-nothing"])
        .arg("KERNELRELEASE=6.1.0")
        .arg(format!("src={}", folder.display()))
        .arg(format!("obj={}", folder.display()))
        .arg(format!("M={}", folder.display()))
        .arg(format!("srctree={}", crate::build::include_dir().display()))
        .env("PWD", folder)
        .current_dir(folder)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn();
    let mut make = make.map_err(|e| format!("make can't be started: {e}; a Kbuild file is a makefile"))?;
    // It closes with this.
    let written = make.stdin.take().map(|mut stdin| std::io::Write::write_all(&mut stdin, AFTER.as_bytes()));
    let output = make.wait_with_output().map_err(|e| e.to_string())?;
    if !output.status.success() || !matches!(written, Some(Ok(()))) {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{}: make does not read it:\n{}", folder.join(name).display(), said.trim_end()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

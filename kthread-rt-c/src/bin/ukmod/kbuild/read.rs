//! A folder as a kernel's build reads it: its Kbuild file, or its Makefile, with KERNELRELEASE set,
//! which a Makefile tests for whether it is the kernel that reads it. A few lines behind the file
//! print what was asked for.

use super::{Call, shell};
use crate::build::include_dir;
use crate::flags::{DEFAULT, Version};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// What an object is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `obj-m`.
    Module,
    /// `obj-y`.
    BuiltIn,
    /// `obj-$(CONFIG_X)`, of an option that is not set.
    Unset,
}

/// A word of `obj-m` and its like: an object, or a folder.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// What `x-objs` and `x-y` have.
    pub(super) parts: Vec<String>,
}

/// What the folder asks for.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) objects: Vec<Object>,
    pub(super) flags: Vec<String>,
    /// For the folders below, too.
    pub(super) subdir_flags: Vec<String>,
    flags_of: Vec<(String, Vec<String>)>,
}

impl Told {
    /// The options for one object. Their variable may have its name with the folder or without.
    pub(super) fn flags_of(&self, object: &str, folder: &Path) -> Vec<String> {
        let of =
            |name: &str| self.flags_of.iter().find(|(of, _)| of == name).map_or(&[][..], |(_, flags)| flags);
        let base = object.rsplit('/').next().unwrap_or(object);
        let mut flags = of(object).to_vec();
        if base != object {
            flags.extend_from_slice(of(base));
        }
        usable(flags, folder)
    }
}

/// How this kernel is configured: the header has it, for the sources.
const CONFIGURED: &str = include_str!("../../../../include/kt/core/generated/autoconf.h");

/// What is read before the folder's file. A kernel's build has these from its own files.
const BEFORE: &str = "\
MAKEFLAGS += --no-builtin-rules
comma := ,
empty :=
space := $(empty) $(empty)
squote := '
pound := \\#
Q := @
CC := gcc
cc-option = $(if $(shell gcc -Werror $(1) -c -x c /dev/null -o /dev/null 2>/dev/null && echo y),$(1),$(2))
cc-option-yn = $(if $(call cc-option,$(1)),y,n)
cc-disable-warning = $(call cc-option,-Wno-$(strip $(1)))
";

/// What is read behind it. `$(1)` is a module's name.
const AFTER: &str = r"
kt-of = $($(1)-objs) $($(1)-y) $($(1)-m)
kt-all = $(obj-m) $(obj-y) $(obj-) $(addsuffix /,$(patsubst %/,%,$(subdir-m) $(subdir-y)))
$(foreach o,$(obj-m) $(addsuffix /,$(patsubst %/,%,$(subdir-m))),$(info kt m $(o) $(call kt-of,$(o:.o=))))
$(foreach o,$(obj-y) $(addsuffix /,$(patsubst %/,%,$(subdir-y))),$(info kt y $(o) $(call kt-of,$(o:.o=))))
$(foreach o,$(obj-),$(info kt n $(o) $(call kt-of,$(o:.o=))))
kt-flags = $(KBUILD_CPPFLAGS) $(KCPPFLAGS) $(ccflags-y) $(ccflags-m) $(EXTRA_CFLAGS) $(EXTRA_CPPFLAGS)
kt-flags += $(KBUILD_CFLAGS) $(KBUILD_CFLAGS_MODULE) $(CFLAGS_MODULE) $(KCFLAGS)
$(info kt flags $(filter-out $(ccflags-remove-y),$(kt-flags)))
$(info kt subdir-flags $(subdir-ccflags-y) $(subdir-ccflags-m))
kt-names = $(sort $(kt-all) $(foreach m,$(kt-all:.o=),$(call kt-of,$(m))))
$(foreach o,$(sort $(kt-names) $(notdir $(kt-names))),$(info kt flags-of $(o) $(CFLAGS_$(o))))
.PHONY: kt-nothing
kt-nothing: ;@:
";

/// The file that a kernel's build reads.
pub(super) fn file_in(folder: &Path) -> Option<&'static str> {
    ["Kbuild", "Makefile"].into_iter().find(|name| folder.join(name).is_file())
}

/// Asks `make` what the folder has. `folder` is that of the call, without symbolic links.
pub(super) fn ask(call: &Call, folder: &Path, version: Option<Version>) -> Result<Told, String> {
    let Some(name) = file_in(folder) else {
        return Err(format!("{}: there is no Kbuild file and no Makefile", folder.display()));
    };
    let text = ask_make(call, folder, name, version.unwrap_or(DEFAULT))?;
    let mut told = Told::default();
    for line in text.lines().filter_map(|line| line.strip_prefix("kt ")) {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (object, behind) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut object_of = |kind| {
            let parts = behind.split_whitespace().map(str::to_owned).collect();
            told.objects.push(Object { kind, name: object.to_owned(), parts });
        };
        match kind {
            "m" => object_of(Kind::Module),
            "y" => object_of(Kind::BuiltIn),
            "n" => object_of(Kind::Unset),
            "flags" => told.flags = usable(shell::words(rest), folder),
            "subdir-flags" => told.subdir_flags = usable(shell::words(rest), folder),
            "flags-of" => told.flags_of.push((object.to_owned(), shell::words(behind))),
            _ => {}
        }
    }
    Ok(told)
}

/// The options that make sense here: folders and files are those of `folder`, and what is for code
/// of a kernel alone is left out.
fn usable(flags: Vec<String>, folder: &Path) -> Vec<String> {
    const PATHS: [&str; 5] = ["-I", "-include", "-isystem", "-iquote", "-imacros"];
    const KERNELS: [&str; 8] = [
        "-mcmodel=",
        "-mpreferred-stack-boundary=",
        "-mregparm=",
        "-fno-pic",
        "-fno-PIC",
        "-fno-exceptions",
        "-fno-asynchronous-unwind-tables",
        "-fno-unwind-tables",
    ];
    let there = |path: &str| match folder.join(path) {
        whole if whole.exists() => whole.display().to_string(),
        _ => path.to_owned(),
    };
    let mut usable = Vec::new();
    let mut path_follows = false;
    for flag in flags {
        if path_follows {
            usable.push(there(&flag));
            path_follows = false;
        } else if PATHS.contains(&&*flag) {
            path_follows = true;
            usable.push(flag);
        } else if let Some(path) = flag.strip_prefix("-I") {
            usable.push(format!("-I{}", there(path)));
        } else if !KERNELS.iter().any(|kernels| flag.starts_with(kernels)) {
            usable.push(flag);
        }
    }
    usable
}

/// The options of the header as a makefile has them: what is 1 for the sources is `y` here.
fn configuration() -> String {
    let mut variables = String::new();
    // An #ifdef names another machine.
    let mut elsewhere = false;
    for line in CONFIGURED.lines() {
        if let Some(machine) = line.strip_prefix("#ifdef __") {
            elsewhere = machine.trim_end_matches('_') != std::env::consts::ARCH;
        } else if line == "#endif" {
            elsewhere = false;
        } else if let Some((name, value)) =
            line.strip_prefix("#define CONFIG_").and_then(|rest| rest.split_once(' '))
            && !elsewhere
        {
            let value = if value == "1" { "y" } else { value };
            variables += &format!("CONFIG_{name} := {value}\n");
        }
    }
    variables
}

/// What `make` prints about the file.
fn ask_make(call: &Call, folder: &Path, name: &str, (a, b, c): Version) -> Result<String, String> {
    let path = folder.display();
    let configured = configuration();
    let before =
        format!("{configured}{BEFORE}VERSION := {a}\nPATCHLEVEL := {b}\nSUBLEVEL := {c}\nsrc := {path}\n");
    let include = include_dir();
    let tree: PathBuf = include.parent().map_or_else(|| include.clone(), Path::to_owned);
    let make = super::goal::make(folder)
        .envs(call.env.iter().map(|(name, value)| (name, value)))
        .env("KERNELRELEASE", format!("{a}.{b}.{c}"))
        .env("KERNELVERSION", format!("{a}.{b}.{c}"))
        .args(["--silent", "-f", name, "--eval", &before])
        // Evaluated before the file is read; what is behind it is read behind it.
        .args(["--eval", "MAKEFILE_LIST :=", "-f", "-", "kt-nothing"])
        .arg(format!("obj={path}"))
        .arg(format!("M={path}"))
        .arg(format!("srctree={}", tree.display()))
        .args(call.vars.iter())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut make = make.map_err(|e| format!("make can't be started: {e}; a Kbuild file is a makefile"))?;
    // It closes with this.
    let written = make.stdin.take().map(|mut stdin| stdin.write_all(AFTER.as_bytes()));
    let output = make.wait_with_output().map_err(|e| e.to_string())?;
    if !output.status.success() || !matches!(written, Some(Ok(()))) {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{}: make does not read it:\n{}", folder.join(name).display(), said.trim_end()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

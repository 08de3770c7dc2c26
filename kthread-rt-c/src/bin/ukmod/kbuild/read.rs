//! Reads a folder as a kernel's build does: its Kbuild file, or its Makefile, with KERNELRELEASE
//! set, by which a Makefile recognises that the kernel's build reads it. A few lines after the
//! file's text print the variables that it has set.

use super::{Call, shell};
use crate::build::include_dir;
use crate::flags::{DEFAULT, Version};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// How an object is to be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `obj-m`.
    Module,
    /// `obj-y`.
    BuiltIn,
    /// `obj-$(CONFIG_X)`, with an option that is not set.
    Unset,
}

/// A word of `obj-m` and the like: an object, or a folder.
#[derive(Debug)]
pub(super) struct Object {
    pub(super) kind: Kind,
    pub(super) name: String,
    /// The objects in `x-objs` and `x-y`.
    pub(super) parts: Vec<String>,
}

/// What the folder's file says.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) objects: Vec<Object>,
    pub(super) flags: Vec<String>,
    /// For the subfolders, too.
    pub(super) subdir_flags: Vec<String>,
    flags_of: Vec<(String, Vec<String>)>,
}

impl Contents {
    /// The options for one object. The variable's name may contain the folder or not.
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

/// The configuration of this kernel, which is the header for the sources.
const CONFIGURED: &str = include_str!("../../../../include/kt/core/generated/autoconf.h");

/// Read before the folder's file. In a kernel's build, its own files set these.
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

/// Read after the folder's file. `$(1)` is a module's name.
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

/// Has `make` read the folder's file. `folder` is the call's folder, without symbolic links.
pub(super) fn ask(call: &Call, folder: &Path, version: Option<Version>) -> Result<Contents, String> {
    let Some(name) = file_in(folder) else {
        return Err(format!("{}: there is no Kbuild file and no Makefile", folder.display()));
    };
    let text = ask_make(call, folder, name, version.unwrap_or(DEFAULT))?;
    let mut contents = Contents::default();
    for line in text.lines().filter_map(|line| line.strip_prefix("kt ")) {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (object, behind) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut object_of = |kind| {
            let parts = behind.split_whitespace().map(str::to_owned).collect();
            contents.objects.push(Object { kind, name: object.to_owned(), parts });
        };
        match kind {
            "m" => object_of(Kind::Module),
            "y" => object_of(Kind::BuiltIn),
            "n" => object_of(Kind::Unset),
            "flags" => contents.flags = usable(shell::words(rest), folder),
            "subdir-flags" => contents.subdir_flags = usable(shell::words(rest), folder),
            "flags-of" => contents.flags_of.push((object.to_owned(), shell::words(behind))),
            _ => {}
        }
    }
    Ok(contents)
}

/// The options that make sense here: relative paths are resolved in `folder`, and options for
/// kernel code only are left out.
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

/// The configuration as makefile variables: the header's 1 becomes `y`.
fn configuration() -> String {
    let mut variables = String::new();
    // True within the #ifdef of another machine.
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

/// The output of `make` for the file.
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
        // `--eval` is evaluated before the first `-f`; the second `-f` is read after it.
        .args(["--eval", "MAKEFILE_LIST :=", "-f", "-", "kt-nothing"])
        .arg(format!("obj={path}"))
        .arg(format!("M={path}"))
        .arg(format!("srctree={}", tree.display()))
        .args(call.vars.iter())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut make =
        make.map_err(|e| format!("make, which reads Kbuild files and Makefiles, can't be started: {e}"))?;
    // Dropping stdin closes it.
    let written = make.stdin.take().map(|mut stdin| stdin.write_all(AFTER.as_bytes()));
    let output = make.wait_with_output().map_err(|e| e.to_string())?;
    if !output.status.success() || !matches!(written, Some(Ok(()))) {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{}: make can't read it:\n{}", folder.join(name).display(), said.trim_end()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

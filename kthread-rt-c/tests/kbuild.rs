//! Folders with a Kbuild file or a Makefile, in the styles that authors of modules have: each makes
//! its modules with its options, as its own `make` and a kernel's build would.

mod ukmod;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use ukmod::{SOON, folder, in_order, run, run_within};

/// A source that is one module: its init prints this, which may be an expression.
fn module(text: &str) -> String {
    format!(
        "#include <linux/module.h>\nstatic int __init start(void)\n{{\n\tpr_info(\"%s\\n\", {text});\n\treturn 0;\n}}\n\
         static void __exit end(void)\n{{\n}}\nmodule_init(start);\nmodule_exit(end);\nMODULE_LICENSE(\"Dual MIT/GPL\");\n"
    )
}

/// Writes a folder. Of a source, `init EXPRESSION` is a whole module.
fn written(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = folder(&format!("kbuild-{name}"));
    for (file, text) in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text.strip_prefix("init ").map_or_else(|| (*text).to_owned(), module)).unwrap();
    }
    folder
}

/// Runs what the folder makes, and compares what its inits print.
#[track_caller]
fn prints(name: &str, files: &[(&str, &str)], out: &str) -> String {
    let folder = written(name, files);
    let ran = run(&["run", folder.to_str().unwrap(), "--for", "0s", "--raw"]);
    assert_eq!((ran.0, &*ran.1), (0, out), "{}", ran.2);
    // With nothing that the folder has not had before: it may be somebody else's.
    let mut left: Vec<_> = files_in(&folder);
    left.retain(|file| !files.iter().any(|(name, _)| folder.join(name) == *file));
    assert_eq!(left, Vec::<PathBuf>::new());
    ran.2
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_in(&path) } else { vec![path] }).collect()
}

#[test]
fn a_makefile_that_calls_the_kernels_build() {
    let makefile = "obj-m += hello.o\n\nall:\n\tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules\n\n\
                    clean:\n\tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) clean\n";
    assert_eq!(prints("plain", &[("Makefile", makefile), ("hello.c", "init \"hello\"")], "hello\n"), "");
}

#[test]
fn a_makefile_with_both_halves() {
    let makefile = "ifneq ($(KERNELRELEASE),)\nobj-m := two-halves.o\ntwo-halves-objs := first.o second.o\nelse\n\
                    KDIR ?= /lib/modules/`uname -r`/build\ndefault:\n\t$(MAKE) -C $(KDIR) M=$$PWD\n.PHONY: default\nendif\n";
    let files = [
        ("Makefile", makefile),
        ("first.c", "init text()"),
        (
            "second.c",
            "const char *text(void);\nconst char *text(void)\n{\n\treturn \"of two files in \" KBUILD_MODNAME;\n}\n",
        ),
    ];
    let mut files = files.map(|(name, text)| (name, text.to_owned()));
    files[1].1 = format!("const char *text(void);\n{}", module("text()"));
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, &**text)).collect();
    prints("halves", &files, "of two files in two_halves\n");
}

#[test]
fn a_kbuild_file_beside_the_makefile_of_the_goals() {
    let files = [
        ("Kbuild", "obj-m := beside.o\nccflags-y := -DTEXT=\\\"kbuild\\\"\n"),
        (
            "Makefile",
            "KDIR := /lib/modules/$(shell uname -r)/build\nall modules:\n\t$(MAKE) -C $(KDIR) M=$(CURDIR) modules\n",
        ),
        ("beside.c", "init TEXT"),
    ];
    prints("beside", &files, "kbuild\n");
}

#[test]
fn options_for_all_files_by_all_their_names_and_for_one() {
    let makefile = "obj-m := flags.o\nEXTRA_CFLAGS += -DA='\"a\"'\nccflags-y += -DB=\\\"b\\\" -I$(src)/include\n\
                    subdir-ccflags-y := -DC=\\\"c\\\"\nCFLAGS_flags.o := -DD=\\\"d\\\"\nKBUILD_CFLAGS += -DE=\\\"e\\\"\n\
                    ccflags-y += -I$(PWD)/more -include $(src)/forced.h -I relative\n\
                    all:\n\tmake -C /lib/modules/$(shell uname -r)/build M=$(shell pwd) modules\n";
    let text = format!(
        "#include \"found.h\"\n#include \"more.h\"\n#include \"relative.h\"\n{}",
        module("A B C D E F G H I")
    );
    let files = [
        ("Makefile", makefile),
        ("flags.c", &*text),
        ("include/found.h", "#define F \"f\"\n"),
        ("more/more.h", "#define G \"g\"\n"),
        ("forced.h", "#define H \"h\"\n"),
        ("relative/relative.h", "#define I \"i\"\n"),
    ];
    prints("flags", &files, "abcdefghi\n");
}

#[test]
fn options_that_the_goal_hands_to_the_kernels_build() {
    let makefile = "obj-m := handed.o\nTEXT := handed over\nall:\n\
                    \t$(MAKE) -C /lib/modules/$(shell uname -r)/build M=$(CURDIR) EXTRA_CFLAGS='-DTEXT=\"\\\"$(TEXT)\\\"\"' modules\n";
    prints("handed", &[("Makefile", makefile), ("handed.c", "init TEXT")], "handed over\n");
}

#[test]
fn options_that_are_exported() {
    let makefile = "ifeq ($(KERNELRELEASE),)\nexport CONFIG_EXPORTED := m\nexport EXTRA_CFLAGS := -DTEXT=\\\"exported\\\"\nall:\n\
                    \t$(MAKE) -C /lib/modules/$(shell uname -r)/build M=$(CURDIR) modules\nelse\n\
                    obj-$(CONFIG_EXPORTED) += exported.o\nendif\n";
    prints("exported", &[("Makefile", makefile), ("exported.c", "init TEXT")], "exported\n");
}

#[test]
fn an_option_that_the_goal_sets() {
    let makefile = "obj-$(CONFIG_ONE) += one.o\nobj-$(CONFIG_TWO) += two.o\nmodules:\n\
                    \tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) CONFIG_ONE=m modules\n";
    let files = [("Makefile", makefile), ("one.c", "init \"one\""), ("two.c", "init \"two\"")];
    assert_eq!(prints("option", &files, "one\n"), "");
}

#[test]
fn an_option_that_nobody_sets_is_set_and_that_is_told() {
    let files = [
        ("Makefile", "obj-$(CONFIG_NOBODYS) += nobodys.o\nnobodys-y := part.o\n"),
        ("part.c", "init \"part\""),
    ];
    prints("unset", &files, "part\n");
    let (status, _, err) = run(&["run", ukmod::tmp().join("kbuild-unset").to_str().unwrap(), "--for", "0s"]);
    assert_eq!(status, 0, "{err}");
    in_order(&err, &["the CONFIG_ option of nobodys is not set; building modules anyway"]);
}

#[test]
fn a_folder_of_an_option_that_nobody_sets_counts_if_there_is_nothing_else() {
    let mut files = vec![
        ("Kbuild", "obj-$(CONFIG_NOBODYS) += below/\n"),
        ("below/Kbuild", "obj-m := below.o\n"),
        ("below/below.c", "init \"below\""),
    ];
    prints("unset-folder", &files, "below\n");
    files[0].1 = "obj-$(CONFIG_NOBODYS) += below/\nobj-m += other.o\n";
    files.push(("other.c", "init \"other\""));
    prints("unset-folder", &files, "other\n");
}

#[test]
fn what_would_be_built_in_is_one_module() {
    let files = [
        ("Makefile", "CONFIG_ALL := y\nobj-$(CONFIG_ALL) += caller.o called.o\n"),
        ("caller.c", &*format!("const char *text(void);\n{}", module("text()"))),
        ("called.c", "const char *text(void);\nconst char *text(void)\n{\n\treturn \"called\";\n}\n"),
    ];
    prints("built-in", &files, "called\n");
}

#[test]
fn several_modules_with_names_from_variables() {
    let makefile = "MODS := first second\nobj-m := $(addsuffix .o,$(MODS))\nVERSION_TEXT := 1.2\n\
                    ccflags-y := -DVERSION_TEXT=\\\"$(VERSION_TEXT)\\\"\nKVER ?= $(shell uname -r)\n\
                    KDIR ?= /lib/modules/$(KVER)/build\n.PHONY: all clean install\nall:\n\t@$(MAKE) -C $(KDIR) M=$(CURDIR) modules\n\
                    install: all\n\tsudo insmod first.ko\n";
    let files = [
        ("Makefile", makefile),
        ("first.c", "init \"first \" VERSION_TEXT"),
        ("second.c", "init \"second \" VERSION_TEXT"),
    ];
    prints("several", &files, "first 1.2\nsecond 1.2\n");
}

#[test]
fn sources_that_make_finds() {
    let makefile = "NAME := found\nSRCS := $(wildcard $(src)/parts/*.c)\nobj-m := $(NAME).o\n\
                    $(NAME)-y := start.o $(patsubst $(src)/%.c,%.o,$(SRCS))\nccflags-y := -I$(src)/parts\n\
                    all:\n\tmake -C /lib/modules/$(shell uname -r)/build M=$(PWD) modules\n";
    let files = [
        ("Makefile", makefile),
        ("start.c", &*format!("#include \"parts.h\"\n{}", module("one() + two()"))),
        ("parts/parts.h", "const char *one(void);\nint two(void);\n"),
        ("parts/one.c", "#include \"parts.h\"\nconst char *one(void)\n{\n\treturn \"--found\";\n}\n"),
        ("parts/two.c", "#include \"parts.h\"\nint two(void)\n{\n\treturn 2;\n}\n"),
    ];
    prints("wildcard", &files, "found\n");
}

#[test]
fn what_a_shell_command_finds_and_that_it_runs_is_told() {
    let makefile = "obj-m := $(shell cat $(src)/modules.txt)\nccflags-y := -DCOUNT=\\\"$(shell ls $(src)/*.c | wc -l)\\\"\n\
                    all:\n\tmake -C /lib/modules/$(shell uname -r)/build M=$(shell pwd) modules\n";
    let files = [("Makefile", makefile), ("modules.txt", "listed.o\n"), ("listed.c", "init COUNT")];
    assert_eq!(prints("shell", &files, "1\n"), "");
    let (status, _, err) = run(&["run", ukmod::tmp().join("kbuild-shell").to_str().unwrap(), "--for", "0s"]);
    assert_eq!(status, 0, "{err}");
    let told =
        "Makefile: make runs the commands in its $(shell …): cat $(src)/modules.txt; ls $(src)/*.c | wc -l\n";
    in_order(&err, &[told]);
    assert_eq!(err.matches("$(shell").count(), 1, "{err}");
}

#[test]
fn a_goal_that_goes_into_a_folder_first() {
    let files = [
        ("Makefile", "all:\n\t$(MAKE) -C src\n\ntools:\n\techo tools\n"),
        (
            "src/Makefile",
            "obj-m := inner.o\nall:\n\tmake -C /lib/modules/$(shell uname -r)/build M=`pwd` modules\n",
        ),
        ("src/inner.c", "init \"inner\""),
    ];
    prints("inner", &files, "inner\n");
    let files = [
        (
            "Makefile",
            "all: module\nmodule:\n\tcd src && make -C /lib/modules/`uname -r`/build M=$$(pwd) modules\n",
        ),
        ("src/Kbuild", "obj-m := inner.o\n"),
        ("src/inner.c", "init \"inner\""),
    ];
    prints("inner-cd", &files, "inner\n");
}

#[test]
fn a_goal_whose_modules_are_in_another_folder() {
    let files = [
        (
            "Makefile",
            "KDIR = /lib/modules/$(shell uname -r)/build\nMOD_DIR = $(CURDIR)/kernel\nall: user\n\
                      \t$(MAKE) -C $(KDIR) M=$(MOD_DIR) modules\nuser: user.c\n\tgcc -o user user.c\n",
        ),
        ("user.c", "int main(void)\n{\n\treturn 0;\n}\n"),
        ("kernel/Makefile", "obj-m := elsewhere.o\n"),
        ("kernel/elsewhere.c", "init \"elsewhere\""),
    ];
    prints("elsewhere", &files, "elsewhere\n");
}

#[test]
fn a_first_goal_that_builds_no_module() {
    let makefile = "KDIR := /lib/modules/$(shell uname -r)/build\nhelp:\n\t@echo 'make modules'\n\n\
                    modules:\n\t$(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_LATER=m modules\n\nobj-$(CONFIG_LATER) += later.o\n";
    assert_eq!(prints("later", &[("Makefile", makefile), ("later.c", "init \"later\"")], "later\n"), "");
}

#[test]
fn a_loop_over_folders_and_a_goal_for_each() {
    let inner = "obj-m := $(NAME).o\nall:\n\tmake -C /lib/modules/$(shell uname -r)/build M=$(CURDIR) NAME=$(NAME) modules\n";
    let makefile = "DIRS := one two\nall:\n\t@for d in $(DIRS); do \\\n\t\t(cd $$d && $(MAKE) NAME=$${d}) || exit 1; \\\n\tdone\n\
                    \tset -e; for d in three; do $(MAKE) -C $$d NAME=$$d; done\n\
                    \t(cd one; $(MAKE) NAME=one); (cd two; $(MAKE) NAME=two)\n";
    let files = [
        ("Makefile", makefile),
        ("one/Makefile", inner),
        ("one/one.c", "init \"one\""),
        ("two/Makefile", inner),
        ("two/two.c", "init \"two\""),
        ("three/Makefile", inner),
        ("three/three.c", "init \"three\""),
    ];
    prints("loop", &files, "one\ntwo\nthree\n");
    let makefile = "DIRS := one two\nall: $(DIRS)\n$(DIRS):\n\t$(MAKE) -C $@ NAME=$@\n.PHONY: all $(DIRS)\n";
    let files = [&[("Makefile", makefile)], &files[1..5]].concat();
    prints("goal-for-each", &files, "one\ntwo\n");
}

#[test]
fn a_configuration_that_is_included_and_options_in_variables() {
    let makefile = "-include $(src)/.config\ninclude $(PWD)/common.mk\nobj-$(CONFIG_WANTED) += $(NAME).o  # the one\n\
                    obj-$(CONFIG_UNWANTED) += other.o\n$(NAME)-objs := $(NAME).o extra.o\n\
                    $(NAME)-$(CONFIG_WANTED) += more.o\n\
                    KBUILD = -C /lib/modules/$(shell uname -r)/build M=$(CURDIR)\nall: ; $(MAKE) $(KBUILD) V=1 -j4 modules\n";
    let files = [
        ("Makefile", makefile),
        (".config", "CONFIG_WANTED=m\n# CONFIG_UNWANTED is not set\n"),
        ("common.mk", "NAME := wanted\nccflags-y += -std=gnu99 -Werror -Wno-declaration-after-statement\n"),
        ("wanted.c", &*format!("const char *extra(void);\nconst char *more(void);\n{}", module("extra()"))),
        (
            "extra.c",
            "const char *more(void);\nconst char *extra(void);\nconst char *extra(void)\n{\n\treturn more();\n}\n",
        ),
        ("more.c", "const char *more(void);\nconst char *more(void)\n{\n\treturn \"wanted\";\n}\n"),
    ];
    assert_eq!(prints("config", &files, "wanted\n"), "");
}

#[test]
fn a_goal_with_conditions_and_commands_that_are_not_run() {
    let makefile = "obj-m := cautious.o\nall: prepare\n\t@if [ -d /lib/modules ]; then \\\n\t\t$(MAKE) -C /lib/modules/x/build \\\n\
                    \t\t\tM=$(CURDIR) EXTRA_CFLAGS=-DTEXT=cautious_text modules; \\\n\telse \\\n\t\ttouch no_kernel; $(MAKE) no; \\\n\tfi\n\
                    \t+touch never_run\n\tmv cautious.ko /; $(MAKE) again\nprepare:\n\ttouch prepared\n\t$(MAKE) -v > version.txt\n";
    let text = format!("#define cautious_text \"cautious\"\n{}", module("TEXT"));
    prints("cautious", &[("Makefile", makefile), ("cautious.c", &text)], "cautious\n");
}

#[test]
fn a_makefile_that_wants_the_kernels_headers_to_be_there() {
    let makefile = "ifneq ($(KERNELRELEASE),)\nobj-m := wants.o\nelse\nKDIR := /lib/modules/none/build\n\
                    ifeq ($(wildcard $(KDIR)/Makefile),)\n$(error install the kernel's headers first)\nendif\n\
                    all:\n\t$(MAKE) -C $(KDIR) M=$(PWD)\nendif\n";
    prints("wants", &[("Makefile", makefile), ("wants.c", "init \"wants\"")], "wants\n");
}

#[test]
fn an_old_makefile_with_subdirs() {
    let makefile = "TARGET := old\nobj-m := $(TARGET).o\n$(TARGET)-objs := \\\n\told_main.o\nKERNELDIR := /lib/modules/$(shell uname -r)/build\n\
                    default:\n\t$(MAKE) -C $(KERNELDIR) SUBDIRS=$(PWD) modules\n";
    prints("old", &[("Makefile", makefile), ("old_main.c", "init \"old\"")], "old\n");
}

#[test]
fn folders_below_each_with_its_own_and_with_what_all_have() {
    let files = [
        (
            "Kbuild",
            "obj-m += a/\nobj-y += b/\nsubdir-ccflags-y := -DALL=\\\"all\\\"\nccflags-y := -DALL=\\\"top\\\"\n",
        ),
        ("a/Makefile", "obj-m := in-a.o\n"),
        ("a/in-a.c", "init \"a \" ALL"),
        ("b/Kbuild", "obj-m := in-b.o\nccflags-y := -DOWN=\\\"own\\\"\n"),
        ("b/in-b.c", "init \"b \" ALL \" \" OWN"),
    ];
    prints("below", &files, "a all\nb all own\n");
}

#[test]
fn what_a_kernels_build_defines_for_its_makefiles() {
    let makefile = "obj-m := defines.o\nccflags-y := $(call cc-option,-Wno-address) $(call cc-option,-fno-such-option-at-all)\n\
                    ccflags-$(CONFIG_MODULES) += -DA=\\\"modules\\\"\nifeq ($(VERSION).$(PATCHLEVEL),6.1)\nccflags-y += -DB=\\\"$(KERNELRELEASE)\\\"\n\
                    endif\nifeq ($(src),$(obj))\nccflags-y += -DC=\\\"same\\\"\nendif\n";
    prints(
        "defines",
        &[("Makefile", makefile), ("defines.c", "init A \" \" B \" \" C")],
        "modules 6.1.0 same\n",
    );
}

#[test]
fn options_for_code_of_a_kernel_alone_are_left_out() {
    let makefile = "obj-m := alone.o\nccflags-y := -mcmodel=kernel -fno-pic -mno-red-zone -DTEXT=\\\"alone\\\" -fno-asynchronous-unwind-tables\n";
    prints("alone", &[("Makefile", makefile), ("alone.c", "init TEXT")], "alone\n");
}

#[test]
fn a_make_above_has_no_say() {
    let files = [("Makefile", "obj-m := quiet.o\n"), ("quiet.c", "init \"quiet\"")];
    let folder = written("quiet", &files);
    let mut ukmod = ukmod::ukmod();
    ukmod.env("MAKEFLAGS", "n --jobserver-auth=3,4").env("MAKELEVEL", "1").env("KERNELRELEASE", "");
    ukmod.args(["run", folder.to_str().unwrap(), "--for", "0s", "--raw"]);
    assert_eq!(ukmod::ran(ukmod.output().unwrap()), (0, "quiet\n".to_owned(), String::new()));
}

#[test]
fn folders_that_lead_in_a_circle_are_told() {
    let folder = written("circle", &[("Kbuild", "obj-m := it/\n")]);
    symlink(".", folder.join("it")).unwrap();
    let below = written("circle-below", &[("Kbuild", "obj-m := a/\n"), ("a/Kbuild", "obj-m := up/\n")]);
    symlink("..", below.join("a/up")).unwrap();
    let itself = written("circle-itself", &[("Kbuild", "obj-m := it/\n")]);
    symlink("it", itself.join("it")).unwrap();
    for (folder, told) in [
        (folder, "its subfolders lead in a cycle"),
        (below, "its subfolders lead in a cycle"),
        (itself, "/it: Too many levels of symbolic links"),
    ] {
        let mut ukmod = ukmod::ukmod();
        let (status, _, err) = run_within(ukmod.arg("run").arg(&folder), SOON, "circle");
        assert_eq!(status.code(), Some(1), "{err}");
        in_order(&err, &[told]);
    }
}

#[test]
fn a_circle_of_makefiles_ends() {
    let makefile = "obj-m := circle.o\nall:\n\t$(MAKE) all\n\t$(MAKE) -C .\n";
    prints("circle-make", &[("Makefile", makefile), ("circle.c", "init \"circle\"")], "circle\n");
}

#[test]
fn a_file_that_make_does_not_understand_is_told_with_makes_words() {
    let folder = written("broken", &[("Makefile", "obj-m := broken.o\nthis is no line of a makefile\n")]);
    let (status, _, err) = run(&["run", folder.to_str().unwrap()]);
    assert_eq!(status, 1, "{err}");
    in_order(&err, &["Makefile: make can't read it:", "Makefile:2: *** missing separator"]);
}

#[test]
fn what_is_made_of_something_else_is_told() {
    for (file, what) in [
        ("other.S", "assembly"),
        ("other.rs", "Rust"),
        ("other.o_shipped", "an object file that was built elsewhere"),
    ] {
        let folder = written("other", &[("Kbuild", "obj-m := other.o\n"), (file, "")]);
        let (status, _, err) = run(&["run", folder.to_str().unwrap()]);
        assert_eq!(status, 1, "{err}");
        in_order(&err, &[&format!("not supported: other.o is built from {what}")]);
    }
}

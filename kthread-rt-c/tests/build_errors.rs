//! What is an error when a module is built: what is one in the build of the kernel whose version
//! the headers present. And the sentences about missing names and headers.

mod ukmod;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use ukmod::{folder, in_order, run};

const VERSIONS: [&str; 11] =
    ["3.10", "3.13", "3.14", "4.4", "4.13", "4.19", "5.4", "5.10", "5.15", "6.1", "6.12"];

/// Writes a module's source: these lines behind `#include <linux/module.h>`.
fn source(folder: &str, lines: &str) -> PathBuf {
    let path = ukmod::folder(folder).join("m.c");
    fs::write(&path, format!("#include <linux/module.h>\n{lines}\nMODULE_LICENSE(\"Dual MIT/GPL\");\n"))
        .unwrap();
    path
}

/// Builds `path`, as for this version; the status and the messages.
fn build(path: &Path, version: &str, more: &[&str]) -> (i32, String) {
    let (path, output) = (path.to_str().unwrap(), path.with_extension("so"));
    let args = ["build", path, "--kernel-version", version, "-o", output.to_str().unwrap()];
    let (status, out, err) = run(&[&args[..], more].concat());
    assert_eq!(out, "");
    (status, err)
}

/// The lines are refused for `what` from `since` on; before, they build with a warning of it.
#[track_caller]
fn is_an_error_since(since: &str, what: &str, lines: &str) {
    let path = source(&format!("errors-{what}"), lines);
    let first = VERSIONS.iter().position(|version| *version == since).unwrap();
    for (index, version) in VERSIONS.iter().enumerate() {
        let (status, err) = build(&path, version, &[]);
        let (expected, mark) =
            if index < first { (0, format!("[-W{what}")) } else { (1, format!("[-Werror={what}")) };
        assert_eq!(status, expected, "{version}: {err}");
        assert!(err.contains(&mark), "no {mark} for {version}:\n{err}");
    }
}

#[test]
fn an_undeclared_function_is_an_error_in_all_versions() {
    let lines = "u64 f(void);\nu64 f(void)\n{\n\treturn ktime_get_of_nobody();\n}";
    is_an_error_since("3.10", "implicit-function-declaration", lines);
}

#[test]
fn what_has_no_type_is_an_error_since_3_13() {
    is_an_error_since(
        "3.13",
        "implicit-int",
        "static number = 1;\nint f(void);\nint f(void)\n{\n\treturn number;\n}",
    );
}

#[test]
fn parentheses_with_nothing_in_them_are_an_error_since_3_13() {
    is_an_error_since("3.13", "strict-prototypes", "int f();\nint f(void)\n{\n\treturn 1;\n}");
}

#[test]
fn the_date_of_the_build_is_an_error_since_3_14() {
    is_an_error_since(
        "3.14",
        "date-time",
        "const char *date(void);\nconst char *date(void)\n{\n\treturn __DATE__;\n}",
    );
}

#[test]
fn a_pointer_of_another_type_is_an_error_since_4_4() {
    let lines = "int *f(long *p);\nint *f(long *p)\n{\n\treturn p;\n}";
    is_an_error_since("4.4", "incompatible-pointer-types", lines);
}

#[test]
fn a_struct_that_wants_names_of_fields_is_an_error_without_them_since_4_13() {
    let lines = "struct s { int a; int b; } __attribute__((designated_init));\nstruct s s = { 1, 2 };";
    is_an_error_since("4.13", "designated-init", lines);
}

#[test]
fn a_function_that_returns_nothing_is_an_error_since_5_10() {
    is_an_error_since("5.10", "return-type", "int f(void);\nint f(void)\n{\n}");
}

#[test]
fn a_number_for_a_pointer_is_shown_and_builds_in_all_versions() {
    let path = source("errors-int-conversion", "int *f(int n);\nint *f(int n)\n{\n\treturn n;\n}");
    for version in VERSIONS {
        let (status, err) = build(&path, version, &[]);
        assert_eq!(status, 0, "{err}");
        assert!(err.contains("[-Wint-conversion]"), "{err}");
    }
    // A module's own -Werror is for all warnings.
    assert_eq!(build(&path, "6.1", &["--cflag=-Werror"]).0, 1);
}

#[test]
fn an_inline_function_that_is_not_static_is_a_function_as_for_a_kernel() {
    let lines = "inline int twice(int n)\n{\n\treturn 2 * n;\n}\nint (*volatile f)(int) = twice;\n\
                 static int __init m_init(void)\n{\n\tpr_info(\"%d\\n\", f(21));\n\treturn 0;\n}\nmodule_init(m_init);";
    let path = source("errors-inline", lines);
    let (status, out, err) = run(&["run", path.to_str().unwrap(), "--for", "0s", "--raw"]);
    assert_eq!((status, &*out, &*err), (0, "42\n", ""));
}

#[test]
fn signed_numbers_wrap_and_char_has_a_sign_before_6_2() {
    let lines = "static int __init m_init(void)\n{\n\tvolatile int big = INT_MAX;\n\tint n = big;\n\tvolatile char c = -1;\n\
                 \tpr_info(\"%d %d\\n\", n + 1 < n, c < 0);\n\treturn 0;\n}\nmodule_init(m_init);";
    let path = source("errors-wrap", &format!("#include <linux/kernel.h>\n{lines}"));
    let run =
        |version| run(&["run", path.to_str().unwrap(), "--for", "0s", "--raw", "--kernel-version", version]);
    assert_eq!(run("6.1"), (0, "1 1\n".to_owned(), String::new()));
    assert_eq!(run("6.2"), (0, "1 0\n".to_owned(), String::new()));
}

/// The sentences behind the compiler's messages.
fn sentences(err: &str) -> Vec<&str> {
    let ours = err.lines().filter_map(|line| line.strip_prefix("ukmod: "));
    ours.map(|line| match line.strip_suffix("; see `ukmod supported`") {
        Some(sentence) => {
            assert!(sentence.starts_with("not supported"), "{line}");
            sentence
        }
        None => line,
    })
    .collect()
}

/// Refuses a source that has these lines and only those includes, with these sentences.
#[track_caller]
fn is_told(name: &str, lines: &str, expected: &[&str]) {
    let path = folder(&format!("told-{name}")).join("m.c");
    fs::write(&path, lines).unwrap();
    let (status, err) = build(&path, "6.1", &[]);
    assert_eq!(status, 1, "{err}");
    let first = format!("{} was not built", path.display());
    assert_eq!(sentences(&err), [&[&*first], expected].concat(), "{err}");
}

#[test]
fn a_function_whose_header_is_not_included_is_told_with_it() {
    let lines = "#include <linux/types.h>\nvoid *f(int (*t)(void *));\nvoid *f(int (*t)(void *))\n{\n\treturn kthread_run(t, 0, \"t\");\n}\n";
    is_told(
        "function",
        lines,
        &["kthread_run is declared in <linux/kthread.h>, which the source does not include"],
    );
}

#[test]
fn a_macro_whose_header_is_not_included_is_told_with_it() {
    let lines =
        "#include <linux/types.h>\nint f(int a, int b);\nint f(int a, int b)\n{\n\treturn min(a, b);\n}\n";
    is_told("macro", lines, &["min is declared in <linux/minmax.h>, which the source does not include"]);
}

#[test]
fn types_variables_and_definitions_are_told_each_with_its_header() {
    let lines = "#include <linux/types.h>\nwait_queue_head_t queue;\nstruct work_struct work;\nstatic DEFINE_MUTEX(lock);\n\
                 unsigned long f(void);\nunsigned long f(void)\n{\n\treturn jiffies + HZ;\n}\n";
    let told = [
        "DEFINE_MUTEX is declared in <linux/mutex.h>, which the source does not include",
        "HZ is declared in <linux/jiffies.h>, which the source does not include",
        "jiffies is declared in <linux/jiffies.h>, which the source does not include",
        "wait_queue_head_t is declared in <linux/wait.h>, which the source does not include",
        "work_struct is declared in <linux/workqueue.h>, which the source does not include",
    ];
    let path = folder("told-types").join("m.c");
    fs::write(&path, lines).unwrap();
    let (status, err) = build(&path, "6.1", &[]);
    assert_eq!(status, 1, "{err}");
    let mut ours = sentences(&err);
    ours.remove(0);
    ours.sort_by_key(|line| line.to_lowercase());
    let mut told = told.to_vec();
    told.sort_by_key(|line| line.to_lowercase());
    assert_eq!(ours, told, "{err}");
}

#[test]
fn a_call_of_a_macro_outside_of_functions_is_told_with_its_header() {
    let lines = "#include <linux/types.h>\nMODULE_LICENSE(\"GPL\");\n";
    is_told(
        "license",
        lines,
        &["MODULE_LICENSE is declared in <linux/module.h>, which the source does not include"],
    );
}

#[test]
fn what_nobody_has_is_told_as_not_supported() {
    let lines = "#include <linux/sched.h>\nint f(struct task_struct *t);\nint f(struct task_struct *t)\n{\n\
                 \treturn usb_of_nobody(t->field_of_nobody);\n}\n";
    let told = [
        "not supported: the field field_of_nobody of struct task_struct, which <linux/sched.h> does not have",
        "not supported: usb_of_nobody, which neither the source nor any supported header declares",
    ];
    is_told("nobody", lines, &told);
}

#[test]
fn a_name_of_another_version_is_told_as_that() {
    let lines =
        "#include <linux/timekeeping.h>\nvoid f(void *tv);\nvoid f(void *tv)\n{\n\tdo_gettimeofday(tv);\n}\n";
    let told = "do_gettimeofday is declared in <linux/timekeeping.h>, but not for kernel 6.1.0: choose \
                another version with --kernel-version";
    is_told("version", lines, &[told]);
}

#[test]
fn a_field_of_another_version_and_one_of_a_struct_that_is_not_included_are_no_missing_fields() {
    let lines = "#include <linux/timer.h>\nunsigned long f(struct timer_list *t);\nunsigned long f(struct timer_list *t)\n{\n\
                 \treturn t->data;\n}\nstruct file_operations fops = { .owner = 0 };\n";
    let told = [
        "file_operations is declared in <linux/fs.h>, which the source does not include",
        "the field data of struct timer_list is in <linux/timer.h>, but not for kernel 6.1.0: choose another \
         version with --kernel-version",
    ];
    is_told("fields", lines, &told);
}

#[test]
fn a_field_of_a_type_is_told_with_its_own_name_and_the_types() {
    let lines = "#include <linux/spinlock.h>\nint f(spinlock_t *l);\nint f(spinlock_t *l)\n{\n\treturn l->raw_of_nobody;\n}\n";
    let told = "not supported: the field raw_of_nobody of spinlock_t, which <linux/spinlock.h> does not have";
    is_told("field-of-type", lines, &[told]);
}

#[test]
fn no_name_of_the_headers_own_is_proposed() {
    // A macro of 6.1 that takes two arguments, as one that took one: what is left is a name that
    // nobody has.
    let lines = "#include <linux/device.h>\nstruct class *f(void);\nstruct class *f(void)\n{\n\treturn class_create(\"c\");\n}\n";
    let (status, err) = build(&source("proposals", lines), "6.1", &[]);
    assert_eq!(status, 1, "{err}");
    assert!(err.contains("class_create") && !err.contains("did you mean 'kt_"), "{err}");
    let of_the_modules = "int counters;\nint f(void);\nint f(void)\n{\n\treturn counterz;\n}\n";
    let (_, err) = build(&source("proposals-own", of_the_modules), "6.1", &[]);
    assert!(err.contains("; did you mean 'counters'?"), "{err}");
}

#[test]
fn operations_of_another_version_are_refused_under_the_functions_own_name() {
    let lines = "#include <linux/proc_fs.h>\n#include <linux/fs.h>\nstatic struct file_operations fops;\nvoid *f(void);\n\
                 void *f(void)\n{\n\treturn proc_create_data(\"x\", 0444, NULL, &fops, NULL);\n}\n";
    let (status, err) = build(&source("proc-ops", lines), "6.1", &[]);
    assert_eq!(status, 1, "{err}");
    assert!(err.contains("passing argument 4 of 'proc_create_data' from incompatible pointer type"), "{err}");
    assert_eq!(build(&source("proc-ops-old", lines), "5.4", &[]).0, 0);
}

#[test]
fn a_parameter_that_others_may_write_to_is_an_error_in_all_versions() {
    for version in VERSIONS {
        let of = |mode: &str| format!("static int p;\nmodule_param(p, int, {mode});");
        let (status, err) = build(&source("perm-all", &of("0666")), version, &[]);
        assert!(status == 1 && err.contains("negative"), "{version}: {err}");
        assert_eq!(build(&source("perm-owner", &of("S_IRUGO | S_IWUSR")), version, &[]).0, 0, "{version}");
    }
}

#[test]
fn an_attribute_that_others_may_write_to_is_an_error_since_3_15() {
    let first = VERSIONS.iter().position(|version| *version == "4.4").unwrap();
    let of = |mode: &str| {
        format!(
            "#include <linux/device.h>\nDEVICE_ATTR(a, {mode}, NULL, NULL);\nDEVICE_ATTR(b, 0644, NULL, NULL);"
        )
    };
    for (index, version) in VERSIONS.iter().enumerate() {
        let (status, err) = build(&source("attr-mode", &of("0666")), version, &[]);
        assert_eq!(
            (status == 1, err.contains("negative")),
            (index >= first, index >= first),
            "{version}: {err}"
        );
    }
    // Others may not write, and may not do what the group may not; nor may that, what the owner may
    // not.
    for (mode, fine) in
        [("S_IRUGO | S_IWUGO", false), ("0404", false), ("0240", false), ("0640", true), ("0555", true)]
    {
        let (status, err) = build(&source("attr-mode", &of(mode)), "6.1", &[]);
        assert_eq!((status == 0, err.contains("negative")), (fine, !fine), "{mode}: {err}");
    }
}

#[test]
fn structs_that_any_header_of_a_kernel_names_are_known_to_a_prototype() {
    let lines = "#include <linux/jiffies.h>\nstatic int opened(struct inode *i, struct file *f);\n\
                 static int shown(struct seq_file *m, struct task_struct *t, struct page *p);\n\
                 static int opened(struct inode *i, struct file *f)\n{\n\treturn 0;\n}\n\
                 static int shown(struct seq_file *m, struct task_struct *t, struct page *p)\n{\n\
                 \treturn opened(NULL, NULL);\n}\nint (*const ours)(struct seq_file *, struct task_struct *, struct page *) = shown;\n";
    let path = source("tags", lines);
    fs::write(
        &path,
        fs::read_to_string(&path)
            .unwrap()
            .replace("#include <linux/module.h>\n", "#include <linux/types.h>\n")
            .replace("MODULE_LICENSE(\"Dual MIT/GPL\");\n", ""),
    )
    .unwrap();
    let other = path.with_file_name("license.c");
    fs::write(&other, "#include <linux/module.h>\nMODULE_LICENSE(\"Dual MIT/GPL\");\n").unwrap();
    let (status, err) = build(&path, "6.1", &[other.to_str().unwrap()]);
    assert_eq!((status, err.as_str()), (0, ""));
}

#[test]
fn a_lock_is_told_with_the_header_that_modules_include() {
    let lines = "#include <linux/types.h>\nstatic DEFINE_SPINLOCK(one);\nstatic DEFINE_RWLOCK(two);\n";
    let told = ["DEFINE_RWLOCK", "DEFINE_SPINLOCK"]
        .map(|name| format!("{name} is declared in <linux/spinlock.h>, which the source does not include"));
    is_told("locks", lines, &[&told[0], &told[1]]);
}

#[test]
fn an_error_about_something_else_says_nothing_of_headers() {
    let lines =
        "#include <linux/kthread.h>\nint f(int a);\nint f(int a)\n{\n\treturn kthread_should_stop() +;\n}\n";
    is_told("else", lines, &[]);
}

#[test]
fn a_macro_that_is_misused_is_not_missing() {
    let lines = "#include <linux/kthread.h>\nint f(int a);\nint f(int a)\n{\n\treturn kthread_run(a;\n}\n";
    is_told("misused", lines, &[]);
}

#[test]
fn all_headers_that_are_missing_are_told_at_once_where_conditions_want_them() {
    let own = folder("told-headers");
    let (first, second) = (own.join("first.c"), own.join("second.c"));
    let lines = "#include <linux/nobody_has_this.h>\n#if 0\n#include <linux/nor_this.h>\n#endif\n#include \"own.h\"\n\
                 #include <linux/kthread.h>\n#include \"not_there.h\"\n#include <net/nobody.h>\n";
    fs::write(&first, lines).unwrap();
    fs::write(own.join("own.h"), "#include <crypto/nobody.h>\n").unwrap();
    fs::write(&second, "#include <linux/nobody_has_this.h>\n").unwrap();
    let [first, second] = [first, second].map(|path| path.display().to_string());
    // One after the other, so that the second is not compiled any more.
    let (status, _, err) = run(&["run", &first, &second, "--jobs", "1"]);
    assert_eq!(status, 1, "{err}");
    let told = [
        &*format!("{first} was not built"),
        &format!("not supported: the header <crypto/nobody.h> (in {first})"),
        &format!("not supported: the header <linux/nobody_has_this.h> (in {first}, {second})"),
        &format!("not supported: the header <net/nobody.h> (in {first})"),
        &format!(
            "no header not_there.h (in {first}): it is neither beside the source nor in a folder of an -I option"
        ),
    ];
    assert_eq!(sentences(&err), told, "{err}");
    in_order(&err, &["first.c:1:10: fatal error"]);
}

#[test]
fn a_header_is_told_by_the_name_that_modules_include_wherever_it_has_its_definitions() {
    let own = folder("told-layout");
    let (include, bin) = (own.join("include/kthread-rt"), own.join("bin"));
    fs::create_dir_all(&bin).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_ukmod"), bin.join("ukmod")).unwrap();
    for (file, text) in [
        // What makes it an installation.
        ("linux/kthread.h", "#include <kt/core/linux/kthread.h>\n"),
        ("kt/core/linux/kthread.h", "int defined_in_core(void);\n"),
        ("linux/other.h", "#include <kt/shared.h>\n#define defined_in_place 1\n"),
        ("kt/shared.h", "int defined_for_several(void);\n"),
        // What every source has before its first line.
        ("linux/kconfig.h", "\n"),
        ("linux/compiler_types.h", "\n"),
    ] {
        let path = include.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let source = own.join("m.c");
    let lines = "int f(void);\nint f(void)\n{\n\treturn defined_in_core() + defined_in_place + defined_for_several();\n}\n";
    fs::write(&source, lines).unwrap();
    let mut ukmod = Command::new(bin.join("ukmod"));
    let (status, _, err) = ukmod::ran(ukmod.arg("build").arg(&source).output().unwrap());
    assert_eq!(status, 1, "{err}");
    let told = [
        "defined_for_several is declared in <linux/other.h>, which the source does not include",
        "defined_in_core is declared in <linux/kthread.h>, which the source does not include",
        "defined_in_place is declared in <linux/other.h>, which the source does not include",
    ];
    assert_eq!(sentences(&err)[1..], told, "{err}");
}

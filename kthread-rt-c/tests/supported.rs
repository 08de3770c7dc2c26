//! The list of what is supported: in the README it is what `ukmod supported` prints.

mod ukmod;

use std::fs;
use ukmod::{in_order, run};

const BEGIN: &str = "<!-- begin: ukmod supported --markdown -->\n";
const END: &str = "<!-- end -->";

#[test]
fn the_readme_has_the_list_as_it_is() {
    let (status, list, err) = run(&["supported", "--markdown"]);
    assert_eq!(status, 0, "{err}");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = fs::read_to_string(path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (told, after) = rest.split_once(END).unwrap();
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, format!("{before}{BEGIN}\n{list}\n{END}{after}")).unwrap();
        return;
    }
    let hint = "BLESS=1 cargo test -p kthread-rt-c --test supported writes it anew";
    assert_eq!(told.trim(), list.trim(), "{hint}");
}

#[test]
fn what_headers_only_mention_does_not_count() {
    // Functions, macros, types, fields, a field of a typedef, a pointer to a function: all are
    // found.
    let there =
        ["kthread_run", "task_struct.comm", "wait_queue_head_t", "wait_queue_entry.func", "KERN_INFO"];
    // A parameter, a word of a comment, a field that a struct does not have.
    let missing = ["was_frozen", "hidden", "task_struct.core_cookie"];
    let (status, told, _) = run(&[&["supported"][..], &there, &missing].concat());
    assert_eq!(status, 1);
    let lines =
        |names: &[&str], what: &str| names.iter().map(|n| format!("{n}: {what}\n")).collect::<String>();
    assert_eq!(told, lines(&there, "there") + &lines(&missing, "missing"));
    assert_eq!(run(&[&["supported"][..], &there].concat()).0, 0);
}

#[test]
fn all_that_modules_ask_for_is_there() {
    let (_, list, _) = run(&["supported"]);
    in_order(
        &list,
        &[
            "Headers:",
            "  linux/kthread.h\n",
            "  linux/sched.h\n",
            "\nThe headers declare every name that these modules use.\n",
        ],
    );
}

#[test]
fn all_that_a_kernels_headers_declare_and_ours_too_is_there() {
    // `headers/derive.py --supported` counts the same from the headers themselves.
    let table = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/headers/visible.txt")).unwrap();
    let declared = table.lines().filter_map(|line| line.strip_prefix("\t: "));
    let mut names: Vec<_> =
        declared.flat_map(|names| names.split(", ")).map(|name| name.rsplit(' ').next().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert!(names.len() > 5000, "{}", names.len());
    for names in names.chunks(1000) {
        let (_, told, err) = run(&[&["supported"][..], names].concat());
        let others: Vec<_> = told.lines().filter(|line| !line.ends_with(": there")).collect();
        assert!(others.is_empty() && told.lines().count() == names.len(), "{others:?} {err}");
    }
}

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
    let (_, list, _) = run(&["supported"]);
    let (there, missing) = list.split_once("Missing").unwrap();
    in_order(there, &["Headers:", "  linux/kthread.h\n", "  linux/sched.h\n"]);
    // Functions, macros, types, fields, a field of a typedef, a pointer to a function: all are found.
    for name in
        ["kthread_run ", "task_struct.comm ", "wait_queue_head_t ", "wait_queue_entry.func ", "KERN_INFO "]
    {
        assert!(!missing.contains(name), "{name}");
    }
    // Mentioned in parameters and comments, and declared nowhere.
    assert!(missing.contains("linux/dynamic_debug.h: _ddebug.flags"), "{missing}");
}

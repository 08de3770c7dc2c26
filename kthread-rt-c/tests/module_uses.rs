//! `THIS_MODULE`: its name, its state, the list that it is on, and who keeps it from being
//! unloaded.

mod ukmod;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/module_uses.c");
const LOOKS: &str = "\
module_uses: state coming 1, live 1
found: 1, another: 1, on the list: with 1 head(s) or others
unlinked: found 0; linked again: 1; unlinked for good
references: 0, got 1, 2, 0; of the kernel itself: 1 0
init 1, exit 1, of itself 1, added 0, opened 1, text of module_uses
";

#[test]
fn a_module_that_takes_itself_off_the_list_is_unloaded_all_the_same() {
    let (status, stdout, stderr) = ukmod::run(&["run", FILE, "--for", "0s", "--raw"]);
    let expected = format!("{LOOKS}an open file: 1, closed: 0\nexit: closed 1, going 1, got 0\n");
    assert_eq!((status, stderr, stdout), (0, String::new(), expected));
}

#[test]
fn an_exit_waits_for_open_files() {
    let (status, stdout, stderr) = ukmod::run(&["run", FILE, "mode=1", "--for", "0s", "--raw"]);
    let expected = format!("{LOOKS}an open file: 1\nexit: closed 1, going 1, got 0\n");
    assert_eq!((status, stdout), (0, expected), "{stderr}");
}

#[test]
fn an_exit_that_waits_for_ever_is_told() {
    let (status, stdout, stderr) =
        ukmod::run(&["run", FILE, "mode=2", "--for", "0s", "--raw", "--exit-timeout", "1s"]);
    assert_eq!((status, stdout), (6, format!("{LOOKS}an open file: 1\n")), "{stderr}");
    ukmod::in_order(
        &stderr,
        &["module_uses: in use, 1 reference is held: rmmod would refuse; waiting before its exit is called"],
    );
}

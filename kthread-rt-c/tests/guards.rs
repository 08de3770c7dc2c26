//! `linux/cleanup.h`: what is freed and unlocked at the end of a scope.

mod ukmod;

/// Runs a module of `tests/c` for this version of the kernel: what it prints.
fn prints(file: &str, version: &str) -> String {
    let path = format!("c/{file}");
    let (status, stdout, stderr) =
        ukmod::run(&["run", path.as_str(), "--for", "0s", "--raw", "--strict", "--kernel-version", version]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    stdout
}

#[test]
fn scopes_free_unlock_and_destruct_in_every_version() {
    for version in ["4.19", "5.4", "6.1", "6.6", "6.12"] {
        assert_eq!(prints("guards.c", version), include_str!("c/guards.out"), "{version}");
    }
}

#[test]
fn before_linux_had_them_a_module_may_have_the_words_itself() {
    assert_eq!(prints("guards_own_words.c", "5.15"), "9\n");
}

//! Memory: what is allocated has the size and the alignment asked for; what is freed wrongly is
//! told, and nothing is corrupted.

mod ukmod;

/// Addresses as `X`.
fn without_addresses(text: &str) -> String {
    let words = |line: &str| {
        let word = |word: &str| if word.starts_with("0x") { "X,".to_owned() } else { word.to_owned() };
        line.split(' ').map(word).collect::<Vec<_>>().join(" ") + "\n"
    };
    text.lines().map(words).collect()
}

#[test]
fn memory_is_accounted_and_wrong_frees_are_told() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/memory.c");
    // tests/left.rs tests what debug adds.
    let arguments =
        ["run", file, "--for", "0s", "--raw", "--no-debug", "--cflag", "-Wno-free-nonheap-object"];
    let (status, stdout, stderr) = ukmod::run(&arguments);
    assert_eq!(status, 0, "{stdout}{stderr}");
    let reports: Vec<_> = stderr.lines().filter(|line| line.starts_with("kthread-rt: ")).collect();
    let told = [
        ("kfree", 33, "was freed already"),
        ("kfree", 34, "was never allocated"),
        ("kfree", 42, "is vmalloc's"),
        ("kmem_cache_free", 56, "is kmem_cache_alloc's"),
    ];
    assert_eq!(reports.len(), told.len(), "{stderr}");
    for ((call, line, what), report) in told.into_iter().zip(reports) {
        let begin = format!(
            "kthread-rt: {call}() by task \"ukmod\" (pid 1) at c/memory.c:{line} in memory_init(): 0x"
        );
        assert!(report.starts_with(&begin) && report.contains(what), "{report}");
    }
    let expected = "\
ksize: 100, of NULL: 0
krealloc keeps: 1, ksize: 200
BUG: kfree of X, which was freed already
BUG: kfree of X, which was never allocated
overflow: 1
vzalloc: aligned 1, zero 1, is_vmalloc_addr 1
BUG: kfree of X, which is vmalloc's
pages: aligned 1, zero 1
cache: size 24, constructed 7, aligned 1, zeroed 0
BUG: kmem_cache_free of X, which is kmem_cache_alloc's
kmem_cache_destroy items: Slab cache still has 1 object(s)
";
    assert_eq!(without_addresses(&stdout), expected);
}

#[test]
fn pages_have_references_numbers_and_addresses() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/pages.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw", "--strict"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let expected = "\
references: 3
after two are dropped: 1, its text abc
to and fro: 1 1 1
of a vmalloc block: 1 1
pages of memory: 2
they have: 2 2
of a bad address: -14
none too many: 1
side by side: 1
the wrong way round: 1
all memory: 1, some is free: 1
no more free than there is: 1 1
an area of 3 pages; nothing is mapped there: -22
without a fault: 0 abc, with one: -14
";
    assert_eq!(stdout, expected);
}

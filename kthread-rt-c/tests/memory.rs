//! Memory: what is allocated has the size and the alignment asked for; what is freed wrongly is told, and nothing is corrupted.

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
    let arguments = ["run", file, "--for", "0s", "--raw", "--cflag", "-Wno-free-nonheap-object"];
    let (status, stdout, stderr) = ukmod::run(&arguments);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
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

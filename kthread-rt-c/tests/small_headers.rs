//! Small headers: what each of them computes or says.

mod ukmod;

#[test]
fn sizes_rings_identifiers_pieces_keys_pages_and_messages() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/small_headers.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let mut expected = "\
sizes: 1 1 4; names of 512, orders below 11; 2^100 >> 90 = 1024
capable: 1 1, of nothing 0; valid: 1 0
rings: 0 wrong
uuid 00112233-4455-6677-8899-aabbccddeeff, guid 00112233-4455-6677-8899-aabbccddeeff; bytes 00 33
parsed: 0 0, the same: 1 1; wrong ones: -22 -22 0
exported and imported: 1; null: 1 1 0; versions: 4 4, variants: 2 2
pieces: 3, 15 bytes, the last is last 1, where it was put 1
copied: 15, abcd efghi jklmno, 7 from 3 on: defghij
a key: 0, again -22, no key -22; pressed x; gone: 0, again -22
a page has 1 reference(s), 2, 1; freed once of two: 1, and put: 0
once: emerg
once: alert
once: crit
once: printk
once: deferred
once: info
"
    .to_owned();
    // The fifth has the level of debugging, which the console does not show.
    expected.push_str(&"(NULL device *) (null): once\n".repeat(4));
    // The burst that a limit lets through.
    expected.push_str(&"limited\n".repeat(10));
    expected.push_str(&"(NULL device *) (null): limited, too\n".repeat(10));
    expected.push_str("force_sig: pending 1\n");
    expected.push_str("names only: 0 0 1 NULL tty\n");
    assert_eq!(stdout, expected);
}

#[test]
fn headers_by_another_name_and_the_small_ones_of_them() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/by_another_name.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    assert_eq!(
        stdout,
        "\
digits: 0x42 of 42, 97 of 0x97; 0 wrong
indices: 5 0 0
properties: 0 1 7
compat: 1, 0
others: 8 16 1000 30 2048
"
    );
}

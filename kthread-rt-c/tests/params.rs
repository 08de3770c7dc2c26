//! Parameters of modules: from the command line, and by the kernel's own operations.

mod ukmod;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/params.c");

#[test]
fn parameters_of_all_kinds_are_set_and_told() {
    let given = [
        "number=7",
        "other_name=18446744073709551615",
        "unsafe_hex=0xff",
        "port=0x378",
        "yes=1",
        "not_no=1",
        "numbers=5,6",
        "text=hello",
        "word=given",
        "limited=4",
        "twice=21",
        "called=z",
    ];
    let words = [&["run", FILE][..], &given, &["--for", "0s", "--raw"]].concat();
    let (status, stdout, stderr) = ukmod::run(&words);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let expected = "\
number 7, wide 18446744073709551615, hex 0xff, port 888, yes 1, not_no 0, text hello, word given
numbers 5 6 3 of 2, limited 4, twice 42, called with z
minmax of 9: 0, 9 (2)
minmax of 10: -22, 9 (2)
minmax of nothing: -22, 9 (2)
hexint of 0x1f: 0, 0x00001f (9)
invbool of n: 0, N (2)
bint of Y: 0, 1 (2)
bool_enable_only of 0: -30, Y (2)
bool_enable_only of nothing: 0, Y (2)
charp of after: 0, after (6)
string of 1234567: 0, 1234567 (8)
string of 12345678: -28, 1234567 (8)
array of 7,8,9: 0, 7,8,9 (6)
array of 1,2,3,4,5: -22, 1,2,3,4 (8)
the text is another: 1
";
    assert_eq!(stdout, expected);
}

#[test]
fn what_a_modules_own_operations_refuse_is_told() {
    for (given, of) in
        [("limited=10", "'10' for parameter 'limited'"), ("twice=x", "'x' for parameter 'twice'")]
    {
        let (status, _, stderr) = ukmod::run(&["run", FILE, given, "--for", "0s", "--raw"]);
        assert_eq!(
            (status, stderr.trim_end()),
            (3, &*format!("ukmod: params: {of}: its set function returned -22"))
        );
    }
}

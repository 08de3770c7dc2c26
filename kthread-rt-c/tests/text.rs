//! Text: the kernel's string functions, its idea of a number, its `sscanf`.

mod ukmod;

#[test]
fn text_is_parsed_cut_and_copied_as_in_a_kernel() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c/text.c");
    let (status, stdout, stderr) = ukmod::run(&["run", file, "--for", "0s", "--raw", "--cflag", "-w"]);
    assert_eq!((status, stderr.as_str()), (0, ""), "{stdout}");
    let expected = r#"kstrtoint "42": 0 42
kstrtoint "f": 0 15
kstrtoint "z": -22 0
kstrtoint "-42\n": 0 -42
kstrtoint "+7": 0 7
kstrtoint "0x1F": 0 31
kstrtoint "017": 0 15
kstrtoint "0x": -22 0
kstrtoint "": -22 0
kstrtoint " 1": -22 0
kstrtoint "1 ": -22 0
kstrtoint "1\n\n": -22 0
kstrtoint "2147483648": -34 0
kstrtoint "-2147483648": 0 -2147483648
kstrtouint "-1": -22 0
kstrtouint "4294967296": -34 0
kstrtou8 "256": -34 0
kstrtos8 "-128": 0 -128
kstrtol "-9223372036854775808": 0 -9223372036854775808
kstrtoll "9223372036854775808": -34 0
kstrtoull "18446744073709551616x": -34 0
kstrtoul "ff": 0 ff
kstrtobool: 0 1 -22
simple_strtoul: 12 rest ab; -16; memparse 4096
strscpy: 3 -7 abc -7
strlcpy: 6 abc; strlcat: 5
strim: [spaces]
[a][b][][c]
sysfs_streq: 1 1 0
match_string: 1 -22
str_has_prefix: 3 0
strnstr: 1 0
Latin-1: 1 0 0 1 c9 e9
kasprintf: made-005, 9 bytes
kstrndup: abc; kstrdup of NULL: 1
strndup_user: -22 -14
scnprintf: 3 123; snprintf: 5
sscanf: 3 12 -34 rest
sscanf: 3 31 63 q 10
sscanf: 2 255 300
sscanf: 2 abc 6
sscanf: 1 a-
sscanf: 2 0 167
sscanf: 2 0 67
sscanf: 0 0 1
"#;
    assert_eq!(stdout, expected);
}

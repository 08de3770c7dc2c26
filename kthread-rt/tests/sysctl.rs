//! The sysctl registry: names, permissions, and how written texts are parsed.

#![cfg(not(any(loom, shuttle)))]

use kthread_rt::prelude::*;
use std::sync::Barrier;
use std::thread;

/// A Kernel with a tree of the test's own.
fn kernel() -> (Kernel, Entered) {
    let kernel = Kernel::builder().boot_on_demand().unwrap();
    let inside = kernel.enter();
    (kernel, inside)
}

/// The result of writing each text to a fresh value: the error, or the value after it.
fn written<T: SysctlValue>(make: impl Fn() -> Sysctl<T>, texts: &[&str]) -> Vec<Result<T, Errno>> {
    texts
        .iter()
        .map(|text| {
            let value = make();
            let _names = register_sysctl("test", &[CtlTable::new("value", 0o644, &value)]).unwrap();
            sysctl_write("test/value", text).map(|()| value.get())
        })
        .collect()
}

#[test]
fn a_value_is_read_and_written_by_its_name() {
    let (_kernel, _inside) = kernel();
    let (limit, level) = (Sysctl::int(-5), Sysctl::uint(4_000_000_000));
    let (on, helper) = (Sysctl::switch(true), Sysctl::string("/sbin/helper", 64));
    let _names = register_sysctl(
        "kernel/troubled",
        &[
            CtlTable::new("limit", 0o644, &limit),
            CtlTable::new("level", 0o644, &level),
            CtlTable::new("on", 0o644, &on),
            CtlTable::new("helper", 0o644, &helper),
        ],
    )
    .unwrap();
    let read = |name: &str| sysctl_read(&format!("kernel/troubled/{name}"));
    let write = |name: &str, text| sysctl_write(&format!("kernel/troubled/{name}"), text);
    assert_eq!(read("limit").as_deref(), Ok("-5"));
    assert_eq!(read("level").as_deref(), Ok("4000000000"));
    assert_eq!(read("on").as_deref(), Ok("1"));
    assert_eq!(read("helper").as_deref(), Ok("/sbin/helper"));

    assert_eq!(write("limit", "-7\n"), Ok(()));
    assert_eq!(write("level", "0"), Ok(()));
    assert_eq!(write("on", "0"), Ok(()));
    assert_eq!(write("helper", "/bin/other\n"), Ok(()));
    assert_eq!((limit.get(), level.get(), on.get(), helper.get()), (-7, 0, false, "/bin/other".into()));

    limit.set(3);
    assert_eq!(read("limit").as_deref(), Ok("3"));
    let names = ["helper", "level", "limit", "on"].map(|name| format!("kernel/troubled/{name}"));
    assert_eq!(sysctl_names(), names);
}

#[test]
fn an_int_takes_the_first_number_of_a_text() {
    let (_kernel, _inside) = kernel();
    let texts = ["5", " \t5\n", "-5", "0x1f", "010", "0", "5 6", "5\n6", "2147483647", "-2147483648", ""];
    let values = [5, 5, -5, 31, 8, 0, 5, 5, i32::MAX, i32::MIN, 1];
    assert_eq!(written(|| Sysctl::int(1), &texts), values.map(Ok));
}

#[test]
fn other_texts_are_einval_and_change_nothing() {
    let (_kernel, _inside) = kernel();
    let value = Sysctl::int(1);
    let _names = register_sysctl("test", &[CtlTable::new("value", 0o644, &value)]).unwrap();
    for text in [
        "five",
        "5x",
        "5,6",
        "-",
        "- 5",
        "+5",
        " ",
        "\n",
        "0x",
        "08",
        "5\0",
        "1.5",
        "é",
        "5é",
        "2147483648",
        "-2147483649",
        "99999999999999999999999999",
        "0000000000000000000000005",
    ] {
        assert_eq!(sysctl_write("test/value", text), Err(Errno::EINVAL), "{text:?}");
        assert_eq!(value.get(), 1, "{text:?}");
    }
}

#[test]
fn an_unsigned_int_is_not_negative() {
    let (_kernel, _inside) = kernel();
    let texts = ["0", "4294967295", "4294967296", "-1"];
    let answers = [Ok(0), Ok(u32::MAX), Err(Errno::EINVAL), Err(Errno::EINVAL)];
    assert_eq!(written(|| Sysctl::uint(1), &texts), answers);
}

#[test]
fn a_number_out_of_range_is_einval() {
    let (_kernel, _inside) = kernel();
    let texts = ["1", "10", "0", "11", "-1"];
    let answers = [Ok(1), Ok(10), Err(Errno::EINVAL), Err(Errno::EINVAL), Err(Errno::EINVAL)];
    assert_eq!(written(|| Sysctl::ranged(5, 1..=10), &texts), answers);
    let einval = Err(Errno::EINVAL);
    assert_eq!(
        written(|| Sysctl::switch(false), &["1", "0", "2", "-1", "yes"]),
        [Ok(true), Ok(false), einval, einval, einval]
    );
}

#[test]
fn a_string_is_the_first_line_cut_to_its_length() {
    let (_kernel, _inside) = kernel();
    let texts = ["abc", "abc\n", "abc\ndef", "ab\0cd", "\n", "", "abcdefgh", "abcdefghi", "abcdefgé", " a "];
    let values = ["abc", "abc", "abc", "ab", "", "before", "abcdefgh", "abcdefgh", "abcdefg", " a "];
    let make = || Sysctl::string("before", 9);
    assert_eq!(written(make, &texts), values.map(|text| Ok(text.to_owned())));
}

#[test]
fn the_mode_permits_reading_and_writing() {
    let (_kernel, _inside) = kernel();
    let value = Sysctl::int(1);
    let table = [("ro", 0o444), ("wo", 0o200), ("rw", 0o600), ("none", 0o044)];
    let table = table.map(|(name, mode)| CtlTable::new(name, mode, &value));
    let _names = register_sysctl("test", &table).unwrap();
    assert_eq!(sysctl_write("test/ro", "2"), Err(Errno::EPERM));
    assert_eq!(sysctl_write("test/none", "2"), Err(Errno::EPERM));
    assert_eq!(sysctl_read("test/none"), Err(Errno::EPERM));
    assert_eq!(sysctl_read("test/wo"), Err(Errno::EPERM));
    assert_eq!(sysctl_write("test/wo", "2"), Ok(()));
    assert_eq!(sysctl_read("test/ro").as_deref(), Ok("2"), "one value by several names");
    assert_eq!(sysctl_write("test/rw", "3"), Ok(()));
}

#[test]
fn an_unknown_name_is_enoent_and_a_directory_eisdir() {
    let (_kernel, _inside) = kernel();
    let value = Sysctl::int(1);
    let _names = register_sysctl("kernel/a", &[CtlTable::new("b", 0o644, &value)]).unwrap();
    for (path, errno) in [
        ("kernel/a/c", Errno::ENOENT),
        ("kernel/a/b/c", Errno::ENOENT),
        ("/kernel/a/b", Errno::ENOENT),
        ("", Errno::ENOENT),
        ("kern", Errno::ENOENT),
        ("kernel/a", Errno::EISDIR),
        ("kernel", Errno::EISDIR),
    ] {
        assert_eq!(sysctl_read(path), Err(errno), "{path}");
        assert_eq!(sysctl_write(path, "1"), Err(errno), "{path}");
    }
}

#[test]
fn names_end_with_their_registration_and_values_stay() {
    let (_kernel, _inside) = kernel();
    let value = Sysctl::int(1);
    let first = register_sysctl("test", &[CtlTable::new("first", 0o644, &value)]).unwrap();
    let second = register_sysctl("test", &[CtlTable::new("second", 0o644, &value)]).unwrap();
    sysctl_write("test/first", "2").unwrap();
    unregister_sysctl_table(first);
    assert_eq!(sysctl_read("test/first"), Err(Errno::ENOENT));
    assert_eq!(sysctl_read("test/second").as_deref(), Ok("2"));
    drop(second);
    assert_eq!(sysctl_names(), [""; 0]);
    assert_eq!(value.get(), 2);
}

#[test]
fn a_name_that_is_taken_is_eexist_and_nothing_of_the_table_is_registered() {
    let (_kernel, _inside) = kernel();
    let value = Sysctl::int(1);
    let entry = |name| CtlTable::new(name, 0o644, &value);
    let _names = register_sysctl("a/b", &[entry("c")]).unwrap();
    let refused = |path, table: &[CtlTable]| register_sysctl(path, table).err();
    assert_eq!(refused("a/b", &[entry("new"), entry("c")]), Some(Errno::EEXIST));
    assert_eq!(refused("a", &[entry("b")]), Some(Errno::EEXIST), "a directory");
    assert_eq!(refused("a/b/c", &[entry("d")]), Some(Errno::EEXIST), "inside a value");
    assert_eq!(refused("x", &[entry("twice"), entry("twice")]), Some(Errno::EEXIST));
    assert_eq!(sysctl_names(), ["a/b/c"]);
    assert_eq!(refused("a/bc", &[entry("d")]), None, "a name that only begins like another");
}

#[test]
fn an_invalid_name_is_einval() {
    let (_kernel, _inside) = kernel();
    let value = Sysctl::int(1);
    for path in ["", "/", "/a", "a/", "a//b", ".", "a/..", "a\0"] {
        let result = register_sysctl(path, &[CtlTable::new("name", 0o644, &value)]);
        assert_eq!(result.err(), Some(Errno::EINVAL), "{path:?}");
    }
    for name in ["", "a/b", "..", "\0"] {
        let result =
            register_sysctl("a", &[CtlTable::new("fine", 0o644, &value), CtlTable::new(name, 0o644, &value)]);
        assert_eq!(result.err(), Some(Errno::EINVAL), "{name:?}");
    }
    assert_eq!(sysctl_names(), [""; 0]);
}

#[test]
fn every_kernel_has_a_tree_of_its_own() {
    let (_one, inside_one) = kernel();
    let value = Sysctl::int(1);
    let _names = register_sysctl("test", &[CtlTable::new("value", 0o644, &value)]).unwrap();
    let (_other, inside_other) = kernel();
    assert_eq!(sysctl_read("test/value"), Err(Errno::ENOENT));
    drop(inside_other);
    assert_eq!(sysctl_read("test/value").as_deref(), Ok("1"));
    drop(inside_one);
}

#[test]
fn a_kthread_reads_what_its_kernel_has_under_the_name() {
    let (kernel, _inside) = kernel();
    let value = Sysctl::int(41);
    let _names = register_sysctl("test", &[CtlTable::new("value", 0o644, &value)]).unwrap();
    let over = std::sync::Arc::new(Completion::new());
    let task = kthread_run!(
        |over: std::sync::Arc<Completion>| {
            sysctl_write("test/value", "42").unwrap();
            kthread_complete_and_exit(
                Some(over.into()),
                sysctl_read("test/value").unwrap().parse::<i32>().unwrap(),
            )
        },
        over.clone(),
        "reader"
    )
    .unwrap();
    wait_for_completion(&over);
    assert_eq!(kthread_stop(&task), 42);
    assert_eq!(value.get(), 42);
    kernel.shutdown();
}

#[test]
fn concurrent_writes_leave_one_whole_value() {
    let (kernel, _inside) = kernel();
    let text = Sysctl::string("", 100);
    let _names = register_sysctl("test", &[CtlTable::new("text", 0o644, &text)]).unwrap();
    let barrier = Barrier::new(8);
    thread::scope(|scope| {
        for n in 0..8 {
            let (kernel, barrier) = (&kernel, &barrier);
            scope.spawn(move || {
                let _inside = kernel.enter();
                barrier.wait();
                for _ in 0..200 {
                    sysctl_write("test/text", &n.to_string().repeat(50)).unwrap();
                    let read = sysctl_read("test/text").unwrap();
                    assert!(read.len() == 50 && read.bytes().all(|b| b == read.as_bytes()[0]), "{read}");
                    // Other names are registered and dropped meanwhile.
                    let own = register_sysctl(
                        "test",
                        &[CtlTable::new(&format!("own-{n}"), 0o444, &Sysctl::int(n))],
                    );
                    assert_eq!(sysctl_read(&format!("test/own-{n}")), Ok(n.to_string()));
                    drop(own);
                }
            });
        }
    });
    assert_eq!(sysctl_names(), ["test/text"]);
}

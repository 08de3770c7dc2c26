//! The names that the creating macros make, and how they evaluate their arguments.
//!
//! The expected values of the printf tables are those of glibc's `printf` with the same format and
//! values. Where the kernel's answer or ours differs by design, the test's name says so.

#![cfg(not(any(loom, shuttle)))]

use std::borrow::Cow;
use std::cell::RefCell;
use std::ffi::CString;
use std::ptr;
use std::sync::{Arc, mpsc};

use kthread_rt::kthread_name;
use kthread_rt::prelude::*;

/// Asserts rows of `literal, arguments... => name`.
macro_rules! names {
    ($($literal:literal $(, $arg:expr)* => $name:expr;)*) => {
        $(assert_eq!(kthread_name!($literal $(, $arg)*), $name, "the literal is {:?}", $literal);)*
    };
}

#[test]
fn integers_print_as_in_c() {
    names! {
        "kworker/%u:%d", 3u32, -1 => "kworker/3:-1";
        "%i", i32::MIN => "-2147483648";
        "%d", 3_000_000_000u32 => "-1294967296";
        "%u", -1i32 => "4294967295";
        "%u", -1i8 => "4294967295";
        "%d", 200u8 => "200";
        "%x", -1i32 => "ffffffff";
        "%X", 48879u32 => "BEEF";
        "%o", 8i32 => "10";
        "%x", -1i16 => "ffffffff";
        "%u", 65535u16 => "65535";
    }
}

#[test]
fn lengths_truncate_and_reinterpret_as_in_c() {
    names! {
        "%hhd", 200i32 => "-56";
        "%hhu", -1i32 => "255";
        "%hhx", 4660i32 => "34";
        "%hd", 40_000u32 => "-25536";
        "%hu", -1i32 => "65535";
        "%ho", 65537u32 => "1";
        "%ld", -5i64 => "-5";
        "%lu", -1i64 => "18446744073709551615";
        "%lx", u64::MAX => "ffffffffffffffff";
        "%ld", u64::MAX => "-1";
        "%lld", i64::MIN => "-9223372036854775808";
        "%llX", 3_735_928_559u64 => "DEADBEEF";
        "%jd", -7i64 => "-7";
        "%zu", 42usize => "42";
        "%zd", -42isize => "-42";
        "%zu", -1isize => "18446744073709551615";
        "%td", -3isize => "-3";
        "%lu", 42usize => "42";
        "%llo", 64u64 => "100";
    }
}

#[test]
fn flags_and_widths_pad_as_in_c() {
    names! {
        "%5d|", 42 => "   42|";
        "%-5d|", 42 => "42   |";
        "%05d", 42 => "00042";
        "%05d", -42 => "-0042";
        "%-05d|", 42 => "42   |";
        "%+d", 42 => "+42";
        "%+d", -42 => "-42";
        "%+d", 0 => "+0";
        "% d", 42 => " 42";
        "%+ d", 42 => "+42";
        "% 05d", 42 => " 0042";
        "%+05d", 42 => "+0042";
        "%+u", 42 => "42";
        "% u", 42 => "42";
        "%2d", 12345 => "12345";
        "%#x", 255 => "0xff";
        "%#X", 255 => "0XFF";
        "%#o", 8 => "010";
        "%#010x", 255 => "0x000000ff";
        "%#10x", 255 => "      0xff";
        "%-#10x|", 255 => "0xff      |";
        "%#06o", 8 => "000010";
    }
}

#[test]
fn precisions_are_least_digits_as_in_c() {
    names! {
        "%.3d", 5 => "005";
        "%.3d", -5 => "-005";
        "%.3d", 12345 => "12345";
        "%8.3d", 5 => "     005";
        "%-8.3d|", 5 => "005     |";
        "%+.3d", 5 => "+005";
        "%#.4x", 255 => "0x00ff";
        "%#.3o", 8 => "010";
        "%#.2o", 8 => "010";
        "%#5.4o", 8 => " 0010";
        "%.5u", 7u32 => "00007";
    }
}

#[test]
fn c_wins_where_the_kernels_printf_departs_from_it() {
    names! {
        "%.0d|", 0 => "|";
        "%.d|", 0 => "|";
        "%+.0d", 0 => "+";
        "%3.0d|", 0 => "   |";
        "%.0x|", 0 => "|";
        "%#.0x|", 0 => "|";
        "%#x", 0 => "0";
        "%#o", 0 => "0";
        "%#.0o", 0 => "0";
        "%08.3d", 5 => "     005";
        "%.*d", -1, 0 => "0";
    }
}

#[test]
fn stars_take_their_value_from_an_argument_as_in_c() {
    names! {
        "%*d", 4, 7 => "   7";
        "%*d|", -4, 7 => "7   |";
        "%-*d|", 4, 7 => "7   |";
        "%0*d", 4, 7 => "0007";
        "%.*d", 3, 7 => "007";
        "%*.*d", 6, 3, 7 => "   007";
        "%.*s", 2, "abcd" => "ab";
        "%.*s", -1, "abcd" => "abcd";
        "%*s", 6, "ab" => "    ab";
        "%*.*s|%d", -6, 1, "ab", 9 => "a     |9";
        "%*c", 3, 'x' => "  x";
    }
}

#[test]
fn strings_and_characters_print_as_in_c() {
    names! {
        "%s", "kthreadd" => "kthreadd";
        "[%10s]", "abc" => "[       abc]";
        "[%-10s]", "abc" => "[abc       ]";
        "[%.2s]", "abc" => "[ab]";
        "[%5.1s]", "abc" => "[    a]";
        "[%.0s]", "abc" => "[]";
        "[%2s]", "abc" => "[abc]";
        "[%5s]", "é" => "[   é]";
        "%c%c", 'a', b'b' => "ab";
        "[%3c]", 'a' => "[  a]";
        "[%-3c]", 'a' => "[a  ]";
        "100%%" => "100%";
        "%%%d%%", 5 => "%5%";
        "%d{{}}{two words}%%", 5 => "5{{}}{two words}%";
    }
}

#[test]
fn every_kind_of_string_is_a_string() {
    let owned = String::from("owned");
    let cow = Cow::from("cow");
    let c_owned = CString::new("c-owned").expect("no NUL");
    let borrowed: &&str = &"twice";
    names! {
        "%s", owned => "owned";
        "%s", cow => "cow";
        "%s", c_owned => "c-owned";
        "%s", c"c-str" => "c-str";
        "%s", borrowed => "twice";
        "%s", *c_owned.as_c_str() => "c-owned";
        "%s", owned[1..] => "wned";
        "%s", String::from("a") + "b" => "ab";
    }
    // Naming does not consume.
    assert_eq!(owned.len() + cow.len() + c_owned.count_bytes(), 15);
}

#[test]
fn a_name_stays_utf8() {
    names! {
        "%.1s|", "é" => "|";
        "%.2s|", "éa" => "é|";
        "%.3s|", "éa" => "éa|";
        "%s", c"caf\xe9" => "caf\u{fffd}";
        "%c", 'é' => "é";
        "%c", 0xe9u8 => "\u{fffd}";
    }
}

#[test]
fn pointers_print_as_the_kernels_px() {
    let pointer = ptr::without_provenance::<u8>(0xbeef);
    names! {
        "%p", pointer => "000000000000beef";
        "%px", pointer => "000000000000beef";
        "%#p", pointer => "0x000000000000beef";
        "%p", ptr::null_mut::<u32>() => "0000000000000000";
        "%8p", pointer => "    beef";
        "%-8p|", pointer => "beef    |";
        "%08p", pointer => "0000beef";
        "%p", &pointer => "000000000000beef";
        "%p", pointer as *const u32 => "000000000000beef";
        "%p-x", ptr::NonNull::<u64>::dangling() => "0000000000000008-x";
    }
}

#[test]
fn rust_style_is_all_of_format() {
    let id = 7;
    names! {
        "kthreadd" => "kthreadd";
        "" => "";
        "kworker/{}:{}", 3, "1H" => "kworker/3:1H";
        "kworker/{id}" => "kworker/7";
        "{0}{0:>3}{name:#x}", 1, name = 255 => "1  10xff";
        "{:>1$}", 5, 3 => "  5";
        "{{{}}}", 1 => "{1}";
        "{{" => "{";
        "load {}%", 50 => "load 50%";
    }
}

#[test]
fn a_star_too_large_is_cut_to_the_kernels_bounds() {
    assert_eq!(kthread_name!("%*d", i32::MIN, 1).len(), (1 << 23) - 1);
    assert_eq!(kthread_name!("%.*d", i32::MAX, 1).len(), (1 << 15) - 1);
}

/// Records that it was evaluated, and returns `value`.
fn noting<T>(log: &RefCell<Vec<&'static str>>, what: &'static str, value: T) -> T {
    log.borrow_mut().push(what);
    value
}

fn never_runs(_: ()) -> i32 {
    unreachable!("the thread is stopped before it is woken")
}

#[test]
fn everything_is_evaluated_once_and_in_order() {
    let log = RefCell::new(Vec::new());
    let task = kthread_create!(
        noting(&log, "threadfn", never_runs),
        noting(&log, "data", ()),
        "%*d/%s",
        noting(&log, "width", 2),
        noting(&log, "number", 5),
        noting(&log, "string", "x")
    )
    .expect("a thread");
    assert_eq!(*log.borrow(), ["threadfn", "data", "width", "number", "string"]);
    assert_eq!(task.comm(), " 5/x");
    _ = kthread_stop(&task);
}

#[test]
fn cpu_and_node_are_evaluated_between_data_and_name() {
    let log = RefCell::new(Vec::new());
    let on_cpu = kthread_create_on_cpu!(
        noting(&log, "threadfn", never_runs),
        noting(&log, "data", ()),
        noting(&log, "cpu", 0),
        "on-cpu/%u"
    )
    .expect("a thread");
    let on_node = kthread_create_on_node!(
        never_runs,
        noting(&log, "data", ()),
        noting(&log, "node", NUMA_NO_NODE),
        "on-node/{}",
        noting(&log, "name", 3)
    )
    .expect("a thread");
    assert_eq!(*log.borrow(), ["threadfn", "data", "cpu", "data", "node", "name"]);
    assert_eq!(on_cpu.comm(), "on-cpu/0");
    assert_eq!(on_node.comm(), "on-node/3");
    _ = kthread_stop(&on_cpu);
    _ = kthread_stop(&on_node);
}

#[test]
fn an_on_cpu_name_takes_the_cpu_or_nothing() {
    for (task, name) in [
        (kthread_create_on_cpu!(never_runs, (), 0, "plain"), "plain"),
        (kthread_create_on_cpu!(never_runs, (), 0, "{{}}"), "{}"),
        (kthread_create_on_cpu!(never_runs, (), 0, "100%%"), "100%"),
        (kthread_create_on_cpu!(never_runs, (), 0, "printf/%03d"), "printf/000"),
        (kthread_create_on_cpu!(never_runs, (), 0, "rust/{:>2}"), "rust/ 0"),
        (kthread_create_on_cpu!(never_runs, (), 0, "rust/{0}"), "rust/0"),
    ] {
        let task = task.expect("a thread");
        assert_eq!(task.comm(), name);
        _ = kthread_stop(&task);
    }
}

#[test]
fn the_macros_variables_are_invisible_to_the_caller() {
    let (threadfn, data, name, shared, cpu) = (1, 2, 3, 4, 5);
    let task =
        kthread_create!(never_runs, (), "{}{data}/{}{}{cpu}", threadfn, name, shared).expect("a thread");
    assert_eq!(task.comm(), "12/345");
    _ = kthread_stop(&task);
}

#[test]
fn a_closure_takes_its_parameters_type_from_the_data() {
    struct Device {
        replies: mpsc::Sender<&'static str>,
    }
    let (replies, answers) = mpsc::channel();
    let task = kthread_run!(
        |device| {
            device.replies.send("ran").expect("the test waits");
            7
        },
        Device { replies },
        "inferred"
    )
    .expect("a thread");
    assert_eq!(answers.recv(), Ok("ran"));
    assert_eq!(kthread_stop(&task), 7);
}

#[test]
fn run_on_cpu_runs() {
    let (reply, answer) = mpsc::channel();
    let task = kthread_run_on_cpu!(
        |reply: mpsc::Sender<u32>| reply.send(9).map_or(-1, |()| 3),
        reply,
        0,
        "runner/{}"
    )
    .expect("a thread");
    assert_eq!(answer.recv(), Ok(9));
    assert_eq!(kthread_stop(&task), 3);
}

#[test]
fn arc_data_can_be_looked_up_and_other_data_cannot() {
    let data = Arc::new(5_u32);
    let shared = kthread_create!(|_: Arc<u32>| 0, Arc::clone(&data), "shared").expect("a thread");
    let found = shared.data::<u32>().expect("an Arc is kept");
    assert!(Arc::ptr_eq(&data, &found));
    let owned = kthread_create!(|_: u32| 0, 5, "owned").expect("a thread");
    assert!(owned.data::<u32>().is_none());
    _ = kthread_stop(&shared);
    _ = kthread_stop(&owned);
}

#[test]
fn a_question_mark_in_an_argument_leaves_the_caller() {
    fn name(id: &str) -> Result<String, std::num::ParseIntError> {
        Ok(kthread_name!("worker/%d", id.parse::<i32>()?))
    }
    assert_eq!(name("5").as_deref(), Ok("worker/5"));
    assert!(name("five").is_err());
}

#[test]
fn an_argument_may_await() {
    let mut naming = Box::pin(async {
        let number = std::future::ready(1);
        kthread_name!("%s-%d", std::future::ready("a").await, number.await)
    });
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let name = naming.as_mut().poll(&mut context);
    assert_eq!(name, std::task::Poll::Ready("a-1".to_owned()));
}

#[test]
fn temporaries_of_an_argument_live_long_enough() {
    let stored = RefCell::new(String::from("stored"));
    let name = kthread_name!("%s/%.*s", stored.borrow().as_str(), 2, String::from("xyz").as_str());
    assert_eq!(name, "stored/xy");
}

#[test]
fn a_literal_may_come_through_another_macro() {
    macro_rules! named {
        ($literal:expr, $value:expr) => {
            kthread_name!($literal, $value)
        };
    }
    assert_eq!(named!("w-%d", 1 + 1), "w-2");
    assert_eq!(named!("w-{}", 1 + 1), "w-2");
}

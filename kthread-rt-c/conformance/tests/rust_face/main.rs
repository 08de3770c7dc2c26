//! The same questions through the Rust face: each case here has the name of a case of `questions/`,
//! does the same through the functions, macros and types of the Rust crate, and has to answer what
//! Linux 6.1 answered. The answers are the recorded ones, `answers/6.1`; nothing is written by
//! hand.
//!
//! A file is a subject. Its `cases![…]` lists the cases (`conformance::rust_face` reads that for
//! the document), and the macros and functions of `ask` are those of `questions/ask.h`. What a call
//! returns is made a number by one trait, `int::Int`. What is different on purpose stands in
//! `different/rust`, with a reason.

// The tests are built with the runtime's real backend only.
#![cfg(not(any(loom, shuttle)))]

mod ask;
mod drops;
mod int;

use conformance::answers::{Answers, Recorded};
use conformance::compare::Compared;
use conformance::rust_face::{self, Asked};
use conformance::tables::Kind;
use conformance::{docs, places, questions};
use std::fmt::Write;
use std::io::Write as _;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

macro_rules! subjects {
    ($($subject:ident),+ $(,)?) => {
        $(mod $subject;)+
        const SUBJECTS: &[(&str, ask::Cases)] = &[$((stringify!($subject), $subject::CASES)),+];
    };
}

subjects![
    r#async,
    completion,
    create_kill,
    create_stop,
    delays,
    exit,
    freezer,
    hrtimer,
    irq_work,
    jiffies_elapsed,
    kthread_worker,
    mutex,
    negative_times,
    park,
    percpu_rwsem,
    pid,
    rcu,
    round_jiffies,
    rt_mutex,
    rwsem,
    sched,
    semaphore,
    signals,
    smp,
    spinlock,
    srcu,
    swait,
    task_fields,
    tasklet,
    time,
    timer,
    timer_wheel,
    umh,
    wait_bit,
    wait_entries,
    wait_event,
    wait_event_lock,
    wait_event_more,
    wait_queues,
    wait_var,
    workqueue_context,
    workqueue_order,
    works,
    ww_mutex
];

/// How long a case may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Ends the process, naming the case, if it does not come to its end.
fn watched(name: &str) -> Sender<()> {
    let (over, is_over) = channel();
    let name = name.to_owned();
    std::thread::spawn(move || {
        if is_over.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            let _ = writeln!(std::io::stderr(), "{name}: the case has not ended in {PATIENCE:?}");
            std::process::exit(101);
        }
    });
    over
}

/// Only one subject, or one case: `RUST_FACE=completion.order`.
fn is_wanted(name: &str) -> bool {
    std::env::var("RUST_FACE").map_or(true, |only| name == only || name.starts_with(&format!("{only}.")))
}

/// Asks all cases, and compares them.
fn compared() -> Vec<(Asked, Compared)> {
    let mut all = Vec::new();
    for (subject, cases) in SUBJECTS {
        let subject = rust_face::name(subject);
        let mut lines = Vec::new();
        let mut asked = Vec::new();
        for (case, asks) in *cases {
            let case = rust_face::name(case);
            let name = format!("{subject}.{case}");
            if is_wanted(&name) {
                let over = watched(&name);
                lines.extend(ask::ask(subject, case, *asks));
                drop(over);
                asked.push(case.to_owned());
            }
        }
        if !asked.is_empty() {
            let asked = Asked { subject: subject.to_owned(), cases: asked };
            let compared = rust_face::compare(&asked, &lines).unwrap();
            all.push((asked, compared));
        }
    }
    all
}

#[test]
fn the_rust_face_answers_as_linux_does() {
    let _asking = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
    let all = compared();
    let mut text = String::from("\n");
    let (mut same, mut of, mut faults) = (0, 0, String::new());
    for (asked, compared) in &all {
        let (same_here, of_here) = compared.same();
        (same, of) = (same + same_here, of + of_here);
        let known = compared.known(Kind::ToMend) + compared.known(Kind::Different);
        let note = if known > 0 { format!("   ({known} in a table)") } else { String::new() };
        let _ = writeln!(text, "Rust  {:<16} {same_here:>4} of {of_here:>4} the same{note}", asked.subject);
        faults += &rust_face::faults(asked, compared).unwrap();
    }
    let _ = writeln!(text, "Rust face: {same} of {of} answers of {} the same", kernel_name());
    // Not by println!, which is seen of failing tests alone.
    std::io::stdout().write_all(text.as_bytes()).unwrap();
    assert!(faults.is_empty(), "not everything is as it should be:\n\n{faults}");
}

/// The cases of one test at a time: some freeze all threads, or measure.
static ASKING: Mutex<()> = Mutex::new(());

#[test]
fn drops_answer_as_the_calls_of_linux_do() {
    let _asking = ASKING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut faults = String::new();
    let mut of = 0;
    for (subject, case, dropped, asks) in drops::CASES {
        let name = format!("{subject}.{case}");
        if !is_wanted(&name) {
            continue;
        }
        let over = watched(&name);
        let lines = ask::ask(subject, case, *asks);
        drop(over);
        let recorded = Recorded::read(rust_face::KERNEL, subject).unwrap().expect("it is recorded");
        let mut linux = Answers::of_case(&recorded.lines, case);
        for line in &lines {
            of += 1;
            if !linux.any(|answer| answer == line.text) {
                let _ = writeln!(
                    faults,
                    "{name}, by the drop of {dropped}: Linux does not answer `{}`",
                    line.text
                );
                break;
            }
        }
        assert!(!lines.is_empty(), "{name} answers nothing");
    }
    std::io::stdout().write_all(format!("\nRust face: {of} answers by drops\n").as_bytes()).unwrap();
    assert!(faults.is_empty(), "not everything is as it should be:\n\n{faults}");
}

fn kernel_name() -> String {
    format!("Linux {}", rust_face::KERNEL)
}

#[test]
fn the_lists_that_the_document_is_made_of_are_those_that_are_asked() {
    let asked = rust_face::asked().unwrap();
    let names = |asked: &Asked| (asked.subject.clone(), asked.cases.clone());
    let mut listed: Vec<_> = asked.iter().map(names).collect();
    let cases = |cases: ask::Cases| -> Vec<String> {
        cases.iter().map(|(case, _)| rust_face::name(case).to_owned()).collect()
    };
    let mut ours: Vec<_> =
        SUBJECTS.iter().map(|(name, of)| (rust_face::name(name).to_owned(), cases(of))).collect();
    listed.sort();
    ours.sort();
    assert_eq!(listed, ours);
}

#[test]
fn the_document_has_the_chapter_as_it_would_be_written() {
    let chapter = rust_face::chapter(&questions::subjects(None).unwrap()).unwrap();
    assert!(
        places::read(&docs::path()).unwrap().contains(&chapter),
        "docs/conformance.md is not up to date: cargo run -p conformance -- docs writes it anew"
    );
}

#[test]
fn tables_are_of_subjects_that_are_asked() {
    for file in places::files(&Kind::Different.folder().join("rust"), "txt") {
        let name = places::stem(&file);
        assert!(
            SUBJECTS.iter().any(|(subject, _)| rust_face::name(subject) == name),
            "{}: {name} is not asked through Rust",
            places::shown(&file)
        );
    }
}

//! Asks a real kernel, from scratch: downloads packages, builds modules, runs a virtual machine,
//! and writes an answer file for each subject.

use crate::answers::{Answers, Recorded};
use crate::apt::Apt;
use crate::kernel::Kernel;
use crate::machine::{Machine, Said};
use crate::places::at;
use crate::questions::{self, Subject};
use crate::{Result, complaints, kbuild, places};
use indicatif::{ProgressBar, ProgressStyle};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What to do.
#[derive(Debug)]
pub struct Options {
    /// The kernel to ask.
    pub kernel: Kernel,
    /// Only these subjects, separated by commas.
    pub only: Option<String>,
    /// Compare with the recorded answers, and write nothing.
    pub check: bool,
}

/// Asks, and writes or compares. Returns a summary; `Err` if an answer is wrong.
pub fn run(options: &Options) -> Result<String> {
    let begin = Instant::now();
    let kernel = options.kernel;
    let subjects = questions::subjects(options.only.as_deref())?;
    let steps = Steps::new();

    steps.next("asking apt which packages there are");
    let apt = Apt::new()?;
    let packages = apt.kernel(kernel)?;
    let folder = places::work(&format!("linux-{kernel}"))?;
    steps.next(&format!("downloading Linux {}", packages.release));
    let headers = folder.join("headers");
    apt.unpack(&packages.headers, &packages.version, &headers, &[])?;
    let image = folder.join("image");
    apt.unpack(std::slice::from_ref(&packages.image), &packages.version, &image, &["./boot"])?;
    steps.next("downloading qemu and busybox");
    let system = places::work("system")?.join("root");
    apt.unpack_with_dependencies(&["qemu-system-x86", "busybox-static"], &system)?;

    steps.next(&format!("building {} module(s)", subjects.len()));
    let built = kbuild::build(&packages, &headers, &folder.join("modules"), &subjects)?;

    steps.next(&format!("booting Linux {}", packages.release));
    let image = image.join("boot").join(format!("vmlinuz-{}", packages.release));
    let machine = Machine { system: &system, image: &image, folder: &folder };
    let output = machine.ask(&built.modules, |name| steps.next(&format!("{name} is answered")))?;
    steps.end();

    let complaints = complaints::of(&output, &subjects);
    if complaints.iter().any(|one| one.breaks) {
        return Err(complaints::report(&complaints, &complaints::console(&folder)));
    }

    let mut done = String::new();
    let mut faults: Vec<String> = Vec::new();
    let mut lines = 0;
    for subject in &subjects {
        let name = &subject.name;
        if let Some(why) = built.refused.get(name) {
            faults
                .push(format!("{}: Linux {kernel} does not build it:\n{why}", places::shown(&subject.path)));
            continue;
        }
        let answers = match output.said.get(name).map(|said| answers(subject, said)) {
            Some(Ok(answers)) => answers,
            Some(Err(why)) => {
                faults.push(why);
                continue;
            }
            None => {
                faults.push(format!("{name} was not asked: the machine was over before"));
                continue;
            }
        };
        let complaints = complaints::of_subject(subject, &output.said[name].log);
        if !complaints.is_empty() {
            faults.push(complaints::report(&complaints, &complaints::console(&folder)));
            continue;
        }
        lines += answers.lines.len();
        let recorded = Recorded { version: output.version.clone(), lines: answers.lines };
        if options.check {
            faults.extend(changed(kernel, subject, &recorded)?);
        } else {
            places::write(&places::answers(kernel, name), &recorded.to_text())?;
        }
    }
    if options.only.is_none() && !options.check {
        remove_answers_without_questions(kernel, &subjects)?;
    }
    done += &format!(
        "Linux {}: {lines} answers of {} subject(s), {} in {:.0} s\n",
        output.version,
        subjects.len(),
        if options.check { "compared" } else { "recorded" },
        begin.elapsed().as_secs_f64()
    );
    if faults.is_empty() { Ok(done) } else { Err(format!("{done}{}", faults.join("\n"))) }
}

/// The answers of a module that ended; `Err` says why it did not.
fn answers(subject: &Subject, said: &Said) -> Result<Answers> {
    let answers = Answers::of_log(&said.log, &subject.name);
    if answers.complete && said.insmod == Some(0) {
        return Ok(answers);
    }
    let file = places::shown(&subject.path);
    let place = match &answers.last_case {
        Some(case) => format!("{}: case {case}", subject.place(case)),
        // A machine that crashes does not print the module's log.
        None if said.insmod.is_none() => format!("{file}: one of its cases"),
        None => format!("{file}, before its first case,"),
    };
    let what = match said.insmod {
        _ if said.hung => "hangs".to_owned(),
        None => "crashes the kernel".to_owned(),
        Some(status) => format!("does not come to its end (insmod's status is {status})"),
    };
    let of_case = said.log.rsplit_once("ASK-CASE ").map_or(&*said.log, |(_, rest)| rest);
    let log: Vec<_> = of_case.lines().take(25).collect();
    Err(format!(
        "{place} {what}. A case that no kernel survives is written OURS(…), and is asked of kthread-rt alone. The log:\n{}",
        log.join("\n")
    ))
}

/// The differences between a subject's answers and the recorded ones.
fn changed(kernel: Kernel, subject: &Subject, now: &Recorded) -> Result<Option<String>> {
    let Some(recorded) = Recorded::read(kernel, &subject.name)? else {
        return Ok(Some(format!("{}: nothing is recorded of Linux {kernel}", subject.name)));
    };
    let mut text = String::new();
    for case in &subject.cases {
        let was: Vec<_> = Answers::of_case(&recorded.lines, &case.name).collect();
        let is: Vec<_> = Answers::of_case(&now.lines, &case.name).collect();
        if was != is {
            text += &format!(
                "{}: case {} of {} was answered differently now\n  recorded: {}\n  now:      {}\n",
                subject.place(&case.name),
                case.name,
                subject.name,
                was.join("\n            "),
                is.join("\n            "),
            );
        }
    }
    if text.is_empty() {
        return Ok(None);
    }
    if recorded.version != now.version {
        text += &format!("recorded was Linux {}, and this is {}\n", recorded.version, now.version);
    } else {
        text += "the kernel is the same, so the question does not have one answer: make it deterministic\n";
    }
    Ok(Some(text))
}

fn remove_answers_without_questions(kernel: Kernel, subjects: &[Subject]) -> Result<()> {
    let folder: PathBuf = places::answers(kernel, "any").with_file_name("");
    for path in places::files(&folder, "txt") {
        if !subjects.iter().any(|subject| subject.name == places::stem(&path)) {
            fs::remove_file(&path).map_err(at(&path))?;
        }
    }
    Ok(())
}

/// Shows progress: one line that changes on a terminal, separate lines elsewhere.
struct Steps(ProgressBar);

impl Steps {
    fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    fn next(&self, what: &str) {
        if self.0.is_hidden() {
            eprintln!("conformance: {what}");
        }
        self.0.set_message(what.to_owned());
    }

    fn end(&self) {
        self.0.finish_and_clear();
    }
}

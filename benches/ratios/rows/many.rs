//! Many threads: does the next one cost more, and how much memory does each take? In processes of
//! their own, since live threads slow down the other measurements.

use crate::contest::quartiles;
use crate::report::{Row, Unit};
use crate::{Part, process_for};
use benches::threads::DONE;
use benches::{kernel, std_thread};
use kthread_rt::prelude::*;
use std::io::{BufRead as _, BufReader, Write as _, stdin};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

const TURNS: usize = 15;
const CREATES: u32 = 100;

fn parked(count: usize) -> Vec<Task> {
    let name = |n: usize| format!("parked/{n}");
    let task = |n| {
        let threadfn = |()| {
            while !kthread_should_stop() {
                kthread_parkme();
            }
            0
        };
        let task = kthread_create(threadfn, (), &name(n)).expect("kthreadd makes it");
        kthread_park(&task).expect("a thread that is created parks");
        task
    };
    (0..count).map(task).collect()
}

/// For each input line, prints the time of a create among `alive` parked kthreads.
pub(crate) fn serve_creates(alive: usize) {
    benches::pin_to_one_cpu();
    let kernel = kernel();
    let _inside = kernel.enter();
    let tasks = parked(alive);
    for line in stdin().lines() {
        line.expect("the asking process speaks text");
        let took: Duration = (0..CREATES)
            .map(|_| {
                let start = Instant::now();
                let task = kthread_create(|()| DONE, (), "bench").expect("kthreadd makes it");
                let took = start.elapsed();
                assert_eq!(kthread_stop(&task), -4);
                took
            })
            .sum();
        println!("{}", took.as_nanos() as f64 / f64::from(CREATES));
    }
    for task in &tasks {
        assert_eq!(kthread_stop(task), 0);
    }
}

fn resident_bytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells it");
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kib * 1024.0
}

/// Prints the resident bytes for each of `count` parked kthreads.
pub(crate) fn tell_our_memory(count: usize) {
    let kernel = kernel();
    let _inside = kernel.enter();
    let before = resident_bytes();
    let tasks = parked(count);
    println!("{}", (resident_bytes() - before) / count as f64);
    for task in &tasks {
        assert_eq!(kthread_stop(task), 0);
    }
}

/// Prints the resident bytes for each of `count` parked plain threads.
pub(crate) fn tell_plain_memory(count: usize) {
    let before = resident_bytes();
    let all_here = std::sync::Arc::new(std::sync::Barrier::new(count + 1));
    let threads: Vec<_> = (0..count)
        .map(|_| {
            let all_here = all_here.clone();
            std_thread(move || {
                all_here.wait();
                std::thread::park();
            })
        })
        .collect();
    all_here.wait();
    println!("{}", (resident_bytes() - before) / count as f64);
    for thread in threads {
        thread.thread().unpark();
        thread.join().expect("no panic");
    }
}

/// A process that measures a create whenever it is asked.
struct Creates {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Creates {
    fn among(alive: usize) -> Self {
        let mut command = process_for(Part::CreateAmongMany);
        let mut child = command
            .args(["--alive", &alive.to_string()])
            .stdin(Stdio::piped())
            .spawn()
            .expect("the program can run again");
        let ask = child.stdin.take().expect("a pipe");
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, ask, answers }
    }

    fn time(&mut self) -> f64 {
        writeln!(self.ask).expect("the process listens");
        let mut answer = String::new();
        self.answers.read_line(&mut answer).expect("the process answers");
        answer.trim().parse().expect("with a number")
    }

    fn end(self) {
        let Self { mut child, ask, .. } = self;
        drop(ask);
        assert!(child.wait().expect("it ends").success());
    }
}

fn creation_row() -> Row {
    let (mut few, mut many) = (Creates::among(10), Creates::among(10_000));
    let mut times = [const { Vec::new() }; 3];
    for turn in 0..=TURNS {
        let (many, few) = (many.time(), few.time());
        if turn > 0 {
            times.iter_mut().zip([many, few, many / few]).for_each(|(all, time)| all.push(time));
        }
    }
    few.end();
    many.end();
    let [many, few, ratio] = times.map(quartiles);
    let name = "kthread_create with 10,000 alive / with 10 alive".into();
    Row::new(name, Unit::Nanoseconds, many[1], few[1], ratio, 1.3)
}

fn memory_in(part: Part, count: usize) -> f64 {
    let output =
        process_for(part).args(["--alive", &count.to_string()]).output().expect("the program can run again");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("it prints a number")
}

fn memory_row(name: &str, ours: f64, baseline: f64, bar: f64) -> Row {
    let ratio = ours / baseline;
    Row::new(name.into(), Unit::Bytes, ours, baseline, [ratio; 3], bar)
}

pub(crate) fn rows(only: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    if "kthread_create with 10,000 alive".contains(only) {
        rows.push(creation_row());
    }
    if "memory".contains(only) {
        let [ours, ours_many] = [1_000, 10_000].map(|count| memory_in(Part::OurMemory, count));
        let [plain, plain_many] = [1_000, 10_000].map(|count| memory_in(Part::PlainMemory, count));
        rows.push(memory_row("memory of a parked kthread, 1,000 alive / a plain thread", ours, plain, 1.15));
        let name = "memory of a parked kthread, 10,000 alive / a plain thread";
        rows.push(memory_row(name, ours_many, plain_many, 1.15));
        let name = "memory of a parked kthread, 10,000 alive / 1,000 alive";
        rows.push(memory_row(name, ours_many, ours, 1.15));
    }
    rows
}

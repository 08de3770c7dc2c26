//! What a model is, and how it is run and judged.

use kthread_rt::__private::model as backend;
use kthread_rt::prelude::*;
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// How far a model is explored on every push.
#[derive(Debug, Clone, Copy)]
pub enum Bound {
    /// All permutations.
    Complete,
    /// All permutations with at most this many preemptions.
    Preemptions(usize),
}

/// One model: a claim, and a small program whose every permutation has to bear it out.
#[derive(Debug)]
pub struct Model {
    /// Its name, unique among all.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub claim: &'static str,
    /// How far it is explored on every push.
    pub bound: Bound,
    /// All that can come out. Exactly these must: a model that reaches fewer shows less than it claims.
    pub outcomes: &'static [&'static str],
    /// One execution; returns what came out of it.
    pub run: fn() -> String,
}

/// Runs `f` in a Kernel that is up, shuts it down, and checks that nothing is left.
pub fn in_kernel(f: impl FnOnce() -> String) -> String {
    let kernel = Kernel::builder().boot().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let outcome = f();
    drop(inside);
    let report = kernel.shutdown();
    assert_eq!(report.alive, [], "a kthread is left");
    assert_eq!(report.forked, report.joined, "an OS thread was not joined");
    assert!(kernel.tasks().is_empty(), "a task is left in the pid table");
    outcome
}

/// Runs `f` in a Kernel without kthreadd, for protocols that need tasks and no kthreads: every thread of the model less
/// is a much smaller model.
pub fn in_small_kernel(f: impl FnOnce(&Kernel) -> String) -> String {
    let kernel = Kernel::builder().boot_on_demand().expect("a model's Kernel boots");
    let inside = kernel.enter();
    let outcome = f(&kernel);
    drop(inside);
    kernel.shutdown();
    outcome
}

/// Another foreign thread of the model, with a task in `kernel`.
pub fn thread<T: 'static>(kernel: &Kernel, f: impl FnOnce() -> T + 'static) -> loom::thread::JoinHandle<T> {
    let kernel = kernel.clone();
    loom::thread::spawn(move || {
        let inside = kernel.enter();
        let result = f();
        drop(inside);
        result
    })
}

/// The runner's commands.
pub fn main(models: &[Model]) -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["list"] => {
            for model in models {
                println!("{}\t{}\t{}", model.name, text(model.bound), model.claim);
            }
            ExitCode::SUCCESS
        }
        ["run", name] | ["run", name, _] => {
            let Some(model) = models.iter().find(|m| m.name == *name) else {
                eprintln!("there is no model {name}; `model-runner list` lists them");
                return ExitCode::from(2);
            };
            let bound = match words.get(2) {
                None => model.bound,
                Some(&"complete") => Bound::Complete,
                Some(number) => match number.parse() {
                    Ok(n) => Bound::Preemptions(n),
                    Err(_) => {
                        eprintln!("{number} is no bound: a number of preemptions, or `complete`");
                        return ExitCode::from(2);
                    }
                },
            };
            run(model, bound)
        }
        _ => {
            eprintln!("usage: model-runner list | run NAME [BOUND]");
            ExitCode::from(2)
        }
    }
}

fn text(bound: Bound) -> String {
    match bound {
        Bound::Complete => "complete".into(),
        Bound::Preemptions(n) => n.to_string(),
    }
}

#[derive(Debug, Default)]
struct Seen {
    permutations: usize,
    outcomes: BTreeSet<String>,
}

fn run(model: &Model, bound: Bound) -> ExitCode {
    let seen = Arc::new(Mutex::new(Seen::default()));
    tell_failures(model, bound);
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = match bound {
        Bound::Complete => None,
        Bound::Preemptions(n) => Some(n),
    };
    builder.max_branches = 50_000;
    let started = Instant::now();
    let (body, seen_inside) = (model.run, seen.clone());
    builder.check(move || {
        backend::begin_schedule();
        let outcome = body();
        let mut seen = seen_inside.lock().unwrap();
        seen.permutations += 1;
        seen.outcomes.insert(outcome);
    });
    let seen = seen.lock().unwrap();
    let outcomes: Vec<&str> = seen.outcomes.iter().map(String::as_str).collect();
    println!(
        "RESULT\t{}\t{}\t{}\t{:.2}\t{}",
        model.name,
        text(bound),
        seen.permutations,
        started.elapsed().as_secs_f64(),
        outcomes.join(" | ")
    );
    let expected: BTreeSet<&str> = model.outcomes.iter().copied().collect();
    let reached: BTreeSet<&str> = outcomes.iter().copied().collect();
    if expected == reached {
        return ExitCode::SUCCESS;
    }
    println!("FAILED {}: {}", model.name, model.claim);
    println!("the outcomes it must reach: {expected:?}");
    println!("the outcomes it reached:    {reached:?}");
    println!("{}", replay(model, bound));
    ExitCode::FAILURE
}

fn replay(model: &Model, bound: Bound) -> String {
    format!("replay: cargo run --release -p loom-tests -- models {} --bound {}", model.name, text(bound))
}

/// Prints claim and schedule when a permutation fails. In the panic hook, because loom may not come back from it.
fn tell_failures(model: &Model, bound: Bound) {
    let (name, claim, replay) = (model.name, model.claim, replay(model, bound));
    let told = Mutex::new(false);
    std::panic::set_hook(Box::new(move |panic| {
        let mut told = told.lock().unwrap();
        if std::mem::replace(&mut *told, true) {
            return;
        }
        println!("FAILED {name}: {claim}");
        println!("what happened: {panic}");
        println!("the schedule that led to it, step by step:");
        for line in backend::schedule() {
            println!("  {line}");
        }
        println!("{replay}");
    }));
}

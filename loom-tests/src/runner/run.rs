//! Running one model and judging it.

use crate::harness::{Bound, Model};
use kthread_rt::__private::model as backend;
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// More operations than any execution of a model has. Who reaches it runs for ever.
const MAX_BRANCHES: usize = 20_000;

/// The runner's commands.
pub(crate) fn main(models: &[&'static Model]) -> ExitCode {
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
            match words.get(2).map_or(Some(model.bound), |word| parse(word)) {
                Some(bound) => run(model, bound),
                None => {
                    eprintln!("{} is no bound: a number of preemptions, or `complete`", words[2]);
                    ExitCode::from(2)
                }
            }
        }
        _ => {
            eprintln!("usage: model-runner list | run NAME [BOUND]");
            ExitCode::from(2)
        }
    }
}

fn parse(word: &str) -> Option<Bound> {
    match word {
        "complete" => Some(Bound::Complete),
        number => number.parse().ok().map(Bound::Preemptions),
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
    let mut builder = backend::loom::model::Builder::new();
    builder.preemption_bound = match bound {
        Bound::Complete => None,
        Bound::Preemptions(n) => Some(n),
    };
    builder.max_branches = MAX_BRANCHES;
    builder.expect_explicit_explore = true;
    let started = Instant::now();
    let (body, seen_inside) = (model.run, seen.clone());
    builder.check(move || {
        backend::begin_execution();
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
    let missing: Vec<_> = expected.difference(&reached).collect();
    let forbidden: Vec<_> = reached.difference(&expected).collect();
    if !forbidden.is_empty() {
        println!("what happened: it came to outcomes that must not be: {forbidden:?}");
    }
    if !missing.is_empty() {
        println!("it shows less than it claims: it never came to {missing:?}");
    }
    println!("{}", replay(model, bound));
    ExitCode::FAILURE
}

fn replay(model: &Model, bound: Bound) -> String {
    format!("replay: cargo run --release -p loom-tests -- models {} --bound {}", model.name, text(bound))
}

/// Prints claim and schedule when a permutation fails. In the panic hook, because loom may not come back from it; then the
/// process ends, since there is nothing to find out from more permutations or from loom's own end.
fn tell_failures(model: &Model, bound: Bound) {
    let (name, claim, replay) = (model.name, model.claim, replay(model, bound));
    std::panic::set_hook(Box::new(move |panic| {
        println!("FAILED {name}: {claim}");
        println!("what happened: {panic}");
        println!("the schedule that led to it, step by step:");
        for line in backend::schedule() {
            println!("  {line}");
        }
        println!("{replay}");
        std::process::exit(1);
    }));
}

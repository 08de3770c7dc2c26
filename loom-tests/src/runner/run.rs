//! Running one model and judging it.

use crate::harness::{Bound, Model};
use kthread_rt::model;
use std::process::ExitCode;

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
        Bound::Complete => "complete".to_owned(),
        Bound::Preemptions(n) => n.to_string(),
    }
}

fn run(model: &Model, bound: Bound) -> ExitCode {
    let word = text(bound);
    let claim = format!("{}: {}", model.name, model.claim);
    let replay = format!("cargo run --release -p loom-tests -- models {} --bound {word}", model.name);
    let checked =
        model::Model::new(claim.clone()).outcomes(model.outcomes.iter().copied()).replay_by(&replay);
    let checked = match bound {
        Bound::Complete => checked.complete(),
        Bound::Preemptions(n) => checked.bound(n),
    };
    // Does not return if an execution fails: the failure has been reported then.
    let report = checked.explore(model.run);
    let outcomes: Vec<&str> = report.outcomes.iter().map(String::as_str).collect();
    println!(
        "RESULT\t{}\t{word}\t{}\t{:.2}\t{}",
        model.name,
        report.executions,
        report.elapsed.as_secs_f64(),
        outcomes.join(" | ")
    );
    let missing = report.missing();
    if missing.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("FAILED {claim}");
    println!("the model shows less than it claims: no execution reached {missing:?}");
    println!("replay: {replay}");
    ExitCode::FAILURE
}

//! One comparison: sides that are measured alternately.

use benches::time_of;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Does something many times; returns the nanoseconds for one time.
pub(crate) type Run = Box<dyn FnMut() -> f64>;

/// A baseline.
pub(crate) struct Baseline {
    name: &'static str,
    bar: f64,
    run: Run,
}

/// Something of ours and its baselines.
pub(crate) struct Contest {
    what: &'static str,
    turns: usize,
    ours: Run,
    baselines: Vec<Baseline>,
}

/// The result of ours against one baseline. Times are medians, in nanoseconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) what: String,
    pub(crate) baseline_name: String,
    pub(crate) bar: f64,
    pub(crate) ours: f64,
    pub(crate) baseline: f64,
    /// The ratios of the turns: first quartile, median, third quartile.
    pub(crate) ratio: [f64; 3],
}

impl Contest {
    pub(crate) fn new(what: &'static str, turns: usize, ours: impl FnMut() -> f64 + 'static) -> Self {
        Self { what, turns, ours: Box::new(ours), baselines: Vec::new() }
    }

    /// Adds a baseline; ours may take at most `bar` times its time.
    pub(crate) fn against(
        mut self,
        name: &'static str,
        bar: f64,
        run: impl FnMut() -> f64 + 'static,
    ) -> Self {
        self.baselines.push(Baseline { name, bar, run: Box::new(run) });
        self
    }

    pub(crate) fn is_wanted(&self, only: &str) -> bool {
        self.what.contains(only)
    }

    /// Measures alternately, after one unmeasured turn.
    pub(crate) fn run(mut self, patience: f64) -> Vec<Measured> {
        let turns = ((self.turns as f64 * patience) as usize).max(3);
        let mut ours = Vec::new();
        let mut theirs = vec![Vec::new(); self.baselines.len()];
        for turn in 0..=turns {
            let our_time = (self.ours)();
            let their_times: Vec<f64> = self.baselines.iter_mut().map(|baseline| (baseline.run)()).collect();
            if turn > 0 {
                ours.push(our_time);
                theirs.iter_mut().zip(their_times).for_each(|(all, time)| all.push(time));
            }
        }
        let measured = self.baselines.iter().zip(theirs).map(|(baseline, times)| {
            let ratios = ours.iter().zip(&times).map(|(ours, theirs)| ours / theirs).collect();
            Measured {
                what: self.what.into(),
                baseline_name: baseline.name.into(),
                bar: baseline.bar,
                ours: quartiles(ours.clone())[1],
                baseline: quartiles(times)[1],
                ratio: quartiles(ratios),
            }
        });
        measured.collect()
    }
}

/// First quartile, median and third quartile.
pub(crate) fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
}

/// The time of one `f`, from `times` in a row.
pub(crate) fn per(times: u32, f: impl FnMut()) -> f64 {
    time_of(times.into(), f).as_nanos() as f64 / f64::from(times)
}

/// The mean of `times` measurements by `f`.
pub(crate) fn mean(times: u32, mut f: impl FnMut() -> Duration) -> f64 {
    (0..times).map(|_| f()).sum::<Duration>().as_nanos() as f64 / f64::from(times)
}

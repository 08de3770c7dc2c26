//! The report: a markdown table, JSON, a chart.

use crate::contest::Measured;
use serde::Serialize;
use std::fmt::Write as _;

/// By which factor a ratio on all cpus may exceed its bar.
const ALL_CPUS_SLACK: f64 = 1.3;

/// One line of the table.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    /// What is measured, and against which baseline.
    name: String,
    /// As text with a unit.
    ours: String,
    baseline: String,
    ratio: f64,
    spread: [f64; 2],
    ratio_all_cpus: Option<f64>,
    bar: f64,
    holds: bool,
}

impl Row {
    pub(crate) fn new(name: String, unit: Unit, ours: f64, baseline: f64, ratio: [f64; 3], bar: f64) -> Self {
        Self {
            name,
            ours: unit.show(ours),
            baseline: unit.show(baseline),
            ratio: ratio[1],
            spread: [ratio[0], ratio[2]],
            ratio_all_cpus: None,
            bar,
            holds: ratio[1] <= bar,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Unit {
    Nanoseconds,
    Bytes,
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::Nanoseconds if value < 1_000.0 => format!("{value:.1} ns"),
            Self::Nanoseconds if value < 1_000_000.0 => format!("{:.2} µs", value / 1e3),
            Self::Nanoseconds => format!("{:.2} ms", value / 1e6),
            Self::Bytes => format!("{:.1} KiB", value / 1024.0),
        }
    }
}

/// The rows of the measurements on one cpu and on all.
pub(crate) fn join(one_cpu: Vec<Measured>, all_cpus: Vec<Measured>) -> Vec<Row> {
    let pairs = one_cpu.into_iter().zip(all_cpus);
    let row = |(one, all): (Measured, Measured)| {
        let name = format!("{} / {}", one.what, one.baseline_name);
        let row = Row::new(name, Unit::Nanoseconds, one.ours, one.baseline, one.ratio, one.bar);
        let holds = row.holds && all.ratio[1] <= all.bar * ALL_CPUS_SLACK;
        Row { ratio_all_cpus: Some(all.ratio[1]), holds, ..row }
    };
    pairs.map(row).collect()
}

/// The table.
pub(crate) fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "| what / baseline | ours | baseline | ratio (quartiles) | on all cpus | bar | holds |\n\
         |---|--:|--:|--:|--:|--:|---|\n",
    );
    for row in rows {
        let all = row.ratio_all_cpus.map_or(String::from("–"), |ratio| format!("{ratio:.2}"));
        let holds = if row.holds { "yes" } else { "**no**" };
        let Row { name, ours, baseline, ratio, spread: [low, high], bar, .. } = row;
        let _ = writeln!(
            text,
            "| {name} | {ours} | {baseline} | {ratio:.2} ({low:.2}–{high:.2}) | {all} | ≤ {bar:.2} | {holds} |",
        );
    }
    text
}

pub(crate) fn json(rows: &[Row]) -> String {
    serde_json::to_string_pretty(rows).expect("rows are plain data") + "\n"
}

/// A bar for each row, as long as its ratio, with a mark at its limit. A value beyond the scale
/// ends in an arrow.
pub(crate) fn svg(rows: &[Row]) -> String {
    const LEFT: f64 = 480.0;
    const SCALE: f64 = 200.0;
    const LONGEST: f64 = 2.1;
    const LINE: f64 = 22.0;
    let height = LINE * (rows.len() as f64 + 2.0);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"14\">ours ÷ baseline on one cpu (shorter is faster; | is the bar)</text>\n",
        LEFT + SCALE * LONGEST + 60.0,
    );
    for (number, row) in rows.iter().enumerate() {
        let y = LINE * (number as f64 + 1.2);
        let (length, mark) = (row.ratio.min(LONGEST) * SCALE, LEFT + row.bar.min(LONGEST) * SCALE);
        let color = if row.holds { "#3a7d44" } else { "#b23a48" };
        let beyond = if row.ratio > LONGEST { " →" } else { "" };
        let _ = writeln!(
            text,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n\
             <rect x=\"{LEFT}\" y=\"{y}\" width=\"{length:.1}\" height=\"14\" fill=\"{color}\"/>\n\
             <text x=\"{:.1}\" y=\"{}\">{:.2}{beyond}</text>\n\
             <path d=\"M{mark:.1} {} v18\" stroke=\"black\" stroke-width=\"2\"/>",
            LEFT - 8.0,
            y + 11.0,
            escaped(&row.name),
            LEFT + length + 6.0,
            y + 11.0,
            row.ratio,
            y - 2.0,
        );
    }
    text + "</svg>\n"
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
